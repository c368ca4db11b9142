//! The protocol in its normal course.

use http::StatusCode;
use ports::{Body, Task};

use crate::client::{Client, RESUMABLE, assert_clean, client, count, original, path_of, run_cron};
use crate::media::{PART, mp4_of, png, tiny_mp3, tiny_mp4, tiny_webm};

#[test]
fn a_small_file_in_one_chunk_becomes_a_video_with_all_its_rows() {
    let client = client();
    let mut fields = client.fields();
    fields["filename"] = "../../tmp/my \u{7}film.mp4".into();
    fields["tags"] = serde_json::json!(["one", "two"]);
    fields["description"] = "About it".into();
    fields["category"] = 5.into();
    fields["language"] = "fr".into();
    let opened = client.open(&fields, tiny_mp4().len());
    assert_eq!(opened.status, StatusCode::CREATED);
    assert_eq!(opened.body, "");
    assert_eq!(opened.header("range"), "");
    assert!(
        opened
            .header("location")
            .starts_with("https://video.test/api/v1/videos/upload-resumable?upload_id=")
    );

    let uuid = client
        .put(&path_of(&opened), tiny_mp4(), 0, tiny_mp4().len())
        .video_uuid();
    assert!(original(&client.platform, &uuid) == tiny_mp4());
    let database = &client.platform.database;
    assert_eq!(
        database.dump(
            "SELECT name, description, privacy, state, category, language, duration_secs,
                round(aspect_ratio, 3), comments_policy, download_enabled, wait_transcoding FROM video"
        ),
        ["A film|About it|1|1|5|fr|1|1.333|1|1|0"]
    );
    assert_eq!(
        database.dump("SELECT position, tag FROM video_tag"),
        ["0|one", "1|two"]
    );
    let size = tiny_mp4().len();
    assert_eq!(
        database.dump(
            "SELECT input_filename, size_bytes, content_type, width, height, resolution, fps,
                has_audio, has_video FROM video_source"
        ),
        [format!("my film.mp4|{size}|video/mp4|64|48|48|10|1|1")]
    );
    assert_eq!(
        database.dump(
            "SELECT kind, video_file.resolution, 'web-videos/' || filename = video_source.object_key,
                video_file.object_key = video_source.object_key, video_file.size_bytes
             FROM video_file JOIN video_source USING (video_id)"
        ),
        [format!("web|48|1|1|{size}")]
    );
    let key = &client.platform.objects.keys()[0];
    assert!(
        key.starts_with("web-videos/") && key.ends_with(".mp4"),
        "{key}"
    );
    assert_eq!(
        client.platform.tasks.take(),
        Some(Task::MakeTorrents { video_uuid: uuid })
    );
    assert_clean(&client.platform);
}

#[test]
fn the_answer_has_every_id_and_a_repeated_last_chunk_gets_it_again() {
    let client = client();
    let path = client.opened(tiny_mp4().len());
    let first = client.put(&path, tiny_mp4(), 0, tiny_mp4().len());
    let video = &first.json()["video"];
    assert_eq!(video["id"], 1);
    let uuid = video["uuid"].as_str().unwrap();
    assert_eq!(video["shortUUID"], rest::ids::short_uuid(uuid).unwrap());
    let size = tiny_mp4().len();
    assert_eq!(client.put(&path, tiny_mp4(), 0, size).body, first.body);
    assert_eq!(
        client.put(&path, tiny_mp4(), size - 5, size).body,
        first.body
    );
    assert_eq!(client.status(&path, size).body, first.body);
    assert_eq!(count(&client.platform, "video"), "1");
    // PeerTube's test client cancels after success: the video stays.
    assert_eq!(client.cancel(&path).status, StatusCode::NO_CONTENT);
    assert_eq!(count(&client.platform, "video"), "1");
    client.status(&path, size).is_problem(404, "no such upload");
    assert_clean(&client.platform);
}

#[test]
fn large_files_arrive_whole_whatever_the_chunks() {
    let client = client();
    for (size, chunk) in [
        (2 * PART + 12_345, 1_000_000),
        (2 * PART + 12_345, 64 * 1024 * 1024),
        (2 * PART, PART),
        (2 * PART + 1, PART),
        (PART, 3 * 1024 * 1024),
        (PART + 1, 5_000_000),
        (3 * PART - 1, 2 * PART + 3),
    ] {
        let file = mp4_of(size);
        let uuid = client.upload(&file, chunk);
        assert!(
            original(&client.platform, &uuid) == file,
            "{size} in chunks of {chunk}"
        );
    }
    assert_clean(&client.platform);
}

