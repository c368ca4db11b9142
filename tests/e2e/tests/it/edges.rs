//! One instance that answers in several processes, as it does on Workers: what is done at one edge holds at every
//! other, and an edge outlives the object that holds the data.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use e2e::form::Form;
use e2e::instance::ADMIN_PASSWORD;
use e2e::stranger::{HONEST, Stranger};
use e2e::{Client, Instance, samples, video, wait};
use http::Method;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
/// How long an edge may show what it has answered a moment ago, and some more for two busy cores.
const REMEMBERED: Duration = Duration::from_secs(5);
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// An instance with two edges, and a visitor of each.
fn two_edges() -> (Instance, [Client; 2]) {
    let instance = Instance::with_edges(2, &[("FEDERATION_ALLOW_PRIVATE", "true")]);
    let visitors: Vec<_> = instance
        .edges()
        .iter()
        .map(|edge| Client::new(edge))
        .collect();
    let visitors = visitors.try_into().expect("two edges");
    (instance, visitors)
}

#[test]
fn what_is_changed_at_one_edge_is_shown_by_the_other() {
    let (instance, [_, there]) = two_edges();
    let admin = instance.admin();
    let list = "/api/v1/videos";
    let names = || {
        let list = there.get(list).expect_status(200).json();
        let videos = list["data"].as_array().expect("a list has data").iter();
        videos
            .map(|video| video["name"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(names().is_empty());
    let uuid = video::upload(&admin, &samples::bunny(), "Bunny", &[]).uuid;
    wait::until("the upload is listed elsewhere", REMEMBERED, || {
        (names() == ["Bunny"]).then_some(())
    });
    let file = &video::details(&there, &uuid)["files"][0];
    let url = video::text(file, "fileUrl");
    let path = url
        .strip_prefix(instance.origin())
        .unwrap_or_else(|| panic!("{url} is not ours"));
    let range = [("range", "bytes=1000-1999")];
    let part = there.get_with(path, &range).expect_status(206).body;
    let original = std::fs::read(samples::bunny()).expect("the sample is there");
    assert_eq!(part, original[1_000..2_000]);
    let form = Form::new().text("name", "Hare");
    let path = format!("/api/v1/videos/{uuid}");
    let _ = admin.send_form(Method::PUT, &path, form).expect_status(204);
    wait::until("the new name is shown elsewhere", REMEMBERED, || {
        (names() == ["Hare"]).then_some(())
    });
    let _ = admin.delete(&path).expect_status(204);
    wait::until("it is gone elsewhere", REMEMBERED, || {
        names().is_empty().then_some(())
    });
}

#[test]
fn who_signs_out_at_one_edge_is_signed_out_at_the_other() {
    let (_instance, [here, there]) = two_edges();
    let me = "/api/v1/users/me";
    let tokens = there.ask_token("root", ADMIN_PASSWORD).expect_status(200);
    let tokens = tokens.json();
    let token = video::text(&tokens, "access_token");
    let (here, there) = (here.with_token(token), there.with_token(token));
    for client in [&here, &there] {
        let _ = client.get(me).expect_status(200);
    }
    let _ = there
        .post_empty("/api/v1/users/revoke-token")
        .expect_status(204);
    wait::until("the token is worth nothing elsewhere", REMEMBERED, || {
        (here.get(me).status == 401).then_some(())
    });
}

/// Each edge gathers deliveries in groups, and keeps them with the other's at the same moment.
#[test]
fn a_hundred_deliveries_at_two_edges_are_one() {
    let (instance, edges) = two_edges();
    let uuid = video::upload(&instance.admin(), &samples::bunny(), "Bunny", &[]).uuid;
    let server = Stranger::start();
    let bob = server.actor("Person", "/accounts/bob", None);
    let ours = format!("{}/videos/watch/{uuid}", instance.origin());
    let like = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "type": "Like", "actor": bob,
        "id": format!("{bob}/likes/1"), "object": ours, "to": [PUBLIC],
    });
    let note = |path: &str, text: &str| {
        let note = json!({
            "id": server.id(path), "type": "Note", "attributedTo": bob, "inReplyTo": ours,
            "content": text, "published": "2025-06-01T00:00:00Z", "to": [PUBLIC], "cc": [],
        });
        server.serve(&note);
        note
    };
    let create = |path: &str, note: &Value| {
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": "Create", "actor": bob,
            "id": format!("{bob}{path}"), "object": note, "to": [PUBLIC],
        })
    };
    let first = create("/activities/1", &note("/notes/1", "once"));
    let together = Barrier::new(100);
    thread::scope(|threads| {
        for number in 0..100 {
            let letters = [&like, &first].map(|it| server.letter(instance.origin(), it, HONEST));
            let (visitor, together) = (edges[number % edges.len()].clone(), &together);
            let _ = threads.spawn(move || {
                let _ = together.wait();
                for letter in letters {
                    let answer = letter.post(&visitor);
                    assert_eq!(answer.status, 202, "{}", answer.text());
                }
            });
        }
    });
    let threads = format!("/api/v1/videos/{uuid}/comment-threads");
    let seen = |edge: &Client| {
        let likes = video::details(edge, &uuid)["likes"].take();
        let comments = edge.get(&threads).expect_status(200).json()["total"].take();
        json!([likes, comments])
    };
    for edge in &edges {
        wait::until("both arrive", PATIENCE, || {
            (seen(edge) == json!([1, 1])).then_some(())
        });
    }
    // What is said last is done last, so that nothing of before waits any more.
    let mark = note("/notes/2", "mark");
    let create = create("/activities/2", &mark);
    let letter = server.letter(instance.origin(), &create, HONEST);
    assert_eq!(letter.post(&edges[0]).status, 202);
    for edge in &edges {
        wait::until("the mark arrives", PATIENCE, || {
            (seen(edge) == json!([1, 2])).then_some(())
        });
    }
}

/// A Durable Object is started anew whenever the platform likes; whoever asks meanwhile is told to come again.
#[test]
fn an_edge_finds_an_object_that_was_started_anew() {
    let (instance, [here, there]) = two_edges();
    let admin = instance.admin();
    let uuid = video::upload(&admin, &samples::bunny(), "Bunny", &[]).uuid;
    let path = format!("/api/v1/videos/{uuid}");
    let _ = there.get(&path).expect_status(200);
    instance.kill_server();
    for edge in [&here, &there] {
        wait::until("the object is found again", PATIENCE, || {
            let answer = edge.get(&path);
            if answer.status == 200 {
                return Some(());
            }
            let _ = answer.problem(503);
            None
        });
    }
    let form = Form::new().text("name", "Hare");
    let _ = admin.send_form(Method::PUT, &path, form).expect_status(204);
}
