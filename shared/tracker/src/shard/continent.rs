//! Where viewers and shards are.

/// A continent, by the code that hosts give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Continent {
    /// `AF`
    Africa,
    /// `AN`
    Antarctica,
    /// `AS`
    Asia,
    /// `EU`
    Europe,
    /// `NA`
    NorthAmerica,
    /// `OC`
    Oceania,
    /// `SA`
    SouthAmerica,
}

impl Continent {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 7] = [
        Self::Africa,
        Self::Antarctica,
        Self::Asia,
        Self::Europe,
        Self::NorthAmerica,
        Self::Oceania,
        Self::SouthAmerica,
    ];

    /// By its code; `None` for others, as `T1` (Tor).
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|continent| continent.code() == code)
    }

    /// Two letters.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Africa => "AF",
            Self::Antarctica => "AN",
            Self::Asia => "AS",
            Self::Europe => "EU",
            Self::NorthAmerica => "NA",
            Self::Oceania => "OC",
            Self::SouthAmerica => "SA",
        }
    }

    /// Where Cloudflare is asked to place a Durable Object for it.
    #[must_use]
    pub const fn location_hint(self) -> Option<&'static str> {
        match self {
            Self::Africa => Some("afr"),
            Self::Antarctica => None,
            Self::Asia => Some("apac"),
            Self::Europe => Some("weur"),
            Self::NorthAmerica => Some("enam"),
            Self::Oceania => Some("oc"),
            Self::SouthAmerica => Some("sam"),
        }
    }

    /// Its place in lists of numbers per continent.
    pub(super) const fn index(self) -> usize {
        match self {
            Self::Africa => 0,
            Self::Antarctica => 1,
            Self::Asia => 2,
            Self::Europe => 3,
            Self::NorthAmerica => 4,
            Self::Oceania => 5,
            Self::SouthAmerica => 6,
        }
    }
}

/// Whom a shard is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// Everybody who has no shard of his own.
    Everywhere,
    /// One continent.
    Continent(Continent),
}
