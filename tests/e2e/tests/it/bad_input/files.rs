//! Files that are no videos, or too many of them.

use std::fs;

use http::Method;

use e2e::resumable::Resumable;
use e2e::video::{self, Created};
use e2e::{Instance, database, samples};

use super::{admin, assert_healthy, assert_invalid, instance, upload_bytes};

#[test]
fn files_that_are_no_videos() {
    let text = "<html>no video</html>".repeat(1_000);
    let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 5_000]].concat();
    for content in [
        text.as_bytes(),
        &png,
        &[0; 50_000],
        b"#EXTM3U\nfile:///etc/passwd\n",
    ] {
        let _ = upload_bytes(admin(), "film.mp4", content).problem(415);
    }
    // The right first bytes, and rubbish behind them.
    let begun = [
        b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".as_slice(),
        &[9; 50_000],
    ]
    .concat();
    let answer = upload_bytes(admin(), "film.mp4", &begun);
    let status = answer.status;
    assert!(matches!(status, 415 | 422), "{status}");
    let _ = answer.problem(status);
    assert_healthy(instance());
}

#[test]
fn a_truncated_file() {
    let whole = fs::read(samples::bunny()).unwrap();
    for length in [1_000, whole.len() / 2, whole.len() - 1_000] {
        let _ = upload_bytes(admin(), "film.mp4", &whole[..length]).problem(422);
    }
    assert_healthy(instance());
}

#[test]
fn an_empty_file() {
    let _ = upload_bytes(admin(), "film.mp4", b"").problem(422);
    let _ = Resumable::try_open(admin(), "Empty", "film.mp4", 0).problem(422);
    let form = video::form(admin(), "No file", &[]);
    let problem = video::upload_form(admin(), form).problem(400);
    assert_invalid(&problem, "videofile");
    assert_healthy(instance());
}

#[test]
fn a_resumable_upload_of_no_video_ends() {
    let content = vec![b'x'; 100_000];
    let upload = Resumable::open(admin(), "No video", "film.mp4", 100_000);
    let _ = upload.put(&content, 0, 100_000).problem(415);
    let _ = upload.ask().problem(404);
    assert_healthy(instance());
}

#[test]
fn over_quota() {
    let mut instance = Instance::start();
    // The first sign-in makes the user.
    let _ = instance.admin();
    database::change(&mut instance, |database| {
        database.execute_batch("UPDATE user SET quota_bytes = 1500000")
    });
    let admin = instance.admin();
    let (bunny, total) = samples::read(&samples::bunny());
    let first = upload_bytes(&admin, "film.mp4", &bunny).expect_status(200);
    let problem = upload_bytes(&admin, "film.mp4", &bunny).problem(413);
    assert_eq!(problem["code"], "quota_reached");
    let problem = Resumable::try_open(&admin, "Too much", "film.mp4", total).problem(413);
    assert_eq!(problem["code"], "quota_reached");
    let first = Created::from_answer(&first);
    let _ = admin
        .delete(&format!("/api/v1/videos/{}", first.uuid))
        .expect_status(204);
    let _ = upload_bytes(&admin, "film.mp4", &bunny).expect_status(200);
    database::change(&mut instance, |database| {
        database.execute_batch("UPDATE user SET quota_bytes = -1, quota_daily_bytes = 1500000")
    });
    let problem = upload_bytes(&instance.admin(), "film.mp4", &bunny).problem(413);
    assert_eq!(problem["code"], "quota_reached");
    assert_healthy(&instance);
}

#[test]
fn broken_chunks() {
    let (bunny, total) = samples::read(&samples::bunny());
    let upload = Resumable::open(admin(), "Broken chunks", "film.mp4", total);
    let put = |range: &str, body: &[u8]| {
        let headers = [
            ("content-range", range),
            ("content-type", "application/octet-stream"),
        ];
        admin().call(Method::PUT, upload.location(), &headers, body)
    };
    for range in [
        "bytes",
        "bytes 5-1/10",
        "bytes 0-9",
        "bytes x-y/z",
        "bytes -1-5/10",
    ] {
        let _ = put(range, b"0123456789").problem(400);
    }
    let outside = format!("bytes {total}-{}/{}", total + 9, total + 10);
    let _ = put(&outside, b"0123456789").problem(409);
    // A body that is shorter than its range says is not taken for whole.
    let answer = put(&format!("bytes 0-99999/{total}"), &bunny[..50_000]);
    assert!(
        matches!(answer.status, 308 | 400 | 409),
        "{}",
        answer.status
    );
    assert!(upload.received() <= 50_000);
    let unknown = upload.location().replace("upload_id=", "upload_id=0");
    let headers = [("content-range", "bytes 0-9/10")];
    let _ = admin()
        .call(Method::PUT, &unknown, &headers, b"0123456789")
        .problem(404);
    assert_eq!(upload.delete().status, 204);
    assert_healthy(instance());
}
