//! From a noted change to its activities, each by whom and to whom as PeerTube sends it.
//!
//! A change that concerns nobody, or that no longer holds when it is told, becomes nothing.

mod mirrors;
mod moved;
mod playlist;
mod report;
mod views;

use activitypub::object::{Activity, Addressing, Context, Ids, Verb};
use ports::{Database, Platform};
use serde_json::{Value, json};
use store::federation::outgoing::{self, ChangeRow, CommentContext};
use store::federation::recipients;

use super::letter::Letter;
use crate::AppError;
use crate::federation::documents::{self, Document, Found, VideoKey};
use crate::federation::keys::{self, LocalActor};

fn letter(document: &Document, followers_of: Vec<String>, others: Vec<String>) -> Letter {
    Letter {
        activity: document.to_json(),
        id: document.id.clone(),
        signer_url: document.actor_url.clone(),
        followers_of,
        others,
        is_fleeting: false,
    }
}

/// The activities that tell a change, in the order of telling.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later; any other when it can never be told.
pub(super) async fn letters<P: Platform>(
    platform: &P,
    change: &ChangeRow,
) -> Result<Vec<Letter>, AppError> {
    let details: Value = serde_json::from_str(&change.details).map_err(AppError::bug)?;
    let subject = change.subject.as_str();
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    match (change.kind.as_str(), change.verb.as_str()) {
        ("video", "publish") => publish(platform, subject).await,
        ("video", "update") => update_video(platform, subject).await,
        ("video", "moved") => moved::letters(platform, subject, &details).await,
        ("video", "viewers") => views::viewers(platform, subject).await,
        ("view", "watched") => views::watched(platform, subject, &details).await,
        ("video", verb) if verb.starts_with("pass-on") => {
            mirrors::pass_on(platform, subject, &details).await
        }
        ("video", verb) if verb.starts_with("mirror") => {
            mirrors::letters(platform, subject, verb, &details).await
        }
        ("view", _) => views::view(platform, subject, &details).await,
        ("abuse", _) => report::flag(platform, row_id(subject)?).await,
        ("video", _) => delete_video(&ids, subject, &details),
        ("comment", verb) => comment(platform, row_id(subject)?, verb).await,
        ("rate", _) => rate(platform, subject, &details).await,
        ("follow", verb) => follow(platform, row_id(subject)?, verb, &details),
        ("playlist", "delete") => playlist::delete(&ids, subject, &details),
        ("playlist", verb) => playlist::state(platform, subject, verb == "create").await,
        ("account", "update") => update_account(platform, subject).await,
        ("channel", "update") => update_channel(platform, subject).await,
        ("account", _) => delete_actor(&ids, ids.account(subject)),
        ("channel", _) => delete_actor(&ids, ids.channel(subject)),
        (kind, _) => Err(AppError::bug(format!("a change of unknown kind {kind}"))),
    }
}

fn row_id(subject: &str) -> Result<i64, AppError> {
    subject.parse().map_err(AppError::bug)
}

fn text<'a>(details: &'a Value, member: &str) -> Result<&'a str, AppError> {
    let missing = || AppError::bug(format!("a change without {member}"));
    details[member].as_str().ok_or_else(missing)
}

/// Those of these actors of ours whom anybody elsewhere follows.
async fn followed<P: Platform>(platform: &P, urls: &[&str]) -> Result<Vec<String>, AppError> {
    let select = recipients::select_followed(&json!(urls).to_string());
    let results = platform.database().batch(vec![select]).await?;
    let rows = results.first().map(Vec::as_slice).unwrap_or_default();
    Ok(rows
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<_, _>>()?)
}

/// The only row of a statement.
async fn one_row<P: Platform>(
    platform: &P,
    statement: ports::Statement,
) -> Result<Option<ports::Row>, AppError> {
    let results = platform.database().batch(vec![statement]).await?;
    let rows = results.into_iter().next().unwrap_or_default();
    Ok(rows.into_iter().next())
}

/// A video that everybody is told of, and those of its account, its channel and the instance who have
/// followers.
async fn public_video<P: Platform>(
    platform: &P,
    uuid: &str,
) -> Result<Option<(Document, Vec<String>)>, AppError> {
    let found = documents::video(platform, VideoKey::Uuid(uuid)).await?;
    let document = found.and_then(Found::into_document);
    let Some(document) = document.filter(Document::is_public) else {
        return Ok(None);
    };
    let instance_url = keys::local_url(&platform.settings().public_origin, LocalActor::Instance);
    let channel_url = document.channel_url.as_deref().unwrap_or_default();
    let urls = [document.actor_url.as_str(), channel_url, &instance_url];
    let followed = followed(platform, &urls).await?;
    Ok(Some((document, followed)))
}

/// The account creates it, the channel and the instance announce it, each to their own followers.
async fn publish<P: Platform>(platform: &P, uuid: &str) -> Result<Vec<Letter>, AppError> {
    let Some((video, followed)) = public_video(platform, uuid).await? else {
        return Ok(Vec::new());
    };
    let mut letters = Vec::new();
    for url in followed {
        if url == video.actor_url {
            letters.push(letter(&documents::create(&video)?, vec![url], Vec::new()));
            continue;
        }
        let channel_url = video.channel_url.as_deref().unwrap_or_default();
        let announce = announce_by(platform, &video, channel_url, &url).await?;
        letters.extend(announce.map(|announce| letter(&announce, vec![url], Vec::new())));
    }
    Ok(letters)
}

