//! Lists of videos.
//!
//! Two kinds of statement. The *plain* ones answer what nearly everybody asks (the public list by date,
//! views or trend; a channel by date): they walk an index and stop after a page, and their total is a
//! stored number. The *filtered* one takes every filter and order of the API, and walks the videos of its
//! scope; each filter that is NULL is one comparison per row.

use std::sync::LazyLock;

use ports::{DatabaseError, Rows, Statement, Value};

use super::details::VideoKey;
use super::row::{self, ListRow};
use super::select::{
    actor_names, files, join_actors, pictures, playlist, source_columns, tags, video_columns,
};
use crate::text::Text;

/// Characters of a description in a list: PeerTube cuts at 250, one more says that there is more.
pub const DESCRIPTION_CHARS: usize = 251;

/// What the items tell beyond the usual; the bits of the API's `include`, and one of ours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extras(pub u32);

impl Extras {
    /// Files and playlist.
    pub const FILES: Self = Self(8);
    /// The original.
    pub const SOURCE: Self = Self(32);
    /// Tags.
    pub const TAGS: Self = Self(128);
    /// Progress of transcoding; above every bit that PeerTube knows.
    pub const PROGRESS: Self = Self(1 << 16);
    /// Descriptions whole instead of [`DESCRIPTION_CHARS`] characters of them.
    pub const WHOLE_DESCRIPTION: Self = Self(1 << 17);
}

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Items to leave out.
    pub start: u32,
    /// Items at most.
    pub count: u32,
    /// What they tell.
    pub extras: Extras,
}

