//! What an inbox is sent by those who mean no good, over real sockets: nothing changes, and nobody is told that
//! it was our fault. And what comes a hundred times at once is there once.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use e2e::stranger::{HONEST, Letter, Manner, Stranger};
use e2e::{Client, Instance, raw_http, samples, video, wait};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
/// Far more than the 7 seconds that a document may take, for two busy cores.
const KEY_PATIENCE: Duration = Duration::from_secs(20);
/// Deliveries that wait together.
const WHO_WAIT_TOGETHER: usize = 16;
/// After so many deliveries V8 has compiled what each of them calls.
const TIMES_UNTIL_COMPILED: usize = 8_000;
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const FAR_UUID: &str = "22222222-2222-4222-8222-222222222222";

struct Scene {
    instance: Instance,
    visitor: Client,
    uuid: String,
    /// Its server is another than eve's.
    bob_server: Stranger,
    bob: String,
    films: String,
    eve_server: Stranger,
    eve: String,
    number: u32,
}

impl Scene {
    fn new() -> Self {
        let instance = Instance::with_vars(&[("FEDERATION_ALLOW_PRIVATE", "true")]);
        let visitor = instance.visitor();
        let uuid = video::upload(&instance.admin(), &samples::bunny(), "Bunny", &[]).uuid;
        let (bob_server, eve_server) = (Stranger::start(), Stranger::start());
        let bob = bob_server.actor("Person", "/accounts/bob", None);
        let films = bob_server.actor("Group", "/video-channels/films", Some(&bob));
        let eve = eve_server.actor("Person", "/accounts/eve", None);
        Self {
            instance,
            visitor,
            uuid,
            bob_server,
            bob,
            films,
            eve_server,
            eve,
            number: 0,
        }
    }

    fn ours(&self) -> String {
        format!("{}/videos/watch/{}", self.instance.origin(), self.uuid)
    }

    fn activity(&mut self, kind: &str, actor: &str, object: Value) -> Value {
        self.number += 1;
        json!({
            "@context": "https://www.w3.org/ns/activitystreams", "type": kind, "actor": actor,
            "id": format!("{actor}/activities/{}", self.number), "object": object, "to": [PUBLIC],
        })
    }

    /// Delivers in somebody's name from their own server; the status.
    fn send(&self, server: &Stranger, activity: &Value, manner: Manner<'_>) -> u16 {
        let origin = self.instance.origin();
        server
            .deliver(&self.visitor, origin, activity, manner)
            .status
    }

    /// The instance follows her, which she does not answer.
    fn follow_eve(&self) {
        let server = &self.eve_server;
        let handle = format!("eve@{}", server.id("").trim_start_matches("http://"));
        let finger = json!({
            "subject": format!("acct:{handle}"),
            "links": [{"rel": "self", "type": "application/activity+json", "href": self.eve}],
        });
        let path = format!("/.well-known/webfinger?resource=acct:{handle}");
        server.page(&path, 200, None, finger.to_string().into_bytes());
        server.page("/accounts/eve/inbox", 202, None, Vec::new());
        let admin = self.instance.admin();
        let following = "/api/v1/server/following";
        let _ = admin
            .post_json(following, &json!({ "handles": [handle] }))
            .expect_status(204);
        wait::until("eve is followed", PATIENCE, || {
            let follows = admin.get(following).expect_status(200).json();
            (follows["total"] == 1).then_some(())
        });
    }

    fn comment(&mut self, path: &str, author: &str, text: &str) -> Value {
        let server = if author == self.eve {
            &self.eve_server
        } else {
            &self.bob_server
        };
        let note = json!({
            "id": server.id(path), "type": "Note", "attributedTo": author, "inReplyTo": self.ours(),
            "content": text, "published": "2025-06-01T00:00:00Z", "to": [PUBLIC], "cc": [],
        });
        server.serve(&note);
        note
    }

