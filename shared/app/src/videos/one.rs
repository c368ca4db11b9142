//! One video.

use domain::Privacy;
use ports::{Database, Platform, Rows, Statement};
use rest::ids::VideoRef;
use rest::video::{
    Storyboard, Storyboards, VideoCaption, VideoDescription, VideoDetails, VideoFileToken,
    VideoListItem, VideoSource, VideoToken,
};
use rest::{IsoDate, ResultList};
use store::video::details::{self, AccessRow, VideoKey};
use store::video::list::{self, Extras, Page, PlainList};
use store::video::row::DetailsRow;

use super::access::{self, Guarded, Identity, Viewer};
use super::opening::Opening;
use super::remote_origin::{Meeting, RemoteOrigin};
use super::shape;
use crate::AppError;
use crate::federation::remote_document::RemoteDocument;
use crate::media_access::{FileToken, password_hmac};

/// The video as the store names it.
pub(crate) fn key(video: &VideoRef) -> VideoKey<'_> {
    match video {
        VideoRef::Id(id) => VideoKey::Id(*id),
        VideoRef::Uuid(uuid) => VideoKey::Uuid(uuid),
    }
}

/// What a check of rights needs of a row.
struct Subject<'a> {
    uuid: &'a str,
    guarded: Guarded<'a>,
}

impl<'a> From<&'a AccessRow> for Subject<'a> {
    fn from(row: &'a AccessRow) -> Self {
        Self {
            uuid: &row.uuid,
            guarded: Guarded {
                privacy: Privacy::from_number(row.privacy),
                owner_account_id: row.account_id,
                password_hmacs: &row.password_hmacs,
                is_remote: row.is_remote,
            },
        }
    }
}

impl<'a> From<&'a DetailsRow> for Subject<'a> {
    fn from(row: &'a DetailsRow) -> Self {
        Self {
            uuid: &row.video.uuid,
            guarded: Guarded {
                privacy: Privacy::from_number(i64::from(row.video.privacy)),
                owner_account_id: row.account.id,
                password_hmacs: &row.password_hmacs,
                is_remote: row.video.remote_url.is_some(),
            },
        }
    }
}

fn check<P: Platform>(
    platform: &P,
    video: &VideoRef,
    subject: &Subject<'_>,
    viewer: Viewer<'_>,
) -> Result<(), AppError> {
    let hmac = match viewer.password {
        Some(password) if subject.guarded.privacy == Some(Privacy::PasswordProtected) => {
            Some(password_hmac(platform.settings(), subject.uuid, password)?)
        }
        _ => None,
    };
    let named_by_number = matches!(video, VideoRef::Id(_));
    let who = viewer.user.map(Identity::from);
    access::check_visible(subject.guarded, who, named_by_number, hmac.as_deref())
}

/// Checks that the viewer may see the video of that row.
///
/// # Errors
/// 401 or 403 for a viewer without the right.
pub(crate) fn check_access<P: Platform>(
    platform: &P,
    video: &VideoRef,
    row: &AccessRow,
    viewer: Viewer<'_>,
) -> Result<(), AppError> {
    check(platform, video, &Subject::from(row), viewer)
}

fn manages(subject: &Subject<'_>, viewer: Viewer<'_>) -> bool {
    viewer
        .user
        .is_some_and(|user| access::manages(subject.guarded, Identity::from(user)))
}

/// `GET /videos/{id}`, in one batch.
///
/// # Errors
/// 404; 401 or 403 for a viewer without the right.
pub async fn details<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
) -> Result<VideoDetails, AppError> {
    let results = platform
        .database()
        .batch(vec![details::select(key(video))])
        .await?;
    let row = checked(platform, video, results.first(), viewer)?;
    let for_manager = manages(&Subject::from(&row), viewer);
    shape::details(platform.settings(), row, for_manager)
}

