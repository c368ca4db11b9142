//! Which document a path names: every id of `activitypub::object::Ids`, and PeerTube's older spellings.

use app::federation::documents::VideoKey;
use app::federation::keys::LocalActor;
use percent_encoding::percent_decode_str;
use rest::ids::VideoRef;

/// Longest path that is looked at, in bytes.
const MAX_PATH_BYTES: usize = 1_024;
/// `preferredUsername` of the instance.
const INSTANCE_NAME: &str = "peertube";

/// One of our actors, or one of another server by its handle; decoded, not checked to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorRef {
    /// The instance.
    Instance,
    /// An account.
    Account(String),
    /// A channel.
    Channel(String),
}

impl ActorRef {
    /// As the use cases call it.
    #[must_use]
    pub fn local(&self) -> LocalActor<'_> {
        match self {
            Self::Instance => LocalActor::Instance,
            Self::Account(name) => LocalActor::Account(name),
            Self::Channel(name) => LocalActor::Channel(name),
        }
    }
}

/// What is asked of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfActor {
    /// Its document.
    Itself,
    /// What it has done.
    Outbox,
    /// Who follows it.
    Followers,
    /// Whom it follows.
    Following,
    /// Its playlists.
    Playlists,
    /// How its videos' player looks: of channels alone.
    PlayerSettings,
    /// A follow, by its row id.
    Follow(i64),
    /// A like or dislike, by the video's row id.
    Rating {
        /// Like or dislike.
        is_like: bool,
        /// Row id.
        video_id: i64,
    },
}

/// What is asked of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfVideo {
    /// Its document.
    Itself,
    /// Its `Create`.
    Create,
    /// Its likes or dislikes.
    Ratings {
        /// Likes or dislikes.
        are_likes: bool,
    },
    /// Who shares it.
    Announces,
    /// One share, by the row id of the actor.
    Announce(i64),
    /// Its chapters.
    Chapters,
    /// How its player looks.
    PlayerSettings,
    /// Its comments.
    Comments,
    /// A comment, by its row id.
    Comment(i64),
    /// A comment's `Create`.
    CommentCreate(i64),
    /// That a comment may be seen.
    Approval(i64),
}

/// What is asked of a playlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfPlaylist {
    /// Its document, or a page of its elements.
    Itself,
    /// Its `Create`.
    Create,
    /// An element, by its row id.
    Element(i64),
}

/// A path of this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The shared inbox, or an actor's: only `POST`, and whatever `Accept` says.
    Inbox,
    /// Of an actor.
    Actor(ActorRef, OfActor),
    /// Of a video.
    Video(VideoRef, OfVideo),
    /// Of a playlist.
    Playlist(VideoRef, OfPlaylist),
    /// The copy here of another server's video, by the video's UUID.
    Mirror(String),
    /// The `Create` of that copy.
    MirrorCreate(String),
}

