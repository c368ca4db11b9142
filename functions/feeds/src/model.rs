//! A feed before it is written: what all formats print.

use app::videos::{FeedOwner, FeedVideo, urls};
use ports::Settings;
use rest::IsoDate;
use rest::actor::ActorImage;
use rest::social::ManagedComment;
use rest::video::{Thumbnail, VideoDetails};

use crate::Markup;
use crate::media::Files;

/// HTML of one description, in bytes: twenty of the longest make half a megabyte.
const HTML_MAX_BYTES: usize = 24_000;
/// Characters of a summary, as of descriptions in lists.
const SUMMARY_MAX_CHARS: usize = 250;
/// Characters of a feed's own description; an actor's has 1,000.
const ABOUT_MAX_CHARS: usize = 1_000;

/// Which family of addresses a feed belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    Videos,
    Comments,
    Podcast,
}

/// A feed.
pub(crate) struct Feed<'a> {
    pub resource: Resource,
    /// As it was asked; a feed repeats its own address.
    pub query: &'a str,
    pub about: About,
    pub items: Vec<Item>,
}

/// Somebody with a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub name: String,
    pub url: String,
}

/// What a feed is of.
pub(crate) struct About {
    pub origin: String,
    pub title: String,
    /// Words alone.
    pub description: String,
    /// A page for people.
    pub url: String,
    pub author: Person,
    pub image_url: Option<String>,
    pub updated_at: IsoDate,
    /// The same videos as a podcast.
    pub podcast_url: Option<String>,
}

/// A video or a comment in a feed.
pub(crate) struct Item {
    pub title: String,
    /// Watch page.
    pub url: String,
    /// ActivityPub id.
    pub id: String,
    /// Words alone.
    pub summary: String,
    pub html: String,
    /// When it first came out, anywhere.
    pub published_at: IsoDate,
    pub updated_at: IsoDate,
    pub is_nsfw: bool,
    /// PeerTube's number and its English name.
    pub category: Option<(u16, String)>,
    pub tags: Vec<String>,
    pub language: Option<String>,
    pub duration_secs: u32,
    pub views: u64,
    pub channel: Person,
    pub account: Person,
    /// The account's ActivityPub id.
    pub account_id: String,
    /// Empty for a comment, which shows nothing.
    pub embed_url: String,
    /// Largest first.
    pub thumbnails: Vec<Thumbnail>,
    pub files: Files,
}

impl Feed<'_> {
    /// Address of this feed in another format.
    pub(crate) fn address(&self, extension: &str) -> String {
        let origin = &self.about.origin;
        let file = match self.resource {
            Resource::Videos => "videos",
            Resource::Comments => "video-comments",
            Resource::Podcast => "podcast/videos",
        };
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{origin}/feeds/{file}.{extension}{mark}{}", self.query)
    }

    /// When it last changed. Not the time of rendering, which would be news to every cache.
    pub(crate) fn updated_at(&self) -> IsoDate {
        let of_items = self.items.iter().map(|item| item.updated_at);
        of_items.max().unwrap_or(self.about.updated_at)
    }

    pub(crate) fn generator(&self) -> String {
        format!("Edgetube - {}", self.about.origin)
    }
}

fn page(origin: &str, root: &str, name: &str) -> String {
    format!("{origin}/{root}/{name}")
}

fn widest(images: &[ActorImage]) -> Option<String> {
    images
        .iter()
        .max_by_key(|image| image.width)
        .map(|image| image.file_url.clone())
}

impl About {
    pub(crate) fn of_owner(settings: &Settings, markup: &impl Markup, owner: &FeedOwner) -> Self {
        let origin = settings.public_origin.clone();
        let described =
            |text: Option<&str>| markup.plain_text(text.unwrap_or_default(), ABOUT_MAX_CHARS);
        match owner {
            FeedOwner::Instance => {
                let url = format!("{origin}/");
                Self {
                    title: settings.instance_name.clone(),
                    description: described(Some(&settings.short_description)),
                    author: Person {
                        name: settings.instance_name.clone(),
                        url: url.clone(),
                    },
                    url,
                    image_url: None,
                    updated_at: IsoDate(0),
                    podcast_url: None,
                    origin,
                }
            }
            FeedOwner::Channel(channel) => {
                let url = page(&origin, "c", &channel.name);
                Self {
                    title: channel.display_name.clone(),
                    description: described(channel.description.as_deref()),
                    author: Person {
                        name: channel.display_name.clone(),
                        url: url.clone(),
                    },
                    url,
                    image_url: widest(&channel.avatars),
                    updated_at: channel.updated_at,
                    podcast_url: Some(format!(
                        "{origin}/feeds/podcast/videos.xml?videoChannelId={}",
                        channel.id
                    )),
                    origin,
                }
            }
            FeedOwner::Account(account) => {
                let url = page(&origin, "a", &account.name);
                Self {
                    title: account.display_name.clone(),
                    description: described(account.description.as_deref()),
                    author: Person {
                        name: account.display_name.clone(),
                        url: url.clone(),
                    },
                    url,
                    image_url: widest(&account.avatars),
                    updated_at: account.updated_at,
                    podcast_url: None,
                    origin,
                }
            }
        }
    }

