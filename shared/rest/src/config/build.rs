//! The configuration of an instance of ours.

use super::{
    COMPATIBLE_VERSION, IMAGE_EXTENSIONS, InstanceSettings, VIDEO_EXTENSIONS,
    features::{
        AutoBlacklist, AvatarLimits, BroadcastMessage, ExportConfig, Extensions, FieldsConstraints,
        FollowingsConfig, ImportConfig, LiveConfig, MaxAge, MaxPerUser, OpenTelemetry,
        PasswordConstraints, PluginConfig, SearchConfig, TrendingAlgorithms, TrendingConfig,
        TrendingVideos, UserConstraints, VideoFileConfig, VideoLimits, ViewsConfig, ViewsVideos,
        WatchingInterval, WebrtcConfig,
    },
    instance::{
        BrowseVideos, ClientConfig, ClientHeader, ClientMenu, ClientVideos, Customizations,
        DefaultsConfig, InstanceConfig, LiveDefaults, Miniature, OpenInApp, P2pDefaults,
        PlayerDefaults, PublishDefaults, ResumableUpload, SocialLinks, SupportText, ThemeConfig,
        ThemeCustomization, ThemeName, WebAdmin,
    },
    shape::{
        Enabled, FileLimits, FileSize, RunnableFeature, ServerConfig, SignupConfig,
        TranscodingConfig, UserQuotaConfig,
    },
};
use crate::upload::limits::IMAGE_BYTES;

const ON: Enabled = Enabled { enabled: true };
const OFF: Enabled = Enabled { enabled: false };
const BY_RUNNERS: RunnableFeature = RunnableFeature {
    enabled: true,
    remote_runners: ON,
};
const IMAGE: FileLimits = FileLimits {
    size: FileSize { max: IMAGE_BYTES },
    extensions: IMAGE_EXTENSIONS,
};

/// Shortest password of a user, in characters.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// Longest password of a user, in bytes.
pub const MAX_PASSWORD_CHARS: usize = domain::limits::PASSWORD_MAX_BYTES;
/// Channels of one user (PeerTube's default).
const MAX_CHANNELS_PER_USER: u32 = 20;
/// Captions, PeerTube's bound.
const CAPTION: FileLimits = FileLimits {
    size: FileSize {
        max: 20 * 1024 * 1024,
    },
    extensions: &[".vtt", ".srt"],
};
/// How often the player tells where it is (PeerTube's default).
const WATCHING_INTERVAL_MS: u32 = 5_000;

impl<'a> ServerConfig<'a> {
    /// The answer of `GET /config`.
    #[must_use]
    pub fn new(settings: &InstanceSettings<'a>) -> Self {
        Self {
            server_version: COMPATIBLE_VERSION.into(),
            client: client(settings.max_chunk_bytes),
            defaults: defaults(Enabled {
                enabled: settings.tracker,
            }),
            webadmin: WebAdmin::default(),
            instance: instance(settings),
            search: SearchConfig::default(),
            plugin: PluginConfig::default(),
            theme: theme(),
            email: OFF,
            contact_form: OFF,
            signup: SignupConfig {
                minimum_age: 16,
                ..SignupConfig::default()
            },
            transcoding: transcoding(settings),
            live: LiveConfig::default(),
            video_studio: RunnableFeature::default(),
            video_file: VideoFileConfig::default(),
            import: ImportConfig::default(),
            export: ExportConfig::default(),
            auto_blacklist: AutoBlacklist::default(),
            avatar: AvatarLimits { file: IMAGE },
            banner: AvatarLimits { file: IMAGE },
            logo: AvatarLimits { file: IMAGE },
            video: VideoLimits {
                image: IMAGE,
                file: Extensions {
                    extensions: VIDEO_EXTENSIONS,
                },
            },
            video_caption: AvatarLimits { file: CAPTION },
            user: UserQuotaConfig {
                video_quota: settings.video_quota_bytes,
                video_quota_daily: settings.video_quota_daily_bytes,
            },
            video_channels: MaxPerUser {
                max_per_user: MAX_CHANNELS_PER_USER,
            },
            trending: trending(),
            tracker: Enabled {
                enabled: settings.tracker,
            },
            followings: FollowingsConfig::default(),
            federation: Enabled {
                enabled: settings.federation,
            },
            broadcast_message: broadcast_message(),
            homepage: OFF,
            open_telemetry: OpenTelemetry::default(),
            views: views(),
            storyboards: BY_RUNNERS,
            video_transcription: RunnableFeature::default(),
            webrtc: WebrtcConfig {
                stun_servers: settings.stun_servers,
            },
            nsfw_flags_settings: ON,
            fields_constraints: FieldsConstraints {
                users: UserConstraints {
                    password: PasswordConstraints {
                        min_length: MIN_PASSWORD_CHARS,
                        max_length: MAX_PASSWORD_CHARS,
                    },
                },
            },
        }
    }
}

