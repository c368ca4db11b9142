//! Rows to the API's types.

use ports::Settings;
use rest::playlist::{PLAYLIST_PRIVACIES, PLAYLIST_TYPES, VideoPlaylist};
use rest::vocabulary::numbered_label;
use rest::{IsoDate, ids};
use store::playlist::PlaylistRow;

use crate::videos::{shape, urls};

pub(super) fn playlist(settings: &Settings, row: PlaylistRow) -> VideoPlaylist {
    let origin = &settings.public_origin;
    let changed_at = IsoDate(row.updated_at_unix_ms);
    let picture = row.picture.as_ref();
    VideoPlaylist {
        id: row.id,
        short_uuid: ids::short_uuid(&row.uuid).unwrap_or_default(),
        is_local: row.remote_url.is_none(),
        url: match row.remote_url {
            Some(url) => url,
            None => urls::playlist(origin, &row.uuid),
        },
        display_name: row.display_name,
        description: row.description,
        privacy: numbered_label(PLAYLIST_PRIVACIES, row.privacy),
        thumbnail_path: picture.map(|picture| urls::picture_path(&picture.filename)),
        thumbnails: picture
            .map(|picture| shape::thumbnail(origin, picture))
            .into_iter()
            .collect(),
        thumbnail_url: None,
        videos_length: row.elements,
        kind: numbered_label(PLAYLIST_TYPES, row.kind),
        embed_path: format!("/video-playlists/embed/{}", row.uuid),
        uuid: row.uuid,
        created_at: IsoDate(row.created_at_unix_ms),
        updated_at: changed_at,
        owner_account: shape::account_summary(origin, row.account, changed_at),
        video_channel_position: None,
        video_channel: row
            .channel
            .map(|channel| shape::channel_summary(origin, channel, changed_at)),
    }
}