    /// Likes, dislikes and comments of our video, and what there is of others.
    fn state(&self) -> Value {
        let details = video::details(&self.visitor, &self.uuid);
        let threads = format!("/api/v1/videos/{}/comment-threads", self.uuid);
        let threads = self.visitor.get(&threads).expect_status(200).json();
        let texts: Vec<&Value> = items(&threads)
            .map(|thread| &thread["text"])
            // Marks that were deleted keep their places.
            .filter(|text| **text != "")
            .collect();
        let far = self.visitor.get("/api/v1/videos?isLocal=false");
        let far = far.expect_status(200).json();
        let far_names: Vec<&Value> = items(&far).map(|video| &video["name"]).collect();
        json!({
            "likes": details["likes"], "dislikes": details["dislikes"], "texts": texts,
            "name": details["name"], "far": far_names,
        })
    }

    /// Waits until all that was sent before has been acted on: queues keep their order well enough that what
    /// bob says last is done last.
    fn settle(&mut self) {
        let text = format!("mark {}", self.number);
        let author = self.bob.clone();
        let note = self.comment(&format!("/notes/mark{}", self.number), &author, &text);
        let create = self.activity("Create", &author, note.clone());
        assert_eq!(self.send(&self.bob_server, &create, HONEST), 202);
        wait::until("the mark arrives", PATIENCE, || {
            let texts = self.state()["texts"].to_string();
            texts.contains(&text).then_some(())
        });
        let delete = self.activity("Delete", &author, note["id"].clone());
        assert_eq!(self.send(&self.bob_server, &delete, HONEST), 202);
        wait::until("the mark goes", PATIENCE, || {
            let texts = self.state()["texts"].to_string();
            (!texts.contains(&text)).then_some(())
        });
    }
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list["data"].as_array().expect("a list has data").iter()
}

fn far_video(scene: &Scene, name: &str) -> Value {
    let server = &scene.bob_server;
    json!({
        "id": server.id(&format!("/videos/watch/{FAR_UUID}")), "type": "Video", "uuid": FAR_UUID,
        "name": name, "duration": "PT60S", "views": 3, "sensitive": false, "state": 1,
        "commentsPolicy": 1, "published": "2025-01-01T00:00:00.000Z",
        "updated": "2025-01-01T00:00:00.000Z", "content": "film", "mediaType": "text/markdown",
        "to": [PUBLIC], "cc": [], "tag": [],
        "icon": [{"type": "Image", "url": server.id("/1.jpg"), "width": 280, "height": 157}],
        "url": [{"type": "Link", "mediaType": "text/html", "href": server.id("/w/1")}],
        "attributedTo": [{"type": "Person", "id": scene.bob}, {"type": "Group", "id": scene.films}],
    })
}

/// Sends each of them so many times, all at once; each is taken.
fn send_at_once(scene: &Scene, letters: &[Letter], times: usize) {
    let together = Barrier::new(letters.len());
    thread::scope(|threads| {
        for letter in letters {
            let visitor = scene.instance.visitor();
            let together = &together;
            threads.spawn(move || {
                let _ = together.wait();
                for _ in 0..times {
                    let answer = letter.post(&visitor);
                    assert_eq!(answer.status, 202, "{}", answer.text());
                }
            });
        }
    });
}

#[test]
fn a_hundred_deliveries_at_once_are_one() {
    let mut scene = Scene::new();
    let bob = scene.bob.clone();
    let like = scene.activity("Like", &bob, json!(scene.ours()));
    let note = scene.comment("/notes/1", &bob, "<p>Only <b>once</b></p>");
    let create = scene.activity("Create", &bob, note);
    let origin = scene.instance.origin().to_owned();
    thread::scope(|scope| {
        for number in 0..100 {
            let (server, visitor) = (&scene.bob_server, scene.instance.visitor());
            let (like, create, origin) = (&like, &create, &origin);
            // Clocks differ, and so do the requests.
            let manner = Manner {
                age_secs: number % 10,
                ..HONEST
            };
            scope.spawn(move || {
                for activity in [like, create] {
                    let status = server.deliver(&visitor, origin, activity, manner).status;
                    assert_eq!(status, 202);
                }
            });
        }
    });
    let arrived =
        json!({"likes": 1, "dislikes": 0, "texts": ["Only once"], "name": "Bunny", "far": []});
    wait::until("both arrive", PATIENCE, || {
        (scene.state() == arrived).then_some(())
    });
    scene.settle();
    assert_eq!(scene.state(), arrived);
}

