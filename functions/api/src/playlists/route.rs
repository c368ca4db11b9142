//! Paths of this group.

use http::Method;

/// Routes of this group; ids and handles as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// `GET /video-playlists`, and with words in `search` `GET /search/video-playlists`
    List,
    /// `GET /accounts/{handle}/video-playlists`
    OfAccount(String),
    /// `GET /video-channels/{handle}/video-playlists`
    OfChannel(String),
    /// `GET /users/me/video-playlists/videos-exist`
    Placed,
    /// `GET /video-playlists/privacies`
    Privacies,
    /// `POST /video-playlists`
    Create,
    /// `GET /video-playlists/{id}`
    Details(String),
    /// `PUT /video-playlists/{id}`
    Update(String),
    /// `DELETE /video-playlists/{id}`
    Delete(String),
    /// `GET /video-playlists/{id}/videos`
    Elements(String),
    /// `POST /video-playlists/{id}/videos`
    Add(String),
    /// `POST /video-playlists/{id}/videos/reorder`
    Reorder(String),
    /// `PUT /video-playlists/{id}/videos/{elementId}`
    SetMoment(String, String),
    /// `DELETE /video-playlists/{id}/videos/{elementId}`
    Remove(String, String),
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        let own = |text: &str| text.to_owned();
        let rest = match *segments {
            ["accounts", handle, "video-playlists"] if method == Method::GET => {
                return Some(Self::OfAccount(own(handle)));
            }
            ["video-channels", handle, "video-playlists"] if method == Method::GET => {
                return Some(Self::OfChannel(own(handle)));
            }
            ["search", "video-playlists"] if method == Method::GET => return Some(Self::List),
            ["users", "me", "video-playlists", "videos-exist"] if method == Method::GET => {
                return Some(Self::Placed);
            }
            ["video-playlists", ref rest @ ..] => rest,
            _ => return None,
        };
        Some(match (method, rest) {
            (&Method::GET, []) => Self::List,
            (&Method::POST, []) => Self::Create,
            (&Method::GET, ["privacies"]) => Self::Privacies,
            (&Method::GET, [id]) => Self::Details(own(id)),
            (&Method::PUT, [id]) => Self::Update(own(id)),
            (&Method::DELETE, [id]) => Self::Delete(own(id)),
            (&Method::GET, [id, "videos"]) => Self::Elements(own(id)),
            (&Method::POST, [id, "videos"]) => Self::Add(own(id)),
            (&Method::POST, [id, "videos", "reorder"]) => Self::Reorder(own(id)),
            (&Method::PUT, [id, "videos", element]) => Self::SetMoment(own(id), own(element)),
            (&Method::DELETE, [id, "videos", element]) => Self::Remove(own(id), own(element)),
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
        let id = || "7".to_owned();
        for (method, path, expected) in [
            (Method::GET, "video-playlists", Some(Route::List)),
            (
                Method::GET,
                "video-playlists/privacies",
                Some(Route::Privacies),
            ),
            (Method::GET, "video-playlists/7", Some(Route::Details(id()))),
            (
                Method::POST,
                "video-playlists/7/videos/reorder",
                Some(Route::Reorder(id())),
            ),
            (
                Method::DELETE,
                "video-playlists/7/videos/3",
                Some(Route::Remove(id(), "3".to_owned())),
            ),
            (Method::POST, "accounts/ada/video-playlists", None),
            (Method::GET, "videos/7", None),
            (Method::PATCH, "video-playlists/7", None),
        ] {
            assert_eq!(parse(method, path), expected, "{path}");
        }
    }
}
