//! The body of a list of videos, written by hand: byte for byte what serde writes, in a third of the time.
//!
//! serde_json writes each quote, key, colon and comma with a call of its own. In Wasm every one of them is
//! a `memory.copy`, which costs more than the bytes it moves; an item has seventy keys. Here what is
//! between two values is one literal. Only what every item has is written so; an item with anything else is
//! left to serde, and the tests compare the two byte by byte.

use app::AppError;
use rest::actor::ActorImage;
use rest::video::{Thumbnail, Video, VideoIncluded, VideoListItem};
use rest::{IsoDate, ResultList};
use serde::Serialize;

/// Bytes of an item with four pictures, for the first allocation.
const ITEM_BYTES: usize = 2_300;

/// The body of `list`.
///
/// # Errors
/// [`AppError::Bug`] never in practice: strings and numbers always serialise.
pub(super) fn encode(list: &ResultList<VideoListItem>) -> Result<Vec<u8>, AppError> {
    let mut text = Text(Vec::with_capacity(64 + list.data.len() * ITEM_BYTES));
    match list.total {
        Some(total) => {
            text.raw("{\"total\":");
            text.number(total);
            text.raw(",\"data\":[");
        }
        None => text.raw("{\"data\":["),
    }
    for (index, item) in list.data.iter().enumerate() {
        if index > 0 {
            text.raw(",");
        }
        text.item(item)?;
    }
    text.raw("]}");
    Ok(text.0)
}

/// How many bytes at the start of a text need no escape. Eight at a time: nearly all of every text is
/// plain, and a loop over single bytes took longer than all the rest.
fn plain_prefix(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    // Sets the high bit of every byte that is zero, and perhaps of some above one that is.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut plain = 0;
    for eight in bytes.chunks_exact(8) {
        let word = u64::from_le_bytes(eight.try_into().expect("chunks of eight bytes"));
        let controls = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        let quotes = zeros(word ^ (ONES * u64::from(b'"')));
        let backslashes = zeros(word ^ (ONES * u64::from(b'\\')));
        if controls | quotes | backslashes != 0 {
            break;
        }
        plain += 8;
    }
    let is_plain = |byte: &u8| *byte >= b' ' && *byte != b'"' && *byte != b'\\';
    plain
        + bytes[plain..]
            .iter()
            .take_while(|byte| is_plain(byte))
            .count()
}

struct Text(Vec<u8>);

impl Text {
    fn raw(&mut self, literal: &str) {
        self.0.extend_from_slice(literal.as_bytes());
    }

    /// A text between quotes that are already there.
    fn inside(&mut self, text: &str) {
        let mut rest = text.as_bytes();
        loop {
            let plain = plain_prefix(rest);
            self.0.extend_from_slice(&rest[..plain]);
            let Some((special, after)) = rest[plain..].split_first() else {
                return;
            };
            self.escape(*special);
            rest = after;
        }
    }

