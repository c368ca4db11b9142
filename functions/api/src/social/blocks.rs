//! Blocked accounts and servers.

use app::AppError;
use app::accounts::SignedIn;
use app::social::{self, BlockPart, Blocker};
use ports::{Body, Platform};
use rest::form::FieldReader;
use rest::list::{DateSort, Page};

use super::route::Whose;
use crate::answer::{json, no_content, no_store};
use crate::credentials::{maybe_signed_in, signed_in};
use crate::videos::query_form;
use crate::{Answer, RequestHead, form};

const fn blocker(whose: Whose, user: &SignedIn) -> Blocker<'_> {
    match whose {
        Whose::User => Blocker::User(user),
        Whose::Instance => Blocker::Instance(user),
    }
}

/// `start`, `count` and `search` of a query; the order is always by date.
fn part(head: &RequestHead) -> Result<(Page<DateSort>, Option<String>), AppError> {
    let form = query_form(head)?;
    let mut reader = FieldReader::query(&form);
    let page = Page::from_query(&mut reader);
    let search = reader.text("search", 1..=320).map(str::to_lowercase);
    match reader.finish() {
        Ok(()) => Ok((page, search)),
        Err(wrong) => {
            let field = wrong.first().map_or("", |entry| entry.param.as_str());
            Err(AppError::invalid_field(field, "is wrong"))
        }
    }
}

/// `GET …/blocklist/accounts`
pub(super) async fn accounts<P: Platform>(
    platform: &P,
    head: &RequestHead,
    whose: Whose,
) -> Answer {
    let user = signed_in(platform, head).await?;
    let (page, search) = part(head)?;
    let part = BlockPart {
        start: page.start,
        count: page.count,
        search: search.as_deref(),
    };
    json(&social::blocked_accounts(platform, blocker(whose, &user), part).await?).map(no_store)
}

/// `GET …/blocklist/servers`
pub(super) async fn hosts<P: Platform>(platform: &P, head: &RequestHead, whose: Whose) -> Answer {
    let user = signed_in(platform, head).await?;
    let (page, search) = part(head)?;
    let part = BlockPart {
        start: page.start,
        count: page.count,
        search: search.as_deref(),
    };
    json(&social::blocked_hosts(platform, blocker(whose, &user), part).await?).map(no_store)
}

async fn named(head: &RequestHead, body: Body, field: &str) -> Result<String, AppError> {
    let form = form::read_fields(head, body).await?;
    match form.text(field).map(str::trim) {
        Some(name) if !name.is_empty() => Ok(name.to_owned()),
        _ => Err(AppError::invalid_field(field, "is missing")),
    }
}

/// `POST …/blocklist/accounts`
pub(super) async fn block_account<P: Platform>(
    platform: &P,
    head: &RequestHead,
    whose: Whose,
    body: Body,
) -> Answer {
    let user = signed_in(platform, head).await?;
    let name = named(head, body, "accountName").await?;
    social::block_account(platform, blocker(whose, &user), &name).await?;
    Ok(no_content())
}

/// `POST …/blocklist/servers`
pub(super) async fn block_host<P: Platform>(
    platform: &P,
    head: &RequestHead,
    whose: Whose,
    body: Body,
) -> Answer {
    let user = signed_in(platform, head).await?;
    let host = named(head, body, "host").await?;
    social::block_host(platform, blocker(whose, &user), &host).await?;
    Ok(no_content())
}

/// `DELETE …/blocklist/accounts/{name}`
pub(super) async fn unblock_account<P: Platform>(
    platform: &P,
    head: &RequestHead,
    whose: Whose,
    name: &str,
) -> Answer {
    let user = signed_in(platform, head).await?;
    social::unblock_account(platform, blocker(whose, &user), name).await?;
    Ok(no_content())
}

/// `DELETE …/blocklist/servers/{host}`
pub(super) async fn unblock_host<P: Platform>(
    platform: &P,
    head: &RequestHead,
    whose: Whose,
    host: &str,
) -> Answer {
    let user = signed_in(platform, head).await?;
    social::unblock_host(platform, blocker(whose, &user), host).await?;
    Ok(no_content())
}

/// `GET /blocklist/status`
pub(super) async fn status<P: Platform>(platform: &P, head: &RequestHead) -> Answer {
    let user = maybe_signed_in(platform, head).await?;
    let form = query_form(head)?;
    let texts = |field| -> Vec<String> {
        form.texts(field)
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let asked = (&*texts("accounts"), &*texts("hosts"));
    json(&social::block_status(platform, user.as_ref(), asked).await?).map(no_store)
}
