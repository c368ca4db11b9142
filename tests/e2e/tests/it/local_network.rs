//! How far the requests of the one-machine run reach: a media store of the admin's own, and nothing else in
//! private networks.

use std::process::Command;

use e2e::programs;
use serde_json::{Value, json};

/// Reads variables and URLs, and writes what each URL's network lets through.
const SCRIPT: &str = r#"
const [folder, variables, urls] = process.argv.slice(1);
const { reach } = await import(`${folder}/network.mjs`);
const { default: outbound } = await import(`${folder}/outbound.mjs`);
const entries = Object.entries(JSON.parse(variables));
const { anywhere, store, storeOrigin } = reach(Object.fromEntries(entries.map(([k, value]) => [k, { value }])));
const network = (allow) => ({ fetch: () => allow });
const env = { NETWORK: network(anywhere), STORE: network(store), STORE_ORIGIN: storeOrigin };
const allowed = JSON.parse(urls).map((url) => outbound.fetch({ url }, env));
console.log(JSON.stringify(allowed));
"#;

fn allowed(variables: &Value, urls: &[&str]) -> Vec<bool> {
    let folder = programs::root().join("xtask/local-runtime");
    let output = Command::new(programs::node())
        .args(["--input-type=module", "-e", SCRIPT])
        .arg(folder)
        .arg(variables.to_string())
        .arg(json!(urls).to_string())
        .output()
        .unwrap_or_else(|error| panic!("cannot start node: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let answer: Vec<Vec<String>> =
        serde_json::from_slice(&output.stdout).expect("lists of networks");
    assert_eq!(answer.len(), urls.len());
    let is_open = |allow: &Vec<String>| allow.iter().any(|network| network == "private");
    answer.iter().map(is_open).collect()
}

#[test]
fn of_private_networks_only_the_media_store_is_reached() {
    let store = "http://10.0.0.7:9000/media";
    let urls = [
        "http://10.0.0.7:9000/media/edgetube/a?X-Amz-Signature=1",
        "http://10.0.0.7:9000/",
        "http://10.0.0.7/media",
        "https://10.0.0.7:9000/media",
        "http://10.0.0.7:9000@127.0.0.1/media",
        "http://10.0.0.7.far.test:9000/media",
        "https://far.test/?http://10.0.0.7:9000/media",
        "http://127.0.0.1:9000/media",
    ];
    let elsewhere = [false; 8];
    let mut store_alone = elsewhere;
    store_alone[..2].fill(true);
    let own = json!({ "MEDIA_STORE": "s3", "S3_ENDPOINT": store });
    assert_eq!(allowed(&own, &urls), store_alone);
    // What the instance does not ask itself, transcoders do.
    let direct = json!({ "S3_ENDPOINT": store });
    assert_eq!(allowed(&direct, &urls), elsewhere);
    for endpoint in ["", "no URL", "file:///media"] {
        let broken = json!({ "MEDIA_STORE": "s3", "S3_ENDPOINT": endpoint });
        assert_eq!(allowed(&broken, &urls), elsewhere, "{endpoint:?}");
    }
    let open = json!({ "FEDERATION_ALLOW_PRIVATE": "true" });
    assert_eq!(allowed(&open, &urls), [true; 8]);
    assert_eq!(allowed(&json!({}), &urls), elsewhere);
}
