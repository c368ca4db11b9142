//! Runners' bodies read from any encoding; a stock runner sends updates and results as multipart.

use std::ops::RangeInclusive;

use crate::{
    form::{FieldReader, FormBody},
    problem::InvalidParam,
    runner::{
        AbortJobBody, ErrorJobBody, JobTokensBody, RegisterBody, RequestJobsBody, RunnerTokenBody,
        UpdateJobBody,
    },
};

/// Characters of any token.
const TOKEN_CHARS: RangeInclusive<usize> = 1..=1_000;
/// Characters of a runner's name.
const NAME_CHARS: RangeInclusive<usize> = 1..=100;
/// Characters of a runner's description.
const DESCRIPTION_CHARS: RangeInclusive<usize> = 1..=1_000;
/// Characters of a runner program's version.
const VERSION_CHARS: RangeInclusive<usize> = 1..=100;
/// Characters of an abort's reason and of an error's message.
const MESSAGE_CHARS: RangeInclusive<usize> = 1..=5_000;
/// Kinds that a runner may name, known or not.
const MAX_JOB_TYPES: usize = 50;

/// Every field that is missing or breaks its bound; tokens are not echoed.
type Invalid = Vec<InvalidParam>;

fn token(reader: &mut FieldReader<'_>, path: &str) -> Option<String> {
    let token = reader
        .form()
        .text(path)
        .map(str::trim)
        .filter(|token| TOKEN_CHARS.contains(&token.chars().count()));
    if token.is_none() {
        reader.refuse_secret(path, "is missing or too long");
    }
    token.map(str::to_owned)
}

fn optional(
    reader: &mut FieldReader<'_>,
    path: &str,
    chars: RangeInclusive<usize>,
) -> Option<String> {
    reader.text(path, chars).map(str::to_owned)
}

fn tokens(reader: &mut FieldReader<'_>) -> Option<JobTokensBody> {
    let runner_token = token(reader, "runnerToken");
    let job_token = token(reader, "jobToken");
    Some(JobTokensBody {
        runner_token: runner_token?,
        job_token: job_token?,
    })
}

impl RegisterBody {
    /// Reads the body.
    ///
    /// # Errors
    /// Every field that is missing or breaks its bound.
    pub fn from_form(form: &FormBody) -> Result<Self, Invalid> {
        let mut reader = FieldReader::body(form);
        let registration_token = token(&mut reader, "registrationToken");
        let name = reader.required_text("name", NAME_CHARS);
        let description = optional(&mut reader, "description", DESCRIPTION_CHARS);
        let version = optional(&mut reader, "version", VERSION_CHARS);
        match (registration_token, name) {
            (Some(registration_token), Some(name)) if !reader.has_refused() => Ok(Self {
                registration_token,
                name: name.to_owned(),
                description,
                version,
            }),
            _ => Err(reader.into_refused()),
        }
    }
}

impl RunnerTokenBody {
    /// Reads the body.
    ///
    /// # Errors
    /// A missing token.
    pub fn from_form(form: &FormBody) -> Result<Self, Invalid> {
        let mut reader = FieldReader::body(form);
        match token(&mut reader, "runnerToken") {
            Some(runner_token) => Ok(Self { runner_token }),
            None => Err(reader.into_refused()),
        }
    }
}

impl RequestJobsBody {
    /// Reads the body.
    ///
    /// # Errors
    /// Every field that is missing or breaks its bound.
    pub fn from_form(form: &FormBody) -> Result<Self, Invalid> {
        let mut reader = FieldReader::body(form);
        let runner_token = token(&mut reader, "runnerToken");
        let version = optional(&mut reader, "version", VERSION_CHARS);
        let job_types = form.is_given("jobTypes").then(|| {
            reader.known_list("jobTypes", MAX_JOB_TYPES, |name| {
                (1..=100).contains(&name.len()).then(|| name.to_owned())
            })
        });
        match runner_token {
            Some(runner_token) if !reader.has_refused() => Ok(Self {
                runner_token,
                job_types,
                version,
            }),
            _ => Err(reader.into_refused()),
        }
    }
}

impl JobTokensBody {
    /// Reads the two tokens of any body about a job.
    ///
    /// # Errors
    /// Every token that is missing.
    pub fn from_form(form: &FormBody) -> Result<Self, Invalid> {
        let mut reader = FieldReader::body(form);
        tokens(&mut reader).ok_or_else(|| reader.into_refused())
    }
}

