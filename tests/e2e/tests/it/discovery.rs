//! What other servers and feed readers are told; a foreign parser reads the feeds.

use e2e::Answer;
use e2e::client::percent;
use e2e::published::{Published, published};
use e2e::video::text;
use feed_rs::model::{Entry, Feed, FeedType};

/// The answer to a stranger, with what every such document promises: any origin may read it, and who has
/// it already gets nothing again.
fn document(published: &Published, path: &str, content_type: &str) -> Answer {
    let visitor = published.instance.visitor();
    let answer = visitor.get(path).expect_status(200);
    let found = answer.header("content-type");
    assert!(found.starts_with(content_type), "{path}: {found}");
    assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
    assert!(
        answer
            .header("cache-control")
            .starts_with("public, max-age="),
        "{path}"
    );
    let etag = answer.header("etag").to_owned();
    let again = visitor.get_with(path, &[("if-none-match", &etag)]);
    assert_eq!(again.status, 304, "{path}");
    assert!(again.body.is_empty(), "{path}");
    answer
}

fn finger(resource: &str) -> String {
    format!("/.well-known/webfinger?resource={}", percent(resource))
}

#[test]
fn handles_lead_to_actors() {
    let published = published();
    let origin = published.instance.origin();
    let host = origin.split_once("://").unwrap().1;
    let channel = text(&published.video["channel"], "name");
    for (name, url, page) in [
        ("root", "accounts/root", "a/root".to_owned()),
        ("peertube", "accounts/peertube", String::new()),
        (
            channel,
            &format!("video-channels/{channel}"),
            format!("c/{channel}"),
        ),
    ] {
        let handle = format!("acct:{name}@{host}");
        let answer = document(published, &finger(&handle), "application/jrd+json");
        let jrd = answer.json();
        assert_eq!(jrd["subject"], handle);
        let link = |rel: &str| {
            let links = jrd["links"].as_array().unwrap();
            links.iter().find(|link| link["rel"] == rel).unwrap()
        };
        assert_eq!(link("self")["href"], format!("{origin}/{url}"));
        assert_eq!(link("self")["type"], "application/activity+json");
        let profile = link("http://webfinger.net/rel/profile-page");
        assert_eq!(profile["href"], format!("{origin}/{page}"));
        let shown = published.instance.visitor().get(&format!("/{page}"));
        assert_eq!(shown.status, 200, "{page}");
    }
    let visitor = published.instance.visitor();
    let _ = visitor.get("/.well-known/webfinger").problem(400);
    let _ = visitor.get(&finger("root")).problem(400);
    let _ = visitor
        .get(&finger("acct:root@elsewhere.test"))
        .problem(404);
    let nobody = format!("acct:nobody@{host}");
    let _ = visitor.get(&finger(&nobody)).problem(404);
}

#[test]
fn servers_learn_what_runs_here() {
    let published = published();
    let origin = published.instance.origin();
    let xrd = document(published, "/.well-known/host-meta", "application/xrd+xml");
    let template = format!("template=\"{origin}/.well-known/webfinger?resource={{uri}}\"");
    assert!(xrd.text().contains(&template), "{}", xrd.text());
    let index = document(published, "/.well-known/nodeinfo", "application/json").json();
    let links = index["links"].as_array().unwrap();
    for link in links {
        let (rel, href) = (text(link, "rel"), text(link, "href"));
        if rel == "https://www.w3.org/ns/activitystreams#Application" {
            assert_eq!(href, format!("{origin}/accounts/peertube"));
            continue;
        }
        let path = href.strip_prefix(origin).unwrap();
        let info = document(published, path, "application/json; profile=").json();
        assert!(rel.ends_with(text(&info, "version")), "{rel}");
        assert_eq!(info["protocols"][0], "activitypub");
        assert!(info["usage"]["users"]["total"].as_u64() >= Some(1));
    }
    assert_eq!(links.len(), 3);
}

fn read(published: &Published, path: &str, content_type: &str) -> Feed {
    let answer = document(published, path, content_type);
    feed_rs::parser::parse(answer.body.as_slice())
        .unwrap_or_else(|error| panic!("{path}: {error}\n{}", answer.text()))
}

