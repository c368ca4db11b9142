//! Sources and settings beside the usual ones, from upload to playable files.

use std::time::Duration;

use serde_json::Value;

use e2e::media_checks::{self, Rendition};
use e2e::scratch::Scratch;
use e2e::video::{self, Created, number, text};
use e2e::{Client, Instance, Transcoder, clock, ffprobe, samples, stored};

const PATIENCE: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(9 * 24 * 3600);

/// Everything that one source became.
struct Transcoded {
    instance: Instance,
    admin: Client,
    created: Created,
    video: Value,
    renditions: Vec<Rendition>,
}

fn transcode(scratch: &Scratch, sample: &std::path::Path, vars: &[(&str, &str)]) -> Transcoded {
    let instance = Instance::with_vars(vars);
    let admin = instance.admin();
    let extra = [("waitTranscoding", "true")];
    let created = video::upload(&admin, sample, "Other source", &extra);
    Transcoder::drain(&instance);
    let video = video::wait_until_transcoded(&admin, &created.uuid, PATIENCE);
    let renditions = media_checks::fetch_renditions(&instance.visitor(), &video, scratch);
    media_checks::check_segment_hashes(&instance.visitor(), &video, &renditions);
    Transcoded {
        instance,
        admin,
        created,
        video,
        renditions,
    }
}

#[test]
fn sound_alone_becomes_a_video() {
    let scratch = Scratch::new("sound");
    let sample = samples::sound(&scratch, "song.mp3", 4);
    let done = transcode(&scratch, &sample, &[]);
    assert!(!done.renditions.is_empty());
    for rendition in &done.renditions {
        let probe = ffprobe::probe(rendition.path_text());
        assert_eq!(ffprobe::stream(&probe, "audio")["codec_name"], "aac");
        assert_eq!(ffprobe::stream(&probe, "video")["codec_name"], "h264");
        assert!(ffprobe::decode(rendition.path_text()) > 0);
    }
    assert_eq!(number(&done.video, "duration"), 4);
    media_checks::check_pictures(&done.instance.visitor(), &done.video);
}

#[test]
fn a_vertical_silent_video_stays_vertical_and_silent() {
    let scratch = Scratch::new("vertical");
    let sample = samples::silent_card(&scratch, "card.mp4", "540x960", 3);
    let done = transcode(&scratch, &sample, &[]);
    assert_eq!(video::resolutions(&done.video), [540, 480, 360]);
    for rendition in &done.renditions {
        let probe = ffprobe::probe(rendition.path_text());
        let picture = ffprobe::stream(&probe, "video");
        assert!(
            number(picture, "height") > number(picture, "width"),
            "{picture}"
        );
        assert_eq!(
            probe["streams"].as_array().map(Vec::len),
            Some(1),
            "{probe}"
        );
        assert_eq!(rendition.file["hasAudio"], false);
    }
    media_checks::check_key_frames(&done.renditions);
    media_checks::check_pictures(&done.instance.visitor(), &done.video);
}

#[test]
fn plain_files_are_made_and_the_original_goes_if_the_admin_wants_so() {
    let scratch = Scratch::new("web");
    let sample = samples::test_card(&scratch, "card.mp4", "854x480", 3);
    let vars = [
        ("TRANSCODING_WEB_VIDEOS", "true"),
        ("TRANSCODING_KEEP_ORIGINAL_FILE", "false"),
    ];
    let mut done = transcode(&scratch, &sample, &vars);
    let files = done.video["files"].as_array().cloned().unwrap_or_default();
    let heights: Vec<_> = files
        .iter()
        .map(|file| number(&file["resolution"], "id"))
        .collect();
    assert_eq!(heights, [480, 360]);
    for file in &files {
        let url = text(file, "fileUrl");
        let probe = ffprobe::probe(url);
        assert_eq!(
            ffprobe::stream(&probe, "video")["height"],
            file["height"],
            "{url}"
        );
        assert!(ffprobe::decode(url) > 0, "{url}");
        let torrent = done
            .instance
            .visitor()
            .get(text(file, "torrentUrl"))
            .expect_status(200);
        let torrent = e2e::bencode::Value::decode(&torrent.body);
        assert_eq!(torrent.member("url-list").texts().join(" "), url);
    }
    clock::pass(&mut done.instance, LONG);
    done.instance.run_cron();
    done.admin = done.instance.admin();
    stored::assert_no_orphans(&done.instance, &done.admin, &[&done.created.uuid]);
    let objects = done.instance.objects();
    let original = std::fs::metadata(&sample).unwrap().len();
    assert!(
        objects.iter().all(|(_, size)| *size != original),
        "{objects:?}"
    );
}

#[test]
fn two_transcoders_share_the_work_and_double_nothing() {
    let scratch = Scratch::new("two");
    let sample = samples::test_card(&scratch, "card.mp4", "640x360", 4);
    let instance = Instance::start();
    let admin = instance.admin();
    let uploads: Vec<Created> = (0..2)
        .map(|_| video::upload(&admin, &sample, "Test card", &[]))
        .collect();
    let mut transcoders = [Transcoder::start(&instance), Transcoder::start(&instance)];
    for transcoder in &mut transcoders {
        let status = transcoder.wait(2 * PATIENCE);
        assert!(status.success(), "{status}:\n{}", transcoder.log());
    }
    for created in &uploads {
        let video = video::wait_until_transcoded(&admin, &created.uuid, PATIENCE);
        assert_eq!(video::resolutions(&video), [360]);
    }
}
