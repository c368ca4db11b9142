//! The `resource` of a WebFinger query: which actor it may mean. Pure.

use app::{AppError, Rejection};
use percent_encoding::percent_decode_str;

use app::discovery::INSTANCE_ACTOR;

/// Longest resource that is looked at, in bytes: a URL with a handle fits several times.
const RESOURCE_MAX_BYTES: usize = 1024;
/// Longest name that can exist, in bytes.
const NAME_MAX_BYTES: usize = 320;
/// First path segments of an actor's ids and pages, old spellings included.
const ACTOR_ROOTS: [&str; 4] = ["accounts", "a", "video-channels", "c"];

/// The name of the actor that `resource` means on the instance at `origin`.
///
/// Accepted are `acct:name@host`, the same with `@` before the name, and the URLs of the instance, of
/// actors and of their pages. PeerTube takes the first form only and calls another host's name a bad
/// request; RFC 7033 (4.2) wants 404 for what a server knows nothing of.
///
/// # Errors
/// 400 for what names no actor of any host, 404 for another host's.
pub(crate) fn actor_name(resource: &str, origin: &str) -> Result<String, AppError> {
    if resource.len() > RESOURCE_MAX_BYTES {
        return Err(malformed());
    }
    let (scheme, rest) = resource.split_once(':').ok_or_else(malformed)?;
    let name = if scheme.eq_ignore_ascii_case("acct") {
        account(rest, origin)?
    } else if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") {
        of_url(rest.strip_prefix("//").ok_or_else(malformed)?, origin)?
    } else {
        return Err(malformed());
    };
    if name.len() > NAME_MAX_BYTES {
        return Err(unknown());
    }
    Ok(name)
}

fn malformed() -> AppError {
    AppError::rejected(
        Rejection::BadRequest,
        "resource should be acct:name@host or the URL of an actor",
    )
}

fn unknown() -> AppError {
    AppError::not_found("Actor not found")
}

fn account(handle: &str, origin: &str) -> Result<String, AppError> {
    let handle = handle.strip_prefix('@').unwrap_or(handle);
    let (name, host) = handle.split_once('@').ok_or_else(malformed)?;
    if name.is_empty() || host.is_empty() || host.contains('@') {
        return Err(malformed());
    }
    if !is_ours(host, origin) {
        return Err(unknown());
    }
    // RFC 7565: the part before the host may be percent-encoded.
    let name = decoded(name)?;
    // Mastodon and its kin call the actor of an instance by the host alone.
    if is_ours(&name, origin) {
        return Ok(INSTANCE_ACTOR.to_owned());
    }
    Ok(name)
}

fn of_url(rest: &str, origin: &str) -> Result<String, AppError> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    if !is_ours(host, origin) {
        return Err(unknown());
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    match (segments.next(), segments.next(), segments.next()) {
        (None, _, _) => Ok(INSTANCE_ACTOR.to_owned()),
        (Some(root), Some(name), None) if ACTOR_ROOTS.contains(&root) => decoded(name),
        _ => Err(unknown()),
    }
}

fn decoded(name: &str) -> Result<String, AppError> {
    percent_decode_str(name)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| malformed())
}

/// Whether `host` is the instance's own; the port that the scheme implies may be said or not.
fn is_ours(host: &str, origin: &str) -> bool {
    let (scheme, own) = origin.split_once("://").unwrap_or(("https", origin));
    let implied = if scheme == "http" { ":80" } else { ":443" };
    let bare = |host: &str| {
        host.strip_suffix(implied)
            .unwrap_or(host)
            .to_ascii_lowercase()
    };
    bare(host) == bare(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://video.test";

    fn check(resource: &str, expected: Result<&str, Rejection>) {
        let found = match actor_name(resource, ORIGIN) {
            Ok(name) => Ok(name),
            Err(AppError::Rejected { rejection, .. }) => Err(rejection),
            Err(error) => panic!("{resource}: {error:?}"),
        };
        assert_eq!(found, expected.map(str::to_owned), "{resource}");
    }

    #[test]
    fn handles_and_urls_name_actors() {
        for resource in [
            "acct:ada@video.test",
            "acct:@ada@video.test",
            "ACCT:ada@VIDEO.test",
            "acct:ada@video.test:443",
            "acct:%61da@video.test",
            "https://video.test/accounts/ada",
            "https://video.test/a/ada/",
            "https://video.test/c/ada?x=1",
            "https://video.test:443/video-channels/ada#main-key",
        ] {
            check(resource, Ok("ada"));
        }
        check("acct:video.test@video.test", Ok(INSTANCE_ACTOR));
        check("acct:peertube@video.test", Ok(INSTANCE_ACTOR));
        check("https://video.test", Ok(INSTANCE_ACTOR));
        check("https://video.test/", Ok(INSTANCE_ACTOR));
    }

    #[test]
    fn another_host_is_unknown_and_nonsense_is_refused() {
        let (unknown, refused) = (Err(Rejection::NotFound), Err(Rejection::BadRequest));
        check("acct:ada@other.test", unknown);
        check("acct:ada@video.test.evil", unknown);
        check("acct:ada@video.test:80", unknown);
        check("acct:ada@evilvideo.test", unknown);
        check("https://other.test/a/ada", unknown);
        check("https://video.test@other.test/a/ada", unknown);
        check("https://video.test/w/abc", unknown);
        check("https://video.test/a/ada/videos", unknown);
        check(&format!("acct:{}@video.test", "a".repeat(400)), unknown);
        for resource in [
            "",
            "ada",
            "ada@video.test",
            "acct:",
            "acct:ada",
            "acct:@video.test",
            "acct:ada@",
            "acct:ada@b@video.test",
            "acct:%ff@video.test",
            "mailto:ada@video.test",
            "https:video.test",
        ] {
            check(resource, refused);
        }
        check(
            &format!("acct:a@{}", "b".repeat(RESOURCE_MAX_BYTES)),
            refused,
        );
    }
}
