//! A server of another make reads us, follows us, is told and speaks: Fedify's parser, its two forms of
//! signatures, its activities.

use std::time::Duration;

use e2e::fedify::{FedifyPeer, Form};
use e2e::published::published;
use e2e::scratch::Scratch;
use e2e::video::{self, Created, number, text};
use e2e::{Client, Instance, samples, wait};
use serde_json::Value;

/// From a delivery to what it changes: two queues.
const PATIENCE: Duration = Duration::from_secs(20);
/// Path of the administrator's account, which is its ActivityPub id.
const ACCOUNT: &str = "/accounts/root";
const AS: &str = "https://www.w3.org/ns/activitystreams#";

#[test]
fn it_reads_actors_videos_and_collections() {
    let published = published();
    let origin = published.instance.origin();
    let channel = text(&published.video["channel"], "name");
    let mut peer = FedifyPeer::start();
    for (path, class, name) in [
        ("/accounts/peertube", "Application", None),
        (ACCOUNT, "Person", Some("root")),
        (
            &format!("/video-channels/{channel}"),
            "Group",
            published.video["channel"]["displayName"].as_str(),
        ),
        (
            &format!("/videos/watch/{}", published.created.uuid),
            "Video",
            Some("Big Buck Bunny"),
        ),
    ] {
        for is_signed in [false, true] {
            let url = format!("{origin}{path}");
            let read = peer.lookup(&url, is_signed);
            assert_eq!(read["type"], class, "{path}");
            assert_eq!(read["id"], url);
            if let Some(name) = name {
                assert_eq!(read["name"], name);
            }
        }
    }
    let short = text(&published.video, "shortUUID");
    let video = peer.lookup(&format!("{origin}/w/{short}"), false);
    let json = &video["json"];
    let ids = |property: &str| -> Vec<&str> {
        let values = json[format!("{AS}{property}")].as_array();
        let values = values.unwrap_or_else(|| panic!("no {property}: {json:#}"));
        values
            .iter()
            .filter_map(|value| value["@id"].as_str())
            .collect()
    };
    assert_eq!(
        ids("attributedTo"),
        [
            format!("{origin}/accounts/root"),
            format!("{origin}/video-channels/{channel}")
        ]
    );
    assert_eq!(
        ids("audience"),
        [format!("{origin}/video-channels/{channel}")]
    );
    assert_eq!(ids("to"), [format!("{AS}Public")]);

    for (owner, verb) in [
        (ACCOUNT, "activity"),
        (&format!("/video-channels/{channel}"), "announces"),
        ("/accounts/peertube", "announces"),
    ] {
        let outbox = peer.collection(&format!("{origin}{owner}/outbox"));
        assert_eq!(outbox["type"], "OrderedCollection");
        assert_eq!(outbox["total"], 1, "{owner}");
        let first = outbox["items"][0].as_str().unwrap();
        assert!(
            first.contains(&format!("{}/{verb}", published.created.uuid)),
            "{first}"
        );
    }
    let followers = peer.collection(&format!("{origin}{ACCOUNT}/followers"));
    assert_eq!(followers["items"].as_array().map(Vec::len), Some(0));
}

#[test]
fn one_path_gives_a_page_or_a_document() {
    let published = published();
    let visitor = published.instance.visitor();
    let channel = text(&published.video["channel"], "name");
    let short = text(&published.video, "shortUUID");
    for path in [
        "/a/root",
        &format!("{ACCOUNT}/"),
        &format!("/c/{channel}"),
        &format!("/w/{short}"),
        &format!("/videos/watch/{}", published.created.uuid),
    ] {
        let page = visitor.get_with(path, &[("accept", "text/html,*/*;q=0.8")]);
        let page = page.expect_status(200);
        assert!(
            page.header("content-type").starts_with("text/html"),
            "{path}"
        );
        assert_eq!(page.header("vary"), "Accept", "{path}");
        let accept = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
        let document = visitor
            .get_with(path, &[("accept", accept)])
            .expect_status(200);
        assert_eq!(document.header("content-type"), "application/activity+json");
        assert_eq!(document.header("vary"), "Accept", "{path}");
        assert_eq!(document.header("access-control-allow-origin"), "*");
        let etag = document.header("etag").to_owned();
        let again = [("accept", accept), ("if-none-match", &etag)];
        assert_eq!(visitor.get_with(path, &again).status, 304, "{path}");
    }
    assert_eq!(visitor.get("/inbox").status, 405);
}

/// An instance that may speak to this machine, with one video.
fn instance(scratch: &Scratch) -> (Instance, Client, Created) {
    let instance = Instance::with_vars(&[
        ("FEDERATION_ALLOW_PRIVATE", "true"),
        ("FEDERATION_FIRST_RETRY_SECS", "1"),
    ]);
    let admin = instance.admin();
    let created = upload(&admin, scratch, "First");
    (instance, admin, created)
}