#[test]
fn what_is_not_signed_as_it_should_be_is_refused() {
    let mut scene = Scene::new();
    let (bob, eve) = (scene.bob.clone(), scene.eve.clone());
    let before = scene.state();
    let like = scene.activity("Like", &bob, json!(scene.ours()));
    // Another body than the digest's, dates that are too far away, keys of others.
    let other = like.to_string().replace("Like", "Dislike");
    let wrong_digest = Manner {
        body: Some(other.as_bytes()),
        ..HONEST
    };
    assert_eq!(scene.send(&scene.bob_server, &like, wrong_digest), 400);
    for age_secs in [1_900, -1_900, 86_400] {
        let stale = Manner { age_secs, ..HONEST };
        assert_eq!(
            scene.send(&scene.bob_server, &like, stale),
            401,
            "{age_secs}"
        );
    }
    // Eve has another key than bob, wherever she says that it is.
    assert_eq!(scene.send(&scene.eve_server, &like, HONEST), 401);
    let eve_key = format!("{eve}#main-key");
    let by_eve = Manner {
        key_id: Some(&eve_key),
        ..HONEST
    };
    assert_eq!(
        scene.send(&scene.eve_server, &like, by_eve),
        202,
        "forwarded, and a like is not worth a fetch"
    );
    let nowhere = scene.eve_server.id("/nobody#main-key");
    let unknown = Manner {
        key_id: Some(&nowhere),
        ..HONEST
    };
    assert_eq!(scene.send(&scene.eve_server, &like, unknown), 401);
    let ours = format!("{}/accounts/root#main-key", scene.instance.origin());
    let as_us = Manner {
        key_id: Some(&ours),
        ..HONEST
    };
    assert_eq!(scene.send(&scene.eve_server, &like, as_us), 401);
    // Nothing signed, nothing to read.
    let activity_json = [("content-type", "application/activity+json")];
    let visitor = scene.instance.visitor();
    let post = |headers: &[(&str, &str)], body: &[u8]| {
        visitor
            .call(http::Method::POST, "/inbox", headers, body)
            .status
    };
    assert_eq!(post(&activity_json, like.to_string().as_bytes()), 400);
    assert_eq!(post(&[("content-type", "text/plain")], b"hello"), 415);
    assert_eq!(scene.visitor.get("/inbox").status, 405);

    // A request that was right is worth nothing when it comes again later.
    let undo = scene.activity("Undo", &bob, like.clone());
    let headers = scene
        .bob_server
        .sign(scene.instance.origin(), &like, HONEST);
    let repeat = || {
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        post(&headers, like.to_string().as_bytes())
    };
    assert_eq!(repeat(), 202);
    wait::until("the like arrives", PATIENCE, || {
        (scene.state()["likes"] == 1).then_some(())
    });
    assert_eq!(scene.send(&scene.bob_server, &undo, HONEST), 202);
    wait::until("the like goes", PATIENCE, || {
        (scene.state()["likes"] == 0).then_some(())
    });
    assert_eq!(repeat(), 202);
    scene.settle();
    assert_eq!(scene.state(), before);
}

