//! The instance's configuration, parsed once when the Worker starts.

use domain::ladder::LadderSettings;
use domain::quota::Quota;

/// A text that must not reach a log: `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// A bucket behind the S3 API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Settings {
    /// `https://…`, without the bucket.
    pub endpoint: String,
    /// Bucket name.
    pub bucket: String,
    /// `auto` on R2.
    pub region: String,
    /// Public half.
    pub access_key_id: String,
    /// Secret half.
    pub secret_access_key: Secret,
    /// Whether the host's own bucket, if it has one, is another one that is not used.
    pub is_only_store: bool,
}

/// How the instance meets others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FederationSettings {
    /// Whether others may follow the instance; its channels and accounts may always be followed.
    pub accepts_followers: bool,
    /// Whether the admin accepts each follower of the instance by hand.
    pub approves_followers: bool,
    /// Whether the instance follows back whoever follows it.
    pub follows_back: bool,
    /// Whether plain http and private, loopback and link-local addresses may be asked: for tests, and for
    /// networks without the world.
    pub allows_private_addresses: bool,
    /// Seconds after which a delivery that failed is tried again first; the later waits grow from it.
    pub first_retry_secs: u32,
    /// Copies of videos, theirs of ours and ours of theirs.
    pub mirrors: MirrorSettings,
}

/// Whose word is taken that they have a copy of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MirrorSource {
    /// Nobody's.
    Nobody,
    /// Everybody's; players check what they get by its hash.
    Anybody,
    /// That of servers which the instance follows.
    Followings,
}

/// Which videos of a server are copied first that the admin wants mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MirrorStrategy {
    /// None of themselves: only those that the admin names.
    Manual,
    /// The newest.
    RecentlyAdded,
    /// Those that were watched most.
    MostViews,
}

/// How the instance and others mirror each other's videos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MirrorSettings {
    /// Who may mirror ours.
    pub accepts_from: MirrorSource,
    /// What is mirrored here without being asked for one by one.
    pub strategy: MirrorStrategy,
    /// Bytes that all copies here may have together; 0: there are none.
    pub max_bytes: u64,
}

/// The tracker that browsers open a socket to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketTracker {
    /// This instance's own.
    Own,
    /// Another's, because this host keeps no sockets: its `ws:` or `wss:` URL, in which `{uuid}` stands for the
    /// video's where that tracker has an address for each.
    Elsewhere(String),
    /// None: viewers do not share.
    Nowhere,
}

/// What the admin has set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Scheme and host (and port) of every absolute URL, without a slash at the end.
    pub public_origin: String,
    /// The instance's name.
    pub instance_name: String,
    /// One sentence.
    pub short_description: String,
    /// Markdown, shown on the about page.
    pub description: String,
    /// Markdown rules of conduct.
    pub terms: String,
    /// The admin's username.
    pub admin_username: String,
    /// The admin's e-mail address.
    pub admin_email: String,
    /// The admin's password at first start; generated and logged once when absent.
    pub admin_password: Option<Secret>,
    /// Signs upload and media links; at least 32 bytes of text.
    pub instance_secret: Secret,
    /// A registration token that always works, for the instance's own transcoder.
    pub runner_registration_token: Option<Secret>,
    /// Where transcoders upload directly; absent means through the Worker.
    pub s3: Option<S3Settings>,
    /// Renditions to make.
    pub ladder: LadderSettings,
    /// Whether plain MP4 renditions are made beside HLS.
    pub web_videos: bool,
    /// Whether the uploaded original stays downloadable for its owner after transcoding.
    pub keeps_original_file: bool,
    /// Whether players share with other viewers unless the viewer says otherwise.
    pub p2p_enabled: bool,
    /// Bytes of one request that the host takes, where it says so.
    pub max_request_bytes: Option<u64>,
    /// Where browsers find each other.
    pub socket_tracker: SocketTracker,
    /// `stun:` URLs that tell players their public address; none where all viewers share a network.
    pub stun_servers: Vec<String>,
    /// How the instance meets others.
    pub federation: FederationSettings,
    /// Seconds without a sign of life after which a viewing is over.
    pub viewing_ends_after_secs: u32,
    /// New users' total quota.
    pub user_quota: Quota,
    /// New users' daily quota.
    pub user_daily_quota: Quota,
}
