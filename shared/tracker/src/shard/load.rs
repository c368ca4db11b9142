//! How much a shard has to do.

use core::fmt::Write as _;

use super::{Continent, ShardBounds};
use crate::ids::secs;
use crate::json::{Scanner, SyntaxError};
use crate::load_meter::LoadMeter;

/// Continents, and those who come from nowhere known.
const ORIGINS: usize = Continent::ALL.len() + 1;

/// What a shard tells shard 0, every ten seconds or when it is full.
///
/// Its text is `{"v":1,"p":4000,"e":200,"j":[0,0,0,5,0,0,0,0]}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShardLoad {
    /// Its sockets.
    pub peers: u32,
    /// Messages and connections per second.
    pub events_per_sec: u32,
    /// Connections per second, those refused too, by continent; unknown ones last.
    pub joins_per_sec: [u32; ORIGINS],
}

/// The text is no load of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("shard load is damaged or of another version")]
pub struct ShardLoadError;

impl ShardLoad {
    /// As text.
    #[must_use]
    pub fn encode(&self) -> String {
        let (peers, events) = (self.peers, self.events_per_sec);
        let mut text = format!(r#"{{"v":1,"p":{peers},"e":{events},"j":["#);
        for (index, joins) in self.joins_per_sec.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            // Writing to a string does not fail.
            let _ = write!(text, "{comma}{joins}");
        }
        text.push_str("]}");
        text
    }

    /// From text.
    ///
    /// # Errors
    /// [`ShardLoadError`].
    pub fn decode(text: &str) -> Result<Self, ShardLoadError> {
        let mut load = Self::default();
        let mut version = None;
        let mut origins = 0;
        let mut scanner = Scanner::new(text);
        let number = |value: &str| value.parse().map_err(|_| SyntaxError);
        let object = scanner.object(|scanner, key| {
            match key {
                "v" => version = Some(scanner.value()?),
                "p" => load.peers = number(scanner.value()?)?,
                "e" => load.events_per_sec = number(scanner.value()?)?,
                "j" => scanner.array(|scanner| {
                    let place = load.joins_per_sec.get_mut(origins).ok_or(SyntaxError)?;
                    *place = number(scanner.value()?)?;
                    origins += 1;
                    Ok(())
                })?,
                _ => drop(scanner.value()?),
            }
            Ok(())
        });
        object
            .and_then(|()| scanner.end())
            .map_err(|SyntaxError| ShardLoadError)?;
        if version != Some("1") {
            return Err(ShardLoadError);
        }
        Ok(load)
    }

    /// Connections per second from one continent, or from nowhere known.
    #[must_use]
    pub fn joins_from(&self, continent: Option<Continent>) -> u32 {
        self.joins_per_sec[origin(continent)]
    }

    /// Connections per second from all over the world.
    #[must_use]
    pub fn all_joins_per_sec(&self) -> u32 {
        self.joins_per_sec
            .iter()
            .fold(0, |sum, &joins| sum.saturating_add(joins))
    }
}

/// Unknown ones are last.
fn origin(continent: Option<Continent>) -> usize {
    continent.map_or(ORIGINS - 1, Continent::index)
}

/// Counts connections by continent, and lets in so many per second.
#[derive(Clone, Debug, Default)]
pub struct JoinMeter {
    wanted: [LoadMeter; ORIGINS],
    admitted: u32,
    admitted_at_secs: u32,
}

impl JoinMeter {
    /// Somebody wants to connect. `false`: the shard is full or as many have just been let in as it
    /// can serve; the host is to ask shard 0 for the present record and to choose again.
    ///
    /// What a join causes comes a second or two later, so that a look at the messages alone would
    /// let far too many in when everybody comes at once.
    pub fn admit(
        &mut self,
        bounds: &ShardBounds,
        load: &ShardLoad,
        continent: Option<Continent>,
        now_unix_ms: u64,
    ) -> bool {
        let now_secs = secs(now_unix_ms);
        self.wanted[origin(continent)].count(now_secs);
        if self.admitted_at_secs != now_secs {
            self.admitted_at_secs = now_secs;
            self.admitted = 0;
        }
        let is_admitted = bounds.admits(load) && self.admitted < bounds.max_joins_per_sec();
        self.admitted += u32::from(is_admitted);
        is_admitted
    }

    /// As [`ShardLoad::joins_per_sec`]: the mean of eight seconds, or if more those of this or the
    /// last one.
    pub fn per_sec(&mut self, now_unix_ms: u64) -> [u32; ORIGINS] {
        let mut rates = [0; ORIGINS];
        for (rate, meter) in rates.iter_mut().zip(&mut self.wanted) {
            *rate = meter.peak_per_sec(secs(now_unix_ms));
        }
        rates
    }
}