fn checked<P: Platform>(
    platform: &P,
    video: &VideoRef,
    rows: Option<&Rows>,
    viewer: Viewer<'_>,
) -> Result<DetailsRow, AppError> {
    let rows = rows.ok_or_else(|| AppError::bug("a batch without its results"))?;
    let mut row = details::read(rows)?.ok_or_else(access::no_video)?;
    check(platform, video, &Subject::from(&row), viewer)?;
    let now = platform.now().0;
    row.mirrors
        .retain(|mirror| mirror.expires_at_unix_ms.is_none_or(|end| end > now));
    Ok(row)
}

/// What the watch page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchPage {
    /// The video.
    pub video: VideoDetails,
    /// Its sprite sheet.
    pub storyboard: Option<Storyboard>,
    /// Its captions.
    pub captions: Vec<VideoCaption>,
    /// How its renditions begin, the smallest first.
    pub openings: Vec<Opening>,
    /// Of another server's video: where it is at home.
    pub origin: Option<RemoteOrigin>,
    /// Newest videos of the same channel, this one left out.
    pub related: Vec<VideoListItem>,
}

/// What the watch page shows to a stranger, in one batch.
///
/// # Errors
/// As [`details`].
pub async fn watch_page<P: Platform>(
    platform: &P,
    video: &VideoRef,
    related_count: u32,
) -> Result<WatchPage, AppError> {
    // One more, for the case that this video is among them.
    let siblings = Page {
        start: 0,
        count: related_count.saturating_add(1),
        extras: Extras::default(),
    };
    let batch = vec![
        details::select(key(video)),
        list::select_plain(PlainList::SiblingsOf(key(video)), siblings),
        details::select_openings(key(video)),
    ];
    let results = platform.database().batch(batch).await?;
    let row = checked(platform, video, results.first(), Viewer::ANONYMOUS)?;
    let origin = &platform.settings().public_origin;
    let mut storyboard = row
        .storyboard
        .as_ref()
        .map(|storyboard| shape::storyboard(origin, storyboard));
    let mut captions = Vec::new();
    let mut home = None;
    if let Some(remote) = &row.remote {
        let document = RemoteDocument::parse(&remote.document)?;
        home = Some(RemoteOrigin {
            page_url: remote.page_url.clone(),
            meeting: Meeting::of(&document, &row.video.uuid),
        });
        storyboard = shape::remote_storyboard(&document);
        captions = shape::remote_captions(&document, IsoDate(row.video.updated_at_unix_ms));
    }
    let shown = shape::details(platform.settings(), row, false)?;
    let [_, items, openings] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let openings = details::read_openings(openings)?
        .into_iter()
        .filter_map(Opening::of)
        .collect();
    let wanted = usize::try_from(related_count).map_err(AppError::bug)?;
    let related = list::read(items)?
        .into_iter()
        .filter(|row| row.video.id != shown.video.id)
        .take(wanted)
        .map(|row| shape::list_item(platform.settings(), row, false))
        .collect::<Result<_, _>>()?;
    Ok(WatchPage {
        video: shown,
        storyboard,
        captions,
        openings,
        origin: home,
        related,
    })
}

/// Checks that the viewer may see the video, and runs other statements in the same batch.
async fn visible_with<P: Platform, const N: usize>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
    statements: [Statement; N],
) -> Result<(AccessRow, [Rows; N]), AppError> {
    let mut batch = vec![details::select_access(key(video))];
    batch.extend(statements);
    let mut results = platform.database().batch(batch).await?.into_iter();
    let row = details::read_access(&results.next().unwrap_or_default())?;
    let row = row.ok_or_else(access::no_video)?;
    check(platform, video, &Subject::from(&row), viewer)?;
    Ok((
        row,
        std::array::from_fn(|_| results.next().unwrap_or_default()),
    ))
}

