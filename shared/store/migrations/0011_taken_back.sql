-- A public video that goes to another channel: the old one takes back that it shared it, and the new one shares it.
-- `from` is the channel that followers know. One that is still to be published is shared by the new one alone.
CREATE TRIGGER outgoing_video_moved AFTER UPDATE OF channel_id ON video
WHEN NEW.remote_url IS NULL AND NEW.channel_id <> OLD.channel_id AND NEW.privacy = 1 AND NEW.state = 1
    AND OLD.privacy = 1 AND OLD.state = 1
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'video', NEW.uuid, 'moved', json_object('from', c.name) FROM channel c
    WHERE c.id = OLD.channel_id AND NOT EXISTS (SELECT 1 FROM outgoing_change
        WHERE kind = 'video' AND subject = NEW.uuid AND verb = 'publish' AND taken_until_unix_ms = 0)
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1,
        details = iif(taken_until_unix_ms > 0, excluded.details, details);
END;

-- Of a follow that ends before anybody was told of it nobody is told. The next one may have the same id, and whoever
-- hears of an end first keeps the beginning out.
DROP TRIGGER outgoing_follow_gone;
CREATE TRIGGER outgoing_follow_gone AFTER DELETE ON follow
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'follow', OLD.id, 'undo', json_object('follower', f.url, 'target', t.url,
        'inbox', coalesce(t.inbox_url, t.shared_inbox_url))
    FROM actor f, actor t
    WHERE f.id = OLD.follower_id AND t.id = OLD.target_id AND f.host = '' AND t.host <> ''
        AND NOT EXISTS (SELECT 1 FROM outgoing_change WHERE kind = 'follow'
            AND subject = CAST(OLD.id AS TEXT) AND verb = 'follow' AND taken_until_unix_ms = 0)
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1, details = excluded.details;
    DELETE FROM outgoing_change WHERE kind = 'follow' AND subject = CAST(OLD.id AS TEXT)
        AND verb = 'follow' AND taken_until_unix_ms = 0;
END;
