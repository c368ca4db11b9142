//! The site as one function: which path belongs to which function, pages from the database, queued
//! tasks and upkeep. Every host's entry calls this and adds nothing.

mod embeds;
mod html;
mod page_answer;
mod page_memo;
mod router;
mod upkeep;

pub use page_memo::PageMemo;
pub use router::{answer, is_asset_path};
pub use upkeep::{keep_up, run_task};