/// Other tests may publish on the same instance.
fn the_video<'a>(published: &Published, feed: &'a Feed, id: &str) -> &'a Entry {
    let entry = feed.entries.iter().find(|entry| entry.id == id);
    entry.unwrap_or_else(|| panic!("{} is not in {feed:?}", published.created.uuid))
}

#[test]
fn a_published_video_is_in_every_feed() {
    let published = published();
    let origin = published.instance.origin();
    let video = &published.video;
    let watch = format!("{origin}/w/{}", text(video, "shortUUID"));
    let channel = &video["channel"]["id"];
    for (file, content_type, feed_type) in [
        ("videos.xml", "application/xml", FeedType::RSS2),
        ("videos.rss", "application/rss+xml", FeedType::RSS2),
        ("videos.atom", "application/atom+xml", FeedType::Atom),
        ("videos.json", "application/json", FeedType::JSON),
    ] {
        for query in [
            String::new(),
            format!("?videoChannelId={channel}&sort=-publishedAt"),
        ] {
            let feed = read(published, &format!("/feeds/{file}{query}"), content_type);
            assert_eq!(feed.feed_type, feed_type, "{file}");
            let entry = the_video(published, &feed, &watch);
            assert_eq!(entry.title.as_ref().unwrap().content, "Big Buck Bunny");
            let html = entry.content.as_ref().unwrap().body.as_deref().unwrap();
            assert!(html.contains("<strong>large</strong>"), "{html}");
            assert_eq!(entry.summary.as_ref().unwrap().content, "A rabbit, large.");
            assert_eq!(entry.links[0].href, watch);
            assert!(entry.published.is_some());
        }
    }
}

#[test]
fn what_a_feed_encloses_can_be_fetched() {
    let published = published();
    let visitor = published.instance.visitor();
    let channel = &published.video["channel"]["id"];
    for path in [
        "/feeds/videos.xml".to_owned(),
        format!("/feeds/podcast/videos.xml?videoChannelId={channel}"),
    ] {
        let feed = document(published, &path, "application/").text();
        let enclosures: Vec<&str> = feed.split("<enclosure ").skip(1).collect();
        assert!(!enclosures.is_empty(), "{feed}");
        for enclosure in enclosures {
            let value = |name: &str| {
                let rest = enclosure.split_once(&format!("{name}=\"")).unwrap().1;
                rest.split_once('"').unwrap().0
            };
            let file = visitor.get_with(value("url"), &[("range", "bytes=0-99")]);
            let file = file.expect_status(206);
            assert_eq!(file.header("content-type"), value("type"));
            let range = format!("bytes 0-99/{}", value("length"));
            assert_eq!(file.header("content-range"), range);
        }
        let torrent = feed
            .split("type=\"application/x-bittorrent\" href=\"")
            .nth(1);
        let torrent = visitor.get(torrent.unwrap().split_once('"').unwrap().0);
        let _ = torrent.expect_status(200);
    }
    let podcast = format!("/feeds/podcast/videos.xml?videoChannelId={channel}");
    let podcast = read(published, &podcast, "application/rss+xml");
    the_video(published, &podcast, text(&published.video, "url"));
}

#[test]
fn feeds_that_are_not_for_everybody_are_refused() {
    let published = published();
    let visitor = published.instance.visitor();
    let _ = visitor
        .get("/feeds/subscriptions.xml?accountId=1")
        .problem(401);
    let _ = visitor
        .get("/feeds/subscriptions.xml?accountId=1&token=guess")
        .problem(403);
    let _ = visitor
        .get("/feeds/videos.xml?videoChannelId=999999")
        .problem(404);
    let _ = visitor.get("/feeds/videos.xml?sort=taste").problem(400);
    let comments = format!(
        "/feeds/video-comments.atom?videoId={}",
        published.created.uuid
    );
    let comments = read(published, &comments, "application/atom+xml");
    assert_eq!(comments.title.unwrap().content, "Big Buck Bunny");
}
