//! What groups pass on (FEP-1b12), as Lemmy and its kin do.

use serde_json::json;

use super::world::{BOB, OURS, World, activity, actor, note, person};

const GROUP: &str = "https://lemmy.test/c/films";
const MEMBER: &str = "https://lemmy.test/u/lea";

fn lemmy() -> World {
    let world = World::new();
    let mut group = actor("Group", GROUP, "films");
    group["attributedTo"] = json!(format!("{GROUP}/moderators"));
    world.serve(&group);
    let moderators = format!("{GROUP}/moderators");
    world.serve(&json!({"id": moderators, "type": "OrderedCollection", "orderedItems": [MEMBER]}));
    world.serve(&person(MEMBER, "lea"));
    world
}

#[test]
fn a_comment_that_a_group_passes_on_is_read_at_its_origin() {
    let world = lemmy();
    let id = "https://lemmy.test/comment/1";
    let said = activity(
        "Create",
        MEMBER,
        note(id, MEMBER, OURS, "what the group says"),
    );
    world.serve(&note(id, MEMBER, OURS, "what lea says"));
    world.receive(&activity("Announce", GROUP, said));
    assert_eq!(world.dump("SELECT text FROM comment"), ["what lea says"]);
    // A group without an owner is an actor and nothing else.
    assert_eq!(
        world.dump("SELECT kind||coalesce(channel_id,' alone') FROM actor WHERE url='https://lemmy.test/c/films'"),
        ["channel alone"]
    );
}

#[test]
fn a_group_cannot_speak_for_others() {
    let world = lemmy();
    let before = world.state();
    let id = "https://far.test/notes/1";
    world.gone(id);
    let forged = activity("Create", BOB, note(id, BOB, OURS, "never said"));
    world.receive(&activity("Announce", GROUP, forged));
    world.receive(&activity(
        "Announce",
        GROUP,
        activity("Like", BOB, json!(OURS)),
    ));
    let elsewhere = activity(
        "Create",
        BOB,
        note("https://lemmy.test/x", BOB, OURS, "never said"),
    );
    world.receive(&activity("Announce", GROUP, elsewhere));
    assert_eq!(world.state(), before);
}
