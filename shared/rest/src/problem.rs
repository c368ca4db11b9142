//! Errors as PeerTube sends them: RFC 9457 problem details plus PeerTube's own keys.

use std::{borrow::Cow, collections::BTreeMap};

use http::{HeaderValue, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Content type of every error body.
pub const CONTENT_TYPE: &str = "application/problem+json; charset=utf-8";

/// Where PeerTube documents its codes; the last part of `type`.
const TYPE_BASE: &str = "https://docs.joinpeertube.org/api-rest-reference.html#section/Errors/";

/// Part of the request that holds a wrong value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParamLocation {
    /// A part of the path.
    Params,
    /// A field of the body.
    Body,
    /// A header.
    Headers,
    /// A query parameter.
    Query,
    /// A cookie.
    Cookies,
}

/// One wrong value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvalidParam {
    /// Part of the request.
    pub location: ParamLocation,
    /// Which rule it broke, for people.
    pub msg: Cow<'static, str>,
    /// Name of the field.
    pub param: String,
    /// The value as it came, cut to [`MAX_ECHO_CHARS`]; absent when nothing came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

/// Characters of a wrong value that are sent back.
pub const MAX_ECHO_CHARS: usize = 200;

impl InvalidParam {
    /// An entry whose value is text, cut to [`MAX_ECHO_CHARS`].
    pub fn new(
        location: ParamLocation,
        param: impl Into<String>,
        msg: impl Into<Cow<'static, str>>,
        value: Option<&str>,
    ) -> Self {
        let value = value.map(|text| Value::String(text.chars().take(MAX_ECHO_CHARS).collect()));
        Self {
            location,
            msg: msg.into(),
            param: param.into(),
            value,
        }
    }

    /// An entry for a body field.
    pub fn body(
        param: impl Into<String>,
        msg: impl Into<Cow<'static, str>>,
        value: Option<&str>,
    ) -> Self {
        Self::new(ParamLocation::Body, param, msg, value)
    }

    /// An entry for a query parameter.
    pub fn query(
        param: impl Into<String>,
        msg: impl Into<Cow<'static, str>>,
        value: Option<&str>,
    ) -> Self {
        Self::new(ParamLocation::Query, param, msg, value)
    }

    /// An entry for a part of the path.
    pub fn path(
        param: impl Into<String>,
        msg: impl Into<Cow<'static, str>>,
        value: Option<&str>,
    ) -> Self {
        Self::new(ParamLocation::Params, param, msg, value)
    }
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal;)*) => {
        /// PeerTube's machine-readable error codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $code)] $name,)*
        }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// HTTP status that PeerTube sends with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }
        }
    };
}

error_codes! {
    /// The file is larger than the instance takes.
    MaxFileSizeReached = "max_file_size_reached", 413;
    /// The user's total or daily quota does not hold the file.
    QuotaReached = "quota_reached", 413;
    /// The other instance is neither followed nor follower.
    DoesNotRespectFollowConstraints = "does_not_respect_follow_constraints", 403;
    /// Lives are off.
    LiveNotEnabled = "live_not_enabled", 403;
    /// Replays are off.
    LiveNotAllowingReplay = "live_not_allowing_replay", 403;
    /// A permanent live with one replay for all.
    LiveConflictingPermanentAndSaveReplay = "live_conflicting_permanent_and_save_replay", 400;
    /// Too many lives on the instance.
    MaxInstanceLivesLimitReached = "max_instance_lives_limit_reached", 403;
    /// Too many lives of the user.
    MaxUserLivesLimitReached = "max_user_lives_limit_reached", 403;
    /// A torrent with more or less than one file.
    IncorrectFilesInTorrent = "incorrect_files_in_torrent", 400;
    /// A comment of another video.
    CommentNotAssociatedToVideo = "comment_not_associated_to_video", 400;
    /// Wrong name or password, or a spent refresh token.
    InvalidGrant = "invalid_grant", 400;
    /// Wrong OAuth client.
    InvalidClient = "invalid_client", 400;
    /// Wrong or expired access token.
    InvalidToken = "invalid_token", 401;
    /// The account asks for a one-time code.
    MissingTwoFactor = "missing_two_factor", 401;
    /// Wrong one-time code.
    InvalidTwoFactor = "invalid_two_factor", 403;
    /// The password is longer than the hash takes.
    TooLongPassword = "too_long_password", 400;
    /// The user is blocked.
    AccountBlocked = "account_blocked", 400;
    /// The e-mail address is not yet verified.
    EmailNotVerified = "email_not_verified", 400;
    /// The registration waits for a moderator.
    AccountWaitingForApproval = "account_waiting_for_approval", 400;
    /// The registration was rejected.
    AccountApprovalRejected = "account_approval_rejected", 400;
    /// The job is no longer this runner's.
    RunnerJobNotInProcessingState = "runner_job_not_in_processing_state", 409;
    /// Another runner was faster.
    RunnerJobNotInPendingState = "runner_job_not_in_pending_state", 409;
    /// The runner was unregistered.
    UnknownRunnerToken = "unknown_runner_token", 404;
    /// The video asks for a password.
    VideoRequiresPassword = "video_requires_password", 403;
    /// Wrong video password.
    IncorrectVideoPassword = "incorrect_video_password", 403;
    /// Already transcoding.
    VideoAlreadyBeingTranscoded = "video_already_being_transcoded", 409;
    /// Already transcribing.
    VideoAlreadyBeingTranscribed = "video_already_being_transcribed", 409;
    /// There are captions.
    VideoAlreadyHasCaptions = "video_already_has_captions", 409;
    /// The export would be too large.
    MaxUserVideoQuotaExceededForUserExport = "max_user_video_quota_exceeded_for_user_export", 403;
    /// The current password is wrong.
    CurrentPasswordIsInvalid = "current_password_is_invalid", 403;
}

