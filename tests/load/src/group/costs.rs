//! What each action costs: rows of the database, operations of R2, KV, queue and cache.
//!
//! Counted by the Worker itself up to its answer. What runs after an answer (filling the edge cache, one
//! R2 read and one cache write per block), queue messages and cron are not in these numbers.

use std::process::{Command, Stdio};

use e2e::instance::REGISTRATION_TOKEN;
use e2e::scratch::Scratch;
use e2e::video::{self, text};
use e2e::{Client, Instance, programs, samples};
use serde_json::json;

use crate::figure::Table;
use crate::recorder::{Costs, Recorded, Recorder, sum};
use crate::stage;

const TEN_MB: u64 = 10_000_000;
const HEADINGS: [(&str, &str); 9] = [
    ("database_batches", "batch"),
    ("rows_read", "read"),
    ("rows_written", "written"),
    ("object_writes", "R2 A"),
    ("object_reads", "R2 B"),
    ("cache_reads", "cache"),
    ("key_value_reads", "KV r"),
    ("key_value_writes", "KV w"),
    ("queue_sends", "queue"),
];

/// Does everything once on one instance.
pub fn measure(table: &mut Table) {
    let recorder = Recorder::listen();
    let vars = [("SHOW_COSTS", "true"), ("PUBLIC_ORIGIN", recorder.origin())];
    let instance = Instance::with_vars(&vars);
    recorder.lead_to(instance.origin());
    let visitor = Client::new(recorder.origin());
    let titles = HEADINGS.map(|(_, title)| format!("{title:>7}")).concat();
    table.note(&format!("{:<50} {titles}", "rows and operations"));

    let admin = sign_in(table, &recorder, &visitor);
    let created = upload_simple(table, &recorder, &admin);
    let publishing = transcode(table, &recorder);
    let total = sum([&created.1, &publishing]);
    print(table, "PUBLISH a 5 s video: all of the above", &total);
    views(table, &recorder, &visitor, &created.0);
    upload_resumable(table, &recorder, &admin);
}

fn print(table: &mut Table, name: &str, costs: &Costs) {
    let number = |(key, _): &(&str, &str)| format!("{:>7}", costs.get(*key).copied().unwrap_or(0));
    let numbers = HEADINGS.iter().map(number).collect::<String>();
    table.note(&format!("{name:<50} {numbers}"));
}

/// Costs of all requests since the last look.
fn spent(recorder: &Recorder) -> Costs {
    sum(recorder.take().iter().map(|recorded| &recorded.costs))
}

fn sign_in(table: &mut Table, recorder: &Recorder, visitor: &Client) -> Client {
    // The very first request makes the administrator.
    let _ = visitor.get("/api/v1/config").expect_status(200);
    print(
        table,
        "first request ever (makes the administrator)",
        &spent(recorder),
    );
    let (access_token, refresh_token) = stage::sign_in(visitor);
    print(table, "sign in (client and token)", &spent(recorder));
    let fields = stage::refresh_fields(visitor, &refresh_token);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let path = "/api/v1/users/token";
    let _ = recorder.take();
    let answer = visitor.call(http::Method::POST, path, &headers, fields.as_bytes());
    let _ = (answer.expect_status(200), access_token);
    print(table, "token by refresh", &spent(recorder));
    let admin = visitor.signed_in("root", e2e::instance::ADMIN_PASSWORD);
    let _ = recorder.take();
    admin
}

fn upload_simple(
    table: &mut Table,
    recorder: &Recorder,
    admin: &Client,
) -> (video::Created, Costs) {
    let form = video::form(admin, "Big Buck Bunny", &[]).file(
        "videofile",
        "sample.mp4",
        "video/mp4",
        &samples::bunny(),
    );
    // The form asks for the channel.
    let _ = recorder.take();
    let answer = video::upload_form(admin, form).expect_status(200);
    let costs = spent(recorder);
    print(table, "upload of 1 MB in one form", &costs);
    (video::Created::from_answer(&answer), costs)
}

