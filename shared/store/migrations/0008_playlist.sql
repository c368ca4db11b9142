-- Lists of videos that people put together, ours and those of other servers.

CREATE TABLE video_playlist (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    -- ActivityPub id of another server's, NULL for ours.
    remote_url TEXT,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    channel_id INTEGER REFERENCES channel (id) ON DELETE CASCADE,
    display_name TEXT NOT NULL,
    description TEXT,
    -- PeerTube's numbers: 1 public, 2 unlisted, 3 private.
    privacy INTEGER NOT NULL,
    -- 1 regular, 2 watch later, of which every user has one.
    type INTEGER NOT NULL,
    -- Elements that are shown; kept by triggers, so that no list counts rows.
    elements INTEGER NOT NULL DEFAULT 0,
    created_at_unix_ms INTEGER NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX video_playlist_by_remote_url ON video_playlist (remote_url) WHERE remote_url IS NOT NULL;
CREATE INDEX video_playlist_of_account ON video_playlist (account_id);
CREATE INDEX video_playlist_of_channel ON video_playlist (channel_id) WHERE channel_id IS NOT NULL;
CREATE INDEX video_playlist_public ON video_playlist (created_at_unix_ms DESC) WHERE privacy = 1;

CREATE TABLE video_playlist_element (
    id INTEGER PRIMARY KEY,
    playlist_id INTEGER NOT NULL REFERENCES video_playlist (id) ON DELETE CASCADE,
    -- NULL once the video is gone, and while another server's element has not been read.
    video_id INTEGER REFERENCES video (id) ON DELETE SET NULL,
    -- From 1, without gaps in ours.
    position INTEGER NOT NULL,
    start_secs INTEGER,
    stop_secs INTEGER,
    -- ActivityPub id of another server's, NULL for ours.
    remote_url TEXT,
    -- 0: another server's, still to be read; 1: shown; 2: read, but its video cannot be had.
    state INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX video_playlist_element_in_order ON video_playlist_element (playlist_id, position);
CREATE INDEX video_playlist_element_of_video ON video_playlist_element (video_id) WHERE video_id IS NOT NULL;
CREATE UNIQUE INDEX video_playlist_element_by_remote_url ON video_playlist_element (remote_url, playlist_id)
    WHERE remote_url IS NOT NULL;

CREATE TRIGGER video_playlist_element_counted AFTER INSERT ON video_playlist_element WHEN NEW.state = 1
BEGIN UPDATE video_playlist SET elements = elements + 1 WHERE id = NEW.playlist_id; END;
CREATE TRIGGER video_playlist_element_uncounted AFTER DELETE ON video_playlist_element WHEN OLD.state = 1
BEGIN UPDATE video_playlist SET elements = elements - 1 WHERE id = OLD.playlist_id; END;
CREATE TRIGGER video_playlist_element_recounted AFTER UPDATE OF state ON video_playlist_element
WHEN (NEW.state = 1) <> (OLD.state = 1)
BEGIN
    UPDATE video_playlist SET elements = elements + (NEW.state = 1) - (OLD.state = 1)
    WHERE id = NEW.playlist_id;
END;

-- Every user's list of what to watch later, made with the account. By way of a view: each gets a UUID
-- of its own, which one statement for all accounts would not give.
CREATE VIEW watch_later AS SELECT id AS account_id, 0 AS now_unix_ms FROM account WHERE 0;
CREATE TRIGGER watch_later_made INSTEAD OF INSERT ON watch_later
BEGIN
    INSERT INTO video_playlist
        (uuid, account_id, display_name, privacy, type, created_at_unix_ms, updated_at_unix_ms)
    VALUES (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
        || '-' || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-'
        || hex(randomblob(6))),
        NEW.account_id, 'Watch later', 3, 2, NEW.now_unix_ms, NEW.now_unix_ms);
END;
CREATE TRIGGER account_watches_later AFTER INSERT ON account WHEN NEW.user_id IS NOT NULL
BEGIN
    INSERT INTO watch_later (account_id, now_unix_ms) VALUES (NEW.id, NEW.created_at_unix_ms);
END;
INSERT INTO watch_later (account_id, now_unix_ms)
SELECT id, created_at_unix_ms FROM account WHERE user_id IS NOT NULL;

-- Where another server's actor lists its playlists.
ALTER TABLE actor ADD COLUMN playlists_url TEXT;

-- What others are told of may be of any kind: the check of 0003 would need a new table for each.
CREATE TABLE outgoing_change_before (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    verb TEXT NOT NULL,
    details TEXT NOT NULL,
    version INTEGER NOT NULL,
    laziness INTEGER NOT NULL,
    taken_until_unix_ms INTEGER NOT NULL,
    told_activities INTEGER NOT NULL,
    told_inbox TEXT NOT NULL
) STRICT;
INSERT INTO outgoing_change_before SELECT * FROM outgoing_change;
DROP TABLE outgoing_change;
CREATE TABLE outgoing_change (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    -- As in 0003; a playlist's UUID.
    subject TEXT NOT NULL,
    verb TEXT NOT NULL,
    details TEXT NOT NULL DEFAULT '{}',
    version INTEGER NOT NULL DEFAULT 1,
    laziness INTEGER NOT NULL DEFAULT 0,
    taken_until_unix_ms INTEGER NOT NULL DEFAULT 0,
    told_activities INTEGER NOT NULL DEFAULT 0,
    told_inbox TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX outgoing_change_once ON outgoing_change (kind, subject, verb);
INSERT INTO outgoing_change SELECT * FROM outgoing_change_before;
DROP TABLE outgoing_change_before;

-- Public playlists. Whoever changes elements sets the playlist's time, which tells of all of them.
CREATE VIEW outgoing_video_playlist AS SELECT uuid, '' AS verb, account_id, channel_id FROM video_playlist WHERE 0;
CREATE TRIGGER outgoing_video_playlist_told INSTEAD OF INSERT ON outgoing_video_playlist
BEGIN
    DELETE FROM outgoing_change WHERE kind = 'playlist' AND subject = NEW.uuid AND NEW.verb <> 'update'
        AND taken_until_unix_ms = 0;
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'playlist', NEW.uuid, NEW.verb, json_object('account', a.name, 'channel',
        (SELECT name FROM channel WHERE id = NEW.channel_id))
    FROM account a WHERE a.id = NEW.account_id AND NOT EXISTS (SELECT 1 FROM outgoing_change
        WHERE kind = 'playlist' AND subject = NEW.uuid AND NEW.verb = 'update' AND verb = 'create'
            AND taken_until_unix_ms = 0)
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1, details = excluded.details;
END;
CREATE TRIGGER outgoing_video_playlist_added AFTER INSERT ON video_playlist
WHEN NEW.remote_url IS NULL AND NEW.privacy = 1
BEGIN INSERT INTO outgoing_video_playlist VALUES (NEW.uuid, 'create', NEW.account_id, NEW.channel_id); END;
CREATE TRIGGER outgoing_video_playlist_changed AFTER UPDATE OF updated_at_unix_ms, privacy ON video_playlist
WHEN NEW.remote_url IS NULL AND 1 IN (NEW.privacy, OLD.privacy)
BEGIN
    INSERT INTO outgoing_video_playlist VALUES (NEW.uuid,
        CASE WHEN NEW.privacy <> 1 THEN 'delete' WHEN OLD.privacy <> 1 THEN 'create' ELSE 'update' END,
        NEW.account_id, OLD.channel_id);
END;
CREATE TRIGGER outgoing_video_playlist_gone AFTER DELETE ON video_playlist
WHEN OLD.remote_url IS NULL AND OLD.privacy = 1
BEGIN INSERT INTO outgoing_video_playlist VALUES (OLD.uuid, 'delete', OLD.account_id, OLD.channel_id); END;
