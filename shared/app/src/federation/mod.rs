//! Speaking with other servers: keys and documents of ours, what they send, what we tell them.

pub mod actors;
pub mod collections;
pub mod documents;
pub mod fetch;
pub mod inbox;
pub mod keys;
pub mod local_ids;
pub mod outgoing;
pub mod receive;
pub mod received;
pub mod remote_document;
pub mod videos;

use ports::{FederationTask, Platform};

use crate::AppError;

/// Does one deferred piece of work. Doing it again changes nothing.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn run<P: Platform>(platform: &P, task: FederationTask) -> Result<(), AppError> {
    match task {
        FederationTask::Receive {
            actor_url,
            activity,
            replay_key,
        } => {
            let origin = receive::Origin {
                replay_key: &replay_key,
                row: None,
            };
            receive::act(platform, &actor_url, &activity, origin).await
        }
        FederationTask::ActOnReceived(rows) => {
            let results = received::act_on_all(platform, &[rows]).await;
            results.into_iter().collect()
        }
        FederationTask::FetchActivity { activity_url } => {
            receive::fetch_and_act(platform, &activity_url, receive::Origin::default()).await
        }
        FederationTask::TellChanges => outgoing::tell_changes(platform).await,
        FederationTask::Deliver {
            inbox_url,
            signer_url,
            activity,
            failures,
            since_unix_ms,
            page,
        } => {
            let delivery = outgoing::Delivery {
                inbox_url,
                signer_url,
                activity,
                failures,
                since_unix_ms,
                page,
            };
            outgoing::deliver(platform, delivery).await
        }
        task @ (FederationTask::CrawlOutbox { .. }
        | FederationTask::RefreshVideo { .. }
        | FederationTask::FollowFromInstance { .. }
        | FederationTask::RefreshActor { .. }) => {
            received::read_elsewhere(platform, task, None).await
        }
    }
}
