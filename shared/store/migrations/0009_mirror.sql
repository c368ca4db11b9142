-- Copies of a video's stream on servers other than its own: others' of ours and of each other's, and ours of others'.
CREATE TABLE mirror (
    id INTEGER PRIMARY KEY,
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
    -- Whose it is; NULL: ours.
    actor_id INTEGER REFERENCES actor (id) ON DELETE CASCADE,
    -- ActivityPub id of another's. Ours follows from the video: NULL.
    remote_url TEXT,
    -- Where the files lie under the names that they have at the origin, without a slash at the end.
    base_url TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('copying', 'kept', 'failed')),
    -- NULL: it stays until it is taken back.
    expires_at_unix_ms INTEGER,
    created_at_unix_ms INTEGER NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL,
    -- The rest is of ours only. Why it is there: 'manual', or what chose it.
    strategy TEXT,
    -- Bytes of its files; while they are not known, what the origin says of them.
    size_bytes INTEGER NOT NULL DEFAULT 0,
    -- The master playlist at the origin: another one is another stream.
    master_url TEXT,
    -- Its objects are `mirrors/{folder}/{name}`.
    folder TEXT,
    -- Somebody copies it until then.
    taken_until_unix_ms INTEGER NOT NULL DEFAULT 0,
    -- Since the last bytes that came.
    failures INTEGER NOT NULL DEFAULT 0,
    -- For the admin: why it failed.
    problem TEXT
) STRICT;
CREATE UNIQUE INDEX mirror_once ON mirror (video_id, coalesce(actor_id, 0));
CREATE UNIQUE INDEX mirror_by_url ON mirror (remote_url) WHERE remote_url IS NOT NULL;
CREATE INDEX mirror_of_actor ON mirror (actor_id);
CREATE INDEX mirror_by_end ON mirror (expires_at_unix_ms) WHERE expires_at_unix_ms IS NOT NULL;

CREATE TABLE mirror_file (
    mirror_id INTEGER NOT NULL REFERENCES mirror (id) ON DELETE CASCADE,
    -- As at the origin.
    name TEXT NOT NULL,
    -- At the origin.
    url TEXT NOT NULL,
    object_key TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    -- What is safe in storage, in whole parts but for the last.
    kept_bytes INTEGER NOT NULL DEFAULT 0,
    multipart_id TEXT,
    -- JSON array of what storage answered for each part.
    etags TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (mirror_id, name)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER mirror_file_gone AFTER DELETE ON mirror_file
BEGIN
    INSERT INTO unowned_object (object_key, delete_after_unix_ms) VALUES (OLD.object_key, 0)
    ON CONFLICT (object_key) DO NOTHING;
END;

-- The origin hears of ours: that there is one, that it stays for longer, that it is gone. With a video that goes its
-- mirrors go, and nobody need be told.
CREATE TRIGGER mirror_made AFTER UPDATE OF state, expires_at_unix_ms ON mirror
WHEN NEW.actor_id IS NULL AND NEW.state = 'kept'
BEGIN
    INSERT INTO outgoing_change (kind, subject, verb)
    SELECT 'video', uuid, iif(OLD.state = 'kept', 'mirror-longer', 'mirror') FROM video WHERE id = NEW.video_id
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1;
END;
CREATE TRIGGER mirror_gone AFTER DELETE ON mirror
WHEN OLD.actor_id IS NULL AND OLD.state = 'kept'
BEGIN
    DELETE FROM outgoing_change WHERE kind = 'video' AND verb IN ('mirror', 'mirror-longer')
        AND subject = (SELECT uuid FROM video WHERE id = OLD.video_id) AND taken_until_unix_ms = 0;
    INSERT INTO outgoing_change (kind, subject, verb, details)
    SELECT 'video', uuid, 'mirror-gone', json_object('base', OLD.base_url, 'expires', OLD.expires_at_unix_ms)
    FROM video WHERE id = OLD.video_id
    ON CONFLICT (kind, subject, verb) DO UPDATE SET version = version + 1, details = excluded.details;
END;

-- Whether the admin has that server's videos mirrored.
ALTER TABLE remote_host ADD COLUMN is_mirrored INTEGER NOT NULL DEFAULT 0;
CREATE INDEX remote_host_mirrored ON remote_host (host) WHERE is_mirrored = 1;