impl Route {
    /// The route of a path (no query, percent-encoded); a slash at the end equals none. `None` when the path
    /// is no id of ours.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        if path.len() > MAX_PATH_BYTES {
            return None;
        }
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        match segments.as_slice() {
            ["inbox"] => Some(Self::Inbox),
            ["accounts" | "a", name, rest @ ..] => {
                let name = decoded(name)?;
                let actor = match name.as_str() {
                    INSTANCE_NAME => ActorRef::Instance,
                    _ => ActorRef::Account(name),
                };
                Self::of_actor(actor, rest)
            }
            ["video-channels" | "c", name, rest @ ..] => {
                Self::of_actor(ActorRef::Channel(decoded(name)?), rest)
            }
            ["w", "p", id] | ["video-playlists", id] | ["videos", "watch", "playlist", id] => {
                Some(Self::Playlist(VideoRef::parse(id)?, OfPlaylist::Itself))
            }
            ["video-playlists", id, "activity"] => {
                Some(Self::Playlist(VideoRef::parse(id)?, OfPlaylist::Create))
            }
            ["video-playlists", id, "videos", element] => Some(Self::Playlist(
                VideoRef::parse(id)?,
                OfPlaylist::Element(row_id(element)?),
            )),
            ["videos", "watch", id, rest @ ..] => Self::of_video(id, rest),
            ["w", id] => Self::of_watch_link(id),
            ["redundancy", "streaming-playlists", "hls", id, rest @ ..] => {
                let VideoRef::Uuid(uuid) = VideoRef::parse(id)? else {
                    return None;
                };
                match rest {
                    [] => Some(Self::Mirror(uuid)),
                    ["activity"] => Some(Self::MirrorCreate(uuid)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn of_actor(actor: ActorRef, rest: &[&str]) -> Option<Self> {
        let asked = match (&actor, rest) {
            // Pages that PeerTube names as an actor's, and whose addresses people look for elsewhere.
            (ActorRef::Account(_), ["video-channels"]) | (ActorRef::Channel(_), ["videos"]) => &[],
            _ => rest,
        };
        let asked = match *asked {
            [] => OfActor::Itself,
            ["inbox"] => return Some(Self::Inbox),
            ["outbox"] => OfActor::Outbox,
            ["followers"] => OfActor::Followers,
            ["following"] => OfActor::Following,
            ["playlists"] => OfActor::Playlists,
            ["player-settings"] => match actor {
                ActorRef::Channel(_) => OfActor::PlayerSettings,
                ActorRef::Account(_) | ActorRef::Instance => return None,
            },
            ["follows", id] => OfActor::Follow(row_id(id)?),
            [kind @ ("likes" | "dislikes"), id] => OfActor::Rating {
                is_like: kind == "likes",
                video_id: row_id(id)?,
            },
            _ => return None,
        };
        Some(Self::Actor(actor, asked))
    }

    /// PeerTube links a comment as `/w/{id};threadId={n}`.
    fn of_watch_link(segment: &str) -> Option<Self> {
        let (id, parameters) = segment.split_once(';').unwrap_or((segment, ""));
        match parameters.strip_prefix("threadId=") {
            Some(thread) => Self::of_video(id, &["comments", thread]),
            None => Self::of_video(id, &[]),
        }
    }

    fn of_video(id: &str, rest: &[&str]) -> Option<Self> {
        let asked = match *rest {
            [] => OfVideo::Itself,
            ["activity"] => OfVideo::Create,
            [kind @ ("likes" | "dislikes")] => OfVideo::Ratings {
                are_likes: kind == "likes",
            },
            ["announces"] => OfVideo::Announces,
            ["announces", actor] => OfVideo::Announce(row_id(actor)?),
            ["chapters"] => OfVideo::Chapters,
            ["player-settings"] => OfVideo::PlayerSettings,
            ["comments"] => OfVideo::Comments,
            ["comments", id] => OfVideo::Comment(row_id(id)?),
            ["comments", id, "activity"] => OfVideo::CommentCreate(row_id(id)?),
            ["comments", id, "approve-reply"] => OfVideo::Approval(row_id(id)?),
            _ => return None,
        };
        Some(Self::Video(VideoRef::parse(id)?, asked))
    }
}

/// The video as the use cases call it.
pub(crate) fn key(video: &VideoRef) -> VideoKey<'_> {
    match video {
        VideoRef::Id(id) => VideoKey::Id(*id),
        VideoRef::Uuid(uuid) => VideoKey::Uuid(uuid),
    }
}

fn decoded(segment: &str) -> Option<String> {
    let text = percent_decode_str(segment).decode_utf8().ok()?;
    let is_name = !text.is_empty() && !text.contains(|c: char| c.is_control() || c == '/');
    is_name.then(|| text.into_owned())
}

/// Row ids as this instance writes them: digits without a sign.
fn row_id(segment: &str) -> Option<i64> {
    let is_number = segment.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| segment.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "9c9de5e8-0a1e-484a-b099-e80766180a6d";
    const SHORT: &str = "kkGMgK9ZtnKfYAgnEtQxbv";

    fn actor(path: &str) -> Option<(ActorRef, OfActor)> {
        match Route::parse(path) {
            Some(Route::Actor(actor, asked)) => Some((actor, asked)),
            _ => None,
        }
    }

    fn video(path: &str) -> Option<OfVideo> {
        match Route::parse(path) {
            Some(Route::Video(id, asked)) => {
                assert_eq!(id, VideoRef::Uuid(UUID.to_owned()), "{path}");
                Some(asked)
            }
            _ => None,
        }
    }

    #[test]
    fn actors_and_what_is_theirs() {
        let ada = || ActorRef::Account("ada".to_owned());
        let films = || ActorRef::Channel("films".to_owned());
        for (path, expected) in [
            ("/accounts/ada", (ada(), OfActor::Itself)),
            ("/a/ada/", (ada(), OfActor::Itself)),
            ("/c/films", (films(), OfActor::Itself)),
            ("/video-channels/films/outbox", (films(), OfActor::Outbox)),
            ("/accounts/peertube", (ActorRef::Instance, OfActor::Itself)),
            ("/accounts/ada/followers/", (ada(), OfActor::Followers)),
            ("/accounts/ada/following", (ada(), OfActor::Following)),
            ("/accounts/ada/playlists", (ada(), OfActor::Playlists)),
            ("/c/films/videos", (films(), OfActor::Itself)),
            ("/accounts/ada/video-channels/", (ada(), OfActor::Itself)),
            (
                "/video-channels/films/player-settings",
                (films(), OfActor::PlayerSettings),
            ),
            ("/accounts/ada/follows/7", (ada(), OfActor::Follow(7))),
            (
                "/accounts/ada/dislikes/7",
                (
                    ada(),
                    OfActor::Rating {
                        is_like: false,
                        video_id: 7,
                    },
                ),
            ),
            (
                "/accounts/bob%40far.test",
                (
                    ActorRef::Account("bob@far.test".to_owned()),
                    OfActor::Itself,
                ),
            ),
        ] {
            assert_eq!(actor(path), Some(expected), "{path}");
        }
        for path in ["/inbox", "/inbox/", "/accounts/ada/inbox", "/c/films/inbox"] {
            assert_eq!(Route::parse(path), Some(Route::Inbox), "{path}");
        }
        for path in [
            "/",
            "/accounts",
            "/accounts/",
            "/accounts/ada/videos",
            "/c/films/video-channels",
            "/c/films/videos/outbox",
            "/accounts/ada/player-settings",
            "/accounts/peertube/player-settings",
            "/accounts/ada/follows/x",
            "/accounts/ada/follows/-1",
            "/accounts/ada/follows/99999999999999999999",
            "/accounts/ada%2Fx",
            "/accounts/%ff",
            "/inbox/x",
        ] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
        let long = format!("/accounts/{}", "a".repeat(MAX_PATH_BYTES));
        assert_eq!(Route::parse(&long), None);
    }

    #[test]
    fn videos_and_what_is_below_them() {
        for (rest, expected) in [
            ("", OfVideo::Itself),
            ("/activity", OfVideo::Create),
            ("/likes", OfVideo::Ratings { are_likes: true }),
            ("/dislikes/", OfVideo::Ratings { are_likes: false }),
            ("/announces", OfVideo::Announces),
            ("/announces/3", OfVideo::Announce(3)),
            ("/chapters", OfVideo::Chapters),
            ("/player-settings", OfVideo::PlayerSettings),
            ("/comments", OfVideo::Comments),
            ("/comments/5", OfVideo::Comment(5)),
            ("/comments/5/activity", OfVideo::CommentCreate(5)),
            ("/comments/5/approve-reply", OfVideo::Approval(5)),
        ] {
            for id in [UUID, SHORT] {
                let path = format!("/videos/watch/{id}{rest}");
                assert_eq!(video(&path), Some(expected), "{path}");
            }
        }
        let playlist = |asked| Some(Route::Playlist(VideoRef::Uuid(UUID.to_owned()), asked));
        for (path, asked) in [
            (format!("/w/p/{SHORT}"), OfPlaylist::Itself),
            (format!("/video-playlists/{UUID}"), OfPlaylist::Itself),
            (format!("/videos/watch/playlist/{UUID}"), OfPlaylist::Itself),
            (
                format!("/video-playlists/{UUID}/activity"),
                OfPlaylist::Create,
            ),
            (
                format!("/video-playlists/{UUID}/videos/4"),
                OfPlaylist::Element(4),
            ),
        ] {
            assert_eq!(Route::parse(&path), playlist(asked), "{path}");
        }
        assert_eq!(video(&format!("/w/{SHORT}")), Some(OfVideo::Itself));
        assert_eq!(
            video(&format!("/w/{SHORT};threadId=5")),
            Some(OfVideo::Comment(5))
        );
        for id in [UUID, SHORT] {
            let path = format!("/redundancy/streaming-playlists/hls/{id}");
            let mirror = Some(Route::Mirror(UUID.to_owned()));
            assert_eq!(Route::parse(&path), mirror, "{path}");
            let create = Some(Route::MirrorCreate(UUID.to_owned()));
            assert_eq!(Route::parse(&format!("{path}/activity")), create);
            assert_eq!(Route::parse(&format!("{path}/x")), None);
        }
        assert_eq!(
            Route::parse("/videos/watch/12"),
            Some(Route::Video(VideoRef::Id(12), OfVideo::Itself))
        );
        for path in [
            "/videos/watch",
            "/videos/watch/x",
            "/videos/watch/12/nothing",
            "/w/12/description",
            "/videos/trending",
        ] {
            assert_eq!(Route::parse(path), None, "{path}");
        }
    }
}
