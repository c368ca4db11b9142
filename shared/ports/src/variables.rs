//! The configuration as a host's variables say it: the same names on every host.

use domain::ladder::LadderSettings;
use domain::quota::Quota;

use crate::{
    FederationSettings, MirrorSettings, MirrorSource, MirrorStrategy, S3Settings, Secret, Settings,
    SocketTracker,
};

/// Every name that [`Settings::from_variables`] asks for, for hosts that must be asked one by one.
pub const VARIABLE_NAMES: &[&str] = &[
    "ADMIN_EMAIL",
    "ADMIN_PASSWORD",
    "ADMIN_USERNAME",
    "FEDERATION_ALLOW_PRIVATE",
    "FEDERATION_FIRST_RETRY_SECS",
    "FOLLOWERS_ENABLED",
    "FOLLOWERS_MANUAL_APPROVAL",
    "FOLLOW_BACK",
    "INSTANCE_DESCRIPTION",
    "INSTANCE_NAME",
    "INSTANCE_SECRET",
    "INSTANCE_SHORT_DESCRIPTION",
    "INSTANCE_TERMS",
    "MAX_REQUEST_BYTES",
    "MEDIA_STORE",
    "MIRRORS_ACCEPTED_FROM",
    "MIRROR_MAX_BYTES",
    "MIRROR_STRATEGY",
    "P2P_ENABLED",
    "PUBLIC_ORIGIN",
    "RUNNER_REGISTRATION_TOKEN",
    "S3_ACCESS_KEY_ID",
    "S3_BUCKET",
    "S3_ENDPOINT",
    "S3_REGION",
    "S3_SECRET_ACCESS_KEY",
    "STUN_SERVERS",
    "TRANSCODING_KEEP_ORIGINAL_FILE",
    "TRANSCODING_KEEP_ORIGINAL_RESOLUTION",
    "TRANSCODING_RESOLUTIONS",
    "TRANSCODING_WEB_VIDEOS",
    "USER_VIDEO_QUOTA",
    "USER_VIDEO_QUOTA_DAILY",
    "VIEWING_ENDS_AFTER_SECS",
    "WEBSOCKET_TRACKER",
];

/// What a variable or secret of that name says; `None` where there is none.
type Variables<'a> = dyn Fn(&str) -> Option<String> + 'a;

fn text(env: &Variables<'_>, name: &str) -> Option<String> {
    env(name).filter(|value| !value.is_empty())
}

fn text_or(env: &Variables<'_>, name: &str, default: &str) -> String {
    text(env, name).unwrap_or_else(|| default.to_owned())
}

fn required(env: &Variables<'_>, name: &str) -> Result<String, String> {
    text(env, name).ok_or_else(|| format!("{name} is not set"))
}

fn flag(env: &Variables<'_>, name: &str, default: bool) -> Result<bool, String> {
    match text(env, name).as_deref() {
        None => Ok(default),
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(other) => Err(format!("{name} must be true or false, not {other}")),
    }
}

fn quota(env: &Variables<'_>, name: &str) -> Result<Quota, String> {
    text(env, name).map_or(Ok(Quota::Unlimited), |value| {
        value
            .parse()
            .map(Quota::from_number)
            .map_err(|_| format!("{name} must be a number of bytes, or -1"))
    })
}

/// Resolutions made when `TRANSCODING_RESOLUTIONS` is not set.
const DEFAULT_RESOLUTIONS: &str = "360,480,720,1080";
/// A shorter secret could be guessed.
const MIN_SECRET_BYTES: usize = 32;

fn resolutions(env: &Variables<'_>) -> Result<Vec<u32>, String> {
    text_or(env, "TRANSCODING_RESOLUTIONS", DEFAULT_RESOLUTIONS)
        .split(',')
        .map(|resolution| {
            resolution
                .trim()
                .parse()
                .map_err(|_| format!("TRANSCODING_RESOLUTIONS must be numbers, not {resolution}"))
        })
        .collect()
}

