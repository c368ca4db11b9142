-- Who watches now, for an hour after the last sign of life. The key is a keyed hash that changes every day; the row
-- goes when the viewing ends, and what stays of it names nobody. No index and no foreign key: each would be a
-- written row more.
CREATE TABLE viewer (
    key TEXT PRIMARY KEY,
    video_id INTEGER NOT NULL,
    began_at_unix_ms INTEGER NOT NULL,
    seen_at_unix_ms INTEGER NOT NULL,
    -- When they counted as a view last; NULL: not yet.
    counted_at_unix_ms INTEGER,
    -- JSON array of [start, end] in seconds.
    sections TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Viewings of our videos that have ended, here and elsewhere.
CREATE TABLE video_watch (
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
    ended_at_unix_ms INTEGER NOT NULL,
    -- Tells two apart that ended in the same millisecond; chosen at random.
    nonce INTEGER NOT NULL,
    started_at_unix_ms INTEGER NOT NULL,
    watched_secs INTEGER NOT NULL,
    -- As another server says them: two letters, and a name.
    country TEXT,
    region TEXT,
    -- ActivityPub id of another server's.
    remote_url TEXT,
    PRIMARY KEY (video_id, ended_at_unix_ms, nonce)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX video_watch_by_remote_url ON video_watch (remote_url) WHERE remote_url IS NOT NULL;

-- How many have watched each part of a video. Sums, so that reading them costs one row, and nobody's own way through
-- a video is kept.
CREATE TABLE video_retention (
    video_id INTEGER PRIMARY KEY REFERENCES video (id) ON DELETE CASCADE,
    -- Of the video when these were counted.
    duration_secs INTEGER NOT NULL,
    viewers INTEGER NOT NULL,
    -- JSON array of numbers, one for each step of the curve.
    counts TEXT NOT NULL
) STRICT;