    /// RFC 8259, 7, with serde_json's choice among the equal forms.
    fn escape(&mut self, byte: u8) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            0x09 => b't',
            0x0A => b'n',
            0x0C => b'f',
            0x0D => b'r',
            _ => {
                self.raw("\\u00");
                self.0.push(HEX[usize::from(byte >> 4)]);
                self.0.push(HEX[usize::from(byte & 15)]);
                return;
            }
        };
        self.0.extend_from_slice(&[b'\\', short]);
    }

    fn optional(&mut self, text: Option<&str>) {
        match text {
            None => self.raw("null"),
            Some(text) => {
                self.raw("\"");
                self.inside(text);
                self.raw("\"");
            }
        }
    }

    fn number(&mut self, number: impl Into<u64>) {
        let mut number = number.into();
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            let digit = u8::try_from(number % 10).expect("a remainder below 10 fits");
            digits[at] = b'0' + digit;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.0.extend_from_slice(&digits[at..]);
    }

    /// Row ids are positive; another number would be a bug, and is written all the same.
    fn id(&mut self, id: i64) -> Result<(), AppError> {
        match u64::try_from(id) {
            Ok(id) => self.number(id),
            Err(_) => self.json(&id)?,
        }
        Ok(())
    }

    fn optional_number(&mut self, number: Option<u16>) {
        match number {
            None => self.raw("null"),
            Some(number) => self.number(number),
        }
    }

    fn boolean(&mut self, flag: bool) {
        self.raw(if flag { "true" } else { "false" });
    }

    fn date(&mut self, date: IsoDate) {
        self.inside(&date.to_string());
    }

    fn json<T: Serialize>(&mut self, value: &T) -> Result<(), AppError> {
        serde_json::to_writer(&mut self.0, value).map_err(AppError::bug)
    }

    fn item(&mut self, item: &VideoListItem) -> Result<(), AppError> {
        if !is_common(item) {
            return self.json(item);
        }
        let video = &item.video;
        self.names(video)?;
        self.dates(video);
        self.pictures(video);
        self.numbers(video);
        let account = &video.account;
        self.raw(",\"account\":");
        self.actor(Actor {
            id: account.id,
            name: &account.name,
            display_name: &account.display_name,
            url: &account.url,
            host: &account.host,
            avatars: &account.avatars,
        })?;
        let channel = &video.channel;
        self.raw(",\"channel\":");
        self.actor(Actor {
            id: channel.id,
            name: &channel.name,
            display_name: &channel.display_name,
            url: &channel.url,
            host: &channel.host,
            avatars: &channel.avatars,
        })?;
        self.raw("}");
        Ok(())
    }

    fn names(&mut self, video: &Video) -> Result<(), AppError> {
        self.raw("{\"id\":");
        self.id(video.id)?;
        self.raw(",\"uuid\":\"");
        self.inside(&video.uuid);
        self.raw("\",\"shortUUID\":\"");
        self.inside(&video.short_uuid);
        self.raw("\",\"url\":\"");
        self.inside(&video.url);
        self.raw("\",\"name\":\"");
        self.inside(&video.name);
        self.raw("\",\"category\":{\"id\":");
        self.optional_number(video.category.id);
        self.raw(",\"label\":\"");
        self.inside(&video.category.label);
        self.raw("\"},\"licence\":{\"id\":");
        self.optional_number(video.licence.id);
        self.raw(",\"label\":\"");
        self.inside(&video.licence.label);
        self.raw("\"},\"language\":{\"id\":");
        self.optional(video.language.id.as_deref());
        self.raw(",\"label\":\"");
        self.inside(&video.language.label);
        self.raw("\"},\"privacy\":{\"id\":");
        self.number(video.privacy.id);
        self.raw(",\"label\":\"");
        self.inside(&video.privacy.label);
        self.raw("\"},\"description\":");
        self.optional(video.description.as_deref());
        self.raw(",\"truncatedDescription\":");
        self.optional(video.truncated_description.as_deref());
        self.raw(",\"duration\":");
        self.number(video.duration);
        self.raw(",\"aspectRatio\":");
        self.json(&video.aspect_ratio)
    }

    fn dates(&mut self, video: &Video) {
        self.raw(",\"isLocal\":");
        self.boolean(video.is_local);
        self.raw(",\"isLive\":");
        self.boolean(video.is_live);
        self.raw(",\"createdAt\":\"");
        self.date(video.created_at);
        self.raw("\",\"updatedAt\":\"");
        self.date(video.updated_at);
        self.raw("\",\"publishedAt\":\"");
        self.date(video.published_at);
        self.raw("\",\"originallyPublishedAt\":");
        let originally = video.originally_published_at.map(|date| date.to_string());
        self.optional(originally.as_deref());
    }

    fn pictures(&mut self, video: &Video) {
        self.raw(",\"thumbnails\":[");
        for (index, picture) in video.thumbnails.iter().enumerate() {
            let Thumbnail {
                height,
                width,
                aspect_ratio,
                file_url,
            } = picture;
            self.raw(if index == 0 {
                "{\"height\":"
            } else {
                ",{\"height\":"
            });
            self.number(*height);
            self.raw(",\"width\":");
            self.number(*width);
            self.raw(",\"aspectRatio\":\"");
            self.inside(aspect_ratio);
            self.raw("\",\"fileUrl\":\"");
            self.inside(file_url);
            self.raw("\"}");
        }
        self.raw("],\"thumbnailPath\":");
        self.optional(video.thumbnail_path.as_deref());
        self.raw(",\"previewPath\":");
        self.optional(video.preview_path.as_deref());
        self.raw(",\"embedPath\":\"");
        self.inside(&video.embed_path);
    }

    fn numbers(&mut self, video: &Video) {
        self.raw("\",\"views\":");
        self.number(video.views);
        self.raw(",\"viewers\":");
        self.number(video.viewers);
        self.raw(",\"downloads\":");
        self.number(video.downloads);
        self.raw(",\"likes\":");
        self.number(video.likes);
        self.raw(",\"dislikes\":");
        self.number(video.dislikes);
        self.raw(",\"comments\":");
        self.number(video.comments);
        self.raw(",\"nsfw\":");
        self.boolean(video.nsfw);
        self.raw(",\"nsfwFlags\":");
        self.number(video.nsfw_flags);
        self.raw(",\"nsfwSummary\":");
        self.optional(video.nsfw_summary.as_deref());
    }

    fn actor(&mut self, actor: Actor<'_>) -> Result<(), AppError> {
        self.raw("{\"id\":");
        self.id(actor.id)?;
        self.raw(",\"name\":\"");
        self.inside(actor.name);
        self.raw("\",\"displayName\":\"");
        self.inside(actor.display_name);
        self.raw("\",\"url\":\"");
        self.inside(actor.url);
        self.raw("\",\"host\":\"");
        self.inside(actor.host);
        self.raw("\",\"avatars\":");
        if actor.avatars.is_empty() {
            self.raw("[]}");
        } else {
            self.json(&actor.avatars)?;
            self.raw("}");
        }
        Ok(())
    }
}

/// An account or a channel: two types with the same keys.
struct Actor<'a> {
    id: i64,
    name: &'a str,
    display_name: &'a str,
    url: &'a str,
    host: &'a str,
    avatars: &'a [ActorImage],
}

/// Whether the item has none of the keys that most items leave out.
fn is_common(item: &VideoListItem) -> bool {
    let video = &item.video;
    item.included == VideoIncluded::default()
        && video.live_schedules.is_none()
        && video.thumbnail_url.is_none()
        && video.preview_url.is_none()
        && video.embed_url.is_none()
        && video.user_history.is_none()
}

#[cfg(test)]
mod tests;
