//! Cron.

use domain::limits::UPLOAD_IDLE_MS;
use testkit::{FaultMode, block_on};

use crate::client::{assert_clean, client, count, execute, run_cron};
use crate::media::{PART, mp4_of};

#[test]
fn abandoned_uploads_go_and_running_ones_stay() {
    let client = client();
    let file = mp4_of(3 * PART);
    let (idle, busy) = (client.opened(file.len()), client.opened(file.len()));
    client.put(&idle, &file, 0, PART + 100);
    client.put(&busy, &file, 0, PART + 100);
    client.platform.advance_ms(UPLOAD_IDLE_MS / 2);
    client.put(&busy, &file, PART + 100, PART + 200);
    client.platform.advance_ms(UPLOAD_IDLE_MS / 2);
    run_cron(&client.platform);
    client
        .status(&idle, file.len())
        .is_problem(404, "idle for too long");
    assert_eq!(client.status(&busy, file.len()).received(), PART + 200);
    assert_eq!(client.platform.objects.open_multiparts(), 1);
    client
        .put(&busy, &file, PART + 200, file.len())
        .video_uuid();
    assert_clean(&client.platform);
}

#[test]
fn storage_that_fails_while_cleaning_is_cleaned_the_next_time() {
    let file = mp4_of(2 * PART);
    for nth in 0..3 {
        for mode in [FaultMode::FailBefore, FaultMode::FailAfter] {
            let client = client();
            let path = client.opened(file.len());
            client.put(&path, &file, 0, PART + 100);
            client.put(&path, &file, PART + 100, PART + 200);
            client.platform.advance_ms(2 * domain::time::DAY_MS);
            client.platform.objects.fail_write(nth, mode);
            let first = block_on(app::upload::collect_abandoned(&client.platform));
            assert!(first.is_ok(), "one upload's trouble is no reason to stop");
            // The third write is this one's.
            let second = block_on(app::upload::delete_unowned_objects(&client.platform));
            assert_eq!(second.is_err(), nth == 2);
            run_cron(&client.platform);
            assert_clean(&client.platform);
        }
    }
}

#[test]
fn unowned_objects_go_when_their_time_is_over_some_hundred_a_run() {
    let client = client();
    let path = client.opened(100_000);
    client.put(&path, &mp4_of(100_000), 0, 50_000);
    execute(
        &client.platform,
        "INSERT INTO unowned_object SELECT 'torrents/' || value, ?1
         FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 900)
               SELECT value FROM n)",
        vec![0_i64.into()],
    );
    execute(
        &client.platform,
        "INSERT INTO unowned_object VALUES ('torrents/later', ?1)",
        vec![i64::from(i32::MAX).saturating_mul(1_000).into()],
    );
    run_cron(&client.platform);
    assert_eq!(count(&client.platform, "unowned_object"), "401");
    run_cron(&client.platform);
    assert_eq!(count(&client.platform, "unowned_object"), "1");
    assert_eq!(
        client.platform.objects.keys().len(),
        1,
        "the tail of the running upload"
    );
}

#[test]
fn finished_uploads_are_remembered_for_a_while() {
    let client = client();
    let file = mp4_of(50_000);
    let path = client.opened(file.len());
    let uuid = client.put(&path, &file, 0, file.len()).video_uuid();
    client.platform.advance_ms(UPLOAD_IDLE_MS - 1);
    run_cron(&client.platform);
    assert_eq!(client.status(&path, file.len()).video_uuid(), uuid);
    client.platform.advance_ms(1);
    run_cron(&client.platform);
    client
        .status(&path, file.len())
        .is_problem(404, "no such upload");
    assert_eq!(count(&client.platform, "video"), "1");
    assert_clean(&client.platform);
}