#[test]
fn nobody_has_a_say_over_what_is_not_theirs() {
    let mut scene = Scene::new();
    let (bob, eve) = (scene.bob.clone(), scene.eve.clone());
    let note = scene.comment("/notes/1", &bob, "true");
    let create = scene.activity("Create", &bob, note.clone());
    assert_eq!(scene.send(&scene.bob_server, &create, HONEST), 202);
    wait::until("the comment arrives", PATIENCE, || {
        (scene.state()["texts"] == json!(["true"])).then_some(())
    });
    let before = scene.state();

    let mut forged = note.clone();
    forged["content"] = json!("forged");
    forged["updated"] = json!("2025-07-01T00:00:00Z");
    let id = note["id"].clone();
    for (kind, object) in [
        ("Update", forged.clone()),
        ("Create", forged),
        ("Delete", id.clone()),
        ("Delete", json!({"type": "Tombstone", "id": id})),
        ("Delete", json!(bob)),
        ("Delete", json!(scene.ours())),
        ("Undo", create),
    ] {
        let attack = scene.activity(kind, &eve, object);
        assert_eq!(
            scene.send(&scene.eve_server, &attack, HONEST),
            403,
            "{attack}"
        );
    }
    // A private video is not announced into the open, nor one whose host is another, nor a redirect followed; though
    // what she shares is read.
    scene.follow_eve();
    let mut private = far_video(&scene, "Private");
    private["to"] = json!([format!("{bob}/followers")]);
    scene.bob_server.serve(&private);
    scene.eve_server.page(
        "/elsewhere",
        302,
        Some(&scene.bob_server.id("/w/1")),
        Vec::new(),
    );
    scene.eve_server.page(
        "/alias",
        200,
        None,
        far_video(&scene, "Alias").to_string().into_bytes(),
    );
    for object in [
        private["id"].clone(),
        json!(scene.eve_server.id("/elsewhere")),
        json!(scene.eve_server.id("/alias")),
    ] {
        let announce = scene.activity("Announce", &eve, object);
        assert_eq!(scene.send(&scene.eve_server, &announce, HONEST), 202);
    }
    let mut asked = Vec::new();
    wait::until("all that she shares is asked for", PATIENCE, || {
        asked.extend(scene.bob_server.take_asked());
        asked.extend(scene.eve_server.take_asked());
        let is_asked = |path: &str| asked.iter().any(|asked| asked == path);
        let private = format!("/videos/watch/{FAR_UUID}");
        [&private, "/elsewhere", "/alias"]
            .into_iter()
            .all(is_asked)
            .then_some(())
    });
    scene.settle();
    assert_eq!(scene.state(), before);
}

