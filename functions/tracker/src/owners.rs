//! Whose an infohash is: what every tracker of ours asks the instance's database.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;
use ports::{Database, DatabaseError, Row};
use torrent::{InfoHash, SwarmName};

/// Infohashes whose video is remembered; then all are forgotten.
const MAX_REMEMBERED: usize = 1_000;
/// For so long: a video that was closed is tracked until then.
const REMEMBERED_MS: u64 = 60_000;
/// Infohashes of one query of [`nobodys`], of 43 bytes each.
const MAX_ASKED: usize = 1_000;

/// Under which infohashes viewers of a video that is open to everybody look for each other; none if it is not.
///
/// # Errors
/// When the database fails.
pub async fn info_hashes_of(
    database: &impl Database,
    video_uuid: &str,
) -> Result<Vec<SwarmName>, DatabaseError> {
    let statement = store::tracker::select_info_hashes(video_uuid);
    let rows = database.batch(vec![statement]).await?;
    // What is no infohash cannot be announced either.
    Ok(rows
        .iter()
        .flatten()
        .filter_map(|row| {
            let info_hash = row.text(0).ok()?.parse().ok()?;
            let swarm = row.text(1).ok()?.parse().ok()?;
            Some(SwarmName { info_hash, swarm })
        })
        .collect())
}

/// The swarm of those who announce under an infohash, if it is an open video's.
///
/// # Errors
/// When the database fails.
pub async fn swarm_of(
    database: &impl Database,
    info_hash: InfoHash,
) -> Result<Option<SwarmName>, DatabaseError> {
    let statement = store::tracker::select_swarm_of(&info_hash.to_string());
    let rows = database.batch(vec![statement]).await?;
    let Some(row) = rows.iter().flatten().next() else {
        return Ok(None);
    };
    let swarm = row.text(0)?.parse().unwrap_or(info_hash);
    Ok(Some(SwarmName { info_hash, swarm }))
}

/// Uuids of the open videos that infohashes belong to, in their order.
///
/// # Errors
/// When the database fails.
pub async fn videos_of(
    database: &impl Database,
    info_hashes: &[InfoHash],
) -> Result<Vec<Option<String>>, DatabaseError> {
    let statement = |info_hash: &InfoHash| store::tracker::select_video_of(&info_hash.to_string());
    let results = database
        .batch(info_hashes.iter().map(statement).collect())
        .await?;
    let uuid = |rows: &Vec<Row>| rows.first().map(|row| row.text(0)).transpose();
    results.iter().map(uuid).collect()
}

/// Those of the infohashes that are no open video's (any more).
///
/// # Errors
/// When the database fails.
pub async fn nobodys(
    database: &impl Database,
    info_hashes: &[InfoHash],
) -> Result<Vec<InfoHash>, DatabaseError> {
    let mut left: HashSet<InfoHash> = info_hashes.iter().copied().collect();
    for asked in info_hashes.chunks(MAX_ASKED) {
        let texts: Vec<String> = asked.iter().map(ToString::to_string).collect();
        let statement = store::tracker::select_open(&texts);
        for row in database.batch(vec![statement]).await?.iter().flatten() {
            if let Ok(info_hash) = row.text(0)?.parse() {
                left.remove(&info_hash);
            }
        }
    }
    Ok(left.into_iter().collect())
}

/// A video's uuid if the infohash is one's, and when that was asked.
type Owner = (Option<String>, u64);

/// The videos of infohashes that were asked lately.
#[derive(Debug)]
pub struct Owners(HashMap<InfoHash, Owner, FixedState>);

impl Owners {
    /// None yet. `hash_seed` should be random.
    #[must_use]
    pub fn new(hash_seed: u64) -> Self {
        Self(HashMap::with_hasher(FixedState::with_seed(hash_seed)))
    }

    /// The videos that are remembered, and the infohashes that must be asked for.
    #[must_use]
    pub fn recall(
        &self,
        info_hashes: &[InfoHash],
        now_unix_ms: u64,
    ) -> (HashMap<InfoHash, Option<String>>, Vec<InfoHash>) {
        let mut found = HashMap::new();
        let mut unknown = Vec::new();
        for info_hash in info_hashes {
            match self.0.get(info_hash) {
                Some((owner, at_ms)) if now_unix_ms.saturating_sub(*at_ms) < REMEMBERED_MS => {
                    found.insert(*info_hash, owner.clone());
                }
                _ => unknown.push(*info_hash),
            }
        }
        (found, unknown)
    }

