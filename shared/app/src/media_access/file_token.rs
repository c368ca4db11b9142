//! The token that opens the files of one video for some hours. It is a signature, not a row: making and
//! checking one costs no storage, and players may ask for as many as they like.

use domain::UnixMillis;
use domain::limits::VIDEO_FILE_TOKEN_MS;
use domain::time::SECOND_MS;
use hmac::Mac;
use ports::Settings;
use thiserror::Error;

use super::keyed;
use crate::AppError;

const PURPOSE: &str = "video-file-token";

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileToken {
    /// The user who asked for it; `None` for somebody with the video's password.
    pub user_id: Option<i64>,
    /// Until when it opens.
    pub expires_at: UnixMillis,
}

/// Why a token opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Not made by this instance for this video.
    #[error("the video file token is not valid for this video")]
    NotOurs,
    /// Its time is over.
    #[error("the video file token has expired")]
    Expired,
}

impl FileToken {
    /// A token from now on, for [`VIDEO_FILE_TOKEN_MS`].
    #[must_use]
    pub const fn starting(now: UnixMillis, user_id: Option<i64>) -> Self {
        Self {
            user_id,
            // Whole seconds: that is what the text holds.
            expires_at: UnixMillis((now.0 + VIDEO_FILE_TOKEN_MS) / SECOND_MS * SECOND_MS),
        }
    }

    /// The part that is signed and shown: `{expiry in seconds, hex}-{user id or 0, hex}`.
    fn claim(self) -> String {
        format!(
            "{:x}-{:x}",
            self.expires_at.0 / SECOND_MS,
            self.user_id.unwrap_or(0)
        )
    }

    fn from_claim(claim: &str) -> Option<Self> {
        let (expires, user) = claim.split_once('-')?;
        let expires_secs = i64::from_str_radix(expires, 16).ok()?;
        let user_id = i64::from_str_radix(user, 16).ok()?;
        Some(Self {
            user_id: (user_id != 0).then_some(user_id),
            expires_at: UnixMillis(expires_secs.checked_mul(SECOND_MS)?),
        })
    }

    /// The token as text: `{expiry}-{user}-{signature}`, letters, digits and `-` alone.
    ///
    /// # Errors
    /// [`AppError::Bug`] never in practice: HMAC takes keys of any length.
    pub fn sign(self, settings: &Settings, video_uuid: &str) -> Result<String, AppError> {
        let claim = self.claim();
        let mac = keyed(settings, PURPOSE, &format!("{video_uuid}\n{claim}"))?;
        let signature = hex::encode(mac.finalize().into_bytes());
        Ok(format!("{claim}-{signature}"))
    }

    /// Reads a token for that video. The signature is compared in constant time, before anything else
    /// of the token is believed.
    ///
    /// # Errors
    /// The outer one as [`Self::sign`].
    pub fn verify(
        settings: &Settings,
        now: UnixMillis,
        video_uuid: &str,
        text: &str,
    ) -> Result<Result<Self, TokenError>, AppError> {
        let parts = text
            .rsplit_once('-')
            .and_then(|(claim, signature)| Some((claim, hex::decode(signature).ok()?)));
        let Some((claim, signature)) = parts else {
            return Ok(Err(TokenError::NotOurs));
        };
        let mac = keyed(settings, PURPOSE, &format!("{video_uuid}\n{claim}"))?;
        if mac.verify_slice(&signature).is_err() {
            return Ok(Err(TokenError::NotOurs));
        }
        Ok(match Self::from_claim(claim) {
            None => Err(TokenError::NotOurs),
            Some(token) if token.expires_at <= now => Err(TokenError::Expired),
            Some(token) => Ok(token),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_767_225_600_500);

    fn signed(user_id: Option<i64>) -> (Settings, FileToken, String) {
        let settings = testkit::test_settings();
        let token = FileToken::starting(NOW, user_id);
        let text = token.sign(&settings, "a").unwrap();
        (settings, token, text)
    }

    #[test]
    fn a_token_says_what_was_signed() {
        for user_id in [None, Some(1), Some(i64::MAX)] {
            let (settings, token, text) = signed(user_id);
            let read = FileToken::verify(&settings, NOW, "a", &text).unwrap();
            assert_eq!(read, Ok(token));
            assert!(text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
        }
    }

    #[test]
    fn it_opens_one_video_until_its_time() {
        let (settings, token, text) = signed(Some(7));
        let verify = |now, uuid: &str| FileToken::verify(&settings, now, uuid, &text).unwrap();
        assert_eq!(verify(NOW, "b"), Err(TokenError::NotOurs));
        let last = UnixMillis(token.expires_at.0 - 1);
        assert_eq!(verify(last, "a"), Ok(token));
        assert_eq!(verify(token.expires_at, "a"), Err(TokenError::Expired));
    }

    #[test]
    fn nothing_can_be_changed_in_it() {
        let (settings, _, text) = signed(Some(7));
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
            let changed = String::from_utf8(changed).unwrap();
            let read = FileToken::verify(&settings, NOW, "a", &changed).unwrap();
            assert_eq!(read, Err(TokenError::NotOurs), "{changed}");
        }
        for text in ["", "-", "a-b", "--", "é-é-é"] {
            let read = FileToken::verify(&settings, NOW, "a", text).unwrap();
            assert_eq!(read, Err(TokenError::NotOurs), "{text}");
        }
    }
}
