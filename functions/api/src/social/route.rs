//! Paths of this group.

use http::Method;

/// Whose list of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The user's own.
    User,
    /// The instance's.
    Instance,
}

/// Comments; ids as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Comments {
    /// `GET /videos/{id}/comment-threads`
    Threads(String),
    /// `GET /videos/{id}/comment-threads/{threadId}`
    Thread(String, String),
    /// `POST /videos/{id}/comment-threads`
    WriteFirst(String),
    /// `POST /videos/{id}/comments/{commentId}`
    WriteReply(String, String),
    /// `DELETE /videos/{id}/comments/{commentId}`
    Delete(String, String),
    /// `POST /videos/{id}/comments/{commentId}/approve`
    Approve(String, String),
    /// `GET /users/me/videos/comments`
    Mine,
    /// `GET /videos/comments`
    All,
    /// `POST /bulk/remove-comments-of`
    RemoveOf,
}

/// Lists of blocked accounts and servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Blocklist {
    /// `GET …/blocklist/accounts`
    Accounts(Whose),
    /// `GET …/blocklist/servers`
    Hosts(Whose),
    /// `POST …/blocklist/accounts`
    BlockAccount(Whose),
    /// `POST …/blocklist/servers`
    BlockHost(Whose),
    /// `DELETE …/blocklist/accounts/{name}`
    UnblockAccount(Whose, String),
    /// `DELETE …/blocklist/servers/{host}`
    UnblockHost(Whose, String),
}

/// Routes of this group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// Comments.
    Comments(Comments),
    /// `PUT /videos/{id}/rate`
    Rate(String),
    /// `GET /users/me/videos/{id}/rating`
    MyRating(String),
    /// `GET /accounts/{name}/ratings`
    RatingsOf(String),
    /// `GET /blocklist/status`
    BlockStatus,
    /// `…/blocklist/…`
    Blocklist(Blocklist),
    /// `GET /abuses`
    Abuses,
    /// `GET /users/me/abuses`
    MyAbuses,
    /// `POST /abuses`
    Report,
    /// `PUT /abuses/{id}`
    UpdateAbuse(String),
    /// `DELETE /abuses/{id}`
    DeleteAbuse(String),
}

impl Route {
    /// The route of this method and path, if it belongs to this group. It is to be asked before the group
    /// of videos, for which `comments` would be an id.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        let (whose, list) = match segments {
            ["users", "me", "blocklist", list @ ..] => (Whose::User, list),
            ["server", "blocklist", list @ ..] => (Whose::Instance, list),
            _ => return Self::parse_other(method, segments),
        };
        Some(Self::Blocklist(match (method, list) {
            (&Method::GET, ["accounts"]) => Blocklist::Accounts(whose),
            (&Method::GET, ["servers"]) => Blocklist::Hosts(whose),
            (&Method::POST, ["accounts"]) => Blocklist::BlockAccount(whose),
            (&Method::POST, ["servers"]) => Blocklist::BlockHost(whose),
            (&Method::DELETE, ["accounts", name]) => {
                Blocklist::UnblockAccount(whose, (*name).to_owned())
            }
            (&Method::DELETE, ["servers", host]) => {
                Blocklist::UnblockHost(whose, (*host).to_owned())
            }
            _ => return None,
        }))
    }

    fn parse_other(method: &Method, segments: &[&str]) -> Option<Self> {
        let own = |text: &str| text.to_owned();
        Some(match *method {
            Method::GET => match *segments {
                ["videos", "comments"] => Self::Comments(Comments::All),
                ["users", "me", "videos", "comments"] => Self::Comments(Comments::Mine),
                ["videos", id, "comment-threads"] => Self::Comments(Comments::Threads(own(id))),
                ["videos", id, "comment-threads", thread] => {
                    Self::Comments(Comments::Thread(own(id), own(thread)))
                }
                ["users", "me", "videos", id, "rating"] => Self::MyRating(own(id)),
                ["accounts", handle, "ratings"] => Self::RatingsOf(own(handle)),
                ["blocklist", "status"] => Self::BlockStatus,
                ["abuses"] => Self::Abuses,
                ["users", "me", "abuses"] => Self::MyAbuses,
                _ => return None,
            },
            Method::POST => match *segments {
                ["videos", id, "comment-threads"] => Self::Comments(Comments::WriteFirst(own(id))),
                ["videos", id, "comments", comment] => {
                    Self::Comments(Comments::WriteReply(own(id), own(comment)))
                }
                ["videos", id, "comments", comment, "approve"] => {
                    Self::Comments(Comments::Approve(own(id), own(comment)))
                }
                ["bulk", "remove-comments-of"] => Self::Comments(Comments::RemoveOf),
                ["abuses"] => Self::Report,
                _ => return None,
            },
            Method::PUT => match *segments {
                ["videos", id, "rate"] => Self::Rate(own(id)),
                ["abuses", id] => Self::UpdateAbuse(own(id)),
                _ => return None,
            },
            Method::DELETE => match *segments {
                ["videos", id, "comments", comment] => {
                    Self::Comments(Comments::Delete(own(id), own(comment)))
                }
                ["abuses", id] => Self::DeleteAbuse(own(id)),
                _ => return None,
            },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_group_and_no_other() {
        let parse = |method: Method, path: &str| {
            let segments: Vec<&str> = path.split('/').collect();
            Route::parse(&method, &segments)
        };
        assert_eq!(
            parse(Method::GET, "videos/comments"),
            Some(Route::Comments(Comments::All))
        );
        assert_eq!(
            parse(Method::DELETE, "server/blocklist/servers/a.test:1"),
            Some(Route::Blocklist(Blocklist::UnblockHost(
                Whose::Instance,
                "a.test:1".to_owned()
            )))
        );
        for (method, path) in [
            (Method::GET, "videos/1"),
            (Method::GET, "server/stats"),
            (Method::PUT, "videos/1"),
            (Method::POST, "videos/1/views"),
        ] {
            assert_eq!(parse(method, path), None, "{path}");
        }
    }
}
