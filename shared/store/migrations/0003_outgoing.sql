-- What others have to be told of, and what waits for servers that do not answer. Triggers note each change
-- of ours in the transaction that makes it, so that no writer can forget to and no crash can lose one.

CREATE TABLE outgoing_change (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN
        ('video', 'comment', 'rate', 'follow', 'account', 'channel', 'view', 'abuse')),
    -- A video's UUID, an account's or channel's name, a comment's, follow's or report's row id,
    -- `video:account`, `video:` and a number that nobody has thought of.
    subject TEXT NOT NULL,
    verb TEXT NOT NULL,
    -- What can no longer be read when it is told, as JSON.
    details TEXT NOT NULL DEFAULT '{}',
    -- Counts changes that came while it was being told.
    version INTEGER NOT NULL DEFAULT 1,
    -- May wait for others like it: 1 for minutes (a video's likes), 2 for an hour (its views).
    laziness INTEGER NOT NULL DEFAULT 0,
    -- Somebody tells it until then; 0: nobody has begun.
    taken_until_unix_ms INTEGER NOT NULL DEFAULT 0,
    -- Of its activities, how many are told, and of the next one up to which inbox.
    told_activities INTEGER NOT NULL DEFAULT 0,
    told_inbox TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX outgoing_change_once ON outgoing_change (kind, subject, verb);

-- Videos. Only public ones that are published are told of; columns that merely count are in no list.
CREATE TRIGGER outgoing_video_new AFTER INSERT ON video
WHEN NEW.remote_url IS NULL AND NEW.privacy = 1 AND NEW.state = 1
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb) VALUES ('video', NEW.uuid, 'publish');
END;
CREATE TRIGGER outgoing_video_published AFTER UPDATE OF privacy, state ON video
WHEN NEW.remote_url IS NULL AND NEW.privacy = 1 AND NEW.state = 1
    AND NOT (OLD.privacy = 1 AND OLD.state = 1)
BEGIN
    DELETE FROM outgoing_change
    WHERE kind = 'video' AND subject = NEW.uuid AND verb = 'delete' AND taken_until_unix_ms = 0;
    INSERT INTO outgoing_change (kind, subject, verb) VALUES ('video', NEW.uuid, 'publish')
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1;
END;
-- What a public video's Update tells: its columns, files, playlists, pictures and counts, all by way of one
-- view. A video that is still to be published says it all then.
CREATE VIEW outgoing_video_part AS SELECT id AS video_id, 0 AS laziness FROM video WHERE 0;
CREATE TRIGGER outgoing_video_part_changed INSTEAD OF INSERT ON outgoing_video_part
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb, laziness)
    SELECT 'video', v.uuid, 'update', coalesce(NEW.laziness, 0) FROM video v
    WHERE v.id = NEW.video_id AND v.remote_url IS NULL AND v.privacy = 1 AND v.state = 1
        AND NOT EXISTS (SELECT 1 FROM outgoing_change
            WHERE kind = 'video' AND subject = v.uuid AND verb = 'publish' AND taken_until_unix_ms = 0)
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1,
        laziness = min(laziness, excluded.laziness)
        WHERE taken_until_unix_ms > 0 OR laziness > excluded.laziness;
END;
CREATE TRIGGER outgoing_video_changed AFTER UPDATE OF name, description, support, category, licence,
    language, nsfw, nsfw_flags, nsfw_summary, comments_policy, download_enabled, channel_id, duration_secs,
    aspect_ratio, originally_published_at_unix_ms, input_file_updated_at_unix_ms ON video
