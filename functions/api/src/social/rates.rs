//! Likes and dislikes.

use app::social;
use ports::{Body, Platform};
use rest::form::FieldReader;
use rest::list::{DateSort, Page};
use rest::social::Rating;

use super::{video_ref, viewer};
use crate::answer::{json, no_content, no_store};
use crate::credentials::signed_in;
use crate::videos::{query_form, refused};
use crate::{Answer, RequestHead, form};

/// `PUT /videos/{id}/rate`
pub(super) async fn rate<P: Platform>(
    platform: &P,
    head: &RequestHead,
    id: &str,
    body: Body,
) -> Answer {
    let user = signed_in(platform, head).await?;
    let video = video_ref(id)?;
    let form = form::read_fields(head, body).await?;
    let mut reader = FieldReader::body(&form);
    let Some(rating) = reader.known("rating", Rating::parse) else {
        if !reader.has_refused() {
            reader.refuse("rating", "is missing");
        }
        return Ok(refused(reader.into_refused()));
    };
    social::rate(platform, &video, viewer(head, Some(&user)), &user, rating).await?;
    Ok(no_content())
}

/// `GET /users/me/videos/{id}/rating`
pub(super) async fn mine<P: Platform>(platform: &P, head: &RequestHead, id: &str) -> Answer {
    let user = signed_in(platform, head).await?;
    let video = video_ref(id)?;
    let rating = social::my_rating(platform, &video, viewer(head, Some(&user)), &user).await?;
    json(&rating).map(no_store)
}

/// `GET /accounts/{name}/ratings`
pub(super) async fn of_account<P: Platform>(
    platform: &P,
    head: &RequestHead,
    handle: &str,
) -> Answer {
    let user = signed_in(platform, head).await?;
    let form = query_form(head)?;
    let mut reader = FieldReader::query(&form);
    let page = Page::<DateSort>::from_query(&mut reader);
    let known = |word: &str| Rating::parse(word).filter(|rating| *rating != Rating::None);
    let rating = reader.known("rating", known);
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    let list = social::ratings_of(platform, &user, handle, page, rating).await?;
    json(&list).map(no_store)
}
