//! Content types by extension: names are ours, so the extension is what storing decided by the bytes.

/// What is sent for a name without a known extension.
const UNKNOWN: &str = "application/octet-stream";

/// The content type of a file name.
pub(crate) fn of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "mp4" | "m4v" => "video/mp4",
        "m3u8" => "application/vnd.apple.mpegurl",
        "json" => "application/json",
        "torrent" => "application/x-bittorrent",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "webm" => "video/webm",
        "mkv" | "mk3d" => "video/x-matroska",
        "mov" | "qt" => "video/quicktime",
        "avi" => "video/x-msvideo",
        "ogv" => "video/ogg",
        "ts" | "mts" | "m2ts" => "video/mp2t",
        "3gp" => "video/3gpp",
        "m4a" => "audio/mp4",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "flac" => "audio/flac",
        "wav" => "audio/wav",
        "aac" => "audio/aac",
        "vtt" => "text/vtt",
        _ => UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn players_and_torrent_clients_get_the_types_they_ask_for() {
        for (name, expected) in [
            ("a-720-fragmented.mp4", "video/mp4"),
            ("a-master.m3u8", "application/vnd.apple.mpegurl"),
            ("a-segments-sha256.json", "application/json"),
            ("a-720-hls.torrent", "application/x-bittorrent"),
            ("a.jpg", "image/jpeg"),
            ("a", "application/octet-stream"),
            ("a.html", "application/octet-stream"),
        ] {
            assert_eq!(of(name), expected, "{name}");
        }
    }
}
