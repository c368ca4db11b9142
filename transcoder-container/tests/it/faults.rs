//! What happens when things break: nothing lost, nothing doubled, nothing left behind.

use crate::jobs::{check_edgetube_hls, edgetube_hls, with_source};
use crate::server::{Server, finish, leftovers};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// An ffmpeg that says what the real one can do, and then works for ever.
fn endless_ffmpeg(directory: &Path) -> PathBuf {
    let script = "#!/bin/sh\n\
        case \"$2\" in -encoders|-filters) exec ffmpeg \"$@\";; esac\n\
        printf 'out_time_us=2000000\\nprogress=continue\\n'\n\
        exec sleep 300\n";
    write_script(&directory.join("endless-ffmpeg"), script)
}

fn add_hls(server: &Server, uuid: &str, resolution: u32) {
    server.add_job(
        uuid,
        "vod-hls-transcoding",
        edgetube_hls(server, uuid, resolution),
    );
}

/// An ffmpeg that fills the disk and never stops talking.
fn greedy_ffmpeg(directory: &Path) -> PathBuf {
    let script = "#!/bin/sh\n\
        case \"$2\" in -encoders|-filters) exec ffmpeg \"$@\";; esac\n\
        head -c 20000000 /dev/zero > big\n\
        while :; do printf 'out_time_us=1\\nprogress=continue\\n'; echo x >&2; sleep 0.1; done\n";
    write_script(&directory.join("greedy-ffmpeg"), script)
}

fn write_script(path: &Path, script: &str) -> PathBuf {
    std::fs::write(path, script).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_owned()
}