fn s3(env: &Variables<'_>) -> Result<Option<S3Settings>, String> {
    let is_only_store = match text(env, "MEDIA_STORE").as_deref() {
        None | Some("r2") => false,
        Some("s3") => true,
        Some(other) => return Err(format!("MEDIA_STORE must be r2 or s3, not {other}")),
    };
    let Some(endpoint) = text(env, "S3_ENDPOINT") else {
        return match is_only_store {
            false => Ok(None),
            true => Err("MEDIA_STORE is s3, but S3_ENDPOINT is not set".to_owned()),
        };
    };
    Ok(Some(S3Settings {
        endpoint,
        bucket: required(env, "S3_BUCKET")?,
        region: text_or(env, "S3_REGION", "auto"),
        access_key_id: required(env, "S3_ACCESS_KEY_ID")?,
        secret_access_key: Secret(required(env, "S3_SECRET_ACCESS_KEY")?),
        is_only_store,
    }))
}

/// Less than this holds neither a chunk of an upload as clients begin with nor a picture.
const LEAST_MAX_REQUEST_BYTES: u64 = 5 * 1024 * 1024;

fn max_request_bytes(env: &Variables<'_>) -> Result<Option<u64>, String> {
    const NAME: &str = "MAX_REQUEST_BYTES";
    let Some(value) = text(env, NAME) else {
        return Ok(None);
    };
    match value.parse() {
        Ok(bytes) if bytes >= LEAST_MAX_REQUEST_BYTES => Ok(Some(bytes)),
        _ => Err(format!(
            "{NAME} must be a number of bytes, at least {LEAST_MAX_REQUEST_BYTES}"
        )),
    }
}

/// A time of an hour at most.
fn secs(env: &Variables<'_>, name: &str, default: &str) -> Result<u32, String> {
    let secs = text_or(env, name, default).parse().unwrap_or(0);
    match secs {
        1..=3_600 => Ok(secs),
        _ => Err(format!("{name} must be a number of seconds up to 3600")),
    }
}

/// Bytes of copies where `MIRROR_MAX_BYTES` is not set: what PeerTube's own example has.
const DEFAULT_MIRROR_BYTES: &str = "10000000000";

fn mirrors(env: &Variables<'_>) -> Result<MirrorSettings, String> {
    const NAMES: [&str; 3] = [
        "MIRRORS_ACCEPTED_FROM",
        "MIRROR_STRATEGY",
        "MIRROR_MAX_BYTES",
    ];
    let accepts_from = match text_or(env, NAMES[0], "anybody").as_str() {
        "nobody" => MirrorSource::Nobody,
        "anybody" => MirrorSource::Anybody,
        "followings" => MirrorSource::Followings,
        _ => {
            return Err(format!(
                "{} must be nobody, anybody or followings",
                NAMES[0]
            ));
        }
    };
    let strategy = match text_or(env, NAMES[1], "recently-added").as_str() {
        "manual" => MirrorStrategy::Manual,
        "recently-added" => MirrorStrategy::RecentlyAdded,
        "most-views" => MirrorStrategy::MostViews,
        _ => {
            let name = NAMES[1];
            return Err(format!(
                "{name} must be manual, recently-added or most-views"
            ));
        }
    };
    let bytes = text_or(env, NAMES[2], DEFAULT_MIRROR_BYTES);
    let max_bytes = bytes
        .parse()
        .ok()
        .filter(|bytes| i64::try_from(*bytes).is_ok());
    Ok(MirrorSettings {
        accepts_from,
        strategy,
        max_bytes: max_bytes.ok_or_else(|| format!("{} must be a number of bytes", NAMES[2]))?,
    })
}

/// Longest `WEBSOCKET_TRACKER` in bytes: it stands in every video's description.
const MAX_TRACKER_BYTES: usize = 300;

