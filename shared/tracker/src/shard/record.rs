//! Which shards there are.

use core::fmt::Write as _;

use super::{Continent, Region};
use crate::json::{Scanner, SyntaxError};
use crate::limits::MAX_SHARDS;
use crate::random::Random;

/// One shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Whom it is for.
    pub region: Region,
    /// New viewers may go there. A closed shard keeps those it has, until they leave.
    pub is_open: bool,
}

/// The shards of one swarm, by number. Shard 0 is for everybody and always open.
///
/// Its text is `{"v":1,"t":1800000000,"s":["*","EU","-NA"]}`: when it was decided, in seconds since the
/// epoch, and the shards' regions, closed ones with a minus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardRecord {
    /// When it was decided, in seconds since the epoch.
    pub decided_secs: u32,
    /// At least one, at most [`MAX_SHARDS`].
    pub(super) shards: Vec<Shard>,
}

/// The text is no record of this version. Hosts then go by [`ShardRecord::default`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardRecordError {
    /// Not the text of a record.
    #[error("shard record is damaged")]
    Damaged,
    /// Written by another version of this crate.
    #[error("shard record has another version")]
    Version,
    /// None or more than [`MAX_SHARDS`].
    #[error("shard record has none or more than {MAX_SHARDS} shards")]
    Count,
    /// Shard 0 is not open for everybody.
    #[error("shard 0 is not open for everybody")]
    Root,
}

impl Default for ShardRecord {
    /// One shard for everybody.
    fn default() -> Self {
        Self {
            decided_secs: 0,
            shards: vec![Shard::ROOT],
        }
    }
}

impl Shard {
    pub(super) const ROOT: Self = Self {
        region: Region::Everywhere,
        is_open: true,
    };
}

impl ShardRecord {
    /// The shards, by number.
    #[must_use]
    pub fn shards(&self) -> &[Shard] {
        &self.shards
    }

    /// The shard for somebody new: one of his continent, or if it has none one for everybody; among
    /// those by chance.
    pub fn choose(&self, continent: Option<Continent>, random: &mut impl Random) -> usize {
        let open_for = |region| {
            let shards = self.shards.iter().enumerate();
            shards.filter(move |(_, shard)| shard.is_open && shard.region == region)
        };
        let own = continent.map(Region::Continent);
        let region = own
            .filter(|&region| open_for(region).next().is_some())
            .unwrap_or(Region::Everywhere);
        let nth = random.index_below(open_for(region).count());
        open_for(region).nth(nth).map_or(0, |(index, _)| index)
    }

    /// As text.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::with_capacity(32 + self.shards.len() * 6);
        // Writing to a string does not fail.
        let _ = write!(text, r#"{{"v":1,"t":{},"s":["#, self.decided_secs);
        for (index, shard) in self.shards.iter().enumerate() {
            text.push_str(if index == 0 { "\"" } else { ",\"" });
            text.push_str(if shard.is_open { "" } else { "-" });
            text.push_str(match shard.region {
                Region::Everywhere => "*",
                Region::Continent(continent) => continent.code(),
            });
            text.push('"');
        }
        text.push_str("]}");
        text
    }

    /// From text.
    ///
    /// # Errors
    /// [`ShardRecordError`].
    pub fn decode(text: &str) -> Result<Self, ShardRecordError> {
        let mut version = None;
        let mut decided_secs = None;
        let mut shards = Vec::new();
        let mut scanner = Scanner::new(text);
        let object = scanner.object(|scanner, key| match key {
            "v" => scanner.value().map(|value| version = Some(value)),
            "t" => scanner
                .value()
                .map(|value| decided_secs = value.parse().ok()),
            "s" => scanner.array(|scanner| {
                let shard = parse_shard(scanner.value()?).ok_or(SyntaxError)?;
                // One more than allowed tells that there are too many.
                if shards.len() <= MAX_SHARDS {
                    shards.push(shard);
                }
                Ok(())
            }),
            _ => scanner.value().map(drop),
        });
        object
            .and_then(|()| scanner.end())
            .map_err(|SyntaxError| ShardRecordError::Damaged)?;
        if version != Some("1") {
            return Err(ShardRecordError::Version);
        }
        if shards.is_empty() || shards.len() > MAX_SHARDS {
            return Err(ShardRecordError::Count);
        }
        if shards[0] != Shard::ROOT {
            return Err(ShardRecordError::Root);
        }
        Ok(Self {
            decided_secs: decided_secs.ok_or(ShardRecordError::Damaged)?,
            shards,
        })
    }
}

fn parse_shard(quoted: &str) -> Option<Shard> {
    let text = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let (is_open, code) = match text.strip_prefix('-') {
        Some(code) => (false, code),
        None => (true, text),
    };
    let region = match code {
        "*" => Region::Everywhere,
        code => Region::Continent(Continent::parse(code)?),
    };
    Some(Shard { region, is_open })
}
