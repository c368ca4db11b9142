//! Who may see a video and who may change it: pure decisions, and the refusals PeerTube gives.

use domain::Privacy;
use domain::user::Role;

use crate::accounts::SignedIn;
use crate::{AppError, Rejection};

/// Who looks, and what they bring along.
#[derive(Debug, Clone, Copy, Default)]
pub struct Viewer<'a> {
    /// The signed-in user.
    pub user: Option<&'a SignedIn>,
    /// What came as `x-peertube-video-password`.
    pub password: Option<&'a str>,
}

impl<'a> Viewer<'a> {
    /// A stranger.
    pub const ANONYMOUS: Self = Self {
        user: None,
        password: None,
    };

    /// A signed-in user, or a stranger.
    #[must_use]
    pub const fn of(user: Option<&'a SignedIn>) -> Self {
        Self {
            user,
            password: None,
        }
    }
}

/// What rights on a video depend on.
#[derive(Debug, Clone, Copy)]
pub struct Guarded<'a> {
    /// Who may see it; `None` for a number this version does not know: then its managers alone.
    pub privacy: Option<Privacy>,
    /// The account that owns it.
    pub owner_account_id: i64,
    /// Keyed hashes of its passwords.
    pub password_hmacs: &'a [String],
    /// Whether it is another server's.
    pub is_remote: bool,
}

/// Account and role of somebody whose identity is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Their account.
    pub account_id: i64,
    /// What they may do.
    pub role: Role,
}

impl From<&SignedIn> for Identity {
    fn from(user: &SignedIn) -> Self {
        Self {
            account_id: user.account_id,
            role: user.role,
        }
    }
}

/// Whether this user may change the video: its owner, moderators and admins; nobody another server's.
#[must_use]
pub const fn manages(video: Guarded<'_>, who: Identity) -> bool {
    !video.is_remote && (video.owner_account_id == who.account_id || who.role.manages_all_videos())
}

/// Decides whether a video may be seen. `named_by_number` tells that the request used the row id: an
/// unlisted video is then hidden from strangers, who could count through the ids (PeerTube does so).
/// `password_hmac` is the keyed hash of the password that came.
///
/// # Errors
/// 401 for a stranger where signing in may help, 403 for anybody else, with PeerTube's codes for
/// passwords.
pub fn check_visible(
    video: Guarded<'_>,
    who: Option<Identity>,
    named_by_number: bool,
    password_hmac: Option<&str>,
) -> Result<(), AppError> {
    if who.is_some_and(|who| manages(video, who)) {
        return Ok(());
    }
    match video.privacy {
        Some(Privacy::Public) => Ok(()),
        Some(Privacy::Unlisted) if !named_by_number || who.is_some() => Ok(()),
        Some(Privacy::Internal) if who.is_some() => Ok(()),
        Some(Privacy::PasswordProtected) => check_password(video, password_hmac),
        _ if who.is_none() => Err(AppError::coded(
            Rejection::Unauthorized,
            "invalid_token",
            "Not authenticated",
        )),
        _ => Err(AppError::rejected(
            Rejection::Forbidden,
            "Cannot fetch information of private/internal/blocked video",
        )),
    }
}

fn check_password(video: Guarded<'_>, password_hmac: Option<&str>) -> Result<(), AppError> {
    match password_hmac {
        // Hashes of secrets: comparing them tells nothing that helps to guess one.
        Some(hmac) if video.password_hmacs.iter().any(|known| known == hmac) => Ok(()),
        Some(_) => Err(AppError::coded(
            Rejection::Forbidden,
            "incorrect_video_password",
            "Incorrect video password. Access to the video is denied.",
        )),
        None => Err(AppError::coded(
            Rejection::Forbidden,
            "video_requires_password",
            "Please provide a password to access this password protected video",
        )),
    }
}

/// 403 for another server's video.
#[must_use]
pub fn not_ours() -> AppError {
    AppError::rejected(
        Rejection::Forbidden,
        "Cannot manage a video of another server.",
    )
}

/// 403 for somebody who may not change a video.
#[must_use]
pub fn not_manager() -> AppError {
    AppError::rejected(
        Rejection::Forbidden,
        "Cannot manage a video of another user.",
    )
}

/// 404.
#[must_use]
pub fn no_video() -> AppError {
    AppError::not_found("Video not found")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Identity = Identity {
        account_id: 1,
        role: Role::User,
    };
    const OTHER: Identity = Identity {
        account_id: 2,
        role: Role::User,
    };
    const MODERATOR: Identity = Identity {
        account_id: 3,
        role: Role::Moderator,
    };

    /// `expected` is one letter per viewer (stranger, other, owner, moderator): `y`es, `4`01, `3` for 403.
    fn check(privacy: Option<Privacy>, named_by_number: bool, expected: &str) {
        let hmacs = ["right".to_owned()];
        let video = Guarded {
            privacy,
            owner_account_id: 1,
            password_hmacs: &hmacs,
            is_remote: false,
        };
        let letters: String = [None, Some(OTHER), Some(OWNER), Some(MODERATOR)]
            .into_iter()
            .map(
                |who| match check_visible(video, who, named_by_number, None) {
                    Ok(()) => 'y',
                    Err(AppError::Rejected {
                        rejection: Rejection::Unauthorized,
                        ..
                    }) => '4',
                    Err(_) => '3',
                },
            )
            .collect();
        assert_eq!(letters, expected, "{privacy:?}");
    }

    #[test]
    fn every_privacy_opens_to_its_circle() {
        check(Some(Privacy::Public), true, "yyyy");
        check(Some(Privacy::Unlisted), false, "yyyy");
        check(Some(Privacy::Unlisted), true, "4yyy");
        check(Some(Privacy::Internal), false, "4yyy");
        check(Some(Privacy::Private), false, "43yy");
        check(Some(Privacy::PasswordProtected), false, "33yy");
        check(None, false, "43yy");
    }

    #[test]
    fn a_password_opens_and_a_wrong_one_is_called_so() {
        let hmacs = ["right".to_owned()];
        let video = Guarded {
            privacy: Some(Privacy::PasswordProtected),
            owner_account_id: 1,
            password_hmacs: &hmacs,
            is_remote: false,
        };
        assert_eq!(check_visible(video, None, false, Some("right")), Ok(()));
        for (hmac, expected) in [
            (Some("wrong"), "incorrect_video_password"),
            (None, "video_requires_password"),
        ] {
            let Err(AppError::Rejected { code, .. }) = check_visible(video, None, false, hmac)
            else {
                panic!("opened with {hmac:?}");
            };
            assert_eq!(code, Some(expected));
        }
    }
}
