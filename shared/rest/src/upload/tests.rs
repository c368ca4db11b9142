use serde_json::json;

use super::*;

fn form(body: &serde_json::Value) -> FormBody {
    FormBody::from_json(body.to_string().as_bytes()).unwrap()
}

fn create(body: &serde_json::Value) -> Result<VideoCreate, Vec<String>> {
    VideoCreate::from_form(&form(body)).map_err(names)
}

fn update(body: &serde_json::Value) -> Result<VideoUpdate, Vec<String>> {
    VideoUpdate::from_form(&form(body)).map_err(names)
}

fn names(invalid: Vec<InvalidParam>) -> Vec<String> {
    invalid.into_iter().map(|entry| entry.param).collect()
}

#[test]
fn least_that_makes_a_video() {
    let created = create(&json!({ "name": " A film ", "channelId": 7 })).unwrap();
    assert_eq!(created.channel_id, 7);
    assert_eq!(created.name, "A film");
    assert_eq!(created.privacy, Privacy::Private);
    assert_eq!(created.filename, None);
    assert_eq!(created.attributes.tags, None);
}

#[test]
fn everything_a_client_can_say() {
    let created = create(&json!({
        "filename": "film.mp4", "name": "A film", "channelId": "7", "privacy": 1, "category": 15,
        "licence": 7, "language": "fr", "description": "About it", "support": "Give",
        "tags": ["one", "two", "one"], "commentsPolicy": 3, "downloadEnabled": false,
        "nsfw": true, "nsfwFlags": 2, "nsfwSummary": "Why", "waitTranscoding": true,
        "scheduleUpdate": { "updateAt": "2026-01-02T03:04:05.678Z", "privacy": 2 },
        "originallyPublishedAt": "2020-01-01",
    }))
    .unwrap();
    assert_eq!(created.filename.as_deref(), Some("film.mp4"));
    let schedule = ScheduleUpdate {
        update_at: IsoDate(1_767_323_045_678),
        privacy: Privacy::Unlisted,
    };
    assert_eq!(
        created.attributes,
        VideoUpdate {
            channel_id: Some(7),
            name: Some("A film".into()),
            privacy: Some(Privacy::Public),
            category: Some(Some(15)),
            licence: Some(Some(7)),
            language: Some(Some("fr".into())),
            description: Some(Some("About it".into())),
            support: Some(Some("Give".into())),
            tags: Some(vec!["one".into(), "two".into()]),
            comments_policy: Some(3),
            download_enabled: Some(false),
            nsfw: Some(true),
            nsfw_flags: Some(2),
            nsfw_summary: Some(Some("Why".into())),
            wait_transcoding: Some(true),
            schedule_update: Some(Some(schedule)),
            originally_published_at: Some(Some(IsoDate(1_577_836_800_000))),
            video_passwords: None,
        }
    );
}

#[test]
fn updates_leave_clear_or_set() {
    assert_eq!(update(&json!({})), Ok(VideoUpdate::default()));
    let cleared = update(&json!({
        "category": null, "licence": "null", "language": "", "description": null, "support": "",
        "tags": [], "scheduleUpdate": null, "originallyPublishedAt": null, "nsfwSummary": null,
    }));
    assert_eq!(
        cleared,
        Ok(VideoUpdate {
            category: Some(None),
            licence: Some(None),
            language: Some(None),
            description: Some(None),
            support: Some(None),
            tags: Some(vec![]),
            schedule_update: Some(None),
            originally_published_at: Some(None),
            nsfw_summary: Some(None),
            ..VideoUpdate::default()
        })
    );
    assert_eq!(
        update(&json!({ "commentsEnabled": false }))
            .unwrap()
            .comments_policy,
        Some(2)
    );
}

#[test]
fn bounds_at_both_sides() {
    let long = |chars| "é".repeat(chars);
    for (field, good, bad) in [
        ("name", json!(long(120)), json!(long(121))),
        ("name", json!("abc"), json!("ab")),
        ("name", json!("abc"), json!(null)),
        ("description", json!(long(10_000)), json!(long(10_001))),
        ("support", json!(long(1_000)), json!(long(1_001))),
        ("nsfwSummary", json!(long(250)), json!(long(251))),
        ("category", json!(18), json!(19)),
        ("licence", json!(1), json!(0)),
        ("language", json!("tok"), json!("klingon")),
        ("privacy", json!(4), json!(6)),
        ("commentsPolicy", json!(1), json!(4)),
        ("nsfwFlags", json!(3), json!(4)),
        ("channelId", json!(1), json!(0)),
        ("waitTranscoding", json!("true"), json!("maybe")),
        (
            "tags",
            json!(["ab", "cd", "ef", "gh", "ij"]),
            json!(["a1", "a2", "a3", "a4", "a5", "a6"]),
        ),
        ("tags", json!([long(30)]), json!([long(31)])),
        ("tags", json!(["ab"]), json!(["a"])),
        (
            "originallyPublishedAt",
            json!("2020-01-01"),
            json!("last year"),
        ),
        ("videoPasswords", json!(["secret"]), json!(["x"])),
    ] {
        assert!(update(&json!({ field: good })).is_ok(), "{field}");
        assert_eq!(
            update(&json!({ field: bad })),
            Err(vec![field.to_owned()]),
            "{field}"
        );
    }
}

#[test]
fn what_is_missing_is_named() {
    assert_eq!(
        create(&json!({})),
        Err(vec!["channelId".into(), "name".into()])
    );
    assert_eq!(
        create(&json!({ "name": "abc" })),
        Err(vec!["channelId".into()])
    );
    assert_eq!(
        create(&json!({ "name": "abc", "channelId": "" })),
        Err(vec!["channelId".into()])
    );
    assert_eq!(
        create(&json!({ "name": "ab", "channelId": 1 })),
        Err(vec!["name".into()])
    );
    assert_eq!(
        update(&json!({ "privacy": 5 })),
        Err(vec!["videoPasswords".into()])
    );
    let secret = json!({ "privacy": 5, "videoPasswords": ["secret"] });
    assert_eq!(
        update(&secret).unwrap().video_passwords,
        Some(vec!["secret".into()])
    );
    for (schedule, wrong) in [
        (json!({ "privacy": 1 }), "scheduleUpdate.updateAt"),
        (json!({ "updateAt": "soon" }), "scheduleUpdate.updateAt"),
        (
            json!({ "updateAt": "2026-01-02", "privacy": 3 }),
            "scheduleUpdate.privacy",
        ),
    ] {
        assert_eq!(
            update(&json!({ "scheduleUpdate": schedule })),
            Err(vec![wrong.to_owned()])
        );
    }
}

#[test]
fn ten_thousand_character_title_is_refused_and_not_echoed_whole() {
    let title = "x".repeat(10_000);
    let invalid =
        VideoCreate::from_form(&form(&json!({ "name": title, "channelId": 1 }))).unwrap_err();
    assert_eq!(invalid.len(), 1);
    assert_eq!(
        invalid[0].value.as_ref().unwrap().as_str().unwrap().len(),
        200
    );
}

#[test]
fn create_answer_has_the_wire_names() {
    let result = VideoCreateResult {
        video: CreatedVideo {
            id: 1,
            uuid: "u".into(),
            short_uuid: "s".into(),
        },
    };
    let json = serde_json::to_value(result).unwrap();
    assert_eq!(
        json,
        json!({ "video": { "id": 1, "uuid": "u", "shortUUID": "s" } })
    );
}