/// That one of ours shares a video of this channel, if they are there.
async fn announce_by<P: Platform>(
    platform: &P,
    video: &Document,
    channel_url: &str,
    url: &str,
) -> Result<Option<Document>, AppError> {
    let Some(announcer) = keys::local_actor_by_url(platform, url).await? else {
        return Ok(None);
    };
    let origin = &platform.settings().public_origin;
    let name = |url: &str| url.rsplit('/').next().unwrap_or_default().to_owned();
    let (channel_name, account_name) = (name(channel_url), name(&video.actor_url));
    let to = documents::announce_addressing(origin, &channel_name, &account_name);
    Ok(Some(documents::announce(&video.id, url, announcer.id, to)?))
}

async fn update_video<P: Platform>(platform: &P, uuid: &str) -> Result<Vec<Letter>, AppError> {
    match public_video(platform, uuid).await? {
        Some((video, followed)) if !followed.is_empty() => {
            let update = documents::update(&video, platform.now().0)?;
            Ok(vec![letter(&update, followed, Vec::new())])
        }
        _ => Ok(Vec::new()),
    }
}

fn delete_video(ids: &Ids<'_>, uuid: &str, details: &Value) -> Result<Vec<Letter>, AppError> {
    let account_url = ids.account(text(details, "account")?);
    let channel_url = ids.channel(text(details, "channel")?);
    let involved = vec![account_url.clone(), channel_url, ids.instance()];
    let delete = documents::delete(&ids.video(uuid), &account_url, to_followers(&involved))?;
    Ok(vec![letter(&delete, involved, Vec::new())])
}

fn to_followers(actor_urls: &[String]) -> Addressing {
    let followers: Vec<String> = actor_urls
        .iter()
        .map(|url| format!("{url}/followers"))
        .collect();
    Addressing::public(&followers.iter().map(String::as_str).collect::<Vec<_>>())
}

async fn update_account<P: Platform>(platform: &P, name: &str) -> Result<Vec<Letter>, AppError> {
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let select = outgoing::select_channel_names(name);
    let results = platform.database().batch(vec![select]).await?;
    let mut involved = vec![ids.account(name), ids.instance()];
    for row in results.first().map(Vec::as_slice).unwrap_or_default() {
        involved.push(ids.channel(&row.text(0)?));
    }
    update_actor(platform, LocalActor::Account(name), &involved).await
}

async fn update_channel<P: Platform>(platform: &P, name: &str) -> Result<Vec<Letter>, AppError> {
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let involved = [ids.channel(name), ids.instance()];
    update_actor(platform, LocalActor::Channel(name), &involved).await
}

async fn update_actor<P: Platform>(
    platform: &P,
    which: LocalActor<'_>,
    involved: &[String],
) -> Result<Vec<Letter>, AppError> {
    let urls: Vec<&str> = involved.iter().map(String::as_str).collect();
    let followed = followed(platform, &urls).await?;
    if followed.is_empty() {
        return Ok(Vec::new());
    }
    let found = documents::actor(platform, which).await?;
    let Some(actor) = found.and_then(Found::into_document) else {
        return Ok(Vec::new());
    };
    let update = documents::update(&actor, platform.now().0)?;
    Ok(vec![letter(&update, followed, Vec::new())])
}

fn delete_actor(ids: &Ids<'_>, url: String) -> Result<Vec<Letter>, AppError> {
    let involved = vec![url.clone(), ids.instance()];
    let delete = documents::delete(&url, &url, to_followers(&involved))?;
    Ok(vec![letter(&delete, involved, Vec::new())])
}

async fn comment<P: Platform>(platform: &P, id: i64, verb: &str) -> Result<Vec<Letter>, AppError> {
    let results = platform
        .database()
        .batch(vec![outgoing::select_comment(id)])
        .await?;
    let Some(row) = results.first().and_then(|rows| rows.first()) else {
        return Ok(Vec::new());
    };
    let context = outgoing::read_comment(row)?;
    if context.remote_url.is_some() {
        return judge_comment(platform, id, verb, &context).await;
    }
    let document = match documents::comment(platform, id, None).await? {
        Some(Found::Document(note)) if verb == "create" => documents::create(&note)?,
        Some(Found::Document(note)) => documents::update(&note, platform.now().0)?,
        Some(Found::Gone(tombstone)) if verb == "delete" => documents::delete(
            &tombstone.id,
            &tombstone.actor_url,
            tombstone.addressing.clone(),
        )?,
        _ => return Ok(Vec::new()),
    };
    if !document.is_public() {
        return Ok(Vec::new());
    }
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let mut followers_of = vec![document.actor_url.clone()];
    let mut others = context.answered_inboxes.clone();
    match &context.owner {
        Some((_, inbox)) => others.push(inbox.clone()),
        None => followers_of.extend(owners(&ids, &context)),
    }
    Ok(vec![letter(&document, followers_of, others)])
}

