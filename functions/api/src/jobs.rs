//! `GET /jobs/{state}`: the admin's list of jobs.

use app::AppError;
use app::jobs::{self, QueueQuery, QueueState};
use http::Method;
use ports::{Body, Platform};
use rest::list::JobSort;

use crate::answer::{json, no_store};
use crate::runner_admin::{administrator, page, query};
use crate::{Answer, RequestHead};

/// Routes of this group.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `GET /jobs/{state}`, and `GET /jobs?states=a,b` as newer clients ask.
    List(Option<QueueState>),
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        Some(match (method, segments) {
            (&Method::GET, ["jobs"]) => Self::List(None),
            (&Method::GET, ["jobs", state]) => Self::List(Some(QueueState::from_name(state)?)),
            _ => return None,
        })
    }
}

/// Answers one route.
pub(crate) async fn handle<P: Platform>(
    platform: &P,
    head: &RequestHead,
    route: Route,
    _body: Body,
) -> Answer {
    administrator(platform, head).await?;
    let Route::List(state) = route;
    let query = query(head)?;
    let named = query.text("states").unwrap_or_default();
    let mut states: Vec<QueueState> = state.into_iter().collect();
    for name in named.split(',').filter(|name| !name.is_empty()) {
        let state = QueueState::from_name(name.trim())
            .ok_or_else(|| AppError::invalid_field("states", "names an unknown state"))?;
        states.push(state);
    }
    let asked = QueueQuery {
        states,
        job_type: query
            .text("jobType")
            .filter(|kind| !kind.is_empty())
            .map(str::to_owned),
        page: page::<JobSort>(&query)?,
    };
    json(&jobs::list(platform, &asked).await?).map(no_store)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_states_are_no_route() {
        let get = |segments: &[&str]| Route::parse(&Method::GET, segments);
        assert_eq!(
            get(&["jobs", "waiting-children"]),
            Some(Route::List(Some(QueueState::WaitingChildren)))
        );
        assert_eq!(get(&["jobs", "done"]), None);
    }
}
