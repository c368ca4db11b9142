//! Search by address or handle, which may lead to other servers, and for channels by words.
//!
//! As PeerTube: whoever is signed in may have something fetched that is not known here; strangers find only
//! what is.

use activitypub::AbsoluteUrl;
use ports::{Database, Platform};
use rest::ResultList;
use rest::actor::VideoChannel;
use rest::ids::VideoRef;
use rest::video::VideoListItem;
use store::federation::remote_actor::ActorRow;
use store::video::actor::{self, ChannelSearch};
use store::video::list as rows;

use crate::accounts::SignedIn;
use crate::federation::{actors, videos as remote};
use crate::follows::stored_name;
use crate::videos::{self, Viewer, shape, urls};
use crate::{AppError, Rejection};

/// Whether a search is the address of something.
#[must_use]
pub fn is_address(search: &str) -> bool {
    let search = search.trim();
    search.starts_with("https://") || search.starts_with("http://")
}

/// Whether a search is a handle: `name@host` or `@name@host`.
#[must_use]
pub fn is_handle(search: &str) -> bool {
    let search = search.trim();
    let parts = search.strip_prefix('@').unwrap_or(search).split_once('@');
    parts.is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !search.contains(' ')
    })
}

/// What a server that refuses or is down has: nothing, so that a search ends.
fn unless_absent<T>(result: Result<Option<T>, AppError>) -> Result<Option<T>, AppError> {
    match result {
        Ok(found) => Ok(found),
        Err(AppError::Rejected { .. } | AppError::Unavailable { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn one_or_none<T>(found: Option<T>) -> ResultList<T> {
    let data: Vec<T> = found.into_iter().collect();
    let total = u64::from(!data.is_empty());
    ResultList::new(total, data)
}

/// The id in an address of ours, whatever page it is of.
fn own_video(origin: &str, address: &str) -> Option<VideoRef> {
    let path = address.strip_prefix(origin)?;
    let path = path.split(['?', '#', ';']).next()?;
    let id = ["/w/", "/videos/watch/", "/videos/embed/"]
        .into_iter()
        .find_map(|prefix| path.strip_prefix(prefix))?;
    VideoRef::parse(id.trim_end_matches('/'))
}

/// The public video at an address, a list of one or none.
///
/// # Errors
/// When the database fails.
pub async fn video_at<P: Platform>(
    platform: &P,
    address: &str,
    user: Option<&SignedIn>,
) -> Result<ResultList<VideoListItem>, AppError> {
    let address = address.trim();
    let origin = &platform.settings().public_origin;
    let id = match (own_video(origin, address), AbsoluteUrl::parse(address)) {
        (Some(video), _) => match videos::details(platform, &video, Viewer::of(user)).await {
            Ok(details) => Some(details.video.id),
            Err(AppError::Rejected { .. }) => None,
            Err(error) => return Err(error),
        },
        (None, Err(_)) => None,
        (None, Ok(url)) if user.is_some() => unless_absent(remote::by_url(platform, &url).await)?,
        (None, Ok(url)) => remote::stored(platform, &url).await?.map(|row| row.id),
    };
    let Some(id) = id else {
        return Ok(one_or_none(None));
    };
    let results = platform
        .database()
        .batch(vec![rows::select_addressed_id(id)])
        .await?;
    let found = rows::read(results.first().unwrap_or(&Vec::new()))?;
    let items = found
        .into_iter()
        .map(|row| shape::list_item(platform.settings(), row, false))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(one_or_none(items.into_iter().next()))
}

/// The channel at an address or with a handle, a list of one or none.
///
/// # Errors
/// When the database fails.
pub async fn channel_at<P: Platform>(
    platform: &P,
    wanted: &str,
    user: Option<&SignedIn>,
) -> Result<ResultList<VideoChannel>, AppError> {
    let wanted = wanted.trim();
    let origin = &platform.settings().public_origin;
    if let Some(name) = own_channel(origin, wanted) {
        return channel_named(platform, &name).await;
    }
    if !is_address(wanted) {
        let name = stored_name(platform.settings(), wanted);
        if user.is_none() || !name.contains('@') {
            return channel_named(platform, &name).await;
        }
        let found = unless_absent(actors::by_handle(platform, &name).await)?;
        return channel_of(platform, found).await;
    }
    let Ok(url) = AbsoluteUrl::parse(wanted) else {
        return Ok(one_or_none(None));
    };
    let found = match user {
        Some(_) => unless_absent(actors::by_url(platform, &url).await)?,
        None => actors::stored(platform, url.as_str()).await?,
    };
    channel_of(platform, found).await
}

/// The stored name in an address of a channel's page here.
fn own_channel(origin: &str, address: &str) -> Option<String> {
    let path = address.strip_prefix(origin)?;
    let rest = ["/c/", "/video-channels/"]
        .into_iter()
        .find_map(|prefix| path.strip_prefix(prefix))?;
    let name = rest.split(['/', '?', '#']).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

async fn channel_named<P: Platform>(
    platform: &P,
    name: &str,
) -> Result<ResultList<VideoChannel>, AppError> {
    match videos::channel(platform, name).await {
        Ok(channel) => Ok(one_or_none(Some(channel))),
        Err(AppError::Rejected {
            rejection: Rejection::NotFound,
            ..
        }) => Ok(one_or_none(None)),
        Err(error) => Err(error),
    }
}

async fn channel_of<P: Platform>(
    platform: &P,
    actor: Option<ActorRow>,
) -> Result<ResultList<VideoChannel>, AppError> {
    let id = actor
        .filter(|actor| !actor.is_blocked)
        .and_then(|actor| actor.channel_id);
    let Some(id) = id else {
        return Ok(one_or_none(None));
    };
    let results = platform
        .database()
        .batch(vec![actor::select_channel_by_id(id)])
        .await?;
    let channels = actor::read_channels(results.first().unwrap_or(&Vec::new()))?;
    let origin = &platform.settings().public_origin;
    Ok(one_or_none(
        channels
            .into_iter()
            .next()
            .map(|row| shape::owned_channel(origin, row)),
    ))
}

/// Which channels somebody searches for by words.
#[derive(Debug, Clone, Copy)]
pub struct ChannelWanted<'a> {
    /// In the names; may be empty.
    pub words: &'a str,
    /// Of that host alone.
    pub host: Option<&'a str>,
    /// With these handles alone.
    pub handles: Option<&'a [String]>,
}

/// The channels that match, best first.
///
/// # Errors
/// When the database fails.
pub async fn channels<P: Platform>(
    platform: &P,
    wanted: &ChannelWanted<'_>,
    start: u32,
    count: u32,
) -> Result<ResultList<VideoChannel>, AppError> {
    let settings = platform.settings();
    let words = wanted.words.trim();
    let words = words.strip_prefix('@').unwrap_or(words).to_lowercase();
    let own = urls::host(&settings.public_origin);
    let is_own = wanted.host.map(|host| host.eq_ignore_ascii_case(own));
    let names = wanted.handles.map(|handles| {
        let names = handles.iter().map(|handle| stored_name(settings, handle));
        serde_json::Value::from(names.collect::<Vec<_>>()).to_string()
    });
    let search = ChannelSearch {
        words: (!words.is_empty()).then_some(words),
        is_local: is_own.filter(|is_own| *is_own),
        name_ending: wanted
            .host
            .filter(|_| is_own == Some(false))
            .map(|host| format!("@{}", host.to_ascii_lowercase())),
        names,
    };
    let results = platform
        .database()
        .batch(vec![
            actor::search_channels(&search, start, count),
            actor::count_found_channels(&search),
        ])
        .await?;
    let [rows, total] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let origin = &settings.public_origin;
    let data = actor::read_channels(rows)?
        .into_iter()
        .map(|row| shape::owned_channel(origin, row))
        .collect();
    Ok(ResultList::new(rows::read_count(total)?, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_and_addresses_are_told_from_words() {
        for (search, address, handle) in [
            ("https://far.example/w/a", true, false),
            ("ada@far.example", false, true),
            ("@ada@far.example ", false, true),
            ("@ada", false, false),
            ("a@b@c", false, false),
            ("mail ada@far.example", false, false),
            ("big buck bunny", false, false),
        ] {
            assert_eq!(is_address(search), address, "{search}");
            assert_eq!(is_handle(search), handle, "{search}");
        }
    }

    #[test]
    fn our_own_addresses_are_known_in_every_spelling() {
        let origin = "https://video.test";
        for path in [
            "/w/12",
            "/videos/watch/12?start=3",
            "/w/12;threadId=4",
            "/videos/embed/12/",
        ] {
            let found = own_video(origin, &format!("{origin}{path}"));
            assert_eq!(found, Some(VideoRef::Id(12)), "{path}");
        }
        assert_eq!(own_video(origin, "https://video.test.evil/w/12"), None);
        assert_eq!(
            own_channel(origin, "https://video.test/c/ada_c/videos").as_deref(),
            Some("ada_c")
        );
    }
}
