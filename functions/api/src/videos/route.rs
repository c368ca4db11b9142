//! Paths of this group.

use http::Method;

/// Routes of this group; ids and handles as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// `GET /videos`
    List,
    /// `GET /search/videos`
    Search,
    /// `GET /search/video-channels`
    SearchChannels,
    /// `GET /videos/categories`
    Categories,
    /// `GET /videos/licences`
    Licences,
    /// `GET /videos/languages`
    Languages,
    /// `GET /videos/privacies`
    Privacies,
    /// `GET /videos/{id}`
    Details(String),
    /// `GET /videos/{id}/description`
    Description(String),
    /// `GET /videos/{id}/source`
    Source(String),
    /// `GET /videos/{id}/storyboards`
    Storyboards(String),
    /// `GET /videos/{id}/captions`
    Captions(String),
    /// `POST /videos/{id}/token`
    Token(String),
    /// `PUT /videos/{id}`
    Update(String),
    /// `DELETE /videos/{id}`
    Delete(String),
    /// `POST /videos/{id}/views`
    Views(String),
    /// `GET /videos/{id}/stats/overall`
    OverallStats(String),
    /// `GET /videos/{id}/stats/retention`
    RetentionStats(String),
    /// `GET /videos/{id}/stats/timeseries/{metric}`
    SeriesStats(String, String),
    /// `GET /video-channels`
    Channels,
    /// `GET /video-channels/{handle}`
    Channel(String),
    /// `PUT /video-channels/{handle}`
    UpdateChannel(String),
    /// `GET /video-channels/{handle}/videos`
    ChannelVideos(String),
    /// `GET /accounts`
    Accounts,
    /// `GET /accounts/{handle}`
    Account(String),
    /// `GET /accounts/{handle}/videos`
    AccountVideos(String),
    /// `GET /accounts/{handle}/video-channels`
    AccountChannels(String),
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        match *method {
            Method::GET => Self::parse_get(segments),
            Method::POST => Some(match *segments {
                ["videos", id, "token"] => Self::Token(id.to_owned()),
                ["videos", id, "views" | "watching"] => Self::Views(id.to_owned()),
                _ => return None,
            }),
            Method::PUT => match *segments {
                ["videos", id] => Some(Self::Update(id.to_owned())),
                ["video-channels", handle] => Some(Self::UpdateChannel(handle.to_owned())),
                // The path of 3.x clients.
                ["videos", id, "views" | "watching"] => Some(Self::Views(id.to_owned())),
                _ => None,
            },
            Method::DELETE => match *segments {
                ["videos", id] => Some(Self::Delete(id.to_owned())),
                _ => None,
            },
            _ => None,
        }
    }

    fn parse_get(segments: &[&str]) -> Option<Self> {
        Some(match *segments {
            ["videos"] => Self::List,
            ["search", "videos"] => Self::Search,
            ["search", "video-channels"] => Self::SearchChannels,
            ["videos", "categories"] => Self::Categories,
            ["videos", "licences"] => Self::Licences,
            ["videos", "languages"] => Self::Languages,
            ["videos", "privacies"] => Self::Privacies,
            ["videos", id] => Self::Details(id.to_owned()),
            ["videos", id, "description"] => Self::Description(id.to_owned()),
            ["videos", id, "source"] => Self::Source(id.to_owned()),
            ["videos", id, "storyboards"] => Self::Storyboards(id.to_owned()),
            ["videos", id, "stats", "overall"] => Self::OverallStats(id.to_owned()),
            ["videos", id, "stats", "retention"] => Self::RetentionStats(id.to_owned()),
            ["videos", id, "stats", "timeseries", metric] => {
                Self::SeriesStats(id.to_owned(), metric.to_owned())
            }
            ["videos", id, "captions"] => Self::Captions(id.to_owned()),
            ["video-channels"] => Self::Channels,
            ["video-channels", handle] => Self::Channel(handle.to_owned()),
            ["video-channels", handle, "videos"] => Self::ChannelVideos(handle.to_owned()),
            ["accounts"] => Self::Accounts,
            ["accounts", handle] => Self::Account(handle.to_owned()),
            ["accounts", handle, "videos"] => Self::AccountVideos(handle.to_owned()),
            ["accounts", handle, "video-channels"] => Self::AccountChannels(handle.to_owned()),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &Method, path: &str, expected: Option<Route>) {
        let segments: Vec<&str> = path.split('/').collect();
        assert_eq!(Route::parse(method, &segments), expected, "{method} {path}");
    }

    #[test]
    fn vocabularies_are_not_taken_for_ids() {
        check(&Method::GET, "videos/languages", Some(Route::Languages));
        check(&Method::GET, "videos/42", Some(Route::Details("42".into())));
        check(
            &Method::DELETE,
            "videos/42",
            Some(Route::Delete("42".into())),
        );
    }

    #[test]
    fn other_paths_and_methods_are_left_to_others() {
        check(&Method::GET, "videos/42/rating", None);
        check(&Method::PATCH, "videos/42", None);
        check(&Method::POST, "videos/upload", None);
        check(&Method::GET, "videos/42/token", None);
        check(
            &Method::POST,
            "videos/42/views",
            Some(Route::Views("42".into())),
        );
    }
}
