//! The runner protocol as runners speak it: `POST /runners/…`, tokens in the body, any encoding.

use app::runners::{self, JobTokens, Registration};
use app::{AppError, Rejection};
use http::{Method, header};
use ports::{Body, BodyError, Platform};
use rest::form::FormBody;
use rest::problem::InvalidParam;
use rest::runner::{
    AbortJobBody, JobTokensBody, RegisterBody, RequestJobsBody, RunnerTokenBody, UpdateJobBody,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::answer::{json, no_content, no_store};
use crate::runner_files::{Destination, receive_multipart};
use crate::{Answer, RequestHead, form};

/// Largest success body without files: a rendition report (8 MiB, see `hls::limits::MAX_REPORT_BYTES`) and
/// two tokens.
pub(crate) const MAX_SUCCESS_BYTES: usize = (8 << 20) + (16 << 10);
/// Multipart bodies of updates: a stock runner sends three fields, a live one would send files.
const MAX_UPDATE_BYTES: usize = 256 << 10;

/// Routes of this group.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `POST /runners/register`
    Register,
    /// `POST /runners/unregister`
    Unregister,
    /// `POST /runners/jobs/request`
    Request,
    /// `POST /runners/jobs/{uuid}/accept`
    Accept(String),
    /// `POST /runners/jobs/{uuid}/update`
    Update(String),
    /// `POST /runners/jobs/{uuid}/abort`
    Abort(String),
    /// `POST /runners/jobs/{uuid}/error`
    Error(String),
    /// `POST /runners/jobs/{uuid}/success`
    Success(String),
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        if method != Method::POST {
            return None;
        }
        Some(match segments {
            ["runners", "register"] => Self::Register,
            ["runners", "unregister"] => Self::Unregister,
            ["runners", "jobs", "request"] => Self::Request,
            ["runners", "jobs", uuid, "accept"] => Self::Accept((*uuid).to_owned()),
            ["runners", "jobs", uuid, "update"] => Self::Update((*uuid).to_owned()),
            ["runners", "jobs", uuid, "abort"] => Self::Abort((*uuid).to_owned()),
            ["runners", "jobs", uuid, "error"] => Self::Error((*uuid).to_owned()),
            ["runners", "jobs", uuid, "success"] => Self::Success((*uuid).to_owned()),
            _ => return None,
        })
    }
}

/// 400 for wrong fields.
pub(crate) fn invalid(fields: Vec<InvalidParam>) -> AppError {
    let names: Vec<&str> = fields.iter().map(|field| field.param.as_str()).collect();
    AppError::Rejected {
        rejection: Rejection::BadRequest,
        code: None,
        detail: format!("Incorrect request parameters: {}", names.join(", ")),
        invalid_fields: fields
            .into_iter()
            .map(|field| (field.param, field.msg.into_owned()))
            .collect(),
    }
}

/// The two tokens of a body about a job.
pub(crate) fn tokens(form: &FormBody) -> Result<JobTokens, AppError> {
    let JobTokensBody {
        runner_token,
        job_token,
    } = JobTokensBody::from_form(form).map_err(invalid)?;
    Ok(JobTokens {
        runner_token,
        job_token,
    })
}

/// Answers one route.
pub(crate) async fn handle<P: Platform>(
    platform: &P,
    head: &RequestHead,
    route: Route,
    body: Body,
) -> Answer {
    if let Route::Success(uuid) = route {
        return success(platform, head, &uuid, body).await;
    }
    let form = form::read(head, body, MAX_UPDATE_BYTES).await?.form;
    match route {
        Route::Register => register(platform, &form).await,
        Route::Unregister => {
            let body = RunnerTokenBody::from_form(&form).map_err(invalid)?;
            runners::unregister(platform, &body.runner_token).await?;
            Ok(no_content())
        }
        Route::Request => {
            let body = RequestJobsBody::from_form(&form).map_err(invalid)?;
            let jobs = runners::request_jobs(
                platform,
                &body.runner_token,
                body.job_types.as_deref(),
                body.version.as_deref(),
            )
            .await?;
            json(&jobs).map(no_store)
        }
        Route::Accept(uuid) => {
            let body = RunnerTokenBody::from_form(&form).map_err(invalid)?;
            let accepted = runners::accept(platform, &uuid, &body.runner_token).await?;
            json(&accepted).map(no_store)
        }
        Route::Update(uuid) => {
            let body = UpdateJobBody::from_form(&form).map_err(invalid)?;
            let progress = body.progress.map(u32::from);
            runners::update(platform, &uuid, &tokens(&form)?, progress).await?;
            Ok(no_content())
        }
        Route::Abort(uuid) => {
            let body = AbortJobBody::from_form(&form).map_err(invalid)?;
            runners::abort(platform, &uuid, &tokens(&form)?).await?;
            platform.log(&format!("runner job {uuid} was aborted: {}", body.reason));
            Ok(no_content())
        }
        Route::Error(uuid) => error(platform, &uuid, &form).await,
        Route::Success(_) => Err(AppError::bug("answered above")),
    }
}

