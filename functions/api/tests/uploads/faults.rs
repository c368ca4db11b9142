//! Every storage write fails once, before and after it happened; a client that goes on as the protocol
//! says ends with its file, once.

use http::StatusCode;
use ports::Body;
use testkit::FaultMode;

use crate::client::{Client, assert_clean_but, client, count, original, path_of};
use crate::form::form_of;
use crate::media::{PART, mp4_of, tiny_mp4};

/// Uploads as PeerTube's browser client: after a failure it asks where to go on.
fn persistent(client: &Client, file: &[u8], chunk: usize) -> (String, u32) {
    let mut fields = client.fields();
    fields["lastModified"] = 1.into();
    let mut failures = 0;
    let path = path_of(&client.open(&fields, file.len()));
    let mut at = 0;
    for _ in 0..100 {
        let end = file.len().min(at + chunk);
        let mut answer = client.put(&path, file, at, end);
        while answer.status == StatusCode::SERVICE_UNAVAILABLE {
            failures += 1;
            assert!(failures < 5, "{answer:?}");
            answer = client.status(&path, file.len());
        }
        if answer.status == StatusCode::OK {
            return (answer.video_uuid(), failures);
        }
        at = answer.received();
    }
    panic!("the upload does not end");
}

fn every_write_fails(file: &[u8], chunk: usize) {
    let calm = client();
    persistent(&calm, file, chunk);
    let writes = calm.platform.objects.writes();
    assert!(writes > 0);
    let mut seen_failures = 0;
    for nth in 0..writes {
        for mode in [FaultMode::FailBefore, FaultMode::FailAfter] {
            let client = client();
            client.platform.objects.fail_write(nth, mode);
            let (uuid, failures) = persistent(&client, file, chunk);
            seen_failures += failures;
            assert!(
                original(&client.platform, &uuid) == file,
                "write {nth}, {mode:?}"
            );
            assert_eq!(count(&client.platform, "video"), "1");
            assert_eq!(count(&client.platform, "video_file"), "1");
            // A multipart upload whose id never reached us: only the bucket's own rule can find it.
            let lost = client.platform.objects.open_multiparts();
            assert!(
                lost <= usize::from(mode == FaultMode::FailAfter),
                "write {nth}, {mode:?}"
            );
            assert_clean_but(&client.platform, lost);
        }
    }
    // Completing is the one write whose failure needs no second call when it did happen.
    assert!(
        seen_failures >= 2 * writes - 1,
        "{seen_failures} of {writes} writes, twice"
    );
}

#[test]
fn small_file() {
    every_write_fails(tiny_mp4(), 1_000);
}

#[test]
fn large_file_in_chunks_that_end_anywhere() {
    every_write_fails(&mp4_of(2 * PART + 4_000), 3 * PART / 4);
}

#[test]
fn form_small_and_large() {
    for size in [50_000, PART + 50_000] {
        let file = mp4_of(size);
        let calm = client();
        form_of(&calm, &calm.fields(), &file).video_uuid();
        for nth in 0..calm.platform.objects.writes() {
            for mode in [FaultMode::FailBefore, FaultMode::FailAfter] {
                let client = client();
                client.platform.objects.fail_write(nth, mode);
                let first = form_of(&client, &client.fields(), &file);
                if first.status != StatusCode::OK {
                    first.is_problem(503, "Try again");
                    assert_eq!(
                        count(&client.platform, "video"),
                        "0",
                        "write {nth}, {mode:?}"
                    );
                }
                let uuid = form_of(&client, &client.fields(), &file).video_uuid();
                assert!(original(&client.platform, &uuid) == file);
                let lost = client.platform.objects.open_multiparts();
                assert!(lost <= 1, "write {nth}, {mode:?}");
                assert_clean_but(&client.platform, lost);
            }
        }
    }
}

#[test]
fn pictures_of_a_first_call() {
    for mode in [FaultMode::FailBefore, FaultMode::FailAfter] {
        let client = client();
        client.platform.objects.fail_write(0, mode);
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nA film\r\n\
             --b\r\nContent-Disposition: form-data; name=\"channelId\"\r\n\r\n{}\r\n\
             --b\r\nContent-Disposition: form-data; name=\"filename\"\r\n\r\nfilm.mp4\r\n\
             --b\r\nContent-Disposition: form-data; name=\"previewfile\"; filename=\"p\"\r\n\r\n",
            client.channel_id
        );
        let mut body = body.into_bytes();
        body.extend(crate::media::png(850, 480));
        body.extend(b"\r\n--b--\r\n");
        let headers = [
            ("content-type", "multipart/form-data; boundary=b"),
            ("x-upload-content-length", "1000"),
        ];
        let send = || {
            client.send(
                "POST",
                crate::client::RESUMABLE,
                &headers,
                Body::Bytes(body.clone()),
            )
        };
        send().is_problem(503, "Try again");
        assert_eq!(count(&client.platform, "upload"), "0");
        assert_eq!(send().status, StatusCode::CREATED);
        assert_clean_but(&client.platform, 0);
    }
}