fn client(max_chunk_size: u64) -> ClientConfig {
    ClientConfig {
        new_features_info: false,
        header: ClientHeader::default(),
        videos: ClientVideos {
            miniature: Miniature::default(),
            resumable_upload: ResumableUpload { max_chunk_size },
        },
        browse_videos: BrowseVideos {
            default_sort: "-publishedAt",
            default_scope: "local",
        },
        menu: ClientMenu::default(),
        open_in_app: OpenInApp::default(),
    }
}

/// Sharing between viewers needs our tracker to find them.
const fn defaults(p2p: Enabled) -> DefaultsConfig {
    DefaultsConfig {
        publish: PublishDefaults {
            download_enabled: true,
            comments_policy: 1,
            privacy: 1,
            licence: None,
        },
        live: LiveDefaults { save_replay: true },
        p2p: P2pDefaults {
            webapp: p2p,
            embed: p2p,
        },
        player: PlayerDefaults {
            theme: "galaxy",
            auto_play: true,
        },
    }
}

fn instance<'a>(settings: &InstanceSettings<'a>) -> InstanceConfig<'a> {
    InstanceConfig {
        name: settings.name.into(),
        short_description: settings.short_description.into(),
        is_nsfw: false,
        default_nsfw_policy: "do_not_list",
        server_country: "",
        support: SupportText::default(),
        social: SocialLinks::default(),
        default_client_route: "/videos/browse",
        customizations: Customizations::default(),
        avatars: Vec::new(),
        banners: Vec::new(),
        default_language: "en",
        logo: Vec::new(),
    }
}

fn theme() -> ThemeConfig {
    ThemeConfig {
        registered: [],
        built_in: &[
            ThemeName {
                name: "peertube-core-light-beige",
            },
            ThemeName {
                name: "peertube-core-dark-brown",
            },
        ],
        default: "default",
        customization: ThemeCustomization::default(),
    }
}

const fn transcoding<'a>(settings: &InstanceSettings<'a>) -> TranscodingConfig<'a> {
    TranscodingConfig {
        hls: ON,
        web_videos: Enabled {
            enabled: settings.web_videos,
        },
        enabled_resolutions: settings.resolutions,
        profile: "default",
        available_profiles: &["default"],
        remote_runners: ON,
    }
}

const fn trending() -> TrendingConfig {
    TrendingConfig {
        videos: TrendingVideos {
            interval_days: 7,
            algorithms: TrendingAlgorithms {
                enabled: &["hot", "most-viewed", "most-liked"],
                default: "most-viewed",
            },
        },
    }
}

const fn broadcast_message() -> BroadcastMessage {
    BroadcastMessage {
        enabled: false,
        message: "",
        level: "info",
        dismissable: false,
    }
}

const fn views() -> ViewsConfig {
    ViewsConfig {
        videos: ViewsVideos {
            remote: MaxAge {
                max_age: 30 * domain::time::DAY_MS,
            },
            local: MaxAge { max_age: -1 },
            watching_interval: WatchingInterval {
                anonymous: WATCHING_INTERVAL_MS,
                users: WATCHING_INTERVAL_MS,
            },
        },
    }
}
