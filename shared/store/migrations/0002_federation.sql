-- What this instance knows of the fediverse: who there is, who follows whom, and what others have said
-- about videos. Ids of other servers are compared byte by byte, as they came.

-- Everybody who can sign, ours and others. An account or channel that has videos, comments or rates has
-- a row of its own besides; a group that only announces, and an instance, have none.
CREATE TABLE actor (
    id INTEGER PRIMARY KEY,
    -- ActivityPub id.
    url TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('instance', 'account', 'channel')),
    -- Host and port; empty for ours.
    host TEXT NOT NULL,
    preferred_username TEXT NOT NULL,
    account_id INTEGER UNIQUE REFERENCES account (id) ON DELETE CASCADE,
    channel_id INTEGER UNIQUE REFERENCES channel (id) ON DELETE CASCADE,
    public_key_id TEXT NOT NULL,
    public_key_pem TEXT NOT NULL,
    -- Ours only: PKCS #8, sealed with the instance's secret, base64.
    private_key_sealed TEXT,
    -- Those of others; ours follow from the id.
    inbox_url TEXT,
    shared_inbox_url TEXT,
    outbox_url TEXT,
    followers_url TEXT,
    page_url TEXT,
    avatar_url TEXT,
    -- As the other server counts them; of ours, the accepted rows of `follow`, which triggers count.
    followers INTEGER NOT NULL DEFAULT 0,
    following INTEGER NOT NULL DEFAULT 0,
    -- When the document was last read from its origin; for ours, when the row was made.
    fetched_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX actor_by_key ON actor (public_key_id);
CREATE INDEX actor_by_host ON actor (host);

CREATE TABLE follow (
    id INTEGER PRIMARY KEY,
    follower_id INTEGER NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    target_id INTEGER NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'rejected')),
    -- Id of the Follow activity, for Accept, Reject and Undo. Ours follows from the row's id: NULL.
    url TEXT,
    created_at_unix_ms INTEGER NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX follow_once ON follow (follower_id, target_id);
CREATE INDEX follow_of_target ON follow (target_id, state);
CREATE INDEX follow_by_url ON follow (url) WHERE url IS NOT NULL;
CREATE TRIGGER follow_counted AFTER INSERT ON follow WHEN NEW.state = 'accepted'
BEGIN
    UPDATE actor SET followers = followers + 1 WHERE id = NEW.target_id AND host = '';
    UPDATE actor SET following = following + 1 WHERE id = NEW.follower_id AND host = '';
END;
CREATE TRIGGER follow_uncounted AFTER DELETE ON follow WHEN OLD.state = 'accepted'
BEGIN
    UPDATE actor SET followers = max(followers - 1, 0) WHERE id = OLD.target_id AND host = '';
    UPDATE actor SET following = max(following - 1, 0) WHERE id = OLD.follower_id AND host = '';
END;
CREATE TRIGGER follow_recounted AFTER UPDATE OF state ON follow
WHEN (NEW.state = 'accepted') <> (OLD.state = 'accepted')
BEGIN
    UPDATE actor SET followers = max(followers + (NEW.state = 'accepted') - (OLD.state = 'accepted'), 0)
        WHERE id = NEW.target_id AND host = '';
    UPDATE actor SET following = max(following + (NEW.state = 'accepted') - (OLD.state = 'accepted'), 0)
        WHERE id = NEW.follower_id AND host = '';
END;

