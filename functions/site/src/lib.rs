//! The site as one function: which path belongs to which function, pages from the database, queued
//! tasks and upkeep. Every host's entry calls this and adds nothing.

mod answer_memo;
mod comments;
mod discovery;
mod embeds;
mod federation;
mod html;
mod page_answer;
mod queue;
mod router;
mod upkeep;

pub use answer_memo::{AnswerMemo, Kept};
/// What is said on the sockets of runners that wait for work.
pub use app::runners::wake as runner_socket;
pub use queue::run_tasks;
pub use router::{
    answer, answer_api, answer_other, is_asset_path, is_socket_path, not_configured, socket_refusal,
};
pub use upkeep::{keep_up, run_task, take_up};
