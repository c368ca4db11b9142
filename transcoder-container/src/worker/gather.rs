//! Which jobs to take: the first on offer and all that share its source.

use super::group::Current;
use super::job::Job;
use crate::limits::{MAX_GATHER_ROUNDS, MAX_GROUP_JOBS, MAX_JOB_ATTEMPTS};
use crate::protocol::{AvailableJob, CallError, JobPayload, JobType};
use crate::terminal::Terminal;
use serde::Deserialize as _;
use std::collections::HashMap;
use url::Url;

/// Jobs chosen from an offer, and what their source is known by.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    uuids: Vec<String>,
    /// `None` when the job's source is shared with no other.
    source: Option<String>,
}

impl Chosen {
    pub(super) const fn is_empty(&self) -> bool {
        self.uuids.is_empty()
    }
}

/// Chooses the first job that can be done here and its siblings.
pub(super) fn pick(available: &[AvailableJob], attempts: &HashMap<String, u32>) -> Chosen {
    let mut chosen = Chosen::default();
    for job in available {
        let tries = attempts.get(&job.uuid).copied().unwrap_or(0);
        let Some(kind) = JobType::from_name(&job.kind).filter(|_| tries < MAX_JOB_ATTEMPTS) else {
            continue;
        };
        let source = source_key(kind, &job.payload);
        if chosen.uuids.is_empty() {
            chosen.source = source;
            chosen.uuids.push(job.uuid.clone());
        } else if source.is_some() && source == chosen.source && chosen.uuids.len() < MAX_GROUP_JOBS
        {
            chosen.uuids.push(job.uuid.clone());
        }
    }
    chosen
}

/// What jobs of the same source have in common: the id that an Edgetube server gives, else the
/// part of PeerTube's input address after the job's own id.
fn source_key(kind: JobType, payload: &serde_json::Value) -> Option<String> {
    // An audio merge has two inputs of its own.
    if kind == JobType::AudioMerge {
        return None;
    }
    let payload = JobPayload::deserialize(payload).ok()?;
    let sound = payload
        .input
        .separated_audio_file_url
        .first()
        .and_then(|url| file_part(url));
    let id = payload.edgetube.and_then(|edgetube| edgetube.source_id);
    let picture = match id {
        Some(id) => format!("id {id}"),
        None => file_part(&payload.input.video_file_url?)?,
    };
    Some(format!("{picture} + {}", sound.unwrap_or_default()))
}

/// `videos/{video id}/max-quality` of `…/runners/jobs/{uuid}/files/videos/{video id}/max-quality`.
fn file_part(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let (_, file) = url.path().split_once("/files/")?;
    Some(file.to_owned())
}

/// Accepts the chosen jobs, then asks for more of the same source until there are none.
pub(super) async fn accept_siblings(
    current: &Current,
    mut chosen: Chosen,
    attempts: &HashMap<String, u32>,
    terminal: &Terminal,
) -> Result<(), CallError> {
    let mut seen: Vec<String> = Vec::new();
    for round in 0..MAX_GATHER_ROUNDS {
        let source = chosen.source.clone();
        let fresh: Vec<String> = chosen
            .uuids
            .into_iter()
            .filter(|uuid| !seen.contains(uuid))
            .collect();
        if fresh.is_empty() {
            break;
        }
        for uuid in fresh {
            if current.jobs().len() == MAX_GROUP_JOBS {
                return Ok(());
            }
            accept(current, &uuid, terminal).await?;
            seen.push(uuid);
        }
        if source.is_none() || round + 1 == MAX_GATHER_ROUNDS {
            break;
        }
        let available = current.client().request(current.runner()).await?;
        let more = available.iter().filter(|job| {
            let kind = JobType::from_name(&job.kind);
            kind.and_then(|kind| source_key(kind, &job.payload)) == source
        });
        chosen = pick(&more.cloned().collect::<Vec<_>>(), attempts);
        chosen.source = source;
    }
    Ok(())
}

async fn accept(current: &Current, uuid: &str, terminal: &Terminal) -> Result<(), CallError> {
    let accepted = match current.client().accept(current.runner(), uuid).await {
        Ok(accepted) => accepted,
        // Another runner was faster, or PeerTube says 400 for "not pending".
        Err(error) if error.problem().is_some_and(|p| !p.is_unknown_runner()) => {
            terminal.say(&format!("job {uuid} was not given to us: {error}"));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    match Job::new(&accepted) {
        Ok(job) => {
            terminal.say(&format!("accepted {}", job.name()));
            current.add(job);
        }
        Err(message) => {
            terminal.say(&format!("job {uuid} cannot be done: {message}"));
            current
                .client()
                .error(current.runner(), &accepted, &message)
                .await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(uuid: &str, kind: &str, video: &str) -> AvailableJob {
        let url = format!(
            "https://a.example/api/v1/runners/jobs/{uuid}/files/videos/{video}/max-quality"
        );
        AvailableJob {
            uuid: uuid.to_owned(),
            kind: kind.to_owned(),
            payload: json!({ "input": { "videoFileUrl": url }, "output": {} }),
        }
    }

    #[test]
    fn takes_all_jobs_of_the_first_source() {
        let mut with_id = job("e", "vod-hls-transcoding", "1");
        with_id.payload["edgetube"] = json!({ "sourceId": "other" });
        let offers = [
            job("a", "live-rtmp-hls-transcoding", "1"),
            job("b", "vod-hls-transcoding", "1"),
            job("c", "vod-hls-transcoding", "2"),
            job("d", "generate-video-storyboard", "1"),
            with_id,
        ];
        let chosen = pick(&offers, &HashMap::new());
        assert_eq!(chosen.uuids, ["b", "d"]);
        let tried = HashMap::from([("b".to_owned(), MAX_JOB_ATTEMPTS)]);
        assert_eq!(pick(&offers, &tried).uuids, ["c"]);
        assert!(pick(&offers[..1], &HashMap::new()).is_empty());
    }

    #[test]
    fn an_edgetube_source_id_decides_alone() {
        let mut one = job("a", "vod-hls-transcoding", "1");
        let mut two = job("b", "vod-web-video-transcoding", "2");
        one.payload["edgetube"] = json!({ "sourceId": "s" });
        two.payload["edgetube"] = json!({ "sourceId": "s" });
        assert_eq!(pick(&[one, two], &HashMap::new()).uuids, ["a", "b"]);
    }

    #[test]
    fn jobs_without_a_readable_source_stay_alone() {
        let broken = |uuid: &str| AvailableJob {
            uuid: uuid.to_owned(),
            kind: "vod-hls-transcoding".to_owned(),
            payload: json!("nonsense"),
        };
        assert_eq!(
            pick(&[broken("a"), broken("b")], &HashMap::new()).uuids,
            ["a"]
        );
        let merge = job("m", "vod-audio-merge-transcoding", "1");
        let sibling = job("n", "vod-hls-transcoding", "1");
        assert_eq!(pick(&[merge, sibling], &HashMap::new()).uuids, ["m"]);
    }
}