-- What only another server's video has. `video.remote_url` is its id.
CREATE TABLE remote_video (
    video_id INTEGER PRIMARY KEY REFERENCES video (id) ON DELETE CASCADE,
    page_url TEXT NOT NULL,
    -- Files, playlists, trackers, pictures, captions and collections with their URLs at the origin, as
    -- JSON of the use case.
    document TEXT NOT NULL,
    fetched_at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX remote_video_by_age ON remote_video (fetched_at_unix_ms);

CREATE TABLE comment (
    id INTEGER PRIMARY KEY,
    -- ActivityPub id of another server's comment; ours follows from the row's id: NULL.
    remote_url TEXT,
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
    -- NULL once its author is gone.
    account_id INTEGER REFERENCES account (id) ON DELETE SET NULL,
    -- The comment that this answers, and the first of the thread; both NULL for a first one.
    parent_id INTEGER REFERENCES comment (id) ON DELETE CASCADE,
    thread_id INTEGER REFERENCES comment (id) ON DELETE CASCADE,
    -- Markdown of ours, text of HTML of others; empty once deleted.
    text TEXT NOT NULL,
    -- Waits for the video's owner.
    is_held INTEGER NOT NULL DEFAULT 0,
    -- Id of the ApproveReply that the video's side has sent.
    reply_approval_url TEXT,
    created_at_unix_ms INTEGER NOT NULL,
    updated_at_unix_ms INTEGER NOT NULL,
    -- A deleted comment stays as a tombstone, so that its answers keep their place.
    deleted_at_unix_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX comment_by_remote_url ON comment (remote_url) WHERE remote_url IS NOT NULL;
CREATE INDEX comment_of_video ON comment (video_id, thread_id, id);
CREATE INDEX comment_of_thread ON comment (thread_id, id) WHERE thread_id IS NOT NULL;
CREATE INDEX comment_of_account ON comment (account_id);
-- For the foreign key: without it every comment that goes would have all others read.
CREATE INDEX comment_of_parent ON comment (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE video_rate (
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
    account_id INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    is_like INTEGER NOT NULL,
    -- Id of another server's activity, for Undo.
    remote_url TEXT,
    created_at_unix_ms INTEGER NOT NULL,
    PRIMARY KEY (video_id, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX video_rate_of_account ON video_rate (account_id);

-- Announces of videos by others. Our own follow from the video.
CREATE TABLE video_share (
    video_id INTEGER NOT NULL REFERENCES video (id) ON DELETE CASCADE,
    actor_id INTEGER NOT NULL REFERENCES actor (id) ON DELETE CASCADE,
    remote_url TEXT,
    created_at_unix_ms INTEGER NOT NULL,
    PRIMARY KEY (video_id, actor_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX video_share_of_actor ON video_share (actor_id);

-- Which videos of others are listed for everybody: those of servers, accounts and channels that the instance
-- follows, and what these share. What a user subscribes to or searches for is not among them.
CREATE UNIQUE INDEX actor_of_instance ON actor (kind) WHERE kind = 'instance' AND host = '';
CREATE VIEW followed_actor AS
SELECT w.target_id AS id FROM actor i CROSS JOIN follow w ON w.follower_id = i.id AND w.state = 'accepted'
WHERE i.kind = 'instance' AND i.host = '';
CREATE VIEW unfollowed_video AS
SELECT v.id AS id FROM video v JOIN channel c ON c.id = v.channel_id
WHERE v.remote_url IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM followed_actor f CROSS JOIN actor a ON a.id = f.id
        LEFT JOIN actor own ON own.channel_id = c.id
        WHERE a.channel_id = c.id OR a.account_id = c.account_id
            OR (a.kind = 'instance' AND a.host = own.host))
    AND NOT EXISTS (SELECT 1 FROM video_share s JOIN followed_actor f ON f.id = s.actor_id
        WHERE s.video_id = v.id);
-- Videos that a follow of an actor is about.
CREATE VIEW video_of_actor AS
SELECT a.id AS actor_id, v.id AS video_id FROM actor a JOIN video v ON v.channel_id = a.channel_id
UNION ALL SELECT a.id, v.id FROM actor a JOIN channel c ON c.account_id = a.account_id
    JOIN video v ON v.channel_id = c.id
UNION ALL SELECT a.id, v.id FROM actor a JOIN actor b ON b.host = a.host
    JOIN video v ON v.channel_id = b.channel_id WHERE a.kind = 'instance' AND a.host <> ''
UNION ALL SELECT s.actor_id, s.video_id FROM video_share s;

CREATE TRIGGER video_met AFTER INSERT ON video WHEN NEW.remote_url IS NOT NULL
BEGIN
    UPDATE video SET is_followed = 0
    WHERE id = NEW.id AND id IN (SELECT id FROM unfollowed_video WHERE id = NEW.id);
END;
CREATE TRIGGER video_shared AFTER INSERT ON video_share
BEGIN
    UPDATE video SET is_followed = 1 WHERE id = NEW.video_id AND is_followed = 0
        AND EXISTS (SELECT 1 FROM followed_actor WHERE id = NEW.actor_id);
END;
CREATE TRIGGER video_unshared AFTER DELETE ON video_share
BEGIN
    UPDATE video SET is_followed = 0 WHERE id = OLD.video_id AND is_followed = 1
        AND id IN (SELECT id FROM unfollowed_video WHERE id = OLD.video_id);
END;
-- Follows of the instance itself; of others' follows, nothing is listed.
CREATE VIEW follow_of_instance AS SELECT NULL AS target_id WHERE 0;
CREATE TRIGGER follow_of_instance_begins_or_ends INSTEAD OF INSERT ON follow_of_instance
BEGIN
    UPDATE video SET is_followed = NOT EXISTS (SELECT 1 FROM unfollowed_video u WHERE u.id = video.id)
    WHERE remote_url IS NOT NULL
        AND id IN (SELECT video_id FROM video_of_actor WHERE actor_id = NEW.target_id)
        AND is_followed = EXISTS (SELECT 1 FROM unfollowed_video u WHERE u.id = video.id);
END;
CREATE TRIGGER instance_follows AFTER INSERT ON follow
WHEN NEW.state = 'accepted'
    AND EXISTS (SELECT 1 FROM actor WHERE id = NEW.follower_id AND kind = 'instance' AND host = '')
BEGIN INSERT INTO follow_of_instance (target_id) VALUES (NEW.target_id); END;
CREATE TRIGGER instance_follows_no_more AFTER DELETE ON follow
WHEN OLD.state = 'accepted'
    AND EXISTS (SELECT 1 FROM actor WHERE id = OLD.follower_id AND kind = 'instance' AND host = '')
BEGIN INSERT INTO follow_of_instance (target_id) VALUES (OLD.target_id); END;
CREATE TRIGGER instance_follow_answered AFTER UPDATE OF state ON follow
WHEN (NEW.state = 'accepted') <> (OLD.state = 'accepted')
    AND EXISTS (SELECT 1 FROM actor WHERE id = NEW.follower_id AND kind = 'instance' AND host = '')
BEGIN INSERT INTO follow_of_instance (target_id) VALUES (NEW.target_id); END;

-- Activities that were done, and ids of what is deleted or undone: whatever comes again, or too late, is
-- nothing new. Cron forgets them.
CREATE TABLE seen_id (
    url TEXT PRIMARY KEY,
    forget_after_unix_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_id_by_time ON seen_id (forget_after_unix_ms);

-- How another host is to be spoken to.
CREATE TABLE remote_host (
    host TEXT PRIMARY KEY,
    -- The form of signature that it has last used or taken.
    scheme TEXT NOT NULL DEFAULT 'cavage' CHECK (scheme IN ('cavage', 'rfc9421')),
    -- Deliveries that failed since the last one that did not.
    failures INTEGER NOT NULL DEFAULT 0,
    -- Nothing is sent before.
    retry_after_unix_ms INTEGER,
    last_success_unix_ms INTEGER
) STRICT, WITHOUT ROWID;
