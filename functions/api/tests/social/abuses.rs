//! Reports.

use http::StatusCode;
use ports::Body;
use serde_json::{Value as Json, json};
use testkit::TestPlatform;

use crate::fixture::{Answered, ask, get_as, request, run, send, uuid};
use crate::stage::{delete, stage, write};

const PATH: &str = "/api/v1/abuses";

fn report(platform: &TestPlatform, user: &str, body: &Json) -> Answered {
    platform.advance_ms(1_000);
    send(platform, "POST", PATH, user, body)
}

#[test]
fn a_report_reaches_the_moderators() {
    let platform = stage();
    let answered = report(
        &platform,
        "bob",
        &json!({
            "video": { "id": uuid(1), "startAt": 3, "endAt": 7 },
            "reason": "It is spam",
            "predefinedReasons": ["spamOrMisleading", "serverRules"],
        }),
    );
    assert_eq!(answered.status, StatusCode::OK);
    assert_eq!(answered.json, json!({ "abuse": { "id": 1 } }));
    let list = get_as(&platform, "mo", PATH).json;
    assert_eq!(list["total"], 1);
    let abuse = &list["data"][0];
    assert_eq!(abuse["reason"], "It is spam");
    assert_eq!(
        abuse["predefinedReasons"],
        json!(["spamOrMisleading", "serverRules"])
    );
    assert_eq!(abuse["state"], json!({ "id": 1, "label": "Pending" }));
    assert_eq!(abuse["flaggedAccount"]["name"], "ada");
    assert_eq!(abuse["reporterAccount"]["name"], "bob");
    assert_eq!(abuse["countReportsForReporter"], 1);
    assert_eq!(abuse["countReportsForReportee"], 1);
    assert_eq!(abuse["comment"], json!(null));
    let video = &abuse["video"];
    assert_eq!(video["uuid"], uuid(1));
    assert_eq!((&video["startAt"], &video["endAt"]), (&json!(3), &json!(7)));
    assert_eq!(video["deleted"], false);
    assert_eq!(video["channel"]["name"], "ada_channel");
    assert_eq!(get_as(&platform, "ada", PATH).status, StatusCode::FORBIDDEN);
}

#[test]
fn comments_and_accounts_are_reported_too() {
    let platform = stage();
    let comment = write(&platform, "bob", None, "rude");
    let about_comment = json!({ "comment": { "id": comment }, "reason": "rude" });
    assert_eq!(report(&platform, "ada", &about_comment).status, 200);
    let about_account = json!({ "account": { "id": 4 }, "reason": "rude too" });
    assert_eq!(report(&platform, "ada", &about_account).status, 200);
    let list = get_as(&platform, "mo", PATH).json;
    let [account, comment] = &list["data"].as_array().unwrap()[..] else {
        panic!("{list}");
    };
    assert_eq!(account["flaggedAccount"]["name"], "bob");
    assert_eq!(
        (&account["video"], &account["comment"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(comment["comment"]["text"], "rude");
    assert_eq!(comment["comment"]["threadId"], comment["comment"]["id"]);
    assert_eq!(comment["comment"]["video"]["name"], "Bunny");
    let filtered = get_as(&platform, "mo", "/api/v1/abuses?filter=comment").json;
    assert_eq!(filtered["total"], 1);
}

#[test]
fn moderators_decide_and_reporters_follow() {
    let platform = stage();
    let body = json!({ "video": { "id": 1 }, "reason": "Mine!", "predefinedReasons": ["rights"] });
    report(&platform, "bob", &body);
    let path = format!("{PATH}/1");
    let change = json!({ "state": 3, "moderationComment": "Talked to them" });
    assert_eq!(send(&platform, "PUT", &path, "bob", &change).status, 403);
    assert_eq!(send(&platform, "PUT", &path, "mo", &change).status, 204);
    let accepted = get_as(&platform, "mo", "/api/v1/abuses?state=3").json;
    assert_eq!(accepted["data"][0]["moderationComment"], "Talked to them");
    let mine = get_as(&platform, "bob", "/api/v1/users/me/abuses").json;
    assert_eq!(mine["data"][0]["state"]["label"], "Accepted");
    assert_eq!(mine["data"][0].get("moderationComment"), None);
    assert_eq!(mine["data"][0].get("reporterAccount"), None);
    assert_eq!(
        get_as(&platform, "ada", "/api/v1/users/me/abuses").json["total"],
        0
    );
    // The video may go; what was said about it stays.
    run(&platform, "DELETE FROM video WHERE id = 1", vec![]);
    let left = get_as(&platform, "mo", PATH).json;
    assert_eq!(left["data"][0]["video"]["deleted"], true);
    assert_eq!(left["data"][0]["video"]["name"], "Bunny");
    assert_eq!(delete(&platform, Some("mo"), &path).status, 204);
    assert_eq!(delete(&platform, Some("mo"), &path).status, 404);
}

#[test]
fn reports_have_bounds() {
    let platform = stage();
    for (body, expected) in [
        (json!({ "reason": "about nothing" }), 400),
        (json!({ "video": { "id": 1 } }), 400),
        (json!({ "video": { "id": 1 }, "reason": "x" }), 400),
        (
            json!({ "video": { "id": 1 }, "reason": "x".repeat(3_001) }),
            400,
        ),
        (json!({ "video": { "id": 99 }, "reason": "gone" }), 404),
        (json!({ "comment": { "id": 99 }, "reason": "gone" }), 404),
        (
            json!({ "video": { "id": 1, "startAt": 5, "endAt": 5 }, "reason": "ok" }),
            400,
        ),
        (
            json!({ "video": { "id": 1 }, "reason": "ok", "predefinedReasons": ["taste"] }),
            400,
        ),
    ] {
        assert_eq!(report(&platform, "bob", &body).status, expected, "{body}");
    }
    let own = json!({ "video": { "id": 1 }, "reason": "mine" });
    assert_eq!(report(&platform, "ada", &own).status, StatusCode::FORBIDDEN);
    let body = Body::Bytes(own.to_string().into_bytes());
    let stranger = ask(&platform, request("POST", PATH, None, body));
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    let accepted = (0..40)
        .take_while(|_| report(&platform, "bob", &own).status == StatusCode::OK)
        .count();
    assert!(accepted < 40, "{accepted} reports within an hour");
}
