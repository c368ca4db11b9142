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
