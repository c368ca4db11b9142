//! An instance whose operator has not finished setting it up.

use std::fs;
use std::time::Duration;

use e2e::{Instance, wait};

const PATIENCE: Duration = Duration::from_secs(30);
/// Too short to be one.
const WRONG_SECRET: &str = "too-short-a-secret";

#[test]
fn says_so_to_visitors_and_what_it_lacks_to_its_log() {
    for secret in ["", WRONG_SECRET] {
        let instance = Instance::with_vars(&[("INSTANCE_SECRET", secret)]);
        let visitor = instance.visitor();
        for path in ["/api/v1/config", "/api/v1/videos", "/w/unknown"] {
            let problem = visitor.get(path).problem(503);
            let detail = problem["detail"].as_str().unwrap_or_default();
            assert!(detail.contains("not configured"), "{problem}");
            let text = problem.to_string();
            assert!(!text.contains(WRONG_SECRET), "{text}");
            assert!(!text.contains("INSTANCE_SECRET"), "{text}");
        }
        // The log is written by another process than answers, a little later.
        let log = wait::until("the log says what is missing", PATIENCE, || {
            let log = fs::read_to_string(instance.log()).expect("there is a log");
            log.contains("INSTANCE_SECRET").then_some(log)
        });
        assert!(!log.contains(WRONG_SECRET), "{log}");
    }
}