async fn register<P: Platform>(platform: &P, form: &FormBody) -> Answer {
    let body = RegisterBody::from_form(form).map_err(invalid)?;
    let registration = Registration {
        registration_token: &body.registration_token,
        name: &body.name,
        description: body.description.as_deref(),
        version: body.version.as_deref(),
    };
    json(&runners::register(platform, registration).await?).map(no_store)
}

/// A message that is too long is cut, not refused: the failure must be counted.
async fn error<P: Platform>(platform: &P, uuid: &str, form: &FormBody) -> Answer {
    let tokens = tokens(form)?;
    let message = form
        .text("message")
        .map(str::trim)
        .filter(|message| !message.is_empty())
        .ok_or_else(|| AppError::invalid_field("message", "is missing"))?;
    runners::error(platform, uuid, &tokens, message).await?;
    Ok(no_content())
}

/// A success body in JSON. The report stays text: only the use case knows what it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SuccessJson {
    runner_token: Option<String>,
    job_token: Option<String>,
    #[serde(default)]
    payload: SuccessJsonPayload,
}

#[derive(Default, Deserialize)]
struct SuccessJsonPayload {
    #[serde(default)]
    edgetube: Option<Box<RawValue>>,
}

async fn success<P: Platform>(platform: &P, head: &RequestHead, uuid: &str, body: Body) -> Answer {
    let content_type = head
        .header(header::CONTENT_TYPE.as_str())
        .unwrap_or_default();
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let (tokens, report) = match essence.as_str() {
        "application/json" => success_json(body).await?,
        "multipart/form-data" => {
            let destination = Destination::OutputsOf { job_uuid: uuid };
            let received = receive_multipart(platform, content_type, body, destination).await?;
            fields_of_success(&received.form)?
        }
        _ => fields_of_success(&form::read_fields(head, body).await?)?,
    };
    runners::succeed(platform, uuid, &tokens, report.as_deref()).await?;
    Ok(no_content())
}

/// Tokens and report as form fields; in a form the report is JSON in a text.
fn fields_of_success(form: &FormBody) -> Result<(JobTokens, Option<Vec<u8>>), AppError> {
    let report = form
        .text("payload.edgetube")
        .map(|text| text.as_bytes().to_vec());
    Ok((tokens(form)?, report))
}

async fn success_json(body: Body) -> Result<(JobTokens, Option<Vec<u8>>), AppError> {
    let bytes = match body.into_bytes(MAX_SUCCESS_BYTES).await {
        Ok(bytes) => bytes,
        Err(BodyError::TooLarge { limit_bytes }) => {
            return Err(form::refusal(rest::form::FormError::TooLarge(limit_bytes)));
        }
        Err(error) => return Err(error.into()),
    };
    let body: SuccessJson = serde_json::from_slice(&bytes)
        .map_err(|_| form::refusal(rest::form::FormError::NotJson))?;
    let token = |field: &str, token: Option<String>| {
        token
            .filter(|token| !token.is_empty())
            .ok_or_else(|| AppError::invalid_field(field, "is missing or too long"))
    };
    let tokens = JobTokens {
        runner_token: token("runnerToken", body.runner_token)?,
        job_token: token("jobToken", body.job_token)?,
    };
    let report = body
        .payload
        .edgetube
        .map(|report| report.get().as_bytes().to_vec());
    Ok((tokens, report))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_exact() {
        let post = |segments: &[&str]| Route::parse(&Method::POST, segments);
        assert_eq!(post(&["runners", "register"]), Some(Route::Register));
        assert_eq!(post(&["runners", "jobs", "request"]), Some(Route::Request));
        assert_eq!(
            post(&["runners", "jobs", "u", "accept"]),
            Some(Route::Accept("u".to_owned()))
        );
        assert_eq!(post(&["runners", "jobs", "u", "cancel"]), None);
        assert_eq!(post(&["runners", "jobs", "u", "accept", "x"]), None);
        assert_eq!(
            Route::parse(&Method::GET, &["runners", "jobs", "request"]),
            None
        );
    }
}