fn socket_tracker(env: &Variables<'_>) -> Result<SocketTracker, String> {
    let Some(value) = text(env, "WEBSOCKET_TRACKER") else {
        return Ok(SocketTracker::Own);
    };
    let is_socket = value.starts_with("wss://") || value.starts_with("ws://");
    let is_plain = value
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'"');
    match value.as_str() {
        "none" => Ok(SocketTracker::Nowhere),
        _ if is_socket && is_plain && value.len() <= MAX_TRACKER_BYTES => {
            Ok(SocketTracker::Elsewhere(value))
        }
        _ => Err(format!(
            "WEBSOCKET_TRACKER must be a ws: or wss: URL, or none, not {value}"
        )),
    }
}

/// Answers browsers behind nearly every router; run by the network that the Worker runs on.
const DEFAULT_STUN_SERVER: &str = "stun:stun.cloudflare.com:3478";

/// Those of `STUN_SERVERS`, separated by commas; without it a public one, unless the instance is not
/// public itself.
fn stun_servers(env: &Variables<'_>, public_origin: &str) -> Result<Vec<String>, String> {
    let is_public = public_origin.starts_with("https://");
    let default = if is_public { DEFAULT_STUN_SERVER } else { "" };
    text_or(env, "STUN_SERVERS", default)
        .split(',')
        .map(str::trim)
        .filter(|server| !server.is_empty())
        .map(|server| match server.starts_with("stun:") {
            true => Ok(server.to_owned()),
            false => Err(format!("STUN_SERVERS must be stun: URLs, not {server}")),
        })
        .collect()
}

