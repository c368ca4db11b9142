use serde::{Serialize, Serializer};

/// How the player of a video or channel is to look (PeerTube 8). Nobody can choose that here, so it
/// says what PeerTube says of a video or channel for which nobody has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayerSettings<'a> {
    /// Absolute URL: [`Ids::player_settings`](super::Ids::player_settings).
    pub id: &'a str,
    /// Id of the video or channel.
    pub object: &'a str,
    /// Which of the two, and with it whose choice counts instead.
    pub of: PlayerOf,
}

/// What has a player.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayerOf {
    /// A video looks as its channel's others.
    Video,
    /// A channel's videos look as the viewer's instance has it.
    Channel,
}

impl Serialize for PlayerSettings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            r#type: &'static str,
            id: &'a str,
            object: &'a str,
            theme: &'static str,
        }
        Wire {
            r#type: "PlayerSettings",
            id: self.id,
            object: self.object,
            theme: match self.of {
                PlayerOf::Video => "channel-default",
                PlayerOf::Channel => "instance-default",
            },
        }
        .serialize(serializer)
    }
}
