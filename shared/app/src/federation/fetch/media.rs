//! Files of other servers' videos, for those who copy them.

use activitypub::AbsoluteUrl;
use http::{StatusCode, header};
use ports::{Block, Body, Platform};

use super::{
    FetchError, MAX_REDIRECTS, check_status, get, get_once, redirect, text_header, unavailable,
};

/// How long a range may take, in milliseconds, with all that is redirected: 8 MiB at 140 kB/s.
const RANGE_TIMEOUT_MS: u32 = 60_000;

/// Fetches a small file whole, at most `max_bytes`, unsigned.
///
/// # Errors
/// [`FetchError`] as for documents.
pub async fn get_file<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
    max_bytes: usize,
) -> Result<Vec<u8>, FetchError> {
    let (_, bytes) = get(platform, url, ("*/*", max_bytes), None, |_| true).await?;
    Ok(bytes)
}

/// Fetches the bytes `first..=last` of a file that has `size_bytes`, unsigned, as one block.
///
/// # Errors
/// [`FetchError`] as for documents; [`FetchError::Invalid`] when the server gives other bytes, or the file has another
/// size.
pub async fn get_range<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
    (first, last): (u64, u64),
    size_bytes: u64,
) -> Result<Box<dyn Block>, FetchError> {
    let range = format!("bytes={first}-{last}");
    let mut url = url.without_fragment();
    let until = platform.now().plus_ms(i64::from(RANGE_TIMEOUT_MS));
    for _ in 0..=MAX_REDIRECTS {
        let left_ms = u32::try_from(until.0 - platform.now().0).unwrap_or_default();
        if left_ms == 0 {
            return Err(unavailable(&url, &"the redirects took too long"));
        }
        let response = get_once(platform, &url, ("*/*", Some(&range)), left_ms, None).await?;
        if let Some(next) = redirect(&url, &response)? {
            url = next;
            continue;
        }
        check_status(&url, response.status())?;
        let said = text_header(&response, header::CONTENT_RANGE).unwrap_or_default();
        let is_part = response.status() == StatusCode::PARTIAL_CONTENT
            && said == format!("bytes {first}-{last}/{size_bytes}");
        // A server that knows no ranges gives all, which is as good where all is wanted.
        let is_all = response.status() == StatusCode::OK && first == 0 && last + 1 == size_bytes;
        if !is_part && !is_all {
            let cause = format!("{} {said:?} for {range} of {size_bytes}", response.status());
            return Err(invalid(&url, cause));
        }
        return read(&url, response.into_body(), last - first + 1).await;
    }
    Err(invalid(&url, "too many redirects".to_owned()))
}

fn invalid(url: &AbsoluteUrl, cause: String) -> FetchError {
    FetchError::Invalid {
        host: url.host(),
        cause,
    }
}

/// Exactly so many bytes.
async fn read(url: &AbsoluteUrl, body: Body, len_bytes: u64) -> Result<Box<dyn Block>, FetchError> {
    let len = usize::try_from(len_bytes).map_err(|error| invalid(url, error.to_string()))?;
    let mut stream = body.into_stream();
    let block = stream.read(len).await;
    let block = block.map_err(|error| unavailable(url, &error))?;
    let Some(block) = block.filter(|block| block.len() == len) else {
        return Err(unavailable(url, &"the answer broke off"));
    };
    match stream.read(1).await {
        Ok(None) => Ok(block),
        Ok(Some(_)) => Err(invalid(url, "more bytes than were asked for".to_owned())),
        Err(error) => Err(unavailable(url, &error)),
    }
}