fn upload(admin: &Client, scratch: &Scratch, name: &str) -> Created {
    let card = samples::test_card(scratch, &format!("{name}.mp4"), "320x180", 2);
    video::upload(admin, &card, name, &[("waitTranscoding", "false")])
}

/// Waits until a video's number is as expected.
fn wait_for_count(client: &Client, created: &Created, key: &str, expected: u64) {
    wait::until(&format!("{key} is {expected}"), PATIENCE, || {
        (number(&video::details(client, &created.uuid), key) == expected).then_some(())
    });
}

#[test]
fn it_follows_a_channel_and_is_told_in_the_form_that_it_takes() {
    let scratch = Scratch::new("fedify-follows");
    let (instance, admin, _) = instance(&scratch);
    let origin = instance.origin().to_owned();
    let (inbox, channel) = (
        format!("{origin}/inbox"),
        format!("{origin}/video-channels/root_channel"),
    );
    let mut peer = FedifyPeer::start();
    let follow = peer.send("follow", &channel, &inbox, Form::Cavage);
    let accept = peer.wait_for_activity("Accept");
    assert_eq!(accept["form"], "cavage");
    assert_eq!(accept["signer"], channel);
    assert_eq!(accept["activity"]["object"]["id"], follow);
    let followers = peer.collection(&format!("{channel}/followers"));
    assert_eq!(followers["items"][0], peer.actor);
    // Our fetch of its actor was signed by the instance, which it can read without a signature itself.
    let fetch = peer.wait_for("a signed fetch", |heard| {
        heard["heard"] == "fetch" && heard["path"] == "/users/eve"
    });
    assert_eq!(fetch["signer"], format!("{origin}/accounts/peertube"));

    let created = upload(&admin, &scratch, "Second");
    let video_url = format!("{origin}/videos/watch/{}", created.uuid);
    let announce = wait_for_announce(&mut peer, &video_url);
    assert_eq!(announce["form"], "cavage");
    assert_eq!(announce["signer"], channel);
    assert_eq!(peer.lookup(&video_url, true)["name"], "Second");

    // From now on it understands RFC 9421 alone.
    peer.take(&[Form::Rfc9421]);
    let third = upload(&admin, &scratch, "Third");
    let third_url = format!("{origin}/videos/watch/{}", third.uuid);
    let announce = wait_for_announce(&mut peer, &third_url);
    assert_eq!(announce["form"], "rfc9421");
    assert_eq!(announce["signer"], channel);
}

fn wait_for_announce(peer: &mut FedifyPeer, video_url: &str) -> Value {
    peer.wait_for("an announce", |heard| {
        heard["heard"] == "activity"
            && heard["activity"]["type"] == "Announce"
            && heard["activity"]["object"] == video_url
    })
}

fn threads(client: &Client, created: &Created) -> Vec<Value> {
    let path = format!("/api/v1/videos/{}/comment-threads", created.uuid);
    let answer = client.get(&path).expect_status(200).json();
    answer["data"].as_array().expect("a list").clone()
}

#[test]
fn what_it_says_in_either_form_is_taken() {
    let scratch = Scratch::new("fedify-speaks");
    let (instance, admin, created) = instance(&scratch);
    let origin = instance.origin().to_owned();
    let inbox = format!("{origin}/inbox");
    let video_url = format!("{origin}/videos/watch/{}", created.uuid);
    let mut peer = FedifyPeer::start();
    // Whoever has not been heard of is asked in the form that most understand, and then in the other.
    peer.take(&[Form::Rfc9421]);
    for form in [Form::Cavage, Form::Rfc9421] {
        let like = peer.send("like", &video_url, &inbox, form);
        wait_for_count(&admin, &created, "likes", 1);
        if form == Form::Cavage {
            for asked in [Form::Cavage, Form::Rfc9421] {
                let fetch = peer.wait_for("a signed fetch", |heard| heard["heard"] == "fetch");
                assert_eq!(fetch["path"], "/users/eve");
                assert_eq!(fetch["form"], asked.name());
            }
        }
        let undo = peer.send("undo", &like, &inbox, form);
        assert_ne!(undo, like);
        wait_for_count(&admin, &created, "likes", 0);

        let _ = peer.send("reply", &video_url, &inbox, form);
        let thread = wait::until("the answer is there", PATIENCE, || {
            threads(&admin, &created)
                .into_iter()
                .find(|thread| thread["isDeleted"] == false)
        });
        assert_eq!(thread["account"]["name"], "eve");
        assert!(text(&thread, "text").contains("Answer"), "{thread}");
        let note = text(&thread, "url").to_owned();
        let _ = peer.send("delete", &note, &inbox, form);
        wait::until("the answer is gone", PATIENCE, || {
            threads(&admin, &created)
                .iter()
                .all(|thread| thread["isDeleted"] == true)
                .then_some(())
        });
    }
}
