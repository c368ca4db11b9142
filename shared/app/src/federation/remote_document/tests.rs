use activitypub::incoming::{RemoteVideo, parse_document};

use super::*;

/// Typed after what PeerTube 6.3 sends.
const VIDEO: &str = r#"{
  "type": "Video", "id": "https://far.example/videos/watch/f6bd870b-2bf2-433a-82c6-aa2f60e4e83e",
  "name": "Far away", "duration": "PT6S", "uuid": "f6bd870b-2bf2-433a-82c6-aa2f60e4e83e", "views": 3,
  "published": "2026-01-02T03:04:05.000Z", "updated": "2026-01-02T03:04:05.000Z",
  "attributedTo": [{"type": "Person", "id": "https://far.example/accounts/ada"}],
  "icon": [{"type": "Image", "url": "https://far.example/lazy-static/thumbnails/a.jpg", "width": 280,
    "height": 157}, {"type": "Image", "url": "https://far.example/lazy-static/previews/b.png?x=1",
    "width": 850, "height": 480}],
  "preview": [{"type": "Image", "rel": ["storyboard"], "url": [{"mediaType": "image/jpeg",
    "href": "https://far.example/lazy-static/storyboards/s.jpg", "width": 1152, "height": 144,
    "tileWidth": 192, "tileHeight": 144, "tileDuration": "PT2S"}]}],
  "subtitleLanguage": [{"identifier": "fr", "name": "French", "url": "https://far.example/old.vtt"},
    {"identifier": "de", "automaticallyGenerated": true, "url": [
      {"mediaType": "application/x-mpegURL", "href": "https://far.example/de.m3u8"},
      {"mediaType": "text/vtt", "href": "https://far.example/de.vtt"}]}],
  "comments": "https://far.example/videos/watch/u/comments", "likes": {"id": "https://far.example/likes"},
  "url": [
    {"type": "Link", "mediaType": "application/x-mpegURL", "href": "https://far.example/hls/master.m3u8",
     "tag": [
      {"type": "Infohash", "name": "89c34f3f1259896e9e9b2ee7d6dbe2fcbe6811dc"},
      {"type": "Link", "name": "sha256", "mediaType": "application/json", "href": "https://far.example/h.json"},
      {"type": "Link", "mediaType": "video/mp4", "href": "https://far.example/0.mp4", "height": 0, "width": 0,
       "size": 1, "attachment": [{"name": "ffprobe_codec_type", "value": "audio"}]},
      {"type": "Link", "mediaType": "video/mp4", "href": "https://far.example/720.mp4", "height": 1280,
       "width": 720, "size": 262467, "fps": 25, "attachment": [
         {"name": "ffprobe_codec_type", "value": "video"}]},
      {"type": "Link", "rel": ["metadata", "video/mp4"], "mediaType": "application/json",
       "href": "https://far.example/metadata/7", "height": 1280},
      {"type": "Link", "mediaType": "application/x-bittorrent", "href": "https://far.example/t.torrent",
       "height": 1280},
      {"type": "Link", "mediaType": "application/x-bittorrent;x-scheme-handler/magnet",
       "href": "magnet:?xt=urn:btih:27f0", "height": 1280}]},
    {"type": "Link", "name": "tracker-websocket", "rel": ["tracker", "websocket"],
     "href": "wss://far.example/tracker/socket"}]
}"#;

fn document() -> RemoteDocument {
    let members = parse_document(VIDEO.as_bytes()).unwrap();
    RemoteDocument::of(&RemoteVideo::from_members(members).unwrap())
}

#[test]
fn a_stream_keeps_its_files_with_their_torrents() {
    let hls = document().streaming.unwrap();
    assert_eq!(
        hls.hashes_url.as_deref(),
        Some("https://far.example/h.json")
    );
    assert_eq!(
        hls.info_hashes,
        ["89c34f3f1259896e9e9b2ee7d6dbe2fcbe6811dc"]
    );
    let [picture, sound] = hls.files.as_slice() else {
        panic!("{hls:?}");
    };
    assert_eq!(
        (picture.resolution, picture.fps),
        (720, 25),
        "an upright one"
    );
    assert_eq!((picture.has_video, picture.has_audio), (true, false));
    assert_eq!(
        picture.torrent_url.as_deref(),
        Some("https://far.example/t.torrent")
    );
    assert_eq!(
        picture.magnet_uri.as_deref(),
        Some("magnet:?xt=urn:btih:27f0")
    );
    assert_eq!((sound.resolution, sound.fps), (0, -1));
    assert_eq!((sound.has_video, sound.has_audio), (false, true));
    assert_eq!(sound.torrent_url, None);
}

#[test]
fn captions_of_either_form_and_the_sheet_are_kept() {
    let document = document();
    let urls: Vec<&str> = document.captions.iter().map(|c| c.url.as_str()).collect();
    assert_eq!(
        urls,
        ["https://far.example/old.vtt", "https://far.example/de.vtt"]
    );
    assert!(document.captions[1].is_automatic);
    assert_eq!(document.storyboard.unwrap().sprite_duration_secs, 2);
    assert_eq!(
        document.likes_url.as_deref(),
        Some("https://far.example/likes")
    );
    assert_eq!(document.trackers, ["wss://far.example/tracker/socket"]);
}

#[test]
fn names_of_pictures_follow_from_owner_and_url() {
    let pictures = document().pictures;
    assert!(pictures[0].filename.ends_with(".jpg"));
    assert!(pictures[1].filename.ends_with(".png"));
    assert_eq!(pictures, document().pictures);
    assert_ne!(
        picture_name("https://a.example/1", &pictures[0].url),
        picture_name("https://a.example/2", &pictures[0].url)
    );
}

#[test]
fn a_row_of_an_older_version_reads_as_far_as_it_goes() {
    let document = document();
    assert_eq!(RemoteDocument::parse(&document.to_json()), Ok(document));
    assert_eq!(RemoteDocument::parse("{}"), Ok(RemoteDocument::default()));
}
