//! Copies of videos at other servers, and what an actor with a valid signature tries with them.

use ports::{MirrorSource, Platform};
use serde_json::{Value, json};

use super::world::{BOB, FAR, FAR_VIDEO, ORIGIN, OURS, UUID, World, activity, actor, video};

const COPY: &str = "https://far.test/redundancy/streaming-playlists/hls/1";
const FOLDER: &str = "https://far.test/static/redundancy/hls/1";
const EVIL: &str = "https://evil.test/accounts/peertube";
const DAY_MS: i64 = 86_400_000;

fn copy(video: &str, expires: &Value) -> Value {
    json!({
        "id": COPY, "type": "CacheFile", "object": video, "expires": expires,
        "url": {"type": "Link", "mediaType": "application/x-mpegURL", "href": FOLDER},
    })
}

fn created(object: Value) -> Value {
    let mut create = activity("Create", FAR, object);
    create["id"] = json!(format!("{COPY}/activity"));
    create
}

fn mirrors(world: &World) -> Vec<String> {
    world.dump(
        "SELECT video_id||' '||base_url||' '||coalesce(expires_at_unix_ms,'stays') FROM mirror",
    )
}

fn kept(video_id: i64, end: &str) -> Vec<String> {
    vec![format!("{video_id} {FOLDER} {end}")]
}

/// The time of the tests, some days on.
fn in_days(world: &World, days: i64) -> Value {
    let at = world.platform.now().plus_ms(days * DAY_MS).0;
    json!(activitypub::date::write_iso8601(at))
}

#[test]
fn a_copy_is_known_until_it_ends_or_is_taken_back() {
    let world = World::new();
    let create = created(copy(OURS, &Value::Null));
    world.receive(&create);
    world.receive(&create);
    assert_eq!(mirrors(&world), kept(1, "stays"));

    let end = world.platform.now().plus_ms(2 * DAY_MS).0.to_string();
    let prolonged = activity("Update", FAR, copy(OURS, &in_days(&world, 2)));
    world.receive(&prolonged);
    assert_eq!(mirrors(&world), kept(1, &end));

    let undo = activity("Undo", FAR, create.clone());
    world.receive(&undo);
    assert_eq!(mirrors(&world), [""; 0]);
    // It may be made again at once, under the same id.
    world.receive(&create);
    assert_eq!(mirrors(&world), kept(1, "stays"));
    world.receive(&activity("Delete", FAR, json!(COPY)));
    assert_eq!(mirrors(&world), [""; 0]);

    // What overtakes its own beginning.
    let world = World::new();
    world.receive(&undo);
    world.platform.advance_ms(4 * DAY_MS);
    world.receive(&create);
    assert_eq!(mirrors(&world), [""; 0]);
    world.receive(&create);
    assert_eq!(mirrors(&world), kept(1, "stays"));
}

#[test]
fn one_that_is_forwarded_is_read_at_its_origin() {
    let world = World::new();
    world.follow(&format!("{ORIGIN}/accounts/peertube"), FAR, "accepted");
    world.receive(&activity("Create", BOB, video(FAR_VIDEO, 5)));
    world.serve(&copy(FAR_VIDEO, &Value::Null));
    world.receive(&created(json!(COPY)));
    assert_eq!(mirrors(&world).len(), 1, "of another server's video, too");
}

#[test]
fn nobody_speaks_for_another_server() {
    let world = World::new();
    world.serve(&actor("Application", EVIL, "peertube"));
    let stays = Value::Null;
    let nothing = |attack: &Value| {
        world.receive(attack);
        assert_eq!(mirrors(&world), [""; 0], "{attack}");
    };
    nothing(&activity("Create", EVIL, copy(OURS, &stays)));
    // Somebody who merely lives there.
    nothing(&activity("Create", BOB, copy(OURS, &stays)));
    for href in [
        "https://victim.test/static/redundancy/hls/1",
        "http://127.0.0.1:8787/static",
        "https://far.test:22/static",
        "https://far.test/static?x",
        "http://far.test/static/redundancy/hls/1",
    ] {
        let mut astray = copy(OURS, &stays);
        astray["url"]["href"] = json!(href);
        nothing(&created(astray));
    }
    let mut unknown = copy(&format!("{ORIGIN}/videos/watch/7"), &stays);
    nothing(&created(unknown.clone()));
    unknown["object"] = json!("https://far.test/videos/watch/7");
    nothing(&created(unknown));

    world.receive(&created(copy(OURS, &stays)));
    let before = mirrors(&world);
    let same = |attack: &Value| {
        world.receive(attack);
        assert_eq!(mirrors(&world), before, "{attack}");
    };
    same(&activity("Undo", EVIL, created(copy(OURS, &stays))));
    let mut by_evil = created(copy(OURS, &stays));
    by_evil["actor"] = json!(EVIL);
    same(&activity("Undo", EVIL, by_evil));
    same(&activity("Delete", EVIL, json!(COPY)));
    same(&activity("Update", EVIL, copy(OURS, &in_days(&world, 1))));
}

