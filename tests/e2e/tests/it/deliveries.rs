//! What other servers are told, on real sockets: every inbox once, signed for its host, whoever else is
//! silent.

use std::collections::BTreeMap;
use std::time::Duration;

use e2e::fediverse::{Fediverse, Manner, PublicKey, Received};
use e2e::{Client, Host, Instance, database, samples, video};
use http::Method;

const PATIENCE: Duration = Duration::from_secs(60);
/// Servers that take what they are told, where the host signs by the platform's crypto.
const MANY: usize = 1_000;
/// Where it signs in Wasm, twenty times as slowly.
const FEWER: usize = 40;
/// So many come with two that are dead, one way and the other.
const ALIVE_TOGETHER: usize = 20;
/// On each server; all of them have one inbox.
const FOLLOWERS: [&str; 2] = ["somebody", "another"];

fn alive() -> usize {
    match Host::under_test() {
        Host::Workerd => MANY,
        Host::Spin => FEWER,
    }
}

fn manners() -> Vec<Manner> {
    let mut together = vec![Manner::Takes; ALIVE_TOGETHER];
    together.insert(5, Manner::Silent);
    together.insert(15, Manner::Closed);
    together.repeat(alive() / ALIVE_TOGETHER)
}

fn rename(admin: &Client, uuid: &str, name: &str) {
    let form = e2e::form::Form::new().texts(&[("name", name)]);
    let path = format!("/api/v1/videos/{uuid}");
    let _ = admin.send_form(Method::PUT, &path, form).expect_status(204);
}

/// What came of one kind, at most one to each server, each signed for it by `actor`.
fn of_kind(
    received: &[Received],
    kind: &str,
    visitor: &Client,
    actor: &str,
) -> BTreeMap<String, Received> {
    let key = PublicKey::of(visitor, actor);
    let mut by_host = BTreeMap::new();
    for request in received {
        if request.activity()["type"] != kind {
            continue;
        }
        let key_id = request.assert_signed(&key);
        assert!(key_id.ends_with(&format!("{actor}#main-key")), "{key_id}");
        let before = by_host.insert(request.host.clone(), request.clone());
        assert!(before.is_none(), "{} was told twice", request.host);
    }
    by_host
}

#[test]
fn every_inbox_is_told_once_whoever_is_dead() {
    let fediverse = Fediverse::start(&manners());
    let mut instance = Instance::with_vars(&[
        ("FEDERATION_ALLOW_PRIVATE", "true"),
        ("FEDERATION_FIRST_RETRY_SECS", "1"),
    ]);
    let admin = instance.admin();
    let visitor = instance.visitor();
    // Asked for, the channel gets its key.
    let channel = "/video-channels/root_channel";
    let _ = PublicKey::of(&visitor, channel);
    let channel_url = format!("{}{channel}", instance.origin());
    database::change(&mut instance, |database| {
        fediverse.follow_as(database, &channel_url, &FOLLOWERS)
    });
    let created = video::upload(&admin, &samples::bunny(), "Big Buck Bunny", &[]);
    let first = fediverse.wait_for(alive(), PATIENCE);
    let announces = of_kind(&first, "Announce", &visitor, channel);
    let announced = announces.values().next().unwrap().activity();
    let video_url = format!("{}/videos/watch/{}", instance.origin(), created.uuid);
    assert_eq!(announced["object"], video_url);

    // What is dead is known now; changes reach the others, and these once.
    rename(&admin, &created.uuid, "Big Buck Hare");
    let mut later = first;
    let is_renamed = |request: &Received| request.activity()["object"]["name"] == "Big Buck Hare";
    e2e::wait::until("everybody knows the new name", PATIENCE, || {
        later.extend(fediverse.take());
        let told = later.iter().filter(|request| is_renamed(request)).count();
        (told >= alive()).then_some(())
    });
    let announces = of_kind(&later, "Announce", &visitor, channel);
    assert_eq!(announces.len(), alive());
    let renamed: Vec<_> = later.into_iter().filter(is_renamed).collect();
    let updates = of_kind(&renamed, "Update", &visitor, "/accounts/root");
    assert_eq!(updates.len(), alive());
}
