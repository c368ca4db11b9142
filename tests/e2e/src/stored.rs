//! What lies in object storage against what the API says should lie there.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::client::Client;
use crate::instance::Instance;
use crate::playlist;

/// Names of all objects that the API of these videos names: files, playlists, hashes, torrents,
/// pictures and originals. Names are random, so the last part of a key says which it is.
#[must_use]
pub fn named(client: &Client, video_ids: &[&str]) -> BTreeSet<String> {
    let mut urls = Vec::new();
    for id in video_ids {
        let video = client
            .get(&format!("/api/v1/videos/{id}"))
            .expect_status(200)
            .json();
        collect_urls(&video, &mut urls);
        for list in ["storyboards", "source"] {
            let answer = client.get(&format!("/api/v1/videos/{id}/{list}"));
            if answer.status == 200 {
                collect_urls(&answer.json(), &mut urls);
            }
        }
        if let Some(master) = video["streamingPlaylists"][0]["playlistUrl"].as_str() {
            let text = client.get(master).expect_status(200).text();
            urls.extend(
                playlist::parse_master(&text)
                    .into_iter()
                    .map(|variant| variant.uri),
            );
        }
    }
    urls.iter().map(|url| file_name(url).to_owned()).collect()
}

/// Panics if the bucket holds an object that nobody names.
pub fn assert_no_orphans(instance: &Instance, client: &Client, video_ids: &[&str]) {
    let named = named(client, video_ids);
    let objects = instance.objects();
    let orphans: Vec<_> = objects
        .iter()
        .filter(|(key, _)| !named.contains(file_name(key)))
        .collect();
    assert!(
        orphans.is_empty(),
        "orphans: {orphans:#?}\nnamed: {named:#?}"
    );
}

fn collect_urls(value: &Value, urls: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("http") || text.starts_with('/') => {
            urls.push(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| collect_urls(value, urls)),
        Value::Object(members) => members.values().for_each(|value| collect_urls(value, urls)),
        _ => {}
    }
}

fn file_name(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default()
}
