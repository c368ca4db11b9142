//! How much a shard has to do.

use core::fmt::Write as _;

use super::Continent;
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

    /// Connections per second from all over the world.
    #[must_use]
    pub fn all_joins_per_sec(&self) -> u32 {
        self.joins_per_sec
            .iter()
            .fold(0, |sum, &joins| sum.saturating_add(joins))
    }
}

/// Counts connections by continent over the last eight seconds.
#[derive(Clone, Debug, Default)]
pub struct JoinMeter([LoadMeter; ORIGINS]);

impl JoinMeter {
    /// Somebody wants to connect, whether he is let in or not.
    pub fn count(&mut self, continent: Option<Continent>, now_unix_ms: u64) {
        let origin = continent.map_or(ORIGINS - 1, Continent::index);
        self.0[origin].count(secs(now_unix_ms));
    }

    /// As [`ShardLoad::joins_per_sec`].
    pub fn per_sec(&mut self, now_unix_ms: u64) -> [u32; ORIGINS] {
        let mut rates = [0; ORIGINS];
        for (rate, meter) in rates.iter_mut().zip(&mut self.0) {
            *rate = meter.per_sec(secs(now_unix_ms));
        }
        rates
    }
}