impl UpdateJobBody {
    /// Reads the body; the payload of lives is not read.
    ///
    /// # Errors
    /// Every field that is missing or breaks its bound.
    pub fn from_form(form: &FormBody) -> Result<Self, Invalid> {
        let mut reader = FieldReader::body(form);
        let tokens = tokens(&mut reader);
        let progress = reader.number("progress", 0..=100_u8);
        match tokens {
            Some(JobTokensBody {
                runner_token,
                job_token,
            }) if !reader.has_refused() => Ok(Self {
                runner_token,
                job_token,
                progress,
            }),
            _ => Err(reader.into_refused()),
        }
    }
}

impl AbortJobBody {
    /// Reads the body.
    ///
    /// # Errors
    /// Every field that is missing or breaks its bound.
    pub fn from_form(form: &FormBody) -> Result<Self, Invalid> {
        let (tokens, reason) = tokens_and_text(form, "reason")?;
        let JobTokensBody {
            runner_token,
            job_token,
        } = tokens;
        Ok(Self {
            runner_token,
            job_token,
            reason,
        })
    }
}

impl ErrorJobBody {
    /// Reads the body.
    ///
    /// # Errors
    /// Every field that is missing or breaks its bound.
    pub fn from_form(form: &FormBody) -> Result<Self, Invalid> {
        let (tokens, message) = tokens_and_text(form, "message")?;
        let JobTokensBody {
            runner_token,
            job_token,
        } = tokens;
        Ok(Self {
            runner_token,
            job_token,
            message,
        })
    }
}

fn tokens_and_text(form: &FormBody, path: &str) -> Result<(JobTokensBody, String), Invalid> {
    let mut reader = FieldReader::body(form);
    let tokens = tokens(&mut reader);
    let text = reader.required_text(path, MESSAGE_CHARS);
    match (tokens, text) {
        (Some(tokens), Some(text)) => Ok((tokens, text.to_owned())),
        _ => Err(reader.into_refused()),
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    fn form(body: &impl Serialize) -> FormBody {
        FormBody::from_json(&serde_json::to_vec(body).unwrap()).unwrap()
    }

    fn names<T>(result: Result<T, Invalid>) -> Vec<String> {
        result
            .err()
            .unwrap()
            .into_iter()
            .map(|entry| entry.param)
            .collect()
    }

    #[test]
    fn what_a_runner_serialises_is_what_the_server_reads() {
        let (runner_token, job_token) = ("ptrt-1".to_owned(), "ptrjt-1".to_owned());
        let body = RegisterBody {
            registration_token: "ptrrt-1".into(),
            name: "one".into(),
            description: None,
            version: Some("1.0".into()),
        };
        assert_eq!(RegisterBody::from_form(&form(&body)), Ok(body));
        let body = RequestJobsBody {
            runner_token: runner_token.clone(),
            job_types: Some(vec!["vod-hls-transcoding".into(), "new-kind".into()]),
            version: None,
        };
        assert_eq!(RequestJobsBody::from_form(&form(&body)), Ok(body));
        let body = RunnerTokenBody {
            runner_token: runner_token.clone(),
        };
        assert_eq!(RunnerTokenBody::from_form(&form(&body)), Ok(body));
        let body = UpdateJobBody {
            runner_token: runner_token.clone(),
            job_token: job_token.clone(),
            progress: Some(100),
        };
        assert_eq!(UpdateJobBody::from_form(&form(&body)), Ok(body));
        let body = AbortJobBody {
            runner_token: runner_token.clone(),
            job_token: job_token.clone(),
            reason: "stopping".into(),
        };
        assert_eq!(AbortJobBody::from_form(&form(&body)), Ok(body));
        let body = ErrorJobBody {
            runner_token,
            job_token,
            message: "broken".into(),
        };
        assert_eq!(ErrorJobBody::from_form(&form(&body)), Ok(body));
    }

    #[test]
    fn what_is_missing_is_named_without_tokens() {
        let empty = FormBody::default();
        assert_eq!(
            names(RegisterBody::from_form(&empty)),
            ["registrationToken", "name"]
        );
        assert_eq!(names(RunnerTokenBody::from_form(&empty)), ["runnerToken"]);
        assert_eq!(
            names(JobTokensBody::from_form(&empty)),
            ["runnerToken", "jobToken"]
        );
        assert_eq!(
            names(AbortJobBody::from_form(&empty)),
            ["runnerToken", "jobToken", "reason"]
        );
        assert_eq!(
            names(ErrorJobBody::from_form(&empty)),
            ["runnerToken", "jobToken", "message"]
        );
        let form = form(&serde_json::json!({
            "runnerToken": "x".repeat(1_001), "jobToken": "j", "progress": 101 }));
        let invalid = UpdateJobBody::from_form(&form).unwrap_err();
        assert_eq!(invalid.len(), 2);
        assert_eq!(invalid[0].value, None);
        assert_eq!(
            RequestJobsBody::from_form(&form)
                .err()
                .map(|invalid| invalid.len()),
            Some(1)
        );
    }
}