/// A list of public, published videos that are safe for work, ours and those that the instance follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainList<'a> {
    /// Newest first.
    Latest,
    /// Newest first, of this instance alone.
    LatestLocal,
    /// Most views ever first.
    MostViewed,
    /// Most views of the last days first.
    Trending,
    /// Of the channel of that name, newest first.
    OfChannel(&'a str),
    /// Of the channel with that row id, newest first.
    OfChannelId(i64),
    /// Of the channel of that video, newest first, the video itself among them.
    SiblingsOf(VideoKey<'a>),
}

/// What an item shows; every list has it.
const ITEMS: &str = concat!(
    " LIMIT +?2 OFFSET +?1) SELECT json_array(",
    video_columns!("CASE WHEN ?3&131072 THEN v.description ELSE substr(v.description,1,251) END"),
    ",",
    actor_names!(),
    ",",
    pictures!(),
    ",json(CASE WHEN ?3&8 THEN ",
    files!(),
    " END),json(CASE WHEN ?3&8 THEN ",
    playlist!(),
    " END),json(CASE WHEN ?3&128 THEN ",
    tags!(),
    " END),json(CASE WHEN ?3&32 THEN (SELECT ",
    source_columns!(),
    " FROM video_source s WHERE s.video_id=v.id) END),\
     CASE WHEN ?3&65536 THEN ",
    crate::transcoding_progress!("v.id"),
    " END,CASE WHEN ?3&8 AND v.remote_url IS NOT NULL THEN \
     (SELECT r.document FROM remote_video r WHERE r.video_id=v.id) END) \
     FROM page JOIN video v ON v.id=page.id",
    join_actors!(),
    " ORDER BY "
);

/// Selects items: `page` picks row ids, the join fetches what they show, `order` puts them in order
/// once more. Rows that the page leaves out cost no join. A bare parameter after LIMIT would cost 50 µs
/// each time: JavaScript binds every number as REAL, and SQLite then compiles the statement anew because
/// a whole number there may allow a better plan; `+?2` is an expression, about which it does not ask.
fn select_page(page: &[&str], order: &str) -> String {
    let page = page.concat();
    [
        "WITH page AS MATERIALIZED (",
        &page,
        " ORDER BY ",
        order,
        ITEMS,
        order,
    ]
    .concat()
}

/// Row ids of the channels of accounts that the instance blocks: found once for a statement, and nearly
/// always none.
macro_rules! blocked_channels {
    () => {
        "SELECT b.id FROM account o JOIN channel b ON b.account_id=o.id WHERE o.is_blocked=1"
    };
}

fn plain(channel: &str, order: &str) -> String {
    let page = [
        "SELECT v.id FROM video v WHERE ",
        channel,
        "v.privacy=1 AND v.state=1 AND v.nsfw=0 AND v.is_followed=1 AND v.channel_id NOT IN (",
        blocked_channels!(),
        ")",
    ];
    select_page(&page, order)
}

const BY_DATE: &str = "v.published_at_unix_ms DESC,v.id DESC";

static LATEST: Text = Text::new(|| plain("", BY_DATE));
static LATEST_LOCAL: Text = Text::new(|| plain("v.remote_url IS NULL AND ", BY_DATE));
static MOST_VIEWED: Text = Text::new(|| plain("", "v.views DESC,v.id DESC"));
static TRENDING: Text = Text::new(|| plain("", "v.recent_views DESC,v.views DESC,v.id DESC"));
static OF_CHANNEL: Text = Text::new(|| {
    let channel = "v.channel_id=(SELECT id FROM channel WHERE name=?4) AND ";
    plain(channel, BY_DATE)
});
static OF_CHANNEL_ID: Text = Text::new(|| plain("v.channel_id=?4 AND ", BY_DATE));
static SIBLINGS: Text = Text::new(|| {
    let channel = "v.channel_id=(SELECT channel_id FROM video \
                   WHERE id=coalesce(?4,(SELECT id FROM video WHERE uuid=?5))) AND ";
    plain(channel, BY_DATE)
});

/// Selects a page of a plain list.
#[must_use]
pub fn select_plain(list: PlainList<'_>, page: Page) -> Statement {
    let (sql, scope): (&'static Text, _) = match list {
        PlainList::Latest => (&LATEST, vec![]),
        PlainList::LatestLocal => (&LATEST_LOCAL, vec![]),
        PlainList::MostViewed => (&MOST_VIEWED, vec![]),
        PlainList::Trending => (&TRENDING, vec![]),
        PlainList::OfChannel(name) => (&OF_CHANNEL, vec![name.into()]),
        PlainList::OfChannelId(id) => (&OF_CHANNEL_ID, vec![id.into()]),
        PlainList::SiblingsOf(video) => (&SIBLINGS, video.params()),
    };
    let mut params = page.params();
    params.extend(scope);
    Statement::new(sql, params)
}

/// Selects how many videos a plain list has, one row with one number; no row for an unknown channel.
/// Siblings are not counted apart: they are a part of a page, never a list of pages.
#[must_use]
pub fn count_plain(list: PlainList<'_>) -> Statement {
    match list {
        PlainList::OfChannel(name) => Statement::new(
            "SELECT c.listed_videos*(a.is_blocked=0) FROM channel c JOIN account a ON a.id=c.account_id \
             WHERE c.name=?1",
            vec![name.into()],
        ),
        PlainList::OfChannelId(id) => Statement::new(
            "SELECT c.listed_videos*(a.is_blocked=0) FROM channel c JOIN account a ON a.id=c.account_id \
             WHERE c.id=?1",
            vec![id.into()],
        ),
        // Walks its index: what is kept is the total of all.
        PlainList::LatestLocal => Statement::new(
            concat!(
                "SELECT count(*) FROM video INDEXED BY video_listed_local_by_date \
                 WHERE privacy=1 AND state=1 AND nsfw=0 AND is_followed=1 AND remote_url IS NULL \
                 AND channel_id NOT IN (",
                blocked_channels!(),
                ")"
            ),
            vec![],
        ),
        _ => Statement::new("SELECT listed_videos FROM video_total", vec![]),
    }
}

impl Page {
    fn params(self) -> Vec<Value> {
        vec![self.start.into(), self.count.into(), self.extras.0.into()]
    }
}

/// Whose videos a filtered list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Everybody's.
    Instance,
    /// Of the channel of that name.
    Channel(&'a str),
    /// Of the channel with that row id.
    ChannelId(i64),
    /// Of the account of that name.
    Account(&'a str),
    /// Of the account with that row id.
    AccountId(i64),
    /// Of the channels that the account with that row id follows.
    FollowedBy(i64),
}

/// What a list is ordered by. The numbers are those of [`SORT_EXPRESSION`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the API's own names")]
pub enum SortBy {
    Name,
    Duration,
    CreatedAt,
    PublishedAt,
    OriginallyPublishedAt,
    Views,
    Likes,
    Comments,
    Trending,
    Hot,
    LocalVideoFilesSize,
    Match,
}

impl SortBy {
    const fn number(self) -> u32 {
        match self {
            Self::Name => 1,
            Self::Duration => 2,
            Self::CreatedAt => 3,
            Self::PublishedAt => 4,
            Self::OriginallyPublishedAt => 5,
            Self::Views => 6,
            Self::Likes => 7,
            Self::Comments => 8,
            Self::Trending => 9,
            Self::Hot => 10,
            Self::LocalVideoFilesSize => 11,
            Self::Match => 12,
        }
    }
}

/// The order of `?5`. Hot is Reddit's idea without its logarithm, which a Durable Object's SQLite does
/// not have: twelve hours of age outweigh ten views of the last days, likes count three, comments six.
const SORT_EXPRESSION: &str = "CASE ?5 WHEN 1 THEN lower(v.name) WHEN 2 THEN v.duration_secs \
         WHEN 3 THEN v.created_at_unix_ms WHEN 4 THEN v.published_at_unix_ms \
         WHEN 5 THEN v.originally_published_at_unix_ms WHEN 6 THEN v.views WHEN 7 THEN v.likes \
         WHEN 8 THEN v.comments WHEN 9 THEN v.recent_views \
         WHEN 10 THEN v.published_at_unix_ms/4320000+v.recent_views+3*(v.likes-v.dislikes)\
         +6*v.comments \
         WHEN 11 THEN (SELECT sum(f.size_bytes) FROM video_file f WHERE f.video_id=v.id) \
         WHEN 12 THEN instr(lower(v.name),?16)=1 END";

/// Every filter. `?17` is 0 when nothing can match (lives).
const FILTERS: &str = concat!(
    "?17=1 AND (?26=0 OR v.is_followed=1) AND (?4 IS NULL OR v.nsfw=?4) \
         AND (?7 IS NULL OR v.nsfw_flags&?7) AND (?8 IS NULL OR NOT v.nsfw_flags&?8) \
         AND (?9 IS NULL OR v.category IN (SELECT value FROM json_each(?9))) \
         AND (?10 IS NULL OR v.licence IN (SELECT value FROM json_each(?10))) \
         AND (?11 IS NULL OR coalesce(v.language,'_unknown') IN (SELECT value FROM json_each(?11))) \
         AND (?12 IS NULL OR v.id IN (SELECT g.video_id FROM json_each(?12) o \
         JOIN video_tag g ON g.tag=o.value COLLATE NOCASE)) \
         AND (?13 IS NULL OR (SELECT count(*) FROM json_each(?13) o WHERE NOT EXISTS \
         (SELECT 1 FROM video_tag g WHERE g.video_id=v.id AND g.tag=o.value COLLATE NOCASE))=0) \
         AND (?14 IS NULL OR ?14=EXISTS \
         (SELECT 1 FROM streaming_playlist p WHERE p.video_id=v.id)) \
         AND (?15 IS NULL OR ?15=EXISTS \
         (SELECT 1 FROM video_file f WHERE f.video_id=v.id AND f.kind='web')) \
         AND (?16 IS NULL OR instr(lower(v.name),?16) OR EXISTS \
         (SELECT 1 FROM video_tag g WHERE g.video_id=v.id AND lower(g.tag)=?16)) \
         AND (?20 IS NULL OR ?20=(v.remote_url IS NULL)) \
         AND (?21 IS NULL OR EXISTS (SELECT 1 FROM channel h WHERE h.id=v.channel_id \
         AND substr(h.name,-length(?21))=?21)) \
         AND v.privacy IN (SELECT value FROM json_each(?18)) \
         AND v.state IN (SELECT value FROM json_each(?19)) \
     AND (?24=0 OR v.channel_id NOT IN (",
    blocked_channels!(),
    " UNION ALL SELECT b.id FROM account_block k JOIN channel b ON b.account_id=k.blocked_id \
     WHERE k.blocker_id=?25 \
     UNION ALL SELECT b.id FROM host_block k JOIN actor y ON y.host=k.host \
     JOIN channel b ON b.account_id=y.account_id WHERE k.blocker_id=?25))"
);

/// The texts that select a page and count.
type Texts = LazyLock<(String, String)>;

fn filtered(scope: &str) -> (String, String) {
    let page = [
        "SELECT page.id,page.key,page.second FROM (SELECT v.id,",
        SORT_EXPRESSION,
        " AS key,v.published_at_unix_ms AS second FROM video v WHERE ",
        scope,
        FILTERS,
        ") page",
    ];
    let order = "CASE WHEN ?6=0 THEN page.key END,CASE WHEN ?6=1 THEN page.key END DESC,\
                 page.second DESC,page.id DESC";
    let count = ["SELECT count(*) FROM video v WHERE ", scope, FILTERS];
    (select_page(&page, order), count.concat())
}

static OF_INSTANCE: Texts = Texts::new(|| filtered(""));
static OF_ONE_CHANNEL: Texts = Texts::new(|| {
    filtered("v.channel_id=coalesce(?22,(SELECT id FROM channel WHERE name=?23)) AND ")
});
static OF_ACCOUNT: Texts = Texts::new(|| {
    filtered(
        "v.channel_id IN (SELECT id FROM channel WHERE account_id=\
         coalesce(?22,(SELECT id FROM account WHERE name=?23))) AND ",
    )
});
static OF_FOLLOWED: Texts = Texts::new(|| {
    filtered(
        "v.channel_id IN (SELECT t.channel_id FROM follow f JOIN actor t ON t.id=f.target_id \
         WHERE f.follower_id=(SELECT id FROM actor WHERE account_id=?22) AND f.state='accepted' \
         AND ?23 IS NULL) AND ",
    )
});

/// A list with any filter. Lists are JSON arrays; `None` does not filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilteredList<'a> {
    /// Whose.
    pub scope: Scope<'a>,
    /// Order, and whether it runs downwards.
    pub sort: (SortBy, bool),
    /// Only videos that are, or are not, safe for work.
    pub nsfw: Option<bool>,
    /// Bits of which a video must have one.
    pub nsfw_flags_included: Option<u32>,
    /// Bits of which a video must have none.
    pub nsfw_flags_excluded: Option<u32>,
    /// Numbers.
    pub categories: Option<String>,
    /// Numbers.
    pub licences: Option<String>,
    /// Texts; `_unknown` stands for videos without one.
    pub languages: Option<String>,
    /// Texts: one of them, in any ASCII case.
    pub tags_one_of: Option<String>,
    /// Texts: all of them, in any ASCII case.
    pub tags_all_of: Option<String>,
    /// With or without a streaming playlist.
    pub has_hls: Option<bool>,
    /// With or without plain files.
    pub has_web_videos: Option<bool>,
    /// In the title, or equal to a tag; lower case.
    pub search: Option<String>,
    /// False when nothing can match.
    pub is_possible: bool,
    /// Of this instance alone, or of others alone.
    pub is_local: Option<bool>,
    /// Of another server alone: what its channels' names end with, `@` and its host.
    pub name_ending: Option<String>,
    /// Whether those are left out whom the instance or the reader blocks.
    pub hides_blocked: bool,
    /// Account of who reads.
    pub reader_id: Option<i64>,
    /// Whether only ours are listed, and those that the instance follows.
    pub is_followed_alone: bool,
    /// Numbers: the privacies to list.
    pub privacies: String,
    /// Numbers: the states to list.
    pub states: String,
}

/// Selects a page of a filtered list.
#[must_use]
pub fn select_filtered(list: &FilteredList<'_>, page: Page) -> Statement {
    Statement::new(&list.texts().0, list.params(page.params()))
}

/// Selects how many videos a filtered list has, one row with one number.
#[must_use]
pub fn count_filtered(list: &FilteredList<'_>) -> Statement {
    let unused = vec![Value::Null, Value::Null, Value::Null];
    Statement::new(&list.texts().1, list.params(unused))
}

impl FilteredList<'_> {
    fn texts(&self) -> &'static (String, String) {
        match self.scope {
            Scope::Instance => &OF_INSTANCE,
            Scope::Channel(_) | Scope::ChannelId(_) => &OF_ONE_CHANNEL,
            Scope::Account(_) | Scope::AccountId(_) => &OF_ACCOUNT,
            Scope::FollowedBy(_) => &OF_FOLLOWED,
        }
    }

    fn params(&self, mut params: Vec<Value>) -> Vec<Value> {
        params.extend([
            self.nsfw.into(),
            self.sort.0.number().into(),
            self.sort.1.into(),
            self.nsfw_flags_included.into(),
            self.nsfw_flags_excluded.into(),
            self.categories.clone().into(),
            self.licences.clone().into(),
            self.languages.clone().into(),
            self.tags_one_of.clone().into(),
            self.tags_all_of.clone().into(),
            self.has_hls.into(),
            self.has_web_videos.into(),
            self.search.clone().into(),
            self.is_possible.into(),
            self.privacies.as_str().into(),
            self.states.as_str().into(),
            self.is_local.into(),
            self.name_ending.clone().into(),
        ]);
        match self.scope {
            Scope::Instance => params.extend([Value::Null, Value::Null]),
            Scope::Channel(name) | Scope::Account(name) => {
                params.extend([Value::Null, name.into()]);
            }
            Scope::ChannelId(id) | Scope::AccountId(id) | Scope::FollowedBy(id) => {
                params.extend([id.into(), Value::Null]);
            }
        }
        params.extend([
            self.hides_blocked.into(),
            self.reader_id.into(),
            self.is_followed_alone.into(),
        ]);
        params
    }
}