impl Settings {
    /// Reads the variables. An empty one is as good as none.
    ///
    /// # Errors
    /// In words for the admin: which variable is missing or wrong, and how.
    pub fn from_variables(env: &Variables<'_>) -> Result<Self, String> {
        let public_origin = required(env, "PUBLIC_ORIGIN")?
            .trim_end_matches('/')
            .to_owned();
        if !public_origin.starts_with("http://") && !public_origin.starts_with("https://") {
            return Err("PUBLIC_ORIGIN must start with http:// or https://".to_owned());
        }
        let host = public_origin
            .split_once("://")
            .map_or("", |(_, host)| host)
            .split(':')
            .next()
            .unwrap_or_default()
            .to_owned();
        let instance_secret = required(env, "INSTANCE_SECRET")?;
        if instance_secret.len() < MIN_SECRET_BYTES {
            return Err(format!(
                "INSTANCE_SECRET must have {MIN_SECRET_BYTES} bytes or more"
            ));
        }
        Ok(Self {
            instance_name: text_or(env, "INSTANCE_NAME", "Edgetube"),
            short_description: text_or(
                env,
                "INSTANCE_SHORT_DESCRIPTION",
                "A video instance at the edge.",
            ),
            description: text_or(env, "INSTANCE_DESCRIPTION", ""),
            terms: text_or(env, "INSTANCE_TERMS", ""),
            admin_username: text_or(env, "ADMIN_USERNAME", "root"),
            admin_email: text(env, "ADMIN_EMAIL").unwrap_or_else(|| format!("admin@{host}")),
            admin_password: text(env, "ADMIN_PASSWORD").map(Secret),
            instance_secret: Secret(instance_secret),
            runner_registration_token: text(env, "RUNNER_REGISTRATION_TOKEN").map(Secret),
            s3: s3(env)?,
            ladder: LadderSettings {
                resolutions: resolutions(env)?,
                keeps_original_resolution: flag(env, "TRANSCODING_KEEP_ORIGINAL_RESOLUTION", true)?,
            },
            web_videos: flag(env, "TRANSCODING_WEB_VIDEOS", false)?,
            p2p_enabled: flag(env, "P2P_ENABLED", true)?,
            max_request_bytes: max_request_bytes(env)?,
            socket_tracker: socket_tracker(env)?,
            stun_servers: stun_servers(env, &public_origin)?,
            keeps_original_file: flag(env, "TRANSCODING_KEEP_ORIGINAL_FILE", true)?,
            federation: FederationSettings {
                accepts_followers: flag(env, "FOLLOWERS_ENABLED", true)?,
                approves_followers: flag(env, "FOLLOWERS_MANUAL_APPROVAL", false)?,
                follows_back: flag(env, "FOLLOW_BACK", false)?,
                allows_private_addresses: flag(env, "FEDERATION_ALLOW_PRIVATE", false)?,
                mirrors: mirrors(env)?,
                first_retry_secs: secs(env, "FEDERATION_FIRST_RETRY_SECS", "60")?,
            },
            viewing_ends_after_secs: secs(env, "VIEWING_ENDS_AFTER_SECS", "3600")?,
            user_quota: quota(env, "USER_VIDEO_QUOTA")?,
            user_daily_quota: quota(env, "USER_VIDEO_QUOTA_DAILY")?,
            public_origin,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_names_are_all_that_is_asked_for() {
        let asked = RefCell::new(BTreeSet::new());
        let settings = Settings::from_variables(&|name| {
            asked.borrow_mut().insert(name.to_owned());
            match name {
                "PUBLIC_ORIGIN" | "S3_ENDPOINT" => Some("https://video.test/".to_owned()),
                "TRANSCODING_RESOLUTIONS" => Some("240, 360".to_owned()),
                "INSTANCE_SECRET" => Some("0123456789abcdef0123456789abcdef".to_owned()),
                "S3_BUCKET" | "S3_ACCESS_KEY_ID" | "S3_SECRET_ACCESS_KEY" => Some("x".to_owned()),
                _ => None,
            }
        })
        .unwrap();
        assert_eq!(settings.public_origin, "https://video.test");
        let names: BTreeSet<String> = VARIABLE_NAMES
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        assert_eq!(asked.into_inner(), names);
    }

    #[test]
    fn browsers_may_be_sent_to_another_tracker() {
        let tracker = |value: &'static str| {
            let env = |name: &str| (name == "WEBSOCKET_TRACKER").then(|| value.to_owned());
            socket_tracker(&env)
        };
        assert_eq!(tracker(""), Ok(SocketTracker::Own));
        assert_eq!(tracker("none"), Ok(SocketTracker::Nowhere));
        let url = "wss://tube.test/tracker/socket/{uuid}";
        let elsewhere = SocketTracker::Elsewhere(url.to_owned());
        assert_eq!(tracker(url), Ok(elsewhere));
    }

    #[test]
    fn wrong_variables_are_named() {
        let complaint = |name: &'static str, value: &'static str| {
            Settings::from_variables(&|asked| match asked {
                _ if asked == name => Some(value.to_owned()),
                "PUBLIC_ORIGIN" => Some("https://video.test".to_owned()),
                "INSTANCE_SECRET" => Some("0123456789abcdef0123456789abcdef".to_owned()),
                _ => None,
            })
            .unwrap_err()
        };
        for (name, value) in [
            ("PUBLIC_ORIGIN", "video.test"),
            ("INSTANCE_SECRET", "short"),
            ("P2P_ENABLED", "yes"),
            ("USER_VIDEO_QUOTA", "much"),
            ("TRANSCODING_RESOLUTIONS", "720p"),
            ("MAX_REQUEST_BYTES", "1000"),
            ("MIRRORS_ACCEPTED_FROM", "all"),
            ("MIRROR_MAX_BYTES", "-1"),
            ("MIRROR_STRATEGY", "trending"),
            ("VIEWING_ENDS_AFTER_SECS", "0"),
            ("STUN_SERVERS", "turn:a.test"),
            ("WEBSOCKET_TRACKER", "https://a.test"),
            ("WEBSOCKET_TRACKER", "wss://a.test/ b"),
        ] {
            let complaint = complaint(name, value);
            assert!(complaint.contains(name), "{complaint}");
        }
    }
}
