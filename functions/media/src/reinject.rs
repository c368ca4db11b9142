//! `reinjectVideoFileToken=true`: a playlist of a closed video in which every URL carries the token, for
//! players that cannot add a query to the segments themselves.

/// Largest playlist that is rewritten, in bytes: ten hours of four-second segments at 80 bytes each are
/// 720 KB.
pub(crate) const PLAYLIST_MAX_BYTES: usize = 2 * 1024 * 1024;

/// Extensions of what a playlist may name.
const EXTENSIONS: [&str; 4] = [".m3u8", ".mp4", ".ts", ".vtt"];

/// Whether the file is a playlist.
pub(crate) fn is_playlist(name: &str) -> bool {
    name.ends_with(".m3u8")
}

/// The playlist with `videoFileToken` on every URL: lines that are no tags, and `URI="…"` of tags
/// (RFC 8216, 4.2). `token` must need no escaping.
pub(crate) fn rewrite(playlist: &str, token: &str) -> String {
    let mut rewritten = String::with_capacity(playlist.len() * 2);
    for line in playlist.split_inclusive('\n') {
        let content = line.trim_end_matches(['\r', '\n']);
        let end = &line[content.len()..];
        if content.starts_with('#') {
            rewritten.push_str(&with_uri_attribute(content, token));
        } else {
            rewritten.push_str(&with_token(content, token));
        }
        rewritten.push_str(end);
    }
    rewritten
}

fn with_uri_attribute(tag: &str, token: &str) -> String {
    const ATTRIBUTE: &str = "URI=\"";
    let Some(start) = tag.find(ATTRIBUTE).map(|at| at + ATTRIBUTE.len()) else {
        return tag.to_owned();
    };
    let Some(length) = tag[start..].find('"') else {
        return tag.to_owned();
    };
    let (before, rest) = tag.split_at(start);
    let (uri, after) = rest.split_at(length);
    format!("{before}{}{after}", with_token(uri, token))
}

fn with_token(uri: &str, token: &str) -> String {
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    if !EXTENSIONS.iter().any(|extension| path.ends_with(extension)) {
        return uri.to_owned();
    }
    let joint = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{joint}videoFileToken={token}")
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    #[test]
    fn every_url_gets_the_token_and_nothing_else_changes() {
        let playlist = "#EXTM3U\r\n#EXT-X-MAP:URI=\"a-fragmented.mp4\",BYTERANGE=\"741@0\"\r\n\
                        #EXTINF:4.0,\n#EXT-X-BYTERANGE:10@741\na-fragmented.mp4\n\n\
                        #EXT-X-MEDIA:TYPE=AUDIO,URI=\"b.m3u8?x=1\"\nhttps://other/readme.txt\nc.m3u8";
        let expected = "#EXTM3U\r\n\
                        #EXT-X-MAP:URI=\"a-fragmented.mp4?videoFileToken=T\",BYTERANGE=\"741@0\"\r\n\
                        #EXTINF:4.0,\n#EXT-X-BYTERANGE:10@741\na-fragmented.mp4?videoFileToken=T\n\n\
                        #EXT-X-MEDIA:TYPE=AUDIO,URI=\"b.m3u8?x=1&videoFileToken=T\"\n\
                        https://other/readme.txt\nc.m3u8?videoFileToken=T";
        assert_eq!(rewrite(playlist, "T"), expected);
        assert_eq!(rewrite("", "T"), "");
        assert_eq!(
            rewrite("#EXT-X-MAP:URI=\"open", "T"),
            "#EXT-X-MAP:URI=\"open"
        );
    }
}
