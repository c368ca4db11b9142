//! Our instance and a PeerTube, shared by all tests of a process.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use e2e::{Instance, wait};

use crate::follows::INSTANCE;
use crate::peertube::{self, PeerTube};
use crate::side::Side;

/// Everything arrives within seconds; two cores may be busy with transcoding meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the cron handler runs while a test waits; the platform runs it every minute.
const TICK: Duration = Duration::from_secs(5);
/// A follow that is in force.
pub const ACCEPTED: &str = "accepted";

/// Both sides.
#[derive(Debug)]
pub struct Pair {
    ours: Side,
    theirs: Side,
    ours_follows: OnceLock<bool>,
    theirs_follows: OnceLock<bool>,
    /// Written by who changes what all tests need, read by the others.
    calm: RwLock<()>,
}

/// One side as the one whose videos are meant, the other as the one that hears of them.
#[derive(Debug, Clone, Copy)]
pub struct Direction<'a> {
    /// Has the videos.
    pub publisher: &'a Side,
    /// Follows the publisher.
    pub follower: &'a Side,
    follows: &'a OnceLock<bool>,
}

impl Pair {
    /// The shared pair; the first caller waits until both run. `None`, said in one line, where no
    /// PeerTube is installed.
    #[must_use]
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Pair>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    fn start() -> Option<Self> {
        let folder = peertube::installed()?;
        let theirs = Side::peertube(PeerTube::start(&folder));
        let ours = if env::var_os("EDGETUBE_INTEROP_BASELINE").is_some() {
            Side::peertube(PeerTube::start(&folder))
        } else {
            let vars = [
                ("FEDERATION_ALLOW_PRIVATE", "true"),
                ("FEDERATION_FIRST_RETRY_SECS", "1"),
                // As soon as PeerTube's in its test mode.
                ("VIEWING_ENDS_AFTER_SECS", "5"),
            ];
            Side::ours(Instance::with_vars(&vars))
        };
        Some(Self {
            ours,
            theirs,
            ours_follows: OnceLock::new(),
            theirs_follows: OnceLock::new(),
            calm: RwLock::new(()),
        })
    }

    /// Our videos, seen from PeerTube.
    #[must_use]
    pub fn from_us(&self) -> Direction<'_> {
        Direction {
            publisher: &self.ours,
            follower: &self.theirs,
            follows: &self.theirs_follows,
        }
    }

    /// PeerTube's videos, seen from us.
    #[must_use]
    pub fn from_them(&self) -> Direction<'_> {
        Direction {
            publisher: &self.theirs,
            follower: &self.ours,
            follows: &self.ours_follows,
        }
    }

    /// Held by a test that leaves follows and blocks as they are.
    pub fn calm(&self) -> RwLockReadGuard<'_, ()> {
        // A test that failed has said so itself.
        self.calm.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Held by a test that must be alone with the pair.
    pub fn alone(&self) -> RwLockWriteGuard<'_, ()> {
        self.calm.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Direction<'_> {
    /// Has the follower's instance follow the publisher's, once for all tests; panics if it
    /// cannot.
    pub fn connect(&self) {
        let connected = self.follows.get_or_init(|| {
            // The other tests must not wait for the same failure again.
            catch_unwind(AssertUnwindSafe(|| self.follow_instance())).is_ok()
        });
        assert!(connected, "the instances do not follow each other");
    }

    /// Follows the publisher's instance, until both sides say so.
    pub fn follow_instance(&self) {
        self.follower.follow_host(&self.publisher.host);
        self.until("the follower says that it follows", || {
            let state = self.follower.following(INSTANCE, &self.publisher.host)?;
            (state == ACCEPTED).then_some(())
        });
        self.until("the publisher says that it is followed", || {
            let state = self.publisher.follower(&self.follower.host)?;
            (state == ACCEPTED).then_some(())
        });
    }

    /// Waits for a condition as [`wait::until`], and shows the logs of both sides when it is over.
    pub fn until<T>(&self, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
        let started = Instant::now();
        let mut ticked = started;
        wait::until(what, PATIENCE + Duration::from_secs(1), || {
            let answer = ask();
            if answer.is_none() && ticked.elapsed() > TICK {
                self.publisher.tick();
                self.follower.tick();
                ticked = Instant::now();
            }
            if answer.is_none() && started.elapsed() > PATIENCE {
                self.publisher.print_log();
                self.follower.print_log();
                panic!("waited {} s in vain until {what}", PATIENCE.as_secs());
            }
            answer
        })
    }
}
