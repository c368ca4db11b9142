//! Ids of ours that others send back to us.

use rest::ids::VideoRef;

/// What an id of ours names, by its form alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalId {
    /// A video, by its UUID.
    Video(String),
    /// A comment, by its row id.
    Comment(i64),
    /// A follow of ours, by its row id.
    Follow(i64),
    /// Something else on this host.
    Other,
}

/// Reads an id; nothing when it is another server's.
#[must_use]
pub fn parse(origin: &str, url: &str) -> Option<LocalId> {
    let path = url.strip_prefix(origin)?;
    if !path.is_empty() && !path.starts_with('/') {
        return None;
    }
    let path = path.split(['?', '#', ';']).next().unwrap_or(path);
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let parts: [Option<&str>; 6] = std::array::from_fn(|_| parts.next());
    Some(match parts {
        [Some("videos"), Some("watch"), Some(video), None, ..]
        | [Some("w"), Some(video), None, ..] => match VideoRef::parse(video) {
            Some(VideoRef::Uuid(uuid)) => LocalId::Video(uuid),
            _ => LocalId::Other,
        },
        [
            Some("videos"),
            Some("watch"),
            Some(_),
            Some("comments"),
            Some(id),
            None,
        ] => id.parse().map_or(LocalId::Other, LocalId::Comment),
        [
            Some("accounts" | "video-channels"),
            Some(_),
            Some("follows"),
            Some(id),
            None,
            ..,
        ] => id.parse().map_or(LocalId::Other, LocalId::Follow),
        _ => LocalId::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_ours() {
        let origin = "https://video.test";
        let uuid = "3f6d7c1e-30e1-4a4f-9c0b-0d5f3c2b1a00".to_owned();
        let short = rest::ids::short_uuid(&uuid).unwrap();
        for (path, id) in [
            (
                format!("/videos/watch/{uuid}"),
                LocalId::Video(uuid.clone()),
            ),
            (format!("/w/{short}"), LocalId::Video(uuid.clone())),
            (
                format!("/w/{uuid};threadId=3"),
                LocalId::Video(uuid.clone()),
            ),
            (
                format!("/videos/watch/{uuid}/comments/12"),
                LocalId::Comment(12),
            ),
            (
                "/accounts/peertube/follows/4".to_owned(),
                LocalId::Follow(4),
            ),
            ("/accounts/ada".to_owned(), LocalId::Other),
            ("/videos/watch/12".to_owned(), LocalId::Other),
            (String::new(), LocalId::Other),
        ] {
            assert_eq!(
                parse(origin, &format!("{origin}{path}")),
                Some(id),
                "{path}"
            );
        }
        assert_eq!(
            parse(origin, "https://video.test.evil/videos/watch/1"),
            None
        );
        assert_eq!(parse(origin, "https://other.test/"), None);
    }
}