/// Row id of a video that the viewer may see.
///
/// # Errors
/// As [`details`].
pub(crate) async fn visible_id<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
) -> Result<i64, AppError> {
    visible_with(platform, video, viewer, [])
        .await
        .map(|(row, [])| row.id)
}

/// Reads [`details::select_remote_document`]: the document, and when its video last changed.
fn remote_document(rows: &Rows) -> Result<Option<(RemoteDocument, IsoDate)>, AppError> {
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let document = RemoteDocument::parse(&row.text(0)?)?;
    Ok(Some((document, IsoDate(row.integer(1)?))))
}

/// Checks that the viewer may see the video.
///
/// # Errors
/// As [`details`].
pub async fn visible<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
) -> Result<(), AppError> {
    visible_with(platform, video, viewer, []).await.map(|_| ())
}

/// `GET /videos/{id}/description`.
///
/// # Errors
/// As [`details`].
pub async fn description<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
) -> Result<VideoDescription, AppError> {
    let statement = details::select_description(key(video));
    let (_, [rows]) = visible_with(platform, video, viewer, [statement]).await?;
    let description = rows
        .first()
        .map(|row| row.optional_text(0))
        .transpose()?
        .flatten();
    Ok(VideoDescription { description })
}

/// `GET /videos/{id}/storyboards`.
///
/// # Errors
/// As [`details`].
pub async fn storyboards<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
) -> Result<Storyboards, AppError> {
    let statements = [
        details::select_storyboard(key(video)),
        details::select_remote_document(key(video)),
    ];
    let (_, [rows, remote]) = visible_with(platform, video, viewer, statements).await?;
    if let Some((document, _)) = remote_document(&remote)? {
        return Ok(Storyboards {
            storyboards: shape::remote_storyboard(&document).into_iter().collect(),
        });
    }
    let origin = &platform.settings().public_origin;
    Ok(Storyboards {
        storyboards: details::read_storyboard(&rows)?
            .iter()
            .map(|row| shape::storyboard(origin, row))
            .collect(),
    })
}

/// `GET /videos/{id}/captions`. Nobody can give ours any yet.
///
/// # Errors
/// As [`details`].
pub async fn captions<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
) -> Result<ResultList<VideoCaption>, AppError> {
    let statement = details::select_remote_document(key(video));
    let (_, [rows]) = visible_with(platform, video, viewer, [statement]).await?;
    let captions = match remote_document(&rows)? {
        Some((document, updated_at)) => shape::remote_captions(&document, updated_at),
        None => Vec::new(),
    };
    let total = u64::try_from(captions.len()).map_err(AppError::bug)?;
    Ok(ResultList::new(total, captions))
}

/// `GET /videos/{id}/source`, for those who may change the video.
///
/// # Errors
/// 404 when there is no such video or no source; 401 or 403 for others.
pub async fn source<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
) -> Result<VideoSource, AppError> {
    let statement = details::select_source(key(video));
    let (row, [rows]) = visible_with(platform, video, viewer, [statement]).await?;
    if !manages(&Subject::from(&row), viewer) {
        return Err(access::not_manager());
    }
    let origin = &platform.settings().public_origin;
    details::read_source(&rows)?
        .map(|row| shape::source(origin, &row))
        .ok_or_else(|| AppError::not_found("Video source not found"))
}

/// `POST /videos/{id}/token`: a token for the video's files, for signed-in users and for those who know
/// its password.
///
/// # Errors
/// As [`details`].
pub async fn token<P: Platform>(
    platform: &P,
    video: &VideoRef,
    viewer: Viewer<'_>,
) -> Result<VideoToken, AppError> {
    let (row, _) = visible_with(platform, video, viewer, []).await?;
    let token = FileToken::starting(platform.now(), viewer.user.map(|user| user.user_id));
    Ok(VideoToken {
        files: VideoFileToken {
            token: token.sign(platform.settings(), &row.uuid)?,
            expires: IsoDate(token.expires_at.0),
        },
    })
}