/// Process ids that ffmpeg runs left in a work directory.
fn ffmpeg_pids(work_dir: &Path) -> Vec<i32> {
    let below = |path: &Path| {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let groups = below(work_dir).into_iter().flat_map(|run| below(&run));
    let texts = groups.filter_map(|group| std::fs::read_to_string(group.join("ffmpeg.pid")).ok());
    texts.map(|text| text.trim().parse().unwrap()).collect()
}

fn is_alive(pid: i32) -> bool {
    // A killed child of a dead parent may stay as a zombie where nobody reaps it.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')')
        .next()
        .is_some_and(|rest| !rest.trim().is_empty() && !rest.starts_with(" Z"))
}

#[test]
fn network_faults_are_waited_out() {
    let (server, directory) = with_source();
    add_hls(&server, "f-1", 90);
    {
        let faults = &mut server.store().faults;
        faults.broken_downloads = 2;
        faults.unavailable_uploads = 1;
        faults.refused_direct_uploads = 1;
        faults.lost_success_answers = 1;
        faults.failing_updates = 1;
    }
    server.drain(&directory.path().join("work"));
    let mut store = server.store();
    assert_eq!(store.downloads, 3, "taken up twice where it broke");
    // The refused presigned address of the video was replaced by the custom one.
    let video = store.uploads.remove("/custom/f-1-video").unwrap();
    store.uploads.insert("/s3/f-1-video".to_owned(), video);
    check_edgetube_hls(&store, "f-1", "/s3/", 90);
    assert!(store.jobs["f-1"].errors.is_empty() && store.jobs["f-1"].aborts.is_empty());
}

#[test]
fn an_unreadable_source_is_reported_with_its_reason() {
    let (server, directory) = with_source();
    server
        .store()
        .files
        .insert("max-quality".to_owned(), b"not a video".to_vec());
    add_hls(&server, "e-1", 90);
    let work_dir = directory.path().join("work");
    server.drain(&work_dir);
    let store = server.store();
    assert_eq!(store.jobs["e-1"].state, "errored");
    assert_eq!(
        store.jobs["e-1"].errors.len(),
        2,
        "tried again as the server wished"
    );
    let message = &store.jobs["e-1"].errors[0];
    assert!(
        message.contains("not a readable video") && !message.contains("work"),
        "{message}"
    );
    assert!(leftovers(&work_dir).is_empty());
}

#[test]
fn a_job_too_large_for_the_disk_is_left_to_others() {
    let (server, directory) = with_source();
    server
        .store()
        .files
        .insert("max-quality".to_owned(), vec![0; 17 << 20]);
    add_hls(&server, "d-1", 90);
    let work_dir = directory.path().join("work");
    let output = server
        .runner(&work_dir)
        .args(["--max-disk", "16M"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let store = server.store();
    assert_eq!(
        (store.jobs["d-1"].state, store.jobs["d-1"].aborts.len()),
        ("pending", 1)
    );
    assert!(leftovers(&work_dir).is_empty());
}

#[test]
fn an_encoder_that_outgrows_the_disk_is_stopped_and_its_job_left_to_others() {
    let (server, directory) = with_source();
    add_hls(&server, "g-1", 90);
    let work_dir = directory.path().join("work");
    let mut command = server.runner(&work_dir);
    command
        .args(["--max-disk", "16M", "--ffmpeg"])
        .arg(greedy_ffmpeg(directory.path()));
    let (is_success, said) = finish(command.spawn().unwrap());
    assert!(is_success && said.contains("bytes of disk"), "{said}");
    let store = server.store();
    assert_eq!(
        (store.jobs["g-1"].state, store.jobs["g-1"].aborts.len()),
        ("pending", 1)
    );
    assert!(leftovers(&work_dir).is_empty());
}

#[test]
fn registration_is_kept_and_renewed() {
    let (server, directory) = with_source();
    let work_dir = directory.path().join("work");
    server.drain(&work_dir);
    server.drain(&work_dir);
    assert_eq!(
        server.store().registrations,
        1,
        "the runner token is remembered"
    );
    server.store().faults.unknown_runners = 1;
    server.drain(&work_dir);
    assert_eq!(
        server.store().registrations,
        2,
        "a forgotten runner registers again"
    );
    let output = server
        .runner(&work_dir)
        .arg("--ephemeral")
        .output()
        .unwrap();
    assert!(output.status.success());
    let store = server.store();
    assert_eq!((store.registrations, store.unregistrations), (3, 1));
}

#[test]
fn an_unreachable_server_ends_a_single_run_with_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let (server, _kept) = with_source();
    let mut command = server.runner(directory.path());
    command.args(["--server", "http://127.0.0.1:9"]);
    server.store().faults.unknown_runners = 0;
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("unavailable"),
        "{said}"
    );
}

#[test]
fn sigterm_gives_the_jobs_back() {
    let (server, directory) = with_source();
    let work_dir = directory.path().join("work");
    add_hls(&server, "s-1", 90);
    add_hls(&server, "s-2", 60);
    let mut command = server.runner(&work_dir);
    let child = command
        .arg("--ffmpeg")
        .arg(endless_ffmpeg(directory.path()))
        .spawn()
        .unwrap();
    server.wait("progress of the encoder", |store| {
        store.jobs["s-1"]
            .progress
            .last()
            .is_some_and(|&percent| percent > 5)
    });
    let pids = ffmpeg_pids(&work_dir);
    assert_eq!(pids.len(), 1, "one process for both jobs");
    kill(
        Pid::from_raw(i32::try_from(child.id()).unwrap()),
        Signal::SIGTERM,
    )
    .unwrap();
    let (is_success, said) = finish(child);
    assert!(is_success, "{said}");
    assert!(!is_alive(pids[0]), "ffmpeg is stopped");
    assert!(leftovers(&work_dir).is_empty());
    {
        let store = server.store();
        for uuid in ["s-1", "s-2"] {
            let job = &store.jobs[uuid];
            assert_eq!(
                (job.state, job.aborts.len(), job.errors.len()),
                ("pending", 1, 0)
            );
        }
    }
    server.drain(&work_dir);
    check_edgetube_hls(&server.store(), "s-1", "/s3/", 90);
}

#[test]
fn a_killed_runner_leaves_nothing_for_the_next_one_to_trip_over() {
    let (server, directory) = with_source();
    let work_dir = directory.path().join("work");
    add_hls(&server, "k-1", 90);
    let mut command = server.runner(&work_dir);
    let mut child = command
        .arg("--ffmpeg")
        .arg(endless_ffmpeg(directory.path()))
        .spawn()
        .unwrap();
    server.wait("progress of the encoder", |store| {
        store.jobs["k-1"]
            .progress
            .last()
            .is_some_and(|&percent| percent > 5)
    });
    let pids = ffmpeg_pids(&work_dir);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        is_alive(pids[0]) && !leftovers(&work_dir).is_empty(),
        "nobody could tidy up"
    );
    // What a server does when it hears nothing for two minutes.
    server.store().jobs.get_mut("k-1").unwrap().state = "pending";
    server.drain(&work_dir);
    assert!(!is_alive(pids[0]), "the orphan is ended");
    assert!(leftovers(&work_dir).is_empty());
    check_edgetube_hls(&server.store(), "k-1", "/s3/", 90);
}

#[test]
fn a_job_that_is_taken_away_is_dropped_at_once() {
    let (server, directory) = with_source();
    let work_dir = directory.path().join("work");
    add_hls(&server, "t-1", 90);
    server.store().faults.stolen_jobs = 1;
    let mut command = server.runner(&work_dir);
    let child = command
        .arg("--ffmpeg")
        .arg(endless_ffmpeg(directory.path()))
        .spawn()
        .unwrap();
    let (is_success, said) = finish(child);
    assert!(is_success && said.contains("no longer ours"), "{said}");
    let store = server.store();
    let job = &store.jobs["t-1"];
    assert!(job.success.is_empty() && job.errors.is_empty() && job.aborts.is_empty());
    assert!(store.uploads.is_empty() && leftovers(&work_dir).is_empty());
}