#[test]
fn repeated_overlapping_and_distant_chunks() {
    let client = client();
    let file = mp4_of(2 * PART + 500);
    let path = client.opened(file.len());
    let put = |start, end| client.put(&path, &file, start, end).received();
    assert_eq!(put(0, 1_000), 1_000);
    assert_eq!(put(0, 1_000), 1_000, "the same again");
    assert_eq!(put(500, 900), 1_000, "inside");
    assert_eq!(put(500, 3_000), 3_000, "over the end");
    assert_eq!(put(4_000, 5_000), 3_000, "behind a gap");
    assert_eq!(put(3_000, PART), PART, "up to the end of a part");
    assert_eq!(
        put(PART - 7, PART + 7),
        PART + 7,
        "over the border of parts"
    );
    assert_eq!(put(0, 2 * PART), 2 * PART, "from the start again");
    assert_eq!(client.status(&path, file.len()).received(), 2 * PART);
    let uuid = client.put(&path, &file, PART, file.len()).video_uuid();
    assert!(original(&client.platform, &uuid) == file);
    assert_clean(&client.platform);
}

#[test]
fn status_before_the_first_byte_tells_clients_to_start() {
    let client = client();
    let path = client.opened(1_000);
    let answer = client.status(&path, 1_000);
    assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(answer.header("range"), "bytes=0--1");
}

#[test]
fn the_same_file_of_the_same_user_is_taken_up_again() {
    let client = client();
    let file = mp4_of(100_000);
    let mut fields = client.fields();
    fields["lastModified"] = 1_767_000_000_000_i64.into();
    let first = client.open(&fields, file.len());
    assert_eq!(first.status, StatusCode::CREATED);
    let path = path_of(&first);
    assert_eq!(client.put(&path, &file, 0, 40_000).received(), 40_000);

    fields["description"] = "Now with a description".into();
    let again = client.open(&fields, file.len());
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(path_of(&again), path);
    assert_eq!(again.header("range"), "bytes=0-39999");

    let other = Client::of(&client.platform, "bob", -1, -1);
    let mut others = fields.clone();
    others["channelId"] = other.channel_id.into();
    assert_ne!(path_of(&other.open(&others, file.len())), path);
    assert_ne!(path_of(&client.open(&fields, file.len() + 1)), path);

    let uuid = client.put(&path, &file, 40_000, file.len()).video_uuid();
    assert!(original(&client.platform, &uuid) == file);
    let description = client
        .platform
        .database
        .dump("SELECT description FROM video");
    assert_eq!(description, ["Now with a description"]);
    // What is done is done: the same file again is a new upload.
    let third = client.open(&fields, file.len());
    assert_eq!(third.status, StatusCode::CREATED);
    assert_ne!(path_of(&third), path);
    assert_clean(&client.platform);
}

#[test]
fn without_a_file_date_every_first_call_is_a_new_upload() {
    let client = client();
    assert_ne!(client.opened(1_000), client.opened(1_000));
}

#[test]
fn bodies_of_the_first_call_in_every_encoding() {
    let client = client();
    let form = format!(
        "name=A+film&channelId={}&filename=film.mp4&tags%5B%5D=one",
        client.channel_id
    );
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("x-upload-content-length", "1000"),
    ];
    let answer = client.send("POST", RESUMABLE, &headers, Body::Bytes(form.into_bytes()));
    assert_eq!(answer.status, StatusCode::CREATED);

    let multipart = format!(
        "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nA film\r\n\
         --b\r\nContent-Disposition: form-data; name=\"channelId\"\r\n\r\n{}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"filename\"\r\n\r\nfilm.mp4\r\n--b--\r\n",
        client.channel_id
    );
    let headers = [
        ("content-type", "multipart/form-data; boundary=b"),
        ("x-upload-content-length", "1000"),
    ];
    let answer = client.send(
        "POST",
        RESUMABLE,
        &headers,
        Body::Bytes(multipart.into_bytes()),
    );
    assert_eq!(answer.status, StatusCode::CREATED);
    // A slash at the end equals none.
    let uri = format!("{RESUMABLE}/");
    let answer = client.send("POST", &uri, &[], Body::Empty);
    answer.is_problem(400, "Incorrect request parameters");
}

