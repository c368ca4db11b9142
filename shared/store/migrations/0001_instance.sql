-- The instance's data. SQLite's dialect as Durable Objects, Spin and rusqlite run it.
-- Times are milliseconds since 1970 (…_unix_ms), sizes bytes, durations milliseconds or seconds by name.

CREATE TABLE instance (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    oauth_client_id TEXT NOT NULL,
    oauth_client_secret TEXT NOT NULL,
    created_at_unix_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE user (
    id INTEGER PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 2),
    blocked INTEGER NOT NULL DEFAULT 0,
    quota_bytes INTEGER NOT NULL,
    quota_daily_bytes INTEGER NOT NULL,
    created_at_unix_ms INTEGER NOT NULL,
    last_login_at_unix_ms INTEGER
) STRICT;

CREATE TABLE oauth_token (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    access_token_sha256 TEXT NOT NULL UNIQUE,
    access_expires_at_unix_ms INTEGER NOT NULL,
    refresh_token_sha256 TEXT NOT NULL UNIQUE,
    refresh_expires_at_unix_ms INTEGER NOT NULL,
    created_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX oauth_token_of_user ON oauth_token (user_id);

-- Password attempts per hashed address and window: the door is closed without a table scan.
CREATE TABLE login_attempt (
    address_sha256 TEXT NOT NULL,
    window INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (address_sha256, window)
) STRICT, WITHOUT ROWID;

-- Accounts and channels of this instance are called by name alone; those of other servers, whose rows
-- come with federation, by `name@host`, and have no user.
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    user_id INTEGER UNIQUE REFERENCES user (id) ON DELETE CASCADE,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    description TEXT,
    created_at_unix_ms INTEGER NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE channel (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    description TEXT,
    support TEXT,
    -- Whether viewers of its videos may send them to each other.
    p2p_enabled INTEGER NOT NULL DEFAULT 1,
    -- Listed videos that are safe for work; kept by triggers, so that no list counts rows.
    listed_videos INTEGER NOT NULL DEFAULT 0,
    created_at_unix_ms INTEGER NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX channel_of_account ON channel (account_id);

CREATE TABLE video (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    -- ActivityPub id of another server's video, NULL for ours.
    remote_url TEXT,
    channel_id INTEGER NOT NULL REFERENCES channel (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT,
    support TEXT,
    category INTEGER,
    licence INTEGER,
    language TEXT,
    privacy INTEGER NOT NULL,
    nsfw INTEGER NOT NULL DEFAULT 0,
    nsfw_flags INTEGER NOT NULL DEFAULT 0,
    nsfw_summary TEXT,
    comments_policy INTEGER NOT NULL DEFAULT 1,
    download_enabled INTEGER NOT NULL DEFAULT 1,
    wait_transcoding INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL,
    duration_secs INTEGER NOT NULL DEFAULT 0,
    aspect_ratio REAL,
    views INTEGER NOT NULL DEFAULT 0,
    -- People who watch now, as the tracker counts them; cron brings it up to date.
    viewers INTEGER NOT NULL DEFAULT 0,
    -- Views of the days that video_view_day still holds.
    recent_views INTEGER NOT NULL DEFAULT 0,
    likes INTEGER NOT NULL DEFAULT 0,
    dislikes INTEGER NOT NULL DEFAULT 0,
    comments INTEGER NOT NULL DEFAULT 0,
    -- Whether it is ours, or of or shared by somebody whom the instance follows: others are known here because
    -- a user asked for them, and stand in no list for everybody. Triggers keep it (0002).
    is_followed INTEGER NOT NULL DEFAULT 1,
    created_at_unix_ms INTEGER NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL,
    published_at_unix_ms INTEGER NOT NULL,
    originally_published_at_unix_ms INTEGER,
    input_file_updated_at_unix_ms INTEGER,
    -- A change of privacy that the uploader has planned; cron makes it.
    scheduled_privacy INTEGER,
    scheduled_at_unix_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX video_by_remote_url ON video (remote_url) WHERE remote_url IS NOT NULL;
CREATE INDEX video_of_channel ON video (channel_id, published_at_unix_ms DESC);
CREATE INDEX video_watched ON video (id) WHERE viewers > 0;
CREATE INDEX video_scheduled ON video (scheduled_at_unix_ms) WHERE scheduled_at_unix_ms IS NOT NULL;
-- The lists that everybody asks for: public, published, safe for work, ours or followed.
CREATE INDEX video_listed_by_date ON video (published_at_unix_ms DESC, id DESC)
    WHERE privacy = 1 AND state = 1 AND nsfw = 0 AND is_followed = 1;
CREATE INDEX video_listed_local_by_date ON video (published_at_unix_ms DESC, id DESC)
    WHERE privacy = 1 AND state = 1 AND nsfw = 0 AND is_followed = 1 AND remote_url IS NULL;
CREATE INDEX video_listed_by_views ON video (views DESC, id DESC)
    WHERE privacy = 1 AND state = 1 AND nsfw = 0 AND is_followed = 1;
CREATE INDEX video_listed_by_recent_views ON video (recent_views DESC, views DESC, id DESC)
    WHERE privacy = 1 AND state = 1 AND nsfw = 0 AND is_followed = 1;

-- How many videos those indexes hold, and how many of each channel: an answer's total must not cost a
-- row read per video. Triggers, because videos change in many places and count in one.
CREATE TABLE video_total (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    listed_videos INTEGER NOT NULL
) STRICT;
INSERT INTO video_total (id, listed_videos) VALUES (1, 0);
CREATE TRIGGER video_listed_by_insert AFTER INSERT ON video
WHEN NEW.privacy = 1 AND NEW.state = 1 AND NEW.nsfw = 0 AND NEW.is_followed = 1
BEGIN
    UPDATE video_total SET listed_videos = listed_videos + 1;
    UPDATE channel SET listed_videos = listed_videos + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER video_unlisted_by_delete AFTER DELETE ON video
WHEN OLD.privacy = 1 AND OLD.state = 1 AND OLD.nsfw = 0 AND OLD.is_followed = 1
BEGIN
    UPDATE video_total SET listed_videos = listed_videos - 1;
    UPDATE channel SET listed_videos = listed_videos - 1 WHERE id = OLD.channel_id;
END;
CREATE TRIGGER video_unlisted_by_update AFTER UPDATE OF privacy, state, nsfw, channel_id, is_followed ON video
WHEN OLD.privacy = 1 AND OLD.state = 1 AND OLD.nsfw = 0 AND OLD.is_followed = 1
BEGIN
    UPDATE video_total SET listed_videos = listed_videos - 1;
    UPDATE channel SET listed_videos = listed_videos - 1 WHERE id = OLD.channel_id;
END;
CREATE TRIGGER video_listed_by_update AFTER UPDATE OF privacy, state, nsfw, channel_id, is_followed ON video
WHEN NEW.privacy = 1 AND NEW.state = 1 AND NEW.nsfw = 0 AND NEW.is_followed = 1
BEGIN
    UPDATE video_total SET listed_videos = listed_videos + 1;
    UPDATE channel SET listed_videos = listed_videos + 1 WHERE id = NEW.channel_id;
END;

-- Passwords of password-protected videos as keyed hashes (app::media_access says which).
CREATE TABLE video_password (
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
    password_hmac TEXT NOT NULL,
    PRIMARY KEY (video_id, password_hmac)
) STRICT, WITHOUT ROWID;

CREATE TABLE video_tag (
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (video_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX video_tag_by_tag ON video_tag (tag COLLATE NOCASE, video_id);

-- Views of the last days for trending; older days are folded away by cron.
CREATE TABLE video_view_day (
    day INTEGER NOT NULL,
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
    views INTEGER NOT NULL,
    PRIMARY KEY (day, video_id)
) STRICT, WITHOUT ROWID;

-- The uploaded original. Its object_key is NULL once the object was let go; quotas still count the row.
CREATE TABLE video_source (
    video_id INTEGER PRIMARY KEY REFERENCES video (id) ON DELETE CASCADE,
    object_key TEXT UNIQUE,
    input_filename TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    resolution INTEGER,
    fps INTEGER,
    has_audio INTEGER NOT NULL,
    has_video INTEGER NOT NULL,
    created_at_unix_ms INTEGER NOT NULL
) STRICT;

-- A playable file: the original or a plain MP4 rendition (kind 'web'), or a fragmented MP4 (kind 'hls').
CREATE TABLE video_file (
    id INTEGER PRIMARY KEY,
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('web', 'hls')),
    resolution INTEGER NOT NULL,
    filename TEXT NOT NULL UNIQUE,
    object_key TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    fps INTEGER NOT NULL,
    has_audio INTEGER NOT NULL,
    has_video INTEGER NOT NULL,
    -- hls only: what the master playlist says of it, as JSON (codecs, bandwidths, duration). Ranges and
    -- hashes are in the video's hash document, pieces in the torrent: a row holds 2 MB at most.
    report TEXT,
    playlist_filename TEXT,
    torrent_filename TEXT,
    info_hash TEXT,
    -- When cron last queued the making of a torrent that is missing.
    torrent_retried_at_unix_ms INTEGER,
    created_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX video_file_one_per_resolution ON video_file (video_id, kind, resolution);
CREATE INDEX video_file_by_info_hash ON video_file (info_hash) WHERE info_hash IS NOT NULL;
CREATE INDEX video_file_by_torrent ON video_file (torrent_filename);
CREATE INDEX video_file_by_object ON video_file (object_key);
CREATE INDEX video_file_without_torrent ON video_file (created_at_unix_ms) WHERE torrent_filename IS NULL;

CREATE TABLE streaming_playlist (
    id INTEGER PRIMARY KEY,
    video_id INTEGER NOT NULL UNIQUE REFERENCES video (id) ON DELETE CASCADE,
    master_filename TEXT NOT NULL,
    sha256_filename TEXT NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL
) STRICT;

-- Info hashes, 40 hex digits, under which players of every generation look for peers of a video's HLS
-- renditions. Those of replaced playlists stay: a page that is open keeps its names.
CREATE TABLE video_swarm (
    info_hash TEXT PRIMARY KEY,
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX video_swarm_of_video ON video_swarm (video_id);

-- Pictures: thumbnails of fixed sizes, and one storyboard sprite sheet.
CREATE TABLE thumbnail (
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    filename TEXT NOT NULL UNIQUE,
    PRIMARY KEY (video_id, width, height)
) STRICT, WITHOUT ROWID;

CREATE TABLE storyboard (
    video_id INTEGER PRIMARY KEY REFERENCES video (id) ON DELETE CASCADE,
    filename TEXT NOT NULL UNIQUE,
    total_width INTEGER NOT NULL,
    total_height INTEGER NOT NULL,
    sprite_width INTEGER NOT NULL,
    sprite_height INTEGER NOT NULL,
    sprite_duration_secs INTEGER NOT NULL
) STRICT;

-- An upload in progress. Parts lie at multiples of PART_BYTES, so received_bytes, which counts what is
-- safe in storage, says which parts are in and how long the tail object is.
CREATE TABLE upload (
    id TEXT PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    -- Title, size and date of the file: the same again is the same upload. NULL: never the same.
    fingerprint TEXT,
    total_bytes INTEGER NOT NULL,
    received_bytes INTEGER NOT NULL DEFAULT 0,
    -- Both NULL until the first whole part is there.
    object_key TEXT,
    multipart_id TEXT,
    -- Part numbers are handed out once, so that no writer can replace a part of another.
    next_part_number INTEGER NOT NULL DEFAULT 1,
    tail_object_key TEXT,
    -- What becomes the video row, as JSON of the use case.
    metadata TEXT NOT NULL,
    -- Given up: nobody may write or publish any more, cron removes the objects and then the row.
    is_dropped INTEGER NOT NULL DEFAULT 0,
    -- Set when the video row exists: a repeated last chunk gets the same answer.
    video_uuid TEXT,
    created_at_unix_ms INTEGER NOT NULL,
    touched_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX upload_by_fingerprint ON upload (user_id, fingerprint)
    WHERE fingerprint IS NOT NULL AND video_uuid IS NULL AND is_dropped = 0;
CREATE INDEX upload_of_user ON upload (user_id);
-- No index by time: cron scans the few open uploads, and every chunk would have to write it.

CREATE TABLE upload_part (
    upload_id TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    etag TEXT NOT NULL,
    PRIMARY KEY (upload_id, number)
) STRICT, WITHOUT ROWID;

-- Objects that are being written, or whose owner row is gone: cron deletes them when their time is
-- over. A row is made before the write and removed by the transaction that names the object.
CREATE TABLE unowned_object (
    object_key TEXT PRIMARY KEY,
    delete_after_unix_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX unowned_object_by_time ON unowned_object (delete_after_unix_ms);

CREATE TABLE runner_registration_token (
    id INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    created_at_unix_ms INTEGER NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE runner (
    id INTEGER PRIMARY KEY,
    runner_token_sha256 TEXT NOT NULL UNIQUE,
    registration_token_id INTEGER REFERENCES runner_registration_token (id) ON DELETE CASCADE,
    name TEXT NOT NULL UNIQUE,
    description TEXT,
    version TEXT,
    last_contact_unix_ms INTEGER NOT NULL,
    created_at_unix_ms INTEGER NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE runner_job (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
    parent_id INTEGER REFERENCES runner_job (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    -- Public payload without URLs: they are made when the job is handed out.
    payload TEXT NOT NULL,
    -- What only the server needs: names of the outputs.
    private_payload TEXT NOT NULL,
    state INTEGER NOT NULL,
    -- Lower is sooner, as in PeerTube.
    priority INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    progress INTEGER,
    error TEXT,
    runner_id INTEGER REFERENCES runner (id) ON DELETE SET NULL,
    job_token_sha256 TEXT,
    -- What the runner reported, kept until the result is published.
    result TEXT,
    started_at_unix_ms INTEGER,
    finished_at_unix_ms INTEGER,
    last_contact_unix_ms INTEGER,
    created_at_unix_ms INTEGER NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX runner_job_waiting ON runner_job (state, priority, id);
CREATE INDEX runner_job_of_video ON runner_job (video_id, state);
CREATE INDEX runner_job_of_parent ON runner_job (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX runner_job_by_end ON runner_job (finished_at_unix_ms) WHERE finished_at_unix_ms IS NOT NULL;
