//! Runner tokens that outlive the process.

use crate::cli::Secret;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use url::Url;

/// The file `runners.json` in the work directory, readable by its owner only.
#[derive(Debug)]
pub struct RunnerFile {
    path: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    #[serde(default)]
    runners: BTreeMap<String, Runner>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Runner {
    runner_token: String,
}

impl RunnerFile {
    /// The file below `work_dir`.
    #[must_use]
    pub fn new(work_dir: &Path) -> Self {
        Self {
            path: work_dir.join("runners.json"),
        }
    }

    /// The token for `server`, if there is one.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn token(&self, server: &Url) -> io::Result<Option<Secret>> {
        let mut content = self.read()?;
        Ok(content
            .runners
            .remove(server.as_str())
            .map(|runner| Secret::new(runner.runner_token)))
    }

    /// Keeps or forgets the token for `server`. A crash leaves the old file or the new one.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn keep(&self, server: &Url, token: Option<&Secret>) -> io::Result<()> {
        let mut content = self.read()?;
        match token {
            Some(token) => {
                let runner = Runner {
                    runner_token: token.reveal().to_owned(),
                };
                content.runners.insert(server.to_string(), runner);
            }
            None => drop(content.runners.remove(server.as_str())),
        }
        let new = self
            .path
            .with_extension(format!("new-{}", std::process::id()));
        let mut options = std::fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&new)?;
        file.write_all(serde_json::to_string_pretty(&content)?.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, &self.path)
    }

    fn read(&self) -> io::Result<Content> {
        match std::fs::read(&self.path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Content::default()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn keeps_one_token_a_server_for_its_owner_only() {
        let work_dir = tempfile::tempdir().unwrap();
        let file = RunnerFile::new(work_dir.path());
        let server = |text: &str| Url::parse(text).unwrap();
        let (one, two) = (server("https://a.example/"), server("https://b.example/"));
        assert_eq!(file.token(&one).unwrap(), None);
        file.keep(&one, Some(&Secret::new("ptrt-1".to_owned())))
            .unwrap();
        file.keep(&two, Some(&Secret::new("ptrt-2".to_owned())))
            .unwrap();
        assert_eq!(file.token(&one).unwrap().unwrap().reveal(), "ptrt-1");
        let mode = std::fs::metadata(&file.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        file.keep(&one, None).unwrap();
        assert_eq!(file.token(&one).unwrap(), None);
        assert_eq!(file.token(&two).unwrap().unwrap().reveal(), "ptrt-2");
        std::fs::write(&file.path, "garbage").unwrap();
        assert!(
            file.token(&one).is_err(),
            "a broken file is not taken for an empty one"
        );
    }
}
