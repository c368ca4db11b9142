//! Queued tasks, and what cron does every minute.

use app::AppError;
use ports::{Platform, Task};

/// Does one task. Doing it again changes nothing.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn run_task<P: Platform>(platform: &P, task: Task) -> Result<(), AppError> {
    match task {
        Task::CompleteRunnerJob { job_uuid } => {
            app::publish::complete_runner_job(platform, &job_uuid).await
        }
        Task::MakeTorrents { video_uuid } => {
            app::publish::make_torrents(platform, &video_uuid).await
        }
        Task::DeleteObjects { object_keys } => {
            use ports::ObjectStore;
            Ok(platform.objects().delete(&object_keys).await?)
        }
        Task::CopyMirror {
            mirror_id,
            from_bytes,
        } => app::mirrors::copy(platform, mirror_id, from_bytes).await,
        Task::Federation(task) => app::federation::run(platform, task).await,
    }
}

/// What a host does that has just begun and whose queue remembers nothing: all that waits in the database is
/// handed to the queue again. Each part stands alone, as in [`keep_up`].
pub async fn take_up<P: Platform>(platform: &P) {
    let results = [
        (
            "what came in",
            app::federation::received::act_again(platform).await,
        ),
        (
            "deliveries",
            app::federation::outgoing::send_again(platform).await,
        ),
    ];
    log_failures(platform, "taking up", results);
}

/// The minute's upkeep. Each part stands alone: one that fails is logged and stops no other.
pub async fn keep_up<P: Platform>(platform: &P) {
    let results = [
        ("runner jobs", app::runners::tick(platform).await),
        ("uploads", app::upload::collect_abandoned(platform).await),
        (
            "unowned objects",
            app::upload::delete_unowned_objects(platform).await,
        ),
        ("views", app::videos::fold_views(platform).await),
        ("viewers", app::videos::fold_viewers(platform).await),
        ("viewings", app::videos::end_viewings(platform).await),
        ("schedules", app::videos::apply_schedule(platform).await),
        (
            "copies of others' videos",
            app::mirrors::keep_up(platform).await,
        ),
        (
            "what came in",
            app::federation::received::keep_acting(platform).await,
        ),
        // After the schedules, which make news.
        (
            "changes to tell",
            app::federation::outgoing::keep_told(platform).await,
        ),
        (
            "other servers' copies",
            app::federation::outgoing::keep_fresh(platform).await,
        ),
    ];
    log_failures(platform, "upkeep of", results);
}

fn log_failures<P: Platform>(
    platform: &P,
    what: &str,
    results: impl IntoIterator<Item = (&'static str, Result<(), AppError>)>,
) {
    for (part, result) in results {
        if let Err(error) = result {
            platform.log(&format!("{what} {part}: {error:?}"));
        }
    }
}