WHEN NEW.remote_url IS NULL AND NEW.privacy = 1 AND NEW.state = 1 AND OLD.privacy = 1 AND OLD.state = 1
BEGIN INSERT INTO outgoing_video_part (video_id) VALUES (NEW.id); END;
CREATE TRIGGER outgoing_video_watched AFTER UPDATE OF views ON video
WHEN NEW.remote_url IS NULL AND NEW.views > OLD.views
BEGIN INSERT INTO outgoing_video_part (video_id, laziness) VALUES (NEW.id, 2); END;
CREATE TRIGGER outgoing_video_hidden AFTER UPDATE OF privacy ON video
WHEN NEW.remote_url IS NULL AND OLD.privacy = 1 AND OLD.state = 1 AND NEW.privacy <> 1
BEGIN
    DELETE FROM outgoing_change
    WHERE kind = 'video' AND subject = NEW.uuid AND verb <> 'delete' AND taken_until_unix_ms = 0;
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'video', NEW.uuid, 'delete', json_object('account', a.name, 'channel', c.name)
    FROM channel c JOIN account a ON a.id = c.account_id WHERE c.id = OLD.channel_id
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1, details = excluded.details;
END;
-- When an account or channel goes with all its videos, its own Delete says so and it is not found here.
CREATE TRIGGER outgoing_video_deleted AFTER DELETE ON video
WHEN OLD.remote_url IS NULL AND OLD.privacy = 1 AND OLD.state = 1
BEGIN
    DELETE FROM outgoing_change
    WHERE kind = 'video' AND subject = OLD.uuid AND verb <> 'delete' AND taken_until_unix_ms = 0;
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'video', OLD.uuid, 'delete', json_object('account', a.name, 'channel', c.name)
    FROM channel c JOIN account a ON a.id = c.account_id WHERE c.id = OLD.channel_id
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1, details = excluded.details;
END;
CREATE TRIGGER outgoing_file_new AFTER INSERT ON video_file
BEGIN INSERT INTO outgoing_video_part (video_id) VALUES (NEW.video_id); END;
CREATE TRIGGER outgoing_file_changed AFTER UPDATE OF torrent_filename, playlist_filename, report ON video_file
BEGIN INSERT INTO outgoing_video_part (video_id) VALUES (NEW.video_id); END;
CREATE TRIGGER outgoing_file_gone AFTER DELETE ON video_file
BEGIN INSERT INTO outgoing_video_part (video_id) VALUES (OLD.video_id); END;
CREATE TRIGGER outgoing_playlist_new AFTER INSERT ON streaming_playlist
BEGIN INSERT INTO outgoing_video_part (video_id) VALUES (NEW.video_id); END;
CREATE TRIGGER outgoing_playlist_changed AFTER UPDATE ON streaming_playlist
BEGIN INSERT INTO outgoing_video_part (video_id) VALUES (NEW.video_id); END;
CREATE TRIGGER outgoing_thumbnail_new AFTER INSERT ON thumbnail
BEGIN INSERT INTO outgoing_video_part (video_id) VALUES (NEW.video_id); END;
CREATE TRIGGER outgoing_storyboard_new AFTER INSERT ON storyboard
BEGIN INSERT INTO outgoing_video_part (video_id) VALUES (NEW.video_id); END;
CREATE TRIGGER outgoing_storyboard_changed AFTER UPDATE ON storyboard
BEGIN INSERT INTO outgoing_video_part (video_id) VALUES (NEW.video_id); END;

