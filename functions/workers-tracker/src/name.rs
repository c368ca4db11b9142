//! Names of objects: a video's uuid, a shard of it after `#`, or [`INSTANCE`].

/// The object for clients that know only one URL.
pub const INSTANCE: &str = "instance";

/// Characters of a uuid.
const UUID_LENGTH: usize = 36;

/// What an object serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One video.
    Video {
        /// Its uuid in lower case.
        uuid: String,
        /// 0 is the one that decides how many there are.
        shard: u32,
    },
    /// All videos of the instance.
    Instance,
}

impl Scope {
    /// Reads an object's name; `None` if it is of no object of ours.
    pub fn of(name: &str) -> Option<Self> {
        if name == INSTANCE {
            return Some(Self::Instance);
        }
        let (uuid, shard) = match name.split_once('#') {
            None => (name, 0),
            Some((uuid, shard)) => (uuid, shard.parse().ok()?),
        };
        Some(Self::Video {
            uuid: uuid_of(uuid)?,
            shard,
        })
    }

    /// The object's name.
    pub fn name(&self) -> String {
        match self {
            Self::Instance => INSTANCE.to_owned(),
            Self::Video { uuid, shard: 0 } => uuid.clone(),
            Self::Video { uuid, shard } => format!("{uuid}#{shard}"),
        }
    }
}

/// A uuid in lower case: 32 hex digits in groups of 8, 4, 4, 4 and 12.
pub fn uuid_of(text: &str) -> Option<String> {
    let is_one = text.len() == UUID_LENGTH
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    is_one.then(|| text.to_ascii_lowercase())
}
