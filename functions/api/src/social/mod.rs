//! Comments, ratings, reports, and blocked accounts and servers.

mod abuses;
mod blocks;
mod comments;
mod rates;
mod route;

use app::AppError;
use app::accounts::SignedIn;
use app::videos::Viewer;
use ports::{Body, Platform};
use rest::ids::VideoRef;

use crate::cacheable::VIDEO_PASSWORD;
use crate::{Answer, RequestHead};

pub(crate) use route::Route;
use route::{Blocklist, Comments};

/// Answers one route.
pub(crate) async fn handle<P: Platform>(
    platform: &P,
    head: &RequestHead,
    route: Route,
    body: Body,
) -> Answer {
    match route {
        Route::Comments(route) => match route {
            Comments::Threads(video) => comments::threads(platform, head, &video).await,
            Comments::Thread(video, id) => comments::thread(platform, head, (&video, &id)).await,
            Comments::WriteFirst(video) => {
                comments::write(platform, head, (&video, None), body).await
            }
            Comments::WriteReply(video, id) => {
                comments::write(platform, head, (&video, Some(&id)), body).await
            }
            Comments::Delete(video, id) => comments::delete(platform, head, (&video, &id)).await,
            Comments::Approve(video, id) => comments::approve(platform, head, (&video, &id)).await,
            Comments::Mine => comments::list(platform, head, true).await,
            Comments::All => comments::list(platform, head, false).await,
            Comments::RemoveOf => comments::remove_of(platform, head, body).await,
        },
        Route::Rate(video) => rates::rate(platform, head, &video, body).await,
        Route::MyRating(video) => rates::mine(platform, head, &video).await,
        Route::RatingsOf(handle) => rates::of_account(platform, head, &handle).await,
        Route::BlockStatus => blocks::status(platform, head).await,
        Route::Blocklist(list) => match list {
            Blocklist::Accounts(whose) => blocks::accounts(platform, head, whose).await,
            Blocklist::Hosts(whose) => blocks::hosts(platform, head, whose).await,
            Blocklist::BlockAccount(whose) => {
                blocks::block_account(platform, head, whose, body).await
            }
            Blocklist::BlockHost(whose) => blocks::block_host(platform, head, whose, body).await,
            Blocklist::UnblockAccount(whose, name) => {
                blocks::unblock_account(platform, head, whose, &name).await
            }
            Blocklist::UnblockHost(whose, host) => {
                blocks::unblock_host(platform, head, whose, &host).await
            }
        },
        Route::Abuses => abuses::list(platform, head, false).await,
        Route::MyAbuses => abuses::list(platform, head, true).await,
        Route::Report => abuses::report(platform, head, body).await,
        Route::UpdateAbuse(id) => abuses::update(platform, head, &id, body).await,
        Route::DeleteAbuse(id) => abuses::delete(platform, head, &id).await,
    }
}

/// The video that a path names; what is no id at all names nothing.
fn video_ref(id: &str) -> Result<VideoRef, AppError> {
    VideoRef::parse(id).ok_or_else(|| AppError::not_found("Video not found"))
}

/// The row id that a path names.
fn row_id(field: &str, id: &str) -> Result<i64, AppError> {
    match VideoRef::parse(id) {
        Some(VideoRef::Id(id)) if id > 0 => Ok(id),
        _ => Err(AppError::invalid_field(field, "must be a number")),
    }
}

fn viewer<'a>(head: &'a RequestHead, user: Option<&'a SignedIn>) -> Viewer<'a> {
    Viewer {
        user,
        password: head.header(VIDEO_PASSWORD),
    }
}
