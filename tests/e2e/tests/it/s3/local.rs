//! The bucket by its binding for the Worker and by the S3 API for transcoders, as in production.

use http::Method;
use serde_json::Value;

use e2e::scratch::Scratch;
use e2e::video::{self, text};
use e2e::{Client, Instance, samples};

use crate::stock_runner::{Job, StockRunner};

const OUTPUT: &str = "videoFile";

/// The presigned URL of a job's video file.
fn direct_url(job: &Job) -> String {
    let direct: &Value = &job.payload["edgetube"]["directUploads"][OUTPUT];
    assert_eq!(direct["method"], "PUT", "{direct}");
    text(direct, "url").to_owned()
}

/// An instance with a video, and the jobs that a runner accepted for it.
fn accepted(scratch: &Scratch) -> (Instance, Client, Vec<Job>) {
    let instance = Instance::start();
    let admin = instance.admin();
    let sample = samples::test_card(scratch, "card.mp4", "640x360", 2);
    let _ = video::upload(&admin, &sample, "Test card", &[]);
    let runner = StockRunner::register(&instance, "direct");
    let jobs = runner.available();
    let jobs = jobs.iter().map(|uuid| runner.accept(uuid)).collect();
    (instance, admin, jobs)
}

fn hls(jobs: &[Job]) -> &Job {
    let is_hls = |job: &&Job| job.kind == "vod-hls-transcoding";
    jobs.iter().find(is_hls).expect("a job that makes a video")
}

#[test]
fn a_presigned_address_takes_one_object_and_nothing_else() {
    let scratch = Scratch::new("samples");
    let (instance, _admin, jobs) = accepted(&scratch);
    let url = direct_url(hls(&jobs));
    // No token: the URL is all that its holder has.
    let holder = instance.visitor();
    let put = |url: &str| holder.call(Method::PUT, url, &[], b"bytes of a rendition");
    let (path, query) = url.split_once('?').expect("a signed URL has a query");
    let (folder, name) = path.rsplit_once('/').expect("a URL has a path");
    let signature = query.rsplit('=').next().expect("the signature is last");
    let reversed: String = signature.chars().rev().collect();
    for tampered in [
        format!("{folder}/another-{name}?{query}"),
        url.replace("X-Amz-Expires=604800", "X-Amz-Expires=604799"),
        url.replace(signature, &reversed),
    ] {
        assert_ne!(tampered, url);
        let answer = put(&tampered).expect_status(403);
        assert!(
            answer.text().contains("SignatureDoesNotMatch"),
            "{answer:?}"
        );
    }
    assert_eq!(put(path).status / 100, 4, "without a signature");
    assert_eq!(holder.get(&url).status, 403, "another method");
    assert_eq!(holder.delete(&url).status, 403, "another method");
    let stored = || {
        let mut objects = instance.objects();
        objects.retain(|(key, _)| key.contains(name));
        objects
    };
    assert_eq!(stored(), []);
    let _ = put(&url).expect_status(200);
    let stored = stored();
    let [(key, 20)] = stored.as_slice() else {
        panic!("not one object of 20 bytes: {stored:?}");
    };
    assert!(key.ends_with(name), "{key} is not {name}");
}

#[test]
fn every_output_of_a_job_has_an_address() {
    let scratch = Scratch::new("samples");
    let (_instance, _admin, jobs) = accepted(&scratch);
    let mut urls = Vec::new();
    for job in &jobs {
        let direct = job.payload["edgetube"]["directUploads"].as_object();
        let direct = direct.expect("a job has direct uploads");
        assert!(!direct.is_empty(), "{}", job.kind);
        urls.extend(direct.values().map(|upload| text(upload, "url").to_owned()));
    }
    let all = urls.len();
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), all, "two outputs share an object");
}

#[test]
fn none_without_an_endpoint() {
    let instance = Instance::with_vars(&[("S3_ENDPOINT", "")]);
    let scratch = Scratch::new("samples");
    let sample = samples::test_card(&scratch, "card.mp4", "640x360", 2);
    let _ = video::upload(&instance.admin(), &sample, "Test card", &[]);
    let runner = StockRunner::register(&instance, "direct");
    for uuid in runner.available() {
        let job = runner.accept(&uuid);
        let direct = &job.payload["edgetube"]["directUploads"];
        assert!(direct.is_null(), "{direct}");
    }
}
