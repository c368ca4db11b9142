//! What the tracker asks the instance's database.

use platform_workers::ObjectDatabase;
use ports::{Database, DatabaseError, Row};
use torrent::InfoHash;

/// Infohashes of a video that is open to everybody; none if it is not.
pub async fn info_hashes_of(
    database: &ObjectDatabase,
    video_uuid: &str,
) -> Result<Vec<InfoHash>, DatabaseError> {
    let statement = store::tracker::select_info_hashes(video_uuid);
    let rows = database.batch(vec![statement]).await?;
    // What is no infohash cannot be announced either.
    Ok(rows
        .iter()
        .flatten()
        .filter_map(|row| row.text(0).ok()?.parse().ok())
        .collect())
}

/// Uuid of the open video that an infohash belongs to.
pub async fn video_of(
    database: &ObjectDatabase,
    info_hash: &InfoHash,
) -> Result<Option<String>, DatabaseError> {
    let statement = store::tracker::select_video_of(&info_hash.to_string());
    let rows = database.batch(vec![statement]).await?;
    let first: Option<&Row> = rows.first().and_then(|rows| rows.first());
    first.map(|row| row.text(0)).transpose()
}

/// As [`video_of`], of several infohashes, in their order.
pub async fn videos_of(
    database: &ObjectDatabase,
    info_hashes: &[InfoHash],
) -> Result<Vec<Option<String>>, DatabaseError> {
    let statement = |info_hash: &InfoHash| store::tracker::select_video_of(&info_hash.to_string());
    let results = database
        .batch(info_hashes.iter().map(statement).collect())
        .await?;
    let uuid = |rows: &Vec<Row>| rows.first().map(|row| row.text(0)).transpose();
    results.iter().map(uuid).collect()
}
