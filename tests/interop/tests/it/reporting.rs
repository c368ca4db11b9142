//! Reports.

use interop::Direction;
use interop::side::ACCOUNT;
use serde_json::json;

/// What is reported elsewhere is with the publisher's moderators, with reason and reporter.
pub fn a_report_arrives(on: &Direction<'_>) {
    on.connect();
    let uuid = on.publisher.publish("To be reported").uuid;
    on.until("the follower has the video", || on.follower.knows(&uuid));
    on.follower.report(&uuid, "Not what it says it is");
    let report = on.until("the publisher's moderators see the report", || {
        let abuses = on.publisher.list("/api/v1/abuses?count=100");
        abuses
            .into_iter()
            .find(|abuse| abuse["video"]["uuid"] == uuid.as_str())
    });
    assert_eq!(report["reason"], "Not what it says it is");
    assert_eq!(report["predefinedReasons"], json!(["spamOrMisleading"]));
    assert_eq!(report["reporterAccount"]["name"], ACCOUNT);
    assert_eq!(report["reporterAccount"]["host"], on.follower.host.as_str());
}