    /// Remembers what was told.
    pub fn remember(&mut self, told: &[(InfoHash, Option<String>)], now_unix_ms: u64) {
        if self.0.len() + told.len() > MAX_REMEMBERED {
            self.0.clear();
        }
        let told = told.iter().cloned();
        self.0
            .extend(told.map(|(info_hash, owner)| (info_hash, (owner, now_unix_ms))));
    }
}

#[cfg(test)]
mod tests {
    use testkit::{TestDatabase, block_on, rows};

    use super::*;

    fn swarm(info_hash: InfoHash, name: InfoHash) -> store::tracker::Swarm {
        store::tracker::Swarm {
            info_hash: info_hash.to_string(),
            name: name.to_string(),
        }
    }

    #[test]
    fn swarms_are_told_by_the_name_that_stands_for_them() {
        let database = TestDatabase::new();
        rows::add_channel(&database);
        rows::add_video(&database);
        let (older, newer, alone) = (InfoHash([1; 20]), InfoHash([2; 20]), InfoHash([3; 20]));
        let swarms = [
            swarm(older, newer),
            swarm(newer, newer),
            swarm(alone, alone),
        ];
        let run = |statement| block_on(database.batch(vec![statement])).unwrap();
        run(store::tracker::insert_swarms(1, &swarms));
        let named = |info_hash, swarm| SwarmName { info_hash, swarm };
        let told = || {
            let uuid = rows::VIDEO_UUID;
            let mut listed = block_on(info_hashes_of(&database, uuid)).unwrap();
            listed.sort_unstable_by_key(|name| name.info_hash.0);
            for name in &listed {
                let of = block_on(swarm_of(&database, name.info_hash)).unwrap();
                assert_eq!(of, Some(*name));
            }
            listed
        };
        let apart = [older, newer, alone].map(SwarmName::alone);
        assert_eq!(told(), [named(older, newer), apart[1], apart[2]]);
        run(store::tracker::part_swarms(1, &[alone.to_string()]));
        assert_eq!(told()[0], named(older, newer));
        run(store::tracker::part_swarms(1, &[newer.to_string()]));
        assert_eq!(told(), apart);
        database.run("UPDATE video SET privacy=3");
        assert_eq!(told(), []);
        assert_eq!(block_on(swarm_of(&database, newer)).unwrap(), None);
    }

    #[test]
    fn what_is_closed_is_nobodys() {
        let database = TestDatabase::new();
        rows::add_channel(&database);
        rows::add_video(&database);
        let (stream, file, stranger) = (InfoHash([1; 20]), InfoHash([2; 20]), InfoHash([3; 20]));
        let register = store::tracker::insert_swarms(1, &[swarm(stream, stream)]);
        block_on(database.batch(vec![register])).unwrap();
        database.run(&format!(
            "INSERT INTO video_file (video_id,kind,resolution,filename,object_key,info_hash,size_bytes,fps,\
             has_audio,has_video,created_at_unix_ms) VALUES (1,'hls',360,'f','f','{file}',1,25,1,1,1)"
        ));
        // Between as many others as make several queries.
        let mut asked = vec![InfoHash([4; 20]); 2 * MAX_ASKED];
        asked.extend([stream, file, stranger]);
        let gone = || {
            let mut gone = block_on(nobodys(&database, &asked)).unwrap();
            gone.sort_unstable_by_key(|hash| hash.0);
            gone
        };
        assert_eq!(gone(), [stranger, InfoHash([4; 20])]);
        for closed in [
            "UPDATE video SET privacy=3",
            "UPDATE video SET privacy=1,state=2",
            "UPDATE video SET state=1; UPDATE channel SET p2p_enabled=0",
        ] {
            database.run(closed);
            assert_eq!(
                gone(),
                [stream, file, stranger, InfoHash([4; 20])],
                "{closed}"
            );
        }
    }

    #[test]
    fn owners_are_forgotten_in_time_and_before_there_are_too_many() {
        let mut owners = Owners::new(1);
        let (one, other) = (InfoHash([1; 20]), InfoHash([2; 20]));
        owners.remember(&[(one, Some("u".to_owned()))], 1_000);
        let known = HashMap::from([(one, Some("u".to_owned()))]);
        assert_eq!(owners.recall(&[one, other], 60_999), (known, vec![other]));
        assert_eq!(owners.recall(&[one], 61_000), (HashMap::new(), vec![one]));
        let many: Vec<_> = (0..1_000_u32)
            .map(|number| {
                let mut bytes = [3; 20];
                bytes[..4].copy_from_slice(&number.to_be_bytes());
                (InfoHash(bytes), None)
            })
            .collect();
        owners.remember(&many, 1_000);
        assert_eq!(owners.recall(&[one], 1_000).1, vec![one]);
        assert!(owners.recall(&[many[999].0], 1_000).1.is_empty());
    }
}