-- Comments: ours, and what becomes of others' on our videos. One that is held here has not been told; one
-- that another server holds has.
CREATE TRIGGER outgoing_comment_new AFTER INSERT ON comment
WHEN NEW.remote_url IS NULL AND NEW.deleted_at_unix_ms IS NULL
    AND (NEW.is_held = 0 OR EXISTS (SELECT 1 FROM video WHERE id = NEW.video_id AND remote_url IS NOT NULL))
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb) VALUES ('comment', NEW.id, 'create');
END;
CREATE TRIGGER outgoing_comment_approved AFTER UPDATE OF is_held ON comment
WHEN OLD.is_held = 1 AND NEW.is_held = 0 AND NEW.deleted_at_unix_ms IS NULL
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb)
    SELECT 'comment', NEW.id, iif(NEW.remote_url IS NULL, 'create', 'approve')
    FROM video WHERE id = NEW.video_id AND remote_url IS NULL
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1;
END;
CREATE TRIGGER outgoing_comment_changed AFTER UPDATE OF text ON comment
WHEN NEW.remote_url IS NULL AND NEW.is_held = 0 AND NEW.deleted_at_unix_ms IS NULL AND NEW.text <> OLD.text
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb)
    SELECT 'comment', NEW.id, 'update' WHERE NOT EXISTS (SELECT 1 FROM outgoing_change
        WHERE kind = 'comment' AND subject = CAST(NEW.id AS TEXT) AND verb = 'create'
            AND taken_until_unix_ms = 0)
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1;
END;
CREATE TRIGGER outgoing_comment_deleted AFTER UPDATE OF deleted_at_unix_ms ON comment
WHEN OLD.deleted_at_unix_ms IS NULL AND NEW.deleted_at_unix_ms IS NOT NULL
BEGIN
    DELETE FROM outgoing_change
    WHERE kind = 'comment' AND subject = CAST(NEW.id AS TEXT) AND taken_until_unix_ms = 0;
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'comment', NEW.id, iif(NEW.is_held = 1 AND NEW.remote_url IS NOT NULL, 'refuse', 'delete'),
        json_object('account', a.name)
    FROM account a JOIN video v ON v.id = NEW.video_id WHERE a.id = OLD.account_id
        AND iif(NEW.remote_url IS NULL, NEW.is_held = 0 OR v.remote_url IS NOT NULL, v.remote_url IS NULL)
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1;
END;

-- Rates: of ours on others' videos; on our own videos everybody's, which changes what their Update says.
-- `was_like` is what was thought before.
CREATE VIEW outgoing_rate AS SELECT video_id, account_id, is_like AS was_like FROM video_rate WHERE 0;
CREATE TRIGGER outgoing_rate_told INSTEAD OF INSERT ON outgoing_rate
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'rate', NEW.video_id || ':' || NEW.account_id, 'rate', json_object('before', NEW.was_like)
    FROM video v, account a WHERE v.id = NEW.video_id AND v.remote_url IS NOT NULL
        AND a.id = NEW.account_id AND a.user_id IS NOT NULL
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1,
        details = iif(taken_until_unix_ms = 0, details, excluded.details);
    INSERT INTO outgoing_video_part (video_id, laziness) VALUES (NEW.video_id, 1);
END;
CREATE TRIGGER outgoing_rate_new AFTER INSERT ON video_rate
BEGIN INSERT INTO outgoing_rate VALUES (NEW.video_id, NEW.account_id, NULL); END;
CREATE TRIGGER outgoing_rate_changed AFTER UPDATE OF is_like ON video_rate WHEN NEW.is_like <> OLD.is_like
BEGIN INSERT INTO outgoing_rate VALUES (NEW.video_id, NEW.account_id, OLD.is_like); END;
CREATE TRIGGER outgoing_rate_gone AFTER DELETE ON video_rate
BEGIN INSERT INTO outgoing_rate VALUES (OLD.video_id, OLD.account_id, OLD.is_like); END;

-- Follows between ours and others. Whoever ends a follow of ours by another sets its state to rejected,
-- and may then delete the row: a deleted row alone was undone by its own side.
CREATE VIEW outgoing_follow AS
SELECT w.id AS id, w.state AS state,
    iif(f.host = '', iif(w.state = 'pending', 'follow', NULL),
        CASE w.state WHEN 'accepted' THEN 'accept' WHEN 'rejected' THEN 'reject' END) AS verb,
    json_object('follower', f.url, 'target', t.url, 'id', w.url,
        'inbox', iif(f.host = '', coalesce(t.inbox_url, t.shared_inbox_url),
                                  coalesce(f.inbox_url, f.shared_inbox_url))) AS details
