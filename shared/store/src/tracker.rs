//! What the tracker asks about videos, and what it tells about their viewers.

use ports::{Statement, Value};

use crate::json;

/// Info hashes of one video that are served: far more than 16 renditions of four generations have,
/// replaced playlists included.
pub const MAX_INFO_HASHES: u32 = 1_000;

/// Under which info hash some viewers of a video look for peers, and the one that stands for the swarm in which they
/// meet; 40 hex digits each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swarm {
    /// As their players derive it.
    pub info_hash: String,
    /// The same for those who meet nobody who calls it otherwise.
    pub name: String,
}

/// Registers under which info hashes players look for peers of a video of ours: it has them, whatever another server
/// has said of its own.
#[must_use]
pub fn insert_swarms(video_id: i64, swarms: &[Swarm]) -> Statement {
    Statement::new(
        "INSERT INTO video_swarm (info_hash, video_id, swarm) SELECT key, ?1, value FROM json_each(?2) WHERE true
         ON CONFLICT (info_hash) DO UPDATE SET video_id = excluded.video_id, swarm = excluded.swarm",
        vec![video_id.into(), names(swarms).into()],
    )
}

/// As [`insert_swarms`], for the video of which there is a finished copy here in that folder, if there is. What another
/// server names never takes a hash from a video that has it: not one of a torrent either.
#[must_use]
pub fn insert_swarms_of_copy(folder: &str, swarms: &[Swarm]) -> Statement {
    Statement::new(
        "INSERT INTO video_swarm (info_hash, video_id, swarm)
         SELECT h.key, m.video_id, h.value FROM mirror m, json_each(?2) h
         WHERE m.folder = ?1 AND m.actor_id IS NULL AND m.state = 'kept'
           AND NOT EXISTS (SELECT 1 FROM video_file f WHERE f.info_hash = h.key)
         ON CONFLICT (info_hash) DO NOTHING",
        vec![folder.into(), names(swarms).into()],
    )
}

/// What stands for these swarms stands for them alone from now on: who called them otherwise had another file.
#[must_use]
pub fn part_swarms(video_id: i64, names: &[String]) -> Statement {
    Statement::new(
        "UPDATE video_swarm SET swarm = NULL
         WHERE video_id = ?1 AND swarm IN (SELECT value FROM json_each(?2)) AND info_hash <> swarm",
        vec![video_id.into(), json::array(names).into()],
    )
}

/// A JSON object: names by info hash.
fn names(swarms: &[Swarm]) -> String {
    let pair = |swarm: &Swarm| (swarm.info_hash.clone(), swarm.name.as_str().into());
    serde_json::Value::Object(swarms.iter().map(pair).collect()).to_string()
}

/// Selects the info hashes of a video that anyone may watch who knows its address, and of each the one that stands
/// for its swarm: two text columns of 40 hex digits, at most [`MAX_INFO_HASHES`] rows, none for a video that is
/// private, unpublished or unknown, or whose channel does not want it.
#[must_use]
pub fn select_info_hashes(video_uuid: &str) -> Statement {
    Statement::new(
        "WITH open_video AS (SELECT v.id FROM video v JOIN channel c ON c.id = v.channel_id
             WHERE v.uuid = ?1 AND v.privacy IN (1, 2) AND v.state = 1 AND c.p2p_enabled)
         SELECT f.info_hash, f.info_hash FROM open_video v JOIN video_file f ON f.video_id = v.id
         WHERE f.info_hash IS NOT NULL
         UNION ALL
         SELECT s.info_hash, coalesce(s.swarm, s.info_hash) FROM open_video v JOIN video_swarm s ON s.video_id = v.id
         LIMIT ?2 + 0",
        vec![video_uuid.into(), MAX_INFO_HASHES.into()],
    )
}

/// Selects the uuid of the video that an info hash belongs to, under the same rule; one row or none.
#[must_use]
pub fn select_video_of(info_hash: &str) -> Statement {
    Statement::new(
        "SELECT v.uuid FROM video v JOIN channel c ON c.id = v.channel_id
         WHERE v.id IN (SELECT f.video_id FROM video_file f WHERE f.info_hash = ?1
                        UNION ALL
                        SELECT s.video_id FROM video_swarm s WHERE s.info_hash = ?1)
           AND v.privacy IN (1, 2) AND v.state = 1 AND c.p2p_enabled
         LIMIT 1",
        vec![info_hash.into()],
    )
}

/// Selects what stands for the swarm of those who announce under this info hash, under the same rule; one row of one
/// text column, or none.
#[must_use]
pub fn select_swarm_of(info_hash: &str) -> Statement {
    Statement::new(
        "SELECT n.swarm FROM (SELECT f.video_id, f.info_hash AS swarm FROM video_file f WHERE f.info_hash = ?1
                              UNION ALL
                              SELECT s.video_id, coalesce(s.swarm, s.info_hash) FROM video_swarm s
                              WHERE s.info_hash = ?1) n
         JOIN video v ON v.id = n.video_id JOIN channel c ON c.id = v.channel_id
         WHERE v.privacy IN (1, 2) AND v.state = 1 AND c.p2p_enabled
         LIMIT 1",
        vec![info_hash.into()],
    )
}

/// Selects which of these info hashes, 40 hex digits each, belong to an open video, under the same rule: one text
/// column.
#[must_use]
pub fn select_open(info_hashes: &[String]) -> Statement {
    Statement::new(
        "SELECT h.value FROM json_each(?1) h WHERE EXISTS
             (SELECT 1 FROM video v JOIN channel c ON c.id = v.channel_id
              WHERE v.id IN (SELECT f.video_id FROM video_file f WHERE f.info_hash = h.value
                             UNION ALL
                             SELECT s.video_id FROM video_swarm s WHERE s.info_hash = h.value)
                AND v.privacy IN (1, 2) AND v.state = 1 AND c.p2p_enabled)",
        vec![json::array(info_hashes).into()],
    )
}

/// Notes how many people watch each video now; all others are watched by nobody. Only rows that change
/// are written.
#[must_use]
pub fn set_viewers<'a>(counts: impl Iterator<Item = (&'a str, u32)>) -> Statement {
    let mut map = serde_json::Map::new();
    map.extend(counts.map(|(video_uuid, viewers)| (video_uuid.to_owned(), viewers.into())));
    Statement::new(
        "UPDATE video SET viewers = coalesce((SELECT value FROM json_each(?1) WHERE key = uuid), 0)
         WHERE id IN (SELECT id FROM video WHERE viewers > 0
                      UNION SELECT w.id FROM json_each(?1) c JOIN video w ON w.uuid = c.key)
           AND viewers <> coalesce((SELECT value FROM json_each(?1) WHERE key = uuid), 0)",
        vec![Value::Text(serde_json::Value::Object(map).to_string())],
    )
}