fn upload_resumable(table: &mut Table, recorder: &Recorder, admin: &Client) {
    let scratch = Scratch::new("costs");
    let path = crate::sample::padded_bunny(&scratch, TEN_MB);
    let content = std::fs::read(&path).unwrap_or_else(|error| panic!("{error}"));
    let open = e2e::resumable::Resumable::open(admin, "Ten megabytes", "ten.mp4", TEN_MB);
    let _ = recorder.take();
    let _ = open.put(&content, 0, TEN_MB / 2).expect_status(308);
    let first = spent(recorder);
    let _ = open.put(&content, TEN_MB / 2, TEN_MB).expect_status(200);
    let second = spent(recorder);
    let other = e2e::resumable::Resumable::open(admin, "Never sent", "ten.mp4", TEN_MB);
    // Opening asks for the channel first.
    let opening = recorder.take();
    let opening = opening
        .iter()
        .filter(|one| one.request.ends_with("upload-resumable"));
    let opening = sum(opening.map(|one| &one.costs));
    print(table, "resumable upload of 10 MB: opening", &opening);
    print(table, "  first chunk of 5 MB", &first);
    print(table, "  last chunk of 5 MB", &second);
    print(table, "  together", &sum([&opening, &first, &second]));
    let _ = other.delete();
    print(table, "giving a resumable upload up", &spent(recorder));
}

/// Lets our transcoder drain the queue; prints each kind of call and answers all costs together.
fn transcode(table: &mut Table, recorder: &Recorder) -> Costs {
    let work = Scratch::new("transcoder");
    programs::run(
        Command::new(programs::transcoder())
            .args(["--once", "--server", recorder.origin()])
            .args(["--registration-token", REGISTRATION_TOKEN])
            .arg("--work-dir")
            .arg(work.path())
            .stdin(Stdio::null()),
    );
    let recorded = recorder.take();
    let mut kinds: Vec<(String, Vec<&Recorded>)> = Vec::new();
    for one in &recorded {
        let kind = kind_of(&one.request);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, list)) => list.push(one),
            None => kinds.push((kind, vec![one])),
        }
    }
    for (kind, list) in &kinds {
        let name = format!("{kind} x{}", list.len());
        print(table, &name, &sum(list.iter().map(|one| &one.costs)));
    }
    sum(recorded.iter().map(|one| &one.costs))
}

/// Method and path with the parts that name one thing replaced by `*`, shortened.
fn kind_of(request: &str) -> String {
    let path = request.replacen("/api/v1", "", 1);
    let named = |segment: &str| {
        let digits = segment.bytes().filter(u8::is_ascii_digit).count();
        segment.len() >= 16 && digits > 0
    };
    let segments: Vec<&str> = path
        .split('/')
        .map(|segment| if named(segment) { "*" } else { segment })
        .collect();
    segments.join("/")
}

fn views(table: &mut Table, recorder: &Recorder, visitor: &Client, created: &video::Created) {
    let details = format!("/api/v1/videos/{}", created.uuid);
    let video = visitor.get(&details).expect_status(200).json();
    let media = text(&video::renditions(&video)[0], "fileUrl").to_owned();
    let playlist = text(&video["streamingPlaylists"][0], "playlistUrl").to_owned();
    let thumbnail = text(&video, "thumbnailPath").to_owned();
    let _ = recorder.take();
    let range = [("range", "bytes=0-65535")];
    let mut show = |name: &str, path: &str, headers: &[(&str, &str)], status: u16| {
        let _ = visitor.get_with(path, headers).expect_status(status);
        print(table, name, &spent(recorder));
    };
    show("home page", "/", &[], 200);
    show(
        "watch page",
        &format!("/w/{}", created.short_uuid),
        &[],
        200,
    );
    // Not the answer that is kept for a second.
    let anew = [("if-none-match", "\"nothing\"")];
    show("/api/v1/videos", "/api/v1/videos", &anew, 200);
    show("/api/v1/videos/{id}", &details, &anew, 200);
    show("master playlist", &playlist, &[], 200);
    show("media range, missing from the cache", &media, &range, 206);
    e2e::wait::until(
        "the block is cached",
        std::time::Duration::from_secs(10),
        || {
            let _ = visitor.get_with(&media, &range).expect_status(206);
            let costs = spent(recorder);
            (costs.get("object_reads") == Some(&0)).then_some(())
        },
    );
    show("media range, in the cache", &media, &range, 206);
    show("thumbnail", &thumbnail, &[], 200);
    let ping = visitor.post_json(&format!("{details}/views"), &json!({ "currentTime": 1 }));
    let _ = ping.expect_status(204);
    print(table, "view ping", &spent(recorder));
}