/// An error body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// `about:blank`, or a documentation URL that ends in the code.
    #[serde(rename = "type")]
    pub problem_type: Cow<'static, str>,
    /// The status in words.
    pub title: Cow<'static, str>,
    /// HTTP status, the same as the answer's.
    pub status: u16,
    /// What went wrong, for people.
    pub detail: Cow<'static, str>,
    /// The same as `detail`, for clients older than 3.2.
    pub error: Cow<'static, str>,
    /// Where the route is documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<Cow<'static, str>>,
    /// What went wrong, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// Path of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Wrong values by field name.
    #[serde(
        rename = "invalid-params",
        default,
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub invalid_params: BTreeMap<String, InvalidParam>,
}

impl Problem {
    /// A problem that has a status and a text but no code.
    pub fn new(status: u16, detail: impl Into<Cow<'static, str>>) -> Self {
        let detail = detail.into();
        Self {
            problem_type: "about:blank".into(),
            title: status_title(status).into(),
            status,
            error: detail.clone(),
            detail,
            docs: None,
            code: None,
            instance: None,
            invalid_params: BTreeMap::new(),
        }
    }

    /// A problem with one of PeerTube's codes and the status that belongs to it.
    pub fn coded(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        let mut problem = Self::new(code.status(), detail);
        problem.problem_type = format!("{TYPE_BASE}{}", code.as_str()).into();
        problem.code = Some(code);
        problem
    }

    /// 400 with the wrong values; names them in `detail`. Of two entries for one field the first
    /// stays.
    #[must_use]
    pub fn invalid_params(entries: Vec<InvalidParam>) -> Self {
        let mut invalid_params = BTreeMap::new();
        for entry in entries {
            invalid_params.entry(entry.param.clone()).or_insert(entry);
        }
        let names: Vec<&str> = invalid_params.keys().map(String::as_str).collect();
        let mut problem = Self::new(
            400,
            format!("Incorrect request parameters: {}", names.join(", ")),
        );
        problem.invalid_params = invalid_params;
        problem
    }

    /// 404.
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(404, detail)
    }

    /// 401 for a missing, wrong or expired access token.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::coded(ErrorCode::InvalidToken, "Token is invalid or missing")
    }

    /// 403.
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(403, detail)
    }

    /// The whole response: this problem's status, [`CONTENT_TYPE`] and its JSON; 500 where
    /// [`status`](Self::status) is no status of HTTP.
    pub fn to_response(&self) -> Response<Vec<u8>> {
        let mut response = Response::new(self.to_json().into_bytes());
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        response
    }

    /// The same problem with another status than the code's usual one.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self.title = status_title(status).into();
        self
    }

    /// The body as JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings and numbers always serialise")
    }
}

/// Reason phrase of the statuses that we send (RFC 9110, 15).
fn status_title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        409 => "Conflict",
        410 => "Gone",
        411 => "Length Required",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Error",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_problem_mirrors_detail_in_error() {
        assert_eq!(
            serde_json::to_value(Problem::not_found("Video not found")).unwrap(),
            json!({
                "type": "about:blank", "title": "Not Found", "status": 404,
                "detail": "Video not found", "error": "Video not found",
            })
        );
    }

    #[test]
    fn a_response_has_the_problems_status_type_and_body() {
        let mismatch = Problem::new(460, "other bytes");
        let response = mismatch.to_response();
        assert_eq!(response.status(), 460);
        assert_eq!(response.headers()[header::CONTENT_TYPE], CONTENT_TYPE);
        let body: Problem = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(body, mismatch);
        assert_eq!(Problem::new(7, "no status").to_response().status(), 500);
    }

    #[test]
    fn coded_problem_has_its_status_and_a_type_that_ends_in_the_code() {
        let json = serde_json::to_value(Problem::coded(ErrorCode::QuotaReached, "full")).unwrap();
        assert_eq!(json["status"], 413);
        assert_eq!(json["code"], "quota_reached");
        assert!(json["type"].as_str().unwrap().ends_with("/quota_reached"));
        for code in ErrorCode::ALL {
            let text = serde_json::to_value(code).unwrap();
            assert_eq!(text, code.as_str());
        }
        assert_eq!(ErrorCode::ALL.len(), 30);
    }

    #[test]
    fn invalid_params_are_a_map_by_field() {
        let long = "é".repeat(10_000);
        let problem = Problem::invalid_params(vec![
            InvalidParam::body("name", "must have 3 to 120 characters", Some(&long)),
            InvalidParam::body("name", "second", None),
            InvalidParam::query("start", "must be a number", Some("x")),
        ]);
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["status"], 400);
        assert_eq!(json["detail"], "Incorrect request parameters: name, start");
        let name = &json["invalid-params"]["name"];
        assert_eq!(name["location"], "body");
        assert_eq!(name["param"], "name");
        assert_eq!(name["msg"], "must have 3 to 120 characters");
        assert_eq!(
            name["value"].as_str().unwrap().chars().count(),
            MAX_ECHO_CHARS
        );
        assert_eq!(json["invalid-params"]["start"]["location"], "query");
        assert_eq!(
            serde_json::from_str::<Problem>(&problem.to_json()).unwrap(),
            problem
        );
    }
}
