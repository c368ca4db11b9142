//! NodeInfo 2.0 and 2.1 (nodeinfo.diaspora.software): what runs here, and how many use it.

use app::AppError;
use app::discovery::INSTANCE_ACTOR;
use app::videos::{self, urls};
use ports::Platform;
use rest::stats::ServerStats;
use serde::Serialize;
use serde_json::{Value, json as value};

use crate::{Document, json};

/// Relation under which PeerTube looks for the actor that follows on behalf of an instance.
const APPLICATION: &str = "https://www.w3.org/ns/activitystreams#Application";

/// A version of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 2.0, what PeerTube answers.
    V2_0,
    /// 2.1, which adds where the software is from.
    V2_1,
}

impl Version {
    const ALL: [Self; 2] = [Self::V2_0, Self::V2_1];

    pub(crate) fn of_file(file: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| file.strip_suffix(".json") == Some(version.number()))
    }

    const fn number(self) -> &'static str {
        match self {
            Self::V2_0 => "2.0",
            Self::V2_1 => "2.1",
        }
    }

    const fn schema(self) -> &'static str {
        match self {
            Self::V2_0 => "http://nodeinfo.diaspora.software/ns/schema/2.0",
            Self::V2_1 => "http://nodeinfo.diaspora.software/ns/schema/2.1",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::V2_0 => {
                "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.0#\"; charset=utf-8"
            }
            Self::V2_1 => {
                "application/json; profile=\"http://nodeinfo.diaspora.software/ns/schema/2.1#\"; charset=utf-8"
            }
        }
    }
}

#[derive(Serialize)]
struct Index {
    links: Vec<Link>,
}

#[derive(Serialize)]
struct Link {
    rel: &'static str,
    href: String,
}

/// `/.well-known/nodeinfo`: both versions, and the actor of the instance.
pub(crate) fn index(origin: &str) -> Result<Document, AppError> {
    let mut links: Vec<Link> = Version::ALL
        .into_iter()
        .map(|version| Link {
            rel: version.schema(),
            href: format!("{origin}/nodeinfo/{}.json", version.number()),
        })
        .collect();
    links.push(Link {
        rel: APPLICATION,
        href: urls::account(origin, INSTANCE_ACTOR),
    });
    json("application/json; charset=utf-8", &Index { links })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeInfo {
    version: &'static str,
    software: Software,
    protocols: [&'static str; 1],
    services: Services,
    open_registrations: bool,
    usage: Usage,
    metadata: Value,
}

#[derive(Serialize)]
struct Software {
    name: &'static str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    homepage: Option<String>,
}

#[derive(Serialize)]
struct Services {
    inbound: [&'static str; 0],
    outbound: [&'static str; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Usage {
    users: Users,
    local_posts: u64,
    local_comments: u64,
}

/// Nobody counts the users of half a year, and the schema lets that number out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Users {
    total: u64,
    active_month: u64,
}

/// `/nodeinfo/{version}.json`, from the counters that `/api/v1/server/stats` shows.
pub(crate) async fn document<P: Platform>(
    platform: &P,
    version: Version,
) -> Result<Document, AppError> {
    let settings = platform.settings();
    let stats = videos::stats(platform).await?;
    let stats: ServerStats = serde_json::from_str(&stats).map_err(AppError::bug)?;
    let info = NodeInfo {
        version: version.number(),
        software: Software {
            name: "edgetube",
            version: env!("CARGO_PKG_VERSION"),
            homepage: (version == Version::V2_1)
                .then(|| format!("{}/about", settings.public_origin)),
        },
        protocols: ["activitypub"],
        services: Services {
            inbound: [],
            outbound: ["atom1.0", "rss2.0"],
        },
        // Users are made by the administrator.
        open_registrations: false,
        usage: Usage {
            users: Users {
                total: stats.total_users,
                active_month: stats.total_monthly_active_users,
            },
            local_posts: stats.total_local_videos,
            local_comments: stats.total_local_video_comments,
        },
        metadata: value!({
            "taxonomy": { "postsName": "Videos" },
            "nodeName": settings.instance_name,
            "nodeDescription": settings.short_description,
        }),
    };
    json(version.content_type(), &info)
}
