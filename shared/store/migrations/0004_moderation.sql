-- Whom people do not want to hear of, what they report, and how often they may speak.

-- Whether the instance blocks this account or the server that it lives on. Triggers keep it, so that a list
-- has one column to look at.
ALTER TABLE account ADD COLUMN is_blocked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX account_is_blocked ON account (id) WHERE is_blocked = 1;

CREATE TABLE account_block (
    id INTEGER PRIMARY KEY,
    -- The account that blocks; NULL: the instance, for everybody.
    blocker_id INTEGER REFERENCES account (id) ON DELETE CASCADE,
    blocked_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX account_block_of_instance ON account_block (blocked_id) WHERE blocker_id IS NULL;
CREATE UNIQUE INDEX account_block_of_account ON account_block (blocked_id, blocker_id)
    WHERE blocker_id IS NOT NULL;
CREATE INDEX account_block_by_blocker ON account_block (blocker_id);

CREATE TABLE host_block (
    id INTEGER PRIMARY KEY,
    -- As in account_block.
    blocker_id INTEGER REFERENCES account (id) ON DELETE CASCADE,
    -- Host and port, lower case, as in `actor.host`.
    host TEXT NOT NULL,
    created_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX host_block_of_instance ON host_block (host) WHERE blocker_id IS NULL;
CREATE UNIQUE INDEX host_block_of_account ON host_block (host, blocker_id) WHERE blocker_id IS NOT NULL;
CREATE INDEX host_block_by_blocker ON host_block (blocker_id);

CREATE TRIGGER account_blocked AFTER INSERT ON account_block WHEN NEW.blocker_id IS NULL
BEGIN
    UPDATE account SET is_blocked = 1 WHERE id = NEW.blocked_id AND is_blocked = 0;
END;
CREATE TRIGGER account_unblocked AFTER DELETE ON account_block WHEN OLD.blocker_id IS NULL
BEGIN
    UPDATE account SET is_blocked = 0 WHERE id = OLD.blocked_id AND NOT EXISTS
        (SELECT 1 FROM actor x JOIN host_block h ON h.host = x.host
         WHERE x.account_id = OLD.blocked_id AND h.blocker_id IS NULL);
END;
CREATE TRIGGER host_blocked AFTER INSERT ON host_block WHEN NEW.blocker_id IS NULL
BEGIN
    UPDATE account SET is_blocked = 1 WHERE is_blocked = 0
        AND id IN (SELECT account_id FROM actor WHERE host = NEW.host);
END;
CREATE TRIGGER host_unblocked AFTER DELETE ON host_block WHEN OLD.blocker_id IS NULL
BEGIN
    UPDATE account SET is_blocked = 0 WHERE is_blocked = 1
        AND id IN (SELECT account_id FROM actor WHERE host = OLD.host)
        AND id NOT IN (SELECT blocked_id FROM account_block WHERE blocker_id IS NULL);
END;
CREATE TRIGGER blocked_host_met AFTER INSERT ON actor
WHEN NEW.account_id IS NOT NULL
    AND EXISTS (SELECT 1 FROM host_block WHERE host = NEW.host AND blocker_id IS NULL)
BEGIN
    UPDATE account SET is_blocked = 1 WHERE id = NEW.account_id;
END;

CREATE TRIGGER blocked_host_known AFTER UPDATE OF account_id ON actor
WHEN NEW.account_id IS NOT NULL AND NEW.account_id IS NOT OLD.account_id
    AND EXISTS (SELECT 1 FROM host_block WHERE host = NEW.host AND blocker_id IS NULL)
BEGIN
    UPDATE account SET is_blocked = 1 WHERE id = NEW.account_id AND is_blocked = 0;
END;

-- The total of listed videos leaves blocked accounts out; each channel's own total does not.
DROP TRIGGER video_listed_by_insert;
DROP TRIGGER video_unlisted_by_delete;
DROP TRIGGER video_unlisted_by_update;
DROP TRIGGER video_listed_by_update;
CREATE TRIGGER video_listed_by_insert AFTER INSERT ON video
WHEN NEW.privacy = 1 AND NEW.state = 1 AND NEW.nsfw = 0 AND NEW.is_followed = 1
BEGIN
    UPDATE video_total SET listed_videos = listed_videos + 1 WHERE NOT EXISTS (SELECT 1 FROM channel c
        JOIN account a ON a.id = c.account_id WHERE c.id = NEW.channel_id AND a.is_blocked = 1);
    UPDATE channel SET listed_videos = listed_videos + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER video_unlisted_by_delete AFTER DELETE ON video
WHEN OLD.privacy = 1 AND OLD.state = 1 AND OLD.nsfw = 0 AND OLD.is_followed = 1
BEGIN
    UPDATE video_total SET listed_videos = listed_videos - 1 WHERE NOT EXISTS (SELECT 1 FROM channel c
        JOIN account a ON a.id = c.account_id WHERE c.id = OLD.channel_id AND a.is_blocked = 1);
    UPDATE channel SET listed_videos = listed_videos - 1 WHERE id = OLD.channel_id;
END;
CREATE TRIGGER video_unlisted_by_update AFTER UPDATE OF privacy, state, nsfw, channel_id, is_followed ON video
WHEN OLD.privacy = 1 AND OLD.state = 1 AND OLD.nsfw = 0 AND OLD.is_followed = 1
BEGIN
    UPDATE video_total SET listed_videos = listed_videos - 1 WHERE NOT EXISTS (SELECT 1 FROM channel c
        JOIN account a ON a.id = c.account_id WHERE c.id = OLD.channel_id AND a.is_blocked = 1);
    UPDATE channel SET listed_videos = listed_videos - 1 WHERE id = OLD.channel_id;
END;
CREATE TRIGGER video_listed_by_update AFTER UPDATE OF privacy, state, nsfw, channel_id, is_followed ON video
WHEN NEW.privacy = 1 AND NEW.state = 1 AND NEW.nsfw = 0 AND NEW.is_followed = 1
BEGIN
    UPDATE video_total SET listed_videos = listed_videos + 1 WHERE NOT EXISTS (SELECT 1 FROM channel c
        JOIN account a ON a.id = c.account_id WHERE c.id = NEW.channel_id AND a.is_blocked = 1);
    UPDATE channel SET listed_videos = listed_videos + 1 WHERE id = NEW.channel_id;
END;
CREATE TRIGGER account_hidden AFTER UPDATE OF is_blocked ON account WHEN NEW.is_blocked <> OLD.is_blocked
BEGIN
    UPDATE video_total SET listed_videos = listed_videos + (OLD.is_blocked - NEW.is_blocked)
        * (SELECT coalesce(sum(listed_videos), 0) FROM channel WHERE account_id = NEW.id);
END;
CREATE TRIGGER channel_moved AFTER UPDATE OF account_id ON channel WHEN NEW.account_id <> OLD.account_id
BEGIN
    UPDATE video_total SET listed_videos = listed_videos + NEW.listed_videos
        * (coalesce((SELECT is_blocked FROM account WHERE id = OLD.account_id), 0)
            - coalesce((SELECT is_blocked FROM account WHERE id = NEW.account_id), 0));
END;
-- When a channel goes its videos go after it, and each is taken off the total: a blocked one's are put on
-- first. An account's channels go after the account, and nothing tells any more that it was blocked.
CREATE TRIGGER blocked_account_goes BEFORE DELETE ON account WHEN OLD.is_blocked = 1
BEGIN
    UPDATE video_total SET listed_videos = listed_videos
        + (SELECT coalesce(sum(listed_videos), 0) FROM channel WHERE account_id = OLD.id);
END;
CREATE TRIGGER blocked_channel_goes BEFORE DELETE ON channel
WHEN EXISTS (SELECT 1 FROM account WHERE id = OLD.account_id AND is_blocked = 1)
BEGIN
    UPDATE video_total SET listed_videos = listed_videos + OLD.listed_videos;
END;

-- Threads by date; the second replaces an index on the account alone.
CREATE INDEX comment_threads ON comment (video_id, created_at_unix_ms, id) WHERE thread_id IS NULL;
DROP INDEX comment_of_account;
CREATE INDEX comment_of_account ON comment (account_id, created_at_unix_ms);
CREATE INDEX comment_by_date ON comment (created_at_unix_ms) WHERE deleted_at_unix_ms IS NULL;
CREATE INDEX comment_held ON comment (created_at_unix_ms) WHERE is_held = 1 AND deleted_at_unix_ms IS NULL;

-- What is written on a video counts when everybody may read it.
CREATE TRIGGER comment_counted AFTER INSERT ON comment
WHEN NEW.is_held = 0 AND NEW.deleted_at_unix_ms IS NULL
BEGIN
    UPDATE video SET comments = comments + 1 WHERE id = NEW.video_id;
END;
CREATE TRIGGER comment_uncounted AFTER DELETE ON comment
WHEN OLD.is_held = 0 AND OLD.deleted_at_unix_ms IS NULL
BEGIN
    UPDATE video SET comments = max(comments - 1, 0) WHERE id = OLD.video_id;
END;
CREATE TRIGGER comment_recounted AFTER UPDATE OF is_held, deleted_at_unix_ms ON comment
WHEN (NEW.is_held = 0 AND NEW.deleted_at_unix_ms IS NULL)
    <> (OLD.is_held = 0 AND OLD.deleted_at_unix_ms IS NULL)
BEGIN
    UPDATE video SET comments = max(comments
        + (NEW.is_held = 0 AND NEW.deleted_at_unix_ms IS NULL)
        - (OLD.is_held = 0 AND OLD.deleted_at_unix_ms IS NULL), 0) WHERE id = NEW.video_id;
END;
-- Whoever goes takes their words along; the places stay.
CREATE TRIGGER comments_without_author BEFORE DELETE ON account
BEGIN
    UPDATE comment SET text = '', deleted_at_unix_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER),
        updated_at_unix_ms = CAST(unixepoch('subsec') * 1000 AS INTEGER)
        WHERE account_id = OLD.id AND deleted_at_unix_ms IS NULL;
END;

CREATE TRIGGER rate_counted AFTER INSERT ON video_rate
BEGIN
    UPDATE video SET likes = likes + NEW.is_like, dislikes = dislikes + 1 - NEW.is_like
        WHERE id = NEW.video_id;
END;
CREATE TRIGGER rate_uncounted AFTER DELETE ON video_rate
BEGIN
    UPDATE video SET likes = max(likes - OLD.is_like, 0), dislikes = max(dislikes - 1 + OLD.is_like, 0)
        WHERE id = OLD.video_id;
END;
CREATE TRIGGER rate_recounted AFTER UPDATE OF is_like ON video_rate WHEN NEW.is_like <> OLD.is_like
BEGIN
    UPDATE video SET likes = max(likes + NEW.is_like - OLD.is_like, 0),
        dislikes = max(dislikes + OLD.is_like - NEW.is_like, 0) WHERE id = NEW.video_id;
END;

-- Reports: by users of ours, and by other servers' Flag.
CREATE TABLE abuse (
    id INTEGER PRIMARY KEY,
    -- Id of another server's Flag, NULL for ours.
    remote_url TEXT,
    -- NULL once they are gone, and for servers that report in their own name.
    reporter_id INTEGER REFERENCES account (id) ON DELETE SET NULL,
    -- Id of the actor who signed another server's Flag.
    reporter_url TEXT,
    -- What is reported. The account is that of its author.
    kind TEXT NOT NULL CHECK (kind IN ('account', 'video', 'comment')),
    flagged_account_id INTEGER REFERENCES account (id) ON DELETE SET NULL,
    video_id INTEGER REFERENCES video (id) ON DELETE SET NULL,
    comment_id INTEGER REFERENCES comment (id) ON DELETE SET NULL,
    -- Of a reported video: what it was, for when it is gone.
    video_uuid TEXT,
    video_name TEXT,
    start_at_secs INTEGER,
    end_at_secs INTEGER,
    reason TEXT NOT NULL,
    -- PeerTube's numbers, 1 to 8, as a JSON array.
    predefined_reasons TEXT NOT NULL DEFAULT '[]',
    -- 1 pending, 2 rejected, 3 accepted.
    state INTEGER NOT NULL DEFAULT 1 CHECK (state BETWEEN 1 AND 3),
    moderation_comment TEXT,
    processed_at_unix_ms INTEGER,
    created_at_unix_ms INTEGER NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX abuse_by_remote_url ON abuse (remote_url) WHERE remote_url IS NOT NULL;
CREATE INDEX abuse_of_reporter ON abuse (reporter_id);
CREATE INDEX abuse_of_flagged ON abuse (flagged_account_id);
CREATE INDEX abuse_of_video ON abuse (video_id);
CREATE INDEX abuse_of_comment ON abuse (comment_id);
-- What one of ours reports of another server, its moderators are told.
CREATE TRIGGER outgoing_report AFTER INSERT ON abuse
WHEN EXISTS (SELECT 1 FROM account WHERE id = NEW.reporter_id AND user_id IS NOT NULL)
    AND EXISTS (SELECT 1 FROM account WHERE id = NEW.flagged_account_id AND user_id IS NULL)
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb) VALUES ('abuse', NEW.id, 'flag');
END;

-- How often an account has done something in a window of time. Old windows go with the next one.
CREATE TABLE account_action (
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    action TEXT NOT NULL,
    window INTEGER NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (account_id, action, window)
) STRICT, WITHOUT ROWID;
