//! Inputs that runners download, outputs that they upload.

use http::Method;
use ports::{Database, Platform, Statement};
use serde_json::{Value, json};
use testkit::block_on;

use crate::fixture::{Answer, Held, Instance, ORIGINAL, VIDEO};
use crate::media::jpeg;

fn input(held: &Held, rest: &str, headers: &[(&str, &str)]) -> Answer {
    let path = format!("/api/v1/runners/jobs/{}/files/videos/{rest}", held.uuid);
    let mut headers = headers.to_vec();
    headers.push(("content-type", "application/json"));
    let body = held.body(json!({})).to_string().into_bytes();
    held.instance.send(Method::POST, &path, &headers, body)
}

#[test]
fn the_original_is_downloaded_whole_or_resumed() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    let url = held.job["payload"]["input"]["videoFileUrl"]
        .as_str()
        .unwrap();
    let whole = instance.post(url, &held.body(json!({})));
    assert_eq!(whole.status, 200);
    assert_eq!(whole.bytes, ORIGINAL);
    assert_eq!(whole.headers["content-length"], ORIGINAL.len().to_string());
    assert_eq!(whole.headers["accept-ranges"], "bytes");

    let path = format!("{VIDEO}/max-quality");
    let rest = input(&held, &path, &[("range", "bytes=10-")]);
    assert_eq!(rest.status, 206);
    assert_eq!(rest.bytes, &ORIGINAL[10..]);
    let size = ORIGINAL.len();
    assert_eq!(
        rest.headers["content-range"],
        format!("bytes 10-{}/{size}", size - 1)
    );
    let middle = input(&held, &path, &[("range", "bytes=3-5")]);
    assert_eq!(middle.bytes, b"345");
    let end = input(&held, &path, &[("range", "bytes=-4")]);
    assert_eq!(end.bytes, &ORIGINAL[size - 4..]);
    let past = input(&held, &path, &[("range", "bytes=1000-")]);
    assert_eq!(past.status, 416);
    assert_eq!(past.headers["content-range"], format!("bytes */{size}"));
    let sound = input(&held, &format!("{VIDEO}/max-quality/audio"), &[]);
    assert_eq!(sound.bytes, ORIGINAL);
    let by_id = instance.host.one("SELECT id FROM video");
    assert_eq!(
        input(&held, &format!("{by_id}/max-quality"), &[]).bytes,
        ORIGINAL
    );
}

#[test]
fn inputs_are_only_for_who_holds_the_job() {
    let instance = Instance::with_video();
    let mut held = instance.runner("one").take("vod-hls-transcoding");
    let other = "22222222-2222-4222-8222-222222222222";
    input(&held, &format!("{other}/max-quality"), &[]).refused(403, None);
    let path = format!("{VIDEO}/max-quality");
    let url = format!("/api/v1/runners/jobs/{}/files/videos/{path}", held.uuid);
    instance.post(&url, &json!({})).refused(400, None);
    let job_token = std::mem::replace(&mut held.job_token, "ptrjt-wrong".to_owned());
    input(&held, &path, &[]).refused(404, None);
    held.job_token = job_token;
    held.finish_hls().done();
    let answer = input(&held, &path, &[]);
    answer.refused(400, Some("runner_job_not_in_processing_state"));
}

#[test]
fn a_picture_is_the_largest_thumbnail_or_a_neutral_one() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    let path = format!("{VIDEO}/previews/max-quality");
    let neutral = input(&held, &path, &[]);
    assert_eq!(neutral.status, 200);
    assert!(neutral.bytes.starts_with(&[0xFF, 0xD8, 0xFF]) && neutral.bytes.len() < 10_000);
    block_on(async {
        use ports::{Body, ObjectStore};
        let insert = Statement::new(
            "INSERT INTO thumbnail (video_id, width, height, filename)
             SELECT id, 280, 157, 'small.jpg' FROM video UNION ALL
             SELECT id, 850, 480, 'large.jpg' FROM video",
            vec![],
        );
        instance.host.database().batch(vec![insert]).await.unwrap();
        let body = Body::Bytes(b"large".to_vec());
        let objects = instance.host.objects();
        objects
            .put("thumbnails/large.jpg", "image/jpeg", body, 5)
            .await
            .unwrap();
    });
    assert_eq!(input(&held, &path, &[]).bytes, b"large");
}

/// A multipart body with one file.
pub fn form_with_file(field: &str, bytes: &[u8]) -> Vec<u8> {
    let mut form = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"f.mp4\"\r\n\
         Content-Type: video/mp4\r\n\r\n"
    )
    .into_bytes();
    form.extend(bytes);
    form.extend(b"\r\n--edge--\r\n");
    form
}