fn open_with_pictures(client: &Client, size: usize, last_modified: &str) -> crate::client::Answer {
    let mut body = Vec::new();
    for (name, value) in [
        ("name", "A film"),
        ("channelId", &client.channel_id.to_string()),
        ("filename", "film.mp4"),
        ("lastModified", last_modified),
    ] {
        body.extend(
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .into_bytes(),
        );
    }
    for (name, picture) in [
        ("thumbnailfile", png(280, 157)),
        ("previewfile", png(850, 480)),
    ] {
        body.extend(
            format!(
                "--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x.png\"\r\n\r\n"
            )
            .into_bytes(),
        );
        body.extend(picture);
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    let headers = [
        ("content-type", "multipart/form-data; boundary=b"),
        ("x-upload-content-length", &size.to_string()),
    ];
    client.send("POST", RESUMABLE, &headers, Body::Bytes(body))
}

#[test]
fn pictures_wait_for_the_video_and_old_ones_go() {
    let client = client();
    let size = tiny_mp4().len();
    let first = open_with_pictures(&client, size, "1");
    assert_eq!(first.status, StatusCode::CREATED, "{first:?}");
    let again = open_with_pictures(&client, size, "1");
    assert_eq!(path_of(&again), path_of(&first));
    assert_eq!(client.platform.objects.keys().len(), 4, "two of each call");
    client
        .put(&path_of(&first), tiny_mp4(), 0, size)
        .video_uuid();
    assert_eq!(
        client
            .platform
            .database
            .dump("SELECT width, height FROM thumbnail ORDER BY width"),
        ["280|157", "850|480"]
    );
    assert_clean(&client.platform);
}

#[test]
fn pictures_of_a_cancelled_upload_go() {
    let client = client();
    let opened = open_with_pictures(&client, 1_000, "");
    assert_eq!(client.platform.objects.keys().len(), 2);
    assert_eq!(
        client.cancel(&path_of(&opened)).status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(client.platform.objects.keys(), Vec::<String>::new());
    assert_clean(&client.platform);
}

#[test]
fn formats_get_their_own_type_and_ending() {
    let client = client();
    for (file, ending, content_type, resolution) in [
        (tiny_webm(), ".webm", "video/webm", "48"),
        (tiny_mp3(), ".mp3", "audio/mpeg", "0"),
    ] {
        let uuid = client.upload(file, 1_000);
        assert_eq!(
            client.platform.database.dump(&format!(
                "SELECT content_type, resolution FROM video_source JOIN video ON id = video_id
                 WHERE uuid = '{uuid}'"
            )),
            [format!("{content_type}|{resolution}")]
        );
        let keys = client.platform.objects.keys();
        assert!(keys.iter().any(|key| key.ends_with(ending)), "{keys:?}");
    }
}

#[test]
fn waiting_for_transcoding_keeps_a_video_back() {
    let client = client();
    let mut fields = client.fields();
    fields["waitTranscoding"] = true.into();
    let path = path_of(&client.open(&fields, tiny_mp4().len()));
    client
        .put(&path, tiny_mp4(), 0, tiny_mp4().len())
        .video_uuid();
    assert_eq!(
        client
            .platform
            .database
            .dump("SELECT state, wait_transcoding FROM video"),
        ["2|1"]
    );
}

#[test]
fn passwords_and_plans_are_kept_with_the_video() {
    let client = client();
    let mut fields = client.fields();
    fields["privacy"] = 5.into();
    fields["videoPasswords"] = serde_json::json!(["open sesame", "and more"]);
    let path = path_of(&client.open(&fields, tiny_mp4().len()));
    let stored = client.platform.database.dump("SELECT metadata FROM upload");
    assert!(
        !stored[0].contains("sesame"),
        "no password is stored as it is"
    );
    let uuid = client
        .put(&path, tiny_mp4(), 0, tiny_mp4().len())
        .video_uuid();
    let settings = testkit::test_settings();
    let mut expected: Vec<String> = ["open sesame", "and more"]
        .iter()
        .map(|password| app::media_access::password_hmac(&settings, &uuid, password).unwrap())
        .collect();
    expected.sort();
    let hmacs = client
        .platform
        .database
        .dump("SELECT password_hmac FROM video_password ORDER BY 1");
    assert_eq!(hmacs, expected);

    let mut fields = client.fields();
    fields["privacy"] = 3.into();
    fields["scheduleUpdate"] =
        serde_json::json!({ "updateAt": "2026-01-02T03:04:05Z", "privacy": 2 });
    let path = path_of(&client.open(&fields, tiny_mp4().len()));
    client
        .put(&path, tiny_mp4(), 0, tiny_mp4().len())
        .video_uuid();
    assert_eq!(
        client.platform.database.dump(
            "SELECT privacy, scheduled_privacy, scheduled_at_unix_ms FROM video ORDER BY id DESC LIMIT 1"
        ),
        ["3|2|1767323045000"]
    );
}

#[test]
fn a_checksum_is_believed_for_chunks_of_one_part() {
    use sha1::Digest;
    let client = client();
    let file = mp4_of(50_000);
    let path = client.opened(file.len());
    let put = |digest: &str| {
        let headers = [("content-range", "bytes 0-999/50000"), ("digest", digest)];
        client.send("PUT", &path, &headers, Body::Bytes(file[..1_000].to_vec()))
    };
    put(&format!("sha={}", "a".repeat(40))).is_problem(460, "checksum");
    assert_eq!(
        client.status(&path, file.len()).header("range"),
        "bytes=0--1"
    );
    let digest = sha1::Sha1::digest(&file[..1_000]);
    assert_eq!(put(&format!("sha1={}", base64(&digest))).received(), 1_000);
    assert_eq!(put("md5=unchecked").received(), 1_000);
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: u32| char::from(DIGITS[usize::try_from(bits & 63).unwrap()]);
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let at = |index: usize| three.get(index).copied().map_or(0, u32::from);
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        let digits = [
            digit(bits >> 18),
            digit(bits >> 12),
            digit(bits >> 6),
            digit(bits),
        ];
        text.extend(&digits[..=three.len()]);
    }
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

#[test]
fn a_whole_file_without_a_content_range() {
    let client = client();
    let path = client.opened(tiny_mp4().len());
    let length = tiny_mp4().len().to_string();
    let headers = [("content-length", length.as_str())];
    let answer = client.send("PUT", &path, &headers, Body::Bytes(tiny_mp4().to_vec()));
    answer.video_uuid();
}

#[test]
fn hops_and_storage_calls_are_as_documented() {
    let client = client();
    let file = mp4_of(2 * PART + 5);
    let counted = |call: &dyn Fn()| {
        let before = (
            client.platform.database.batches(),
            client.platform.objects.writes(),
        );
        call();
        (
            // One of them is signing in.
            client.platform.database.batches() - before.0 - 1,
            client.platform.objects.writes() - before.1,
        )
    };
    let path = std::cell::OnceCell::new();
    assert_eq!(
        counted(&|| path.set(client.opened(file.len())).unwrap()),
        (2, 0)
    );
    let put = |start, end| {
        counted(&|| {
            client.put(path.get().unwrap(), &file, start, end);
        })
    };
    assert_eq!(put(0, 1_000), (2, 1), "a tail");
    assert_eq!(put(0, 1_000), (1, 0), "known already");
    assert_eq!(
        put(1_000, PART + 1_000),
        (4, 3),
        "the first part and a tail"
    );
    assert_eq!(
        put(PART + 1_000, 2 * PART + 1),
        (3, 2),
        "one part and a tail"
    );
    assert_eq!(put(2 * PART + 1, 2 * PART + 5), (4, 2), "the end");
    assert_eq!(put(2 * PART + 1, 2 * PART + 5), (1, 0), "its answer again");
    let small = client.opened(tiny_mp4().len());
    let last = counted(&|| {
        client.put(&small, tiny_mp4(), 0, tiny_mp4().len());
    });
    assert_eq!(last, (3, 1), "a small file");
    let form = counted(&|| {
        crate::form::form_of(&client, &client.fields(), tiny_mp4()).video_uuid();
    });
    assert_eq!(form, (3, 1), "a small form");
    let before = client.platform.database.batches();
    client.platform.advance_ms(domain::time::HOUR_MS / 2);
    run_cron(&client.platform);
    assert_eq!(
        client.platform.database.batches() - before,
        3,
        "tails were due"
    );
    run_cron(&client.platform);
    assert_eq!(
        client.platform.database.batches() - before,
        5,
        "nothing was"
    );
}
