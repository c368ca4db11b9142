//! The state folder: everything that a local instance remembers.
//!
//! ```text
//! lock             held by the instance that runs on this folder
//! secrets.json     instance secret and runner token, made once (mode 600)
//! admin-password   only if it was generated (mode 600)
//! data/            Durable Object, KV, R2, queue and cache, as Miniflare keeps them; the cache is
//!                  emptied at each start
//! transcoder/      work in progress of the transcoder
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::secret;
use crate::failure::{Failure, Outcome};

/// Length of the instance secret before it is written in hexadecimal.
const INSTANCE_SECRET_BYTES: usize = 32;
const RUNNER_TOKEN_BYTES: usize = 16;

/// Secrets that are made once per state folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// Signs upload and media tokens.
    pub instance_secret: String,
    /// Lets the local transcoder register itself.
    pub runner_registration_token: String,
}

/// Password of the first administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminPassword {
    /// The password.
    pub text: String,
    /// Whether it was generated just now and has not been shown to anybody.
    pub is_new: bool,
    /// Where it is kept, unless the caller chose it.
    pub file: Option<PathBuf>,
}

/// An opened state folder. No second instance can open it until this value is dropped.
#[derive(Debug)]
pub struct State {
    folder: PathBuf,
    /// Held open for its lock.
    _lock: File,
}

impl State {
    /// Opens or makes the folder and locks it.
    ///
    /// # Errors
    /// If it cannot be written, or another instance runs on it.
    pub fn open(folder: &Path) -> Outcome<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| Failure::io("create", folder, &error))?;
        let path = folder.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|error| Failure::io("open", &path, &error))?;
        match lock.try_lock() {
            Ok(()) => {
                // Nothing removes what nobody asks for any more, so each run starts without.
                let _ = fs::remove_dir_all(folder.join("data").join("cache"));
                Ok(Self {
                    folder: folder.to_owned(),
                    _lock: lock,
                })
            }
            Err(TryLockError::WouldBlock) => Err(Failure::with_remedy(
                format!("another instance runs on {}", folder.display()),
                "stop it, or choose another folder with --state",
            )),
            Err(TryLockError::Error(error)) => Err(Failure::io("lock", &path, &error)),
        }
    }

    /// Miniflare's folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Miniflare's folder for files that need not last.
    #[must_use]
    pub fn temporary(&self) -> PathBuf {
        self.folder.join("temporary")
    }

    /// The transcoder's folder.
    #[must_use]
    pub fn transcoder(&self) -> PathBuf {
        self.folder.join("transcoder")
    }

    /// Where workerd's process id is written.
    #[must_use]
    pub fn workerd_pid_file(&self) -> PathBuf {
        self.folder.join("workerd.pid")
    }

    /// The secrets, made on first use.
    ///
    /// # Errors
    /// If the file is malformed or cannot be written.
    pub fn secrets(&self) -> Outcome<Secrets> {
        let path = self.folder.join("secrets.json");
        if let Some(text) = read_if_there(&path)? {
            return serde_json::from_str(&text).map_err(|error| {
                Failure::new(format!("{} is malformed: {error}", path.display()))
            });
        }
        let secrets = Secrets {
            instance_secret: secret::hex(INSTANCE_SECRET_BYTES)?,
            runner_registration_token: format!("ptrrt-{}", secret::hex(RUNNER_TOKEN_BYTES)?),
        };
        let text = serde_json::to_string_pretty(&secrets)
            .map_err(|error| Failure::new(format!("cannot write secrets: {error}")))?;
        write_private(&path, &text)?;
        Ok(secrets)
    }

    /// The chosen password, else the generated one, which is made on first use.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn admin_password(&self, chosen: Option<&str>) -> Outcome<AdminPassword> {
        if let Some(text) = chosen {
            return Ok(AdminPassword {
                text: text.to_owned(),
                is_new: false,
                file: None,
            });
        }
        let path = self.folder.join("admin-password");
        let (text, is_new) = match read_if_there(&path)? {
            Some(text) => (text.trim_end().to_owned(), false),
            None => {
                let text = secret::password()?;
                write_private(&path, &format!("{text}\n"))?;
                (text, true)
            }
        };
        Ok(AdminPassword {
            text,
            is_new,
            file: Some(path),
        })
    }
}

fn read_if_there(path: &Path) -> Outcome<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::io("read", path, &error)),
    }
}

/// Writes a new file that only its owner can read.
fn write_private(path: &Path, text: &str) -> Outcome<()> {
    OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::io("write", path, &error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn secrets_and_password_are_made_once_and_private() {
        let folder = folder("state");
        let state = State::open(&folder).unwrap();
        let secrets = state.secrets().unwrap();
        let password = state.admin_password(None).unwrap();
        assert!(password.is_new);
        for name in ["secrets.json", "admin-password"] {
            let mode = fs::metadata(folder.join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        drop(state);
        let state = State::open(&folder).unwrap();
        assert_eq!(state.secrets().unwrap(), secrets);
        let again = state.admin_password(None).unwrap();
        assert_eq!(again.text, password.text);
        assert!(!again.is_new);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_chosen_password_is_not_kept() {
        let folder = folder("chosen");
        let state = State::open(&folder).unwrap();
        let password = state.admin_password(Some("chosen")).unwrap();
        assert_eq!((password.text.as_str(), password.file), ("chosen", None));
        assert!(!folder.join("admin-password").exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_second_instance_is_refused() {
        let folder = folder("second");
        let first = State::open(&folder).unwrap();
        assert!(State::open(&folder).is_err());
        drop(first);
        assert!(State::open(&folder).is_ok());
        fs::remove_dir_all(&folder).unwrap();
    }
}