/// Selects those of these videos (row ids) that are public and published, in that order.
#[must_use]
pub fn select_public_ids(ids: &[i64]) -> Statement {
    select_open_ids(ids, false)
}

/// The same, and unlisted ones too: for whoever has a video's address.
#[must_use]
pub fn select_addressed_id(id: i64) -> Statement {
    select_open_ids(&[id], true)
}

static OPEN_IDS: Text = Text::new(|| {
    let page = "SELECT page.id,page.place FROM (SELECT v.id,j.key AS place FROM json_each(?4) j \
                JOIN video v ON v.id=j.value WHERE v.privacy<=?5 AND (v.state=1 OR ?5>2)) page";
    select_page(&[page], "page.place")
});

/// The same, whatever they are: for whoever has decided who sees them.
#[must_use]
pub fn select_ids(ids: &[i64]) -> Statement {
    select_ids_up_to(ids, u32::from(u8::MAX))
}

fn select_open_ids(ids: &[i64], with_unlisted: bool) -> Statement {
    // PeerTube's numbers: 1 is public, 2 unlisted.
    select_ids_up_to(ids, if with_unlisted { 2 } else { 1 })
}

fn select_ids_up_to(ids: &[i64], privacy: u32) -> Statement {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    let mut params = Page {
        start: 0,
        count: u32::MAX,
        extras: Extras::default(),
    }
    .params();
    params.push(format!("[{}]", ids.join(",")).into());
    params.push(privacy.into());
    Statement::new(&OPEN_IDS, params)
}

/// Reads [`select_plain`] and [`select_filtered`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(rows: &Rows) -> Result<Vec<ListRow>, DatabaseError> {
    row::parse_all(rows)
}

/// Reads [`count_plain`] and [`count_filtered`]; 0 without a row.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_count(rows: &Rows) -> Result<u64, DatabaseError> {
    rows.first().map_or(Ok(0), |row| row.unsigned(0))
}