#[test]
fn what_is_too_much_is_cut_off() {
    let mut scene = Scene::new();
    let eve = scene.eve.clone();
    let before = scene.state();
    let like = scene.activity("Like", &eve, json!(scene.ours()));
    let bombs = [
        format!(
            "{{\"type\":\"Like\",\"a\":{}1{}}}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        ),
        format!("{{\"type\":\"Like\",\"a\":[{}1]}}", "1,".repeat(150_000)),
        format!("{{\"type\":\"Like\",\"a\":\"{}\"}}", "x".repeat(400_000)),
        "{\"type\":".to_owned(),
        "[]".to_owned(),
    ];
    for bomb in &bombs {
        let manner = Manner {
            body: Some(bomb.as_bytes()),
            ..HONEST
        };
        assert_eq!(
            scene.send(&scene.eve_server, &like, manner),
            400,
            "{:.30}",
            bomb
        );
    }
    // 50 MB, announced and not: refused before they have all been sent.
    let large = vec![b' '; 50 * 1024 * 1024];
    let activity_json = [("content-type", "application/activity+json")];
    let answer = scene
        .visitor
        .try_call(http::Method::POST, "/inbox", &activity_json, &large);
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 413));
    let is_well = || scene.visitor.get("/api/v1/config").expect_status(200);
    let _ = is_well();
    let mut chunked = Vec::new();
    for _ in 0..20 {
        chunked.extend_from_slice(b"10000\r\n");
        chunked.extend_from_slice(&vec![b' '; 0x10000]);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let headers = [
        "Content-Type: application/activity+json",
        "Transfer-Encoding: chunked",
    ];
    let answer = raw_http::send(
        scene.instance.origin(),
        "POST",
        "/inbox",
        &headers,
        &chunked,
    );
    assert_eq!(answer.status, 413);
    let _ = is_well();

    // Answers above answers, in a circle and without an end.
    let note = |number: u32, above: u32| {
        json!({
            "id": scene.eve_server.id(&format!("/n/{number}")), "type": "Note", "attributedTo": eve,
            "inReplyTo": scene.eve_server.id(&format!("/n/{above}")), "content": "deep", "to": [PUBLIC],
            "published": "2025-06-01T00:00:00Z",
        })
    };
    scene.eve_server.serve(&note(1, 2));
    scene.eve_server.serve(&note(2, 1));
    for number in 10..60 {
        scene.eve_server.serve(&note(number, number + 1));
    }
    let (circle, line) = (note(1, 2), note(10, 11));
    for object in [circle, line] {
        let create = scene.activity("Create", &eve, object);
        assert_eq!(scene.send(&scene.eve_server, &create, HONEST), 202);
    }
    scene.settle();
    let asked = scene.eve_server.take_asked();
    let notes = asked.iter().filter(|path| path.starts_with("/n/")).count();
    assert!(notes <= 15, "{notes} notes were asked for: {asked:?}");
    assert_eq!(scene.state(), before);
}

/// Deliveries go to the database with those whose bodies are on their way.
#[test]
fn bodies_that_never_arrive_hold_up_nobody() {
    let mut scene = Scene::new();
    let bob = scene.bob.clone();
    let origin = scene.instance.origin().to_owned();
    let address = origin.trim_start_matches("http://");
    let head = format!("POST /inbox HTTP/1.1\r\nhost: {address}\r\ncontent-length: 9\r\n\r\n{{");
    let letters: Vec<Letter> = (0..WHO_WAIT_TOGETHER)
        .map(|_| {
            let like = scene.activity("Like", &bob, json!(scene.ours()));
            scene.bob_server.letter(&origin, &like, HONEST)
        })
        .collect();
    // What happens often is compiled anew by V8, and then is not to be stopped as hung either.
    send_at_once(&scene, &letters, TIMES_UNTIL_COMPILED / WHO_WAIT_TOGETHER);
    let began = Instant::now();
    // Each round has somebody new to wait for, and several who wait for them together.
    let _silent: Vec<TcpStream> = (0..5)
        .map(|_| {
            let mut stream = TcpStream::connect(address).expect("it listens");
            stream.write_all(head.as_bytes()).expect("it reads");
            send_at_once(&scene, &letters, 1);
            stream
        })
        .collect();
    assert!(began.elapsed() < KEY_PATIENCE, "{:?}", began.elapsed());
    wait::until("bob likes it", PATIENCE, || {
        (scene.state()["likes"] == 1).then_some(())
    });
}

/// The document of its server begins, and falls silent.
#[test]
fn a_key_whose_document_never_ends_holds_nobody() {
    let instance = Instance::with_vars(&[("FEDERATION_ALLOW_PRIVATE", "true")]);
    let server = Stranger::start();
    let path = "/accounts/eve";
    let eve = server.actor("Person", path, None);
    server.stall(path);
    let like = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "type": "Like", "actor": eve,
        "id": format!("{eve}/likes/1"), "object": format!("{}/videos/watch/1", instance.origin()),
    });
    let began = Instant::now();
    let answer = server.deliver(&instance.visitor(), instance.origin(), &like, HONEST);
    assert_eq!(answer.status, 401, "{}", answer.text());
    assert!(began.elapsed() < KEY_PATIENCE, "{:?}", began.elapsed());
    assert_eq!(server.times_asked(path), 1);
}