/// The content type of such a body.
pub const FORM: [(&str, &str); 1] = [("content-type", "multipart/form-data; boundary=edge")];

/// Bytes among which no two places look alike.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_u32;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    })
    .take(len)
    .collect()
}

#[test]
fn outputs_arrive_raw_or_as_a_form_in_any_size() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    let url = held.upload_url("videoFile");
    let object_key = held.object_key("videoFile");
    let part = 8 << 20;
    for size in [1, part - 1, part, part + 1, 2 * part + 12_345] {
        let bytes = noise(size);
        held.put("videoFile", &bytes).done();
        assert!(instance.host.bucket().bytes(&object_key).unwrap() == bytes);
        let method = if size % 2 == 0 {
            Method::PUT
        } else {
            Method::POST
        };
        let form = form_with_file("file", &bytes);
        instance.send(method, &url, &FORM, form).done();
        assert!(
            instance.host.bucket().bytes(&object_key).unwrap() == bytes,
            "a form of {size} bytes"
        );
        // Without a length, as chunked bodies come.
        let plain = [("content-type", "video/mp4")];
        instance
            .send(Method::PUT, &url, &plain, bytes.clone())
            .done();
        assert!(instance.host.bucket().bytes(&object_key).unwrap() == bytes);
    }
    instance.assert_no_orphans();
    assert_eq!(instance.host.bucket().open_multiparts(), 0);
}

#[test]
fn only_the_signed_output_of_the_current_attempt_is_written() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    let url = held.upload_url("videoFile");
    let put = |url: &str| instance.send(Method::PUT, url, &[("content-length", "1")], vec![1]);
    put(&url.replace("videoFile", "resolutionPlaylistFile")).refused(403, None);
    put(&url.replace("expires=1767830400", "expires=1767830401")).refused(403, None);
    put(&url.replace("videoFile", "anything")).refused(404, None);
    put(url.split('?').next().unwrap()).refused(403, None);
    put(&url.replace(&held.uuid, "no-such-job")).refused(404, None);
    instance.host.inner.advance_ms(7 * 86_400_000 + 1_000);
    put(&url).refused(403, None);
    assert_eq!(instance.host.bucket().keys().len(), 1, "the original alone");
}

#[test]
fn empty_and_broken_outputs_are_refused() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    let url = held.upload_url("videoFile");
    held.put("videoFile", b"").refused(400, None);
    let send = |body: Vec<u8>| instance.send(Method::PUT, &url, &FORM, body);
    send(form_with_file("file", b"")).refused(400, None);
    send(form_with_file("other", b"abc")).refused(400, None);
    let mut cut = form_with_file("file", b"abc");
    cut.truncate(cut.len() - 12);
    send(cut).refused(400, None);
    let mut cut = form_with_file("file", &noise(10 << 20));
    cut.truncate(9 << 20);
    send(cut).refused(400, None);
    let large = "9".repeat(12);
    let headers = [("content-length", large.as_str())];
    let answer = instance.send(Method::PUT, &url, &headers, vec![1]);
    answer.refused(413, Some("max_file_size_reached"));
    let playlist = held.upload_url("resolutionPlaylistFile");
    let form = form_with_file("file", &noise((8 << 20) + 1));
    let answer = instance.send(Method::PUT, &playlist, &FORM, form);
    answer.refused(413, Some("max_file_size_reached"));
    assert_eq!(instance.host.bucket().keys().len(), 1, "the original alone");
    assert_eq!(instance.host.bucket().open_multiparts(), 0);
    assert_eq!(held.state(), "2");
}

#[test]
fn success_needs_its_files() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    let missing = held.call("success", json!({})).refused(400, None);
    assert!(missing["detail"].as_str().unwrap().contains("videoFile"));
    held.put("videoFile", b"something").done();
    let missing = held
        .call("success", json!({ "payload": {} }))
        .refused(400, None);
    let detail = missing["detail"].as_str().unwrap();
    assert!(detail.contains("resolutionPlaylistFile"), "{detail}");
    assert_eq!(held.state(), "2", "the runner may send them and call again");
    assert_eq!(
        held.call("success", Value::Object(Default::default()))
            .status,
        400
    );
    let picture = instance.runner("two").take("generate-video-storyboard");
    picture.call("success", json!({})).refused(400, None);
    picture.put("storyboardFile", b"no picture").done();
    picture.call("success", json!({})).refused(400, None);
    picture.put("storyboardFile", &jpeg(280, 157)).done();
    picture.call("success", json!({})).done();
}