/// Account and channel of a video of ours, and the instance.
fn owners(ids: &Ids<'_>, context: &CommentContext) -> [String; 3] {
    let account_url = ids.account(&context.owner_name);
    let channel_url = ids.channel(&context.channel_name);
    [account_url, channel_url, ids.instance()]
}

/// What the video's account says of another server's comment below a video of ours.
async fn judge_comment<P: Platform>(
    platform: &P,
    id: i64,
    verb: &str,
    context: &CommentContext,
) -> Result<Vec<Letter>, AppError> {
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let comment_url = context.remote_url.as_deref().unwrap_or_default();
    let account_url = ids.account(&context.owner_name);
    let author: Vec<String> = context.author_inbox.iter().cloned().collect();
    let own_url = ids.comment(&context.video_uuid, id);
    match verb {
        "approve" => {
            let approval = documents::approval(platform, id, None).await?;
            let approval = approval.and_then(Found::into_document);
            let tell = |document| letter(&document, Vec::new(), author);
            Ok(approval.map(tell).into_iter().collect())
        }
        "refuse" => {
            let activity_id = format!("{own_url}/reject-reply");
            let answered = match &context.parent {
                Some((_, Some(url))) => url.clone(),
                Some((parent_id, None)) => ids.comment(&context.video_uuid, parent_id),
                None => ids.video(&context.video_uuid),
            };
            let activity =
                Activity::new(Verb::RejectReply, &activity_id, &account_url, comment_url)
                    .in_reply_to(&answered);
            let json = activitypub::object::encode(Context::ReplyApproval, &activity);
            let sent = Letter {
                activity: String::from_utf8(json).map_err(AppError::bug)?,
                id: activity_id.clone(),
                signer_url: account_url.clone(),
                followers_of: Vec::new(),
                others: author,
                is_fleeting: false,
            };
            Ok(vec![sent])
        }
        "delete" if context.video_is_public => {
            let involved = owners(&ids, context).to_vec();
            // An activity's id is its actor's own, whatever it is about.
            let activity_id = ids.delete(&own_url);
            let addressing = to_followers(&involved);
            let activity = Activity::new(Verb::Delete, &activity_id, &account_url, comment_url)
                .addressed(&addressing);
            let json = activitypub::object::encode(Context::Plain, &activity);
            let sent = Letter {
                activity: String::from_utf8(json).map_err(AppError::bug)?,
                id: activity_id.clone(),
                signer_url: account_url.clone(),
                followers_of: involved.clone(),
                others: author,
                is_fleeting: false,
            };
            Ok(vec![sent])
        }
        _ => Ok(Vec::new()),
    }
}

/// The origin of a video hears what one of ours thinks of it; what they thought before is taken back first.
async fn rate<P: Platform>(
    platform: &P,
    subject: &str,
    details: &Value,
) -> Result<Vec<Letter>, AppError> {
    let pair = subject.split_once(':');
    let (video_id, account_id) = pair.ok_or_else(|| AppError::bug("a rate is of two"))?;
    let (video_id, account_id) = (row_id(video_id)?, row_id(account_id)?);
    let select = outgoing::select_rate(video_id, account_id);
    let results = platform.database().batch(vec![select]).await?;
    let Some(row) = results.first().and_then(|rows| rows.first()) else {
        return Ok(Vec::new());
    };
    let context = outgoing::read_rate(row)?;
    let before = details["before"].as_i64().map(|is_like| is_like != 0);
    if before == context.is_like {
        return Ok(Vec::new());
    }
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let account_url = ids.account(&context.account_name);
    let rating = |is_like| {
        let (video_url, owner_url) = (&context.video_url, &context.owner_url);
        documents::rating(&account_url, is_like, video_id, video_url, owner_url)
    };
    let mut told = Vec::new();
    if let Some(is_like) = before {
        told.push(documents::undo(&rating(is_like)?)?);
    }
    if let Some(is_like) = context.is_like {
        told.push(rating(is_like)?);
    }
    let to_origin =
        |document: &Document| letter(document, Vec::new(), vec![context.owner_inbox.clone()]);
    Ok(told.iter().map(to_origin).collect())
}

fn follow<P: Platform>(
    platform: &P,
    number: i64,
    verb: &str,
    details: &Value,
) -> Result<Vec<Letter>, AppError> {
    let (follower, target) = (text(details, "follower")?, text(details, "target")?);
    let Some(inbox) = details["inbox"].as_str() else {
        return Ok(Vec::new());
    };
    // Some servers send no id; whoever reads the answer compares follower and target.
    let unnamed = format!("{follower}#follow");
    let follow_url = details["id"].as_str().unwrap_or(&unnamed);
    let document = match verb {
        "follow" => documents::follow(follower, number, target)?,
        "undo" => documents::undo(&documents::follow(follower, number, target)?)?,
        "accept" => documents::accept(target, number, follow_url, follower)?,
        _ => documents::reject(target, platform.now().0, follow_url, follower)?,
    };
    Ok(vec![letter(&document, Vec::new(), vec![inbox.to_owned()])])
}