#[test]
fn a_copy_without_a_future_is_none_and_one_for_ever_is_for_a_year() {
    let world = World::new();
    world.receive(&created(copy(OURS, &in_days(&world, -1))));
    assert_eq!(mirrors(&world), [""; 0]);
    world.receive(&created(copy(OURS, &json!("soon"))));
    assert_eq!(mirrors(&world), [""; 0]);
    world.receive(&created(copy(OURS, &json!("9999-12-31T23:59:59.000Z"))));
    let year = world.platform.now().plus_ms(365 * DAY_MS).0.to_string();
    assert_eq!(mirrors(&world), kept(1, &year));
    world.receive(&activity("Update", FAR, copy(OURS, &in_days(&world, -1))));
    assert_eq!(mirrors(&world), [""; 0]);
}

#[test]
fn the_admin_says_whose_copies_count() {
    let from = |source| World::with(|settings| settings.mirrors.accepts_from = source);
    let create = created(copy(OURS, &Value::Null));
    let world = from(MirrorSource::Nobody);
    world.follow(&format!("{ORIGIN}/accounts/peertube"), FAR, "accepted");
    world.receive(&create);
    assert_eq!(mirrors(&world), [""; 0]);

    let world = from(MirrorSource::Followings);
    world.receive(&create);
    assert_eq!(mirrors(&world), [""; 0]);
    world.follow(&format!("{ORIGIN}/accounts/peertube"), FAR, "accepted");
    world.receive(&create);
    assert_eq!(mirrors(&world), kept(1, "stays"));
}

#[test]
fn closed_videos_have_no_copies_and_open_ones_not_too_many() {
    let world = World::new();
    world.sql("UPDATE video SET privacy=3 WHERE id=1");
    world.receive(&created(copy(OURS, &Value::Null)));
    assert_eq!(mirrors(&world), [""; 0], "{UUID}");
    world.sql("UPDATE video SET privacy=1 WHERE id=1");
    for number in 0..20 {
        let host = format!("mirror{number}.test");
        let instance = format!("https://{host}/accounts/peertube");
        world.serve(&actor("Application", &instance, "peertube"));
        let mut object = copy(OURS, &Value::Null);
        object["id"] = json!(COPY.replace("far.test", &host));
        object["url"]["href"] = json!(FOLDER.replace("far.test", &host));
        world.receive(&activity("Create", &instance, object));
    }
    assert_eq!(mirrors(&world).len(), 16);
}

#[test]
fn who_knows_our_video_hears_of_copies_elsewhere_the_last_word_of_ten_minutes() {
    let world = World::new();
    let passed_on = || -> Vec<Value> {
        let told = world.told(1).into_iter();
        told.map(|(signer, activity)| {
            assert_eq!(signer, format!("{ORIGIN}/accounts/peertube"));
            activity
        })
        .collect()
    };
    world.follow(&format!("{ORIGIN}/accounts/peertube"), BOB, "accepted");
    world.followed_by_bob_and_dora();
    let signed = |kind: &str, object: Value| {
        let mut activity = activity(kind, FAR, object);
        activity["signature"] =
            json!({"type": "RsaSignature2017", "creator": FAR, "signatureValue": "x"});
        activity
    };
    // Nobody would believe us.
    let mut unsigned = created(copy(OURS, &Value::Null));
    world.receive(&unsigned);
    unsigned["signature"] = json!({});
    world.receive(&unsigned);
    unsigned["signature"] =
        json!({"type": "RsaSignature2017", "creator": EVIL, "signatureValue": "x"});
    world.receive(&unsigned);
    assert_eq!(passed_on(), [Value::Null; 0]);
    let create = signed("Create", copy(OURS, &Value::Null));
    world.receive(&create);
    let update = signed("Update", copy(OURS, &in_days(&world, 1)));
    world.receive(&update);
    let notes = "SELECT verb FROM outgoing_change WHERE verb LIKE 'pass-on%'";
    assert_eq!(world.dump(notes).len(), 1);
    assert_eq!(passed_on(), [update]);
    let undo = signed("Undo", create);
    world.receive(&undo);
    assert_eq!(passed_on(), std::slice::from_ref(&undo));
    // Of what is not known nobody hears.
    world.receive(&undo);
    assert_eq!(passed_on(), [Value::Null; 0]);
}
