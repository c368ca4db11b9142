//! What of a delivery is kept, and what is not kept at all.

use super::*;

#[test]
fn what_others_can_check_is_kept_as_it_came() {
    let door = Door::new();
    let note = json!({"type": "Note", "id": "https://far.test/n/1", "attributedTo": BOB, "inReplyTo": OURS});
    let mut activity = like();
    for (kind, object) in [
        ("Create", note.clone()),
        ("Update", note.clone()),
        ("Delete", note["id"].clone()),
    ] {
        for (creator, is_kept) in [(BOB, true), ("https://other.test/u/eve", false)] {
            activity["type"] = json!(kind);
            activity["object"] = object.clone();
            activity["signature"]["creator"] = json!(creator);
            let task = door.deliver(&Signer::default(), &activity).unwrap();
            let Some(FederationTask::Receive { activity: kept, .. }) = task else {
                panic!("{task:?}");
            };
            let kept: Value = serde_json::from_str(&kept).unwrap();
            assert_eq!(kept == activity, is_kept, "{kind} {kept}");
        }
    }
}

#[test]
fn what_is_between_others_is_not_kept() {
    let door = Door::new();
    let public = "https://www.w3.org/ns/activitystreams#Public";
    for (to, cc, is_kept) in [
        (json!(null), json!(null), true),
        (json!([]), json!([]), true),
        (json!(public), json!([]), true),
        (
            json!(["https://third.test/u/cleo"]),
            json!("as:Public"),
            true,
        ),
        (json!(["https://video.test/accounts/ada"]), json!([]), true),
        (
            json!([{"type": "Group", "id": "https://video.test/video-channels/a"}]),
            json!(null),
            true,
        ),
        (json!([]), json!([format!("{BOB}/followers")]), true),
        (json!(["https://third.test/u/cleo"]), json!(null), false),
        (
            json!(null),
            json!(["https://video.test.evil/u/x", "text"]),
            false,
        ),
    ] {
        let mut activity = like();
        (activity["to"], activity["cc"]) = (to, cc);
        let task = door.deliver(&Signer::default(), &activity).unwrap();
        assert_eq!(task.is_some(), is_kept, "{activity}");
    }
    // Lemmy tells the server of whom a report is about, and names the community.
    let mut report = like();
    report["type"] = json!("Flag");
    report["to"] = json!(["https://third.test/c/films"]);
    assert!(door.deliver(&Signer::default(), &report).unwrap().is_some());
}
