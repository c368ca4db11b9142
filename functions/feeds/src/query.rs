//! What the query of a feed asks for: whose videos, which of them, in which order.

use app::follows::name_at;
use app::videos::{FeedOwner, ListQuery, ListScope};
use app::{AppError, Rejection};
use rest::form::{FieldReader, FormBody};
use rest::ids::VideoRef;
use rest::list::{Page, SortKey, VideoFilters, VideoSort};

use crate::FEED_VIDEOS;
use crate::route::Format;

/// Longest query that is read, in bytes: every filter fits, and a feed repeats its own address.
pub const QUERY_MAX_BYTES: usize = 4096;
/// Longest handle, in characters: a name, `@` and a host.
const HANDLE_MAX_CHARS: usize = 320;
/// Largest row id: what JavaScript counts exactly.
const ID_MAX: u64 = (1 << 53) - 1;

/// The query as fields.
///
/// # Errors
/// 400 when it breaks a bound.
pub(crate) fn form(query: &str) -> Result<FormBody, AppError> {
    if query.len() > QUERY_MAX_BYTES {
        return Err(AppError::rejected(
            Rejection::BadRequest,
            "The query is too long",
        ));
    }
    FormBody::from_urlencoded(query.as_bytes())
        .map_err(|error| AppError::rejected(Rejection::BadRequest, error.to_string()))
}

/// An account or channel as a query names it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ActorKey {
    Id(i64),
    /// As it is stored: with its host where that is another.
    Name(String),
}

impl ActorKey {
    fn read(
        reader: &mut FieldReader<'_>,
        id_field: &str,
        name_field: &str,
        origin: &str,
    ) -> Option<Self> {
        if let Some(id) = read_id(reader, id_field) {
            return Some(Self::Id(id));
        }
        let handle = reader.text(name_field, 1..=HANDLE_MAX_CHARS)?;
        Some(Self::Name(name_at(origin, handle)))
    }

    fn is(&self, id: i64, name: &str, host: &str) -> bool {
        match self {
            Self::Id(own) => *own == id,
            Self::Name(own) => own == name || *own == format!("{name}@{host}"),
        }
    }
}

fn read_id(reader: &mut FieldReader<'_>, field: &str) -> Option<i64> {
    reader
        .number(field, 0..=ID_MAX)
        .and_then(|id| i64::try_from(id).ok())
}

/// What every feed's query may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeedQuery {
    account: Option<ActorKey>,
    channel: Option<ActorKey>,
    video: Option<VideoRef>,
    format: Option<Format>,
}

impl FeedQuery {
    /// Reads it for a feed of comments.
    pub(crate) fn read(form: &FormBody, origin: &str) -> Result<Self, AppError> {
        let mut reader = FieldReader::query(form);
        let query = Self::of(&mut reader, origin);
        finish(reader)?;
        Ok(query)
    }

    fn of(reader: &mut FieldReader<'_>, origin: &str) -> Self {
        Self {
            account: ActorKey::read(reader, "accountId", "accountName", origin),
            channel: ActorKey::read(reader, "videoChannelId", "videoChannelName", origin),
            video: reader.known("videoId", VideoRef::parse),
            format: reader.known("format", Format::of_extension),
        }
    }

    /// The video that is asked for.
    ///
    /// # Errors
    /// 400 when a channel is asked for as well.
    pub(crate) fn video(&self) -> Result<Option<&VideoRef>, AppError> {
        if self.video.is_some() && self.channel.is_some() {
            return Err(AppError::rejected(
                Rejection::BadRequest,
                "videoId cannot be mixed with a channel filter",
            ));
        }
        Ok(self.video.as_ref())
    }

    /// Whose feed it is; a channel goes before its account.
    pub(crate) fn scope(&self) -> ListScope<'_> {
        match (&self.channel, &self.account) {
            (Some(ActorKey::Id(id)), _) => ListScope::ChannelId(*id),
            (Some(ActorKey::Name(name)), _) => ListScope::Channel(name),
            (None, Some(ActorKey::Id(id))) => ListScope::AccountId(*id),
            (None, Some(ActorKey::Name(name))) => ListScope::Account(name),
            (None, None) => ListScope::Instance,
        }
    }

    /// The format of `.xml` is the query's, if it names one.
    pub(crate) fn format(&self, of_path: Format) -> Format {
        match (of_path, self.format) {
            (Format::Xml, Some(Format::Atom)) => Format::Atom,
            _ => of_path,
        }
    }
}

/// A feed of videos: whose, which and in which order. `start` and `count` mean nothing to a feed.
pub(crate) struct ListWanted {
    feed: FeedQuery,
    page: Page<VideoSort>,
    filters: VideoFilters,
}

impl ListWanted {
    pub(crate) fn read(form: &FormBody, origin: &str) -> Result<Self, AppError> {
        let mut reader = FieldReader::query(form);
        let feed = FeedQuery::of(&mut reader, origin);
        let sort = Page::from_query(&mut reader).sort;
        let filters = VideoFilters::from_query(&mut reader);
        finish(reader)?;
        Ok(Self {
            feed,
            page: Page {
                start: 0,
                count: FEED_VIDEOS,
                sort,
            },
            filters: VideoFilters {
                skip_count: true,
                ..filters
            },
        })
    }

    pub(crate) fn list_query(&self) -> ListQuery<'_> {
        ListQuery {
            scope: self.feed.scope(),
            page: self.page,
            filters: self.filters.clone(),
            viewer: None,
            with_unfollowed: false,
        }
    }

    /// Whether the channel that was found belongs to the account that was asked for.
    pub(crate) fn owner_matches(&self, found: &FeedOwner) -> bool {
        match (&self.feed.account, found) {
            (Some(account), FeedOwner::Channel(channel)) => channel
                .owner_account
                .as_ref()
                .is_some_and(|owner| account.is(owner.id, &owner.name, &owner.host)),
            _ => true,
        }
    }

    pub(crate) fn format(&self, of_path: Format) -> Format {
        self.feed.format(of_path)
    }
}

/// The channel of a podcast.
///
/// # Errors
/// 400 without one.
pub(crate) fn podcast_channel(form: &FormBody) -> Result<ListScope<'static>, AppError> {
    let mut reader = FieldReader::query(form);
    let id = read_id(&mut reader, "videoChannelId");
    finish(reader)?;
    id.map(ListScope::ChannelId)
        .ok_or_else(|| AppError::invalid_field("videoChannelId", "is missing"))
}

fn finish(reader: FieldReader<'_>) -> Result<(), AppError> {
    reader.finish().map_err(|entries| AppError::Rejected {
        rejection: Rejection::BadRequest,
        code: None,
        detail: "Incorrect request parameters".to_owned(),
        invalid_fields: entries
            .into_iter()
            .map(|entry| (entry.param, entry.msg.into_owned()))
            .collect(),
    })
}

/// The order of a feed that names none is the newest first.
const _: () = assert!(matches!(VideoSort::DEFAULT.by, VideoSort::PublishedAt));