FROM follow w JOIN actor f ON f.id = w.follower_id JOIN actor t ON t.id = w.target_id
WHERE (f.host = '') <> (t.host = '');
CREATE TRIGGER outgoing_follow_new AFTER INSERT ON follow
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'follow', id, verb, details FROM outgoing_follow WHERE id = NEW.id AND verb IS NOT NULL
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1, details = excluded.details;
END;
CREATE TRIGGER outgoing_follow_changed AFTER UPDATE OF state ON follow
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'follow', id, verb, details FROM outgoing_follow WHERE id = NEW.id AND verb IS NOT NULL
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1, details = excluded.details;
END;
CREATE TRIGGER outgoing_follow_gone AFTER DELETE ON follow
BEGIN
    DELETE FROM outgoing_change WHERE kind = 'follow' AND subject = CAST(OLD.id AS TEXT)
        AND verb = 'follow' AND taken_until_unix_ms = 0;
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'follow', OLD.id, 'undo', json_object('follower', f.url, 'target', t.url,
        'inbox', coalesce(t.inbox_url, t.shared_inbox_url))
    FROM actor f, actor t
    WHERE f.id = OLD.follower_id AND t.id = OLD.target_id AND f.host = '' AND t.host <> ''
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1, details = excluded.details;
END;

-- Actors. The actor row of a deleted account or channel stays, without its owner: its Delete is still to be
-- signed, its followers are to be found, and its id leads to a tombstone.
CREATE TRIGGER outgoing_account_changed AFTER UPDATE OF display_name, description, updated_at_unix_ms ON account
WHEN NEW.user_id IS NOT NULL
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb) VALUES ('account', NEW.name, 'update')
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1 WHERE taken_until_unix_ms > 0;
END;
CREATE TRIGGER outgoing_channel_changed
AFTER UPDATE OF display_name, description, support, updated_at_unix_ms ON channel
WHEN EXISTS (SELECT 1 FROM account WHERE id = NEW.account_id AND user_id IS NOT NULL)
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb) VALUES ('channel', NEW.name, 'update')
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1 WHERE taken_until_unix_ms > 0;
END;
CREATE TRIGGER outgoing_account_deleted BEFORE DELETE ON account WHEN OLD.user_id IS NOT NULL
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT x.kind, x.preferred_username, 'delete', json_object('actor', x.id) FROM actor x
    LEFT JOIN channel c ON c.id = x.channel_id
    WHERE x.account_id = OLD.id OR c.account_id = OLD.id
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1, details = excluded.details;
    UPDATE actor SET account_id = NULL WHERE account_id = OLD.id;
    UPDATE actor SET channel_id = NULL
    WHERE channel_id IN (SELECT id FROM channel WHERE account_id = OLD.id);
END;
CREATE TRIGGER outgoing_account_gone AFTER DELETE ON account WHEN OLD.user_id IS NOT NULL
BEGIN
    -- Its Delete takes its comments along.
    DELETE FROM outgoing_change WHERE kind = 'comment' AND details ->> '$.account' = OLD.name
        AND taken_until_unix_ms = 0;
END;
CREATE TRIGGER outgoing_channel_deleted BEFORE DELETE ON channel
WHEN EXISTS (SELECT 1 FROM account WHERE id = OLD.account_id AND user_id IS NOT NULL)
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'channel', OLD.name, 'delete', json_object('actor', x.id) FROM actor x
    WHERE x.channel_id = OLD.id
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1, details = excluded.details;
    UPDATE actor SET channel_id = NULL WHERE channel_id = OLD.id;
END;

-- Deliveries to servers that do not answer. A row stays until one has arrived or all are given up, so that
-- neither a queue nor a restart can lose it; a body that many wait for is kept once.
CREATE TABLE delayed_activity (
    -- Its ActivityPub id.
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE delayed_delivery (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    inbox_url TEXT NOT NULL,
    signer_url TEXT NOT NULL,
    activity_id TEXT NOT NULL REFERENCES delayed_activity (id),
    since_unix_ms INTEGER NOT NULL,
    -- Not to be sent before: somebody has it until then, or it was refused and is offered again then.
    taken_until_unix_ms INTEGER NOT NULL DEFAULT 0,
    -- How often the inbox has refused it.
    refusals INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX delayed_delivery_once ON delayed_delivery (activity_id, inbox_url);
CREATE INDEX delayed_delivery_of_host ON delayed_delivery (host, id);

-- What cron asks for again, the oldest first.
CREATE INDEX actor_by_age ON actor (fetched_at_unix_ms) WHERE host <> '';
CREATE INDEX remote_host_failing ON remote_host (retry_after_unix_ms) WHERE failures > 0;
