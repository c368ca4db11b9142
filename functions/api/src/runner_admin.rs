//! Runners, their registration tokens and their jobs, for administrators.

use app::runners::{self, JobQuery, JobSort, Page};
use app::{AppError, Rejection};
use domain::runner_job::RunnerJobState;
use domain::user::Role;
use http::Method;
use ports::{Body, Platform};
use rest::form::{FieldReader, FormBody};
use rest::list::{self, RunnerJobSort, RunnerSort, SortKey};
use rest::runner::RunnerJobType;

use crate::answer::{json, no_content, no_store};
use crate::credentials::signed_in;
use crate::runner_jobs::invalid;
use crate::{Answer, RequestHead, form};

/// Routes of this group.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `GET /runners`
    Runners,
    /// `DELETE /runners/{id}`
    DeleteRunner(i64),
    /// `GET /runners/registration-tokens`
    Tokens,
    /// `POST /runners/registration-tokens/generate`
    GenerateToken,
    /// `DELETE /runners/registration-tokens/{id}`
    DeleteToken(i64),
    /// `GET /runners/jobs`
    Jobs,
    /// `POST /runners/jobs/{uuid}/cancel`; PeerTube's description says GET, its code POST.
    CancelJob(String),
    /// `DELETE /runners/jobs/{uuid}`
    DeleteJob(String),
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        Some(match (method, segments) {
            (&Method::GET, ["runners"]) => Self::Runners,
            (&Method::GET, ["runners", "registration-tokens"]) => Self::Tokens,
            (&Method::POST, ["runners", "registration-tokens", "generate"]) => Self::GenerateToken,
            (&Method::DELETE, ["runners", "registration-tokens", id]) => {
                Self::DeleteToken(id.parse().ok()?)
            }
            (&Method::GET, ["runners", "jobs"]) => Self::Jobs,
            (&Method::GET | &Method::POST, ["runners", "jobs", uuid, "cancel"]) => {
                Self::CancelJob((*uuid).to_owned())
            }
            (&Method::DELETE, ["runners", "jobs", uuid]) => Self::DeleteJob((*uuid).to_owned()),
            (&Method::DELETE, ["runners", id]) => Self::DeleteRunner(id.parse().ok()?),
            _ => return None,
        })
    }
}

/// Lets administrators through.
///
/// # Errors
/// 401 for nobody, 403 for others.
pub(crate) async fn administrator<P: Platform>(
    platform: &P,
    head: &RequestHead,
) -> Result<(), AppError> {
    let user = signed_in(platform, head).await?;
    if user.role == Role::Administrator {
        return Ok(());
    }
    Err(AppError::rejected(
        Rejection::Forbidden,
        "Only administrators may do this",
    ))
}

/// Answers one route.
pub(crate) async fn handle<P: Platform>(
    platform: &P,
    head: &RequestHead,
    route: Route,
    _body: Body,
) -> Answer {
    administrator(platform, head).await?;
    match route {
        Route::Runners => {
            let page = page::<RunnerSort>(&query(head)?)?;
            json(&runners::list_runners(platform, page).await?).map(no_store)
        }
        Route::DeleteRunner(id) => {
            runners::delete_runner(platform, id).await?;
            Ok(no_content())
        }
        Route::Tokens => {
            let page = page::<RunnerSort>(&query(head)?)?;
            json(&runners::list_registration_tokens(platform, page).await?).map(no_store)
        }
        Route::GenerateToken => {
            runners::generate_registration_token(platform).await?;
            Ok(no_content())
        }
        Route::DeleteToken(id) => {
            runners::delete_registration_token(platform, id).await?;
            Ok(no_content())
        }
        Route::Jobs => {
            let query = job_query(&query(head)?)?;
            json(&runners::list_jobs(platform, &query).await?).map(no_store)
        }
        Route::CancelJob(uuid) => {
            runners::cancel_job(platform, &uuid).await?;
            Ok(no_content())
        }
        Route::DeleteJob(uuid) => {
            runners::delete_job(platform, &uuid).await?;
            Ok(no_content())
        }
    }
}

/// The query of a request.
pub(crate) fn query(head: &RequestHead) -> Result<FormBody, AppError> {
    FormBody::from_urlencoded(head.query.as_bytes()).map_err(form::refusal)
}

/// Which items of a list that can be sorted by one column.
pub(crate) fn page<K: SortKey>(query: &FormBody) -> Result<Page, AppError> {
    let mut reader = FieldReader::query(query);
    let page = list::Page::<K>::from_query(&mut reader);
    reader.finish().map_err(invalid)?;
    Ok(Page {
        start: page.start,
        count: page.count,
        descending: page.sort.descending,
    })
}

fn job_query(query: &FormBody) -> Result<JobQuery, AppError> {
    let mut reader = FieldReader::query(query);
    let page = list::Page::<RunnerJobSort>::from_query(&mut reader);
    let states = reader.known_list("stateOneOf", RunnerJobState::ALL.len(), |text| {
        RunnerJobState::from_number(text.parse().ok()?)
    });
    let job_types = reader.known_list("typeOneOf", RunnerJobType::ALL.len(), |name| {
        RunnerJobType::from_name(name).map(|kind| kind.as_str().to_owned())
    });
    let search = reader.text("search", 1..=200).map(str::to_owned);
    reader.finish().map_err(invalid)?;
    Ok(JobQuery {
        search,
        states,
        job_types,
        sort: match page.sort.by {
            RunnerJobSort::UpdatedAt => JobSort::UpdatedAt,
            RunnerJobSort::CreatedAt => JobSort::CreatedAt,
            RunnerJobSort::Priority => JobSort::Priority,
            RunnerJobSort::State => JobSort::State,
            RunnerJobSort::Progress => JobSort::Progress,
        },
        page: Page {
            start: page.start,
            count: page.count,
            descending: page.sort.descending,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_exact() {
        let check = |method: Method, segments: &[&str], expected: Option<Route>| {
            assert_eq!(
                Route::parse(&method, segments),
                expected,
                "{method} {segments:?}"
            );
        };
        check(Method::GET, &["runners"], Some(Route::Runners));
        check(
            Method::DELETE,
            &["runners", "7"],
            Some(Route::DeleteRunner(7)),
        );
        check(Method::DELETE, &["runners", "x"], None);
        let cancel = Some(Route::CancelJob("u".to_owned()));
        check(Method::POST, &["runners", "jobs", "u", "cancel"], cancel);
        let cancel = Some(Route::CancelJob("u".to_owned()));
        check(Method::GET, &["runners", "jobs", "u", "cancel"], cancel);
        check(Method::PUT, &["runners", "jobs", "u", "cancel"], None);
    }
}
