//! `/services/oembed`.

use api::Embeds;
use http::{Request, StatusCode};
use ports::Body;
use rest::oembed::OEmbed;
use rest::video::VideoDetails;
use serde_json::Value;
use testkit::{TestPlatform, block_on};

use crate::fixture::{add_video, instance, set, uuid};

/// Pages that know `https://video.test/w/{id}`.
struct Pages;

impl Embeds for Pages {
    fn video_id(&self, url: &str) -> Option<String> {
        url.strip_prefix("https://video.test/w/").map(str::to_owned)
    }

    fn describe(&self, video: &VideoDetails, width: Option<u32>, height: Option<u32>) -> OEmbed {
        let (width, height) = rest::oembed::fit(width, height);
        OEmbed {
            embed_type: "video".into(),
            version: "1.0".into(),
            html: String::new(),
            width,
            height,
            title: video.video.name.clone(),
            author_name: video.video.channel.display_name.clone(),
            author_url: video.video.channel.url.clone(),
            provider_name: String::new(),
            provider_url: String::new(),
            thumbnail_url: None,
            thumbnail_width: None,
            thumbnail_height: None,
        }
    }
}

fn ask(platform: &TestPlatform, query: &str) -> (StatusCode, Value) {
    let request = Request::get(format!("https://video.test/services/oembed?{query}"))
        .body(Body::Empty)
        .unwrap();
    block_on(async {
        let response = api::handle_services(platform, request, &Pages)
            .await
            .unwrap();
        let status = response.status();
        let bytes = response.into_body().into_bytes(100_000).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    })
}

#[test]
fn a_public_video_is_described_within_the_box() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    let url = format!("url=https%3A%2F%2Fvideo.test%2Fw%2F{}", uuid(1));
    let (status, json) = ask(&platform, &format!("{url}&format=json&maxwidth=280"));
    assert_eq!(status, StatusCode::OK, "{json}");
    assert_eq!(
        (&json["title"], &json["width"]),
        (&"One".into(), &280.into())
    );
    assert_eq!(
        ask(&platform, &format!("{url}&format=xml")).0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        ask(&platform, &format!("{url}&maxwidth=x")).0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        ask(&platform, "url=https://other.test/w/1").0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(ask(&platform, "").0, StatusCode::BAD_REQUEST);
    set(&platform, 1, "privacy", 3i64);
    assert_eq!(ask(&platform, &url).0, StatusCode::UNAUTHORIZED);
}
