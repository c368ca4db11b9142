//! `POST /videos/{id}/views`.

use app::videos::viewing::Position;
use app::videos::{self, Ping};
use ports::{Body, Platform};
use rest::problem::InvalidParam;

use super::{refused, video_ref};
use crate::answer::no_content;
use crate::{Answer, RequestHead, form};

/// Longest position that is believed: a month.
const CURRENT_TIME_MAX_SECS: u32 = 31 * 24 * 3_600;

/// Takes a player's ping.
pub(super) async fn receive<P: Platform>(
    platform: &P,
    head: &RequestHead,
    id: &str,
    body: Body,
) -> Answer {
    let video = video_ref(id)?;
    let form = form::read_fields(head, body).await?;
    let Some(current_time_secs) = form.text("currentTime").and_then(whole_secs) else {
        let sent = form.text("currentTime");
        return Ok(refused(vec![InvalidParam::body(
            "currentTime",
            "must be seconds from the start",
            sent,
        )]));
    };
    let ping = Ping {
        position: Position {
            at_secs: current_time_secs,
            is_seek: form.text("viewEvent") == Some("seek"),
            is_last: form.text("isLast") == Some("true"),
        },
        address: head.client_address.as_ref(),
        user_agent: head.header("user-agent").unwrap_or_default(),
    };
    videos::receive_ping(platform, &video, ping).await?;
    Ok(no_content())
}

/// Whole seconds of `12` or `12.75`: some clients send the player's own number.
fn whole_secs(text: &str) -> Option<u32> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => whole,
        Some(_) => return None,
        None => text,
    };
    whole
        .parse()
        .ok()
        .filter(|secs| *secs <= CURRENT_TIME_MAX_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_cut_and_nonsense_refused() {
        for (text, expected) in [
            ("12", Some(12)),
            ("12.99", Some(12)),
            ("0", Some(0)),
            ("", None),
            ("-1", None),
            ("1e3", None),
            ("1.x", None),
            ("99999999999", None),
        ] {
            assert_eq!(whole_secs(text), expected, "{text}");
        }
    }
}