    /// Of the comments of a video.
    pub(crate) fn of_video(
        settings: &Settings,
        markup: &impl Markup,
        details: &VideoDetails,
    ) -> Self {
        let video = &details.video;
        let origin = settings.public_origin.clone();
        let text = video.description.as_deref().unwrap_or_default();
        Self {
            title: video.name.clone(),
            description: markup.plain_text(text, SUMMARY_MAX_CHARS),
            url: page(&origin, "w", &video.short_uuid),
            author: Person {
                name: video.channel.display_name.clone(),
                url: page(&origin, "c", &video.channel.name),
            },
            image_url: None,
            updated_at: video.published_at,
            podcast_url: None,
            origin,
        }
    }
}

pub(crate) fn items(
    settings: &Settings,
    markup: &impl Markup,
    videos: Vec<FeedVideo>,
) -> Vec<Item> {
    videos
        .into_iter()
        .map(|video| item(&settings.public_origin, markup, video))
        .collect()
}

/// Comments as items: what is said, by whom, under which video.
pub(crate) fn comments(
    settings: &Settings,
    markup: &impl Markup,
    comments: Vec<ManagedComment>,
) -> Vec<Item> {
    comments
        .into_iter()
        .map(|comment| said(&settings.public_origin, markup, comment))
        .collect()
}

fn said(origin: &str, markup: &impl Markup, comment: ManagedComment) -> Item {
    let author = match &comment.account {
        Some(account) => Person {
            name: account.display_name.clone(),
            url: account.url.clone(),
        },
        None => Person {
            name: "Somebody".to_owned(),
            url: format!("{origin}/"),
        },
    };
    let video = rest::ids::short_uuid(&comment.video.uuid).unwrap_or(comment.video.uuid);
    let id = comment.id;
    Item {
        title: format!("{} on {}", author.name, comment.video.name),
        url: format!("{origin}/w/{video}/comments?comment={id}#comment-{id}"),
        summary: markup.plain_text(&comment.text, SUMMARY_MAX_CHARS),
        html: markup.html(&comment.text, HTML_MAX_BYTES),
        published_at: comment.created_at,
        updated_at: comment.updated_at,
        is_nsfw: false,
        category: None,
        tags: Vec::new(),
        language: None,
        duration_secs: 0,
        views: 0,
        account_id: author.url.clone(),
        account: author.clone(),
        channel: author,
        embed_url: String::new(),
        thumbnails: Vec::new(),
        files: Files::default(),
        id: comment.url,
    }
}

fn item(origin: &str, markup: &impl Markup, video: FeedVideo) -> Item {
    let FeedVideo { item, description } = video;
    let (video, included) = (item.video, item.included);
    let description = description.unwrap_or_default();
    let mut thumbnails = video.thumbnails;
    thumbnails.sort_by_key(|picture| std::cmp::Reverse(picture.width));
    Item {
        url: page(origin, "w", &video.short_uuid),
        summary: markup.plain_text(&description, SUMMARY_MAX_CHARS),
        html: markup.html(&description, HTML_MAX_BYTES),
        published_at: video.originally_published_at.unwrap_or(video.published_at),
        updated_at: video.updated_at.max(video.published_at),
        is_nsfw: video.nsfw,
        category: video
            .category
            .id
            .map(|id| (id, video.category.label.into_owned())),
        tags: included.tags.unwrap_or_default(),
        language: video.language.id,
        duration_secs: video.duration,
        views: video.views,
        channel: Person {
            url: page(origin, "c", &video.channel.name),
            name: video.channel.display_name,
        },
        account: Person {
            url: page(origin, "a", &video.account.name),
            name: video.account.display_name,
        },
        account_id: urls::account(origin, &video.account.name),
        embed_url: format!("{origin}{}", video.embed_path),
        thumbnails,
        files: Files::new(included.files, included.streaming_playlists),
        title: video.name,
        id: urls::video(origin, &video.uuid),
    }
}
