//! Likes and dislikes.

use ports::{Database, DatabaseError, Platform};
use rest::ResultList;
use rest::ids::VideoRef;
use rest::list::{DateSort, Page};
use rest::social::{RatedVideo, Rating, VideoRating};
use store::social::action::{self, Action};
use store::social::rate;
use store::video::list;

use super::comments::seen;
use super::{names, too_often};
use crate::accounts::SignedIn;
use crate::federation::outgoing;
use crate::videos::{Viewer, shape, video_key};
use crate::{AppError, Rejection};

/// `PUT /videos/{id}/rate`.
///
/// # Errors
/// 404; 401 or 403 for a viewer who may not see the video; 429.
pub async fn rate<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
    user: &SignedIn,
    rating: Rating,
) -> Result<(), AppError> {
    let seen = seen(platform, video, viewer, Vec::new()).await?;
    let (video_id, account_id, now) = (seen.subject.video_id, user.account_id, platform.now());
    let mut batch = Vec::from(action::count(account_id, Action::Rate, now));
    batch.push(match rating {
        Rating::Like => rate::set(video_id, account_id, true, now),
        Rating::Dislike => rate::set(video_id, account_id, false, now),
        Rating::None => rate::clear(video_id, account_id),
    });
    match platform.database().batch(batch).await {
        Ok(_) => {
            outgoing::wake(platform).await;
            Ok(())
        }
        Err(DatabaseError::DemandNotMet { .. }) => Err(too_often(platform, Action::Rate)),
        Err(error) => Err(error.into()),
    }
}

/// `GET /users/me/videos/{id}/rating`.
///
/// # Errors
/// 404; 403 for a user who may not see the video.
pub async fn my_rating<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
    user: &SignedIn,
) -> Result<VideoRating, AppError> {
    let statement = rate::select(video_key(video), user.account_id);
    let mut seen = seen(platform, video, viewer, vec![statement]).await?;
    let rating = match seen.next_rows().first() {
        Some(row) if row.boolean(0)? => Rating::Like,
        Some(_) => Rating::Dislike,
        None => Rating::None,
    };
    Ok(VideoRating {
        video_id: seen.subject.video_id,
        rating,
    })
}

/// `GET /accounts/{name}/ratings`, for the account itself alone: last rated first unless asked otherwise.
/// Videos that are not public any more are left out of the page.
///
/// # Errors
/// 403 for another account's.
pub async fn ratings_of<P: Platform>(
    platform: &P,
    user: &SignedIn,
    handle: &str,
    page: Page<DateSort>,
    rating: Option<Rating>,
) -> Result<ResultList<RatedVideo>, AppError> {
    let settings = platform.settings();
    if names::stored_name(&settings.public_origin, handle) != user.username {
        return Err(AppError::rejected(
            Rejection::Forbidden,
            "Cannot list ratings of another account.",
        ));
    }
    let is_like = rating.map(|rating| rating == Rating::Like);
    let part = (page.start, page.count);
    let batch = vec![
        rate::select_of(user.account_id, is_like, page.sort.descending, part),
        rate::count_of(user.account_id, is_like),
    ];
    let results = platform.database().batch(batch).await?;
    let rated = rate::read_of(results.first().unwrap_or(&Vec::new()))?;
    let total = list::read_count(results.get(1).unwrap_or(&Vec::new()))?;
    let ids: Vec<i64> = rated.iter().map(|(id, _)| *id).collect();
    let results = platform
        .database()
        .batch(vec![list::select_public_ids(&ids)])
        .await?;
    let rows = list::read(results.first().unwrap_or(&Vec::new()))?;
    let data = rows
        .into_iter()
        .map(|row| {
            let is_like = rated
                .iter()
                .any(|(id, is_like)| *id == row.video.id && *is_like);
            Ok(RatedVideo {
                rating: if is_like {
                    Rating::Like
                } else {
                    Rating::Dislike
                },
                video: shape::list_item(settings, row, false)?,
            })
        })
        .collect::<Result<_, AppError>>()?;
    Ok(ResultList::new(total, data))
}
