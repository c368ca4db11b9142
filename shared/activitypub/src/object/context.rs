use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// `@context` of a document. Each starts with ActivityStreams, the security vocabulary of
/// `publicKey`, and the term that PeerTube's LD signatures use; what follows gives PeerTube's,
/// Mastodon's and Lemmy's own words their IRIs, as PeerTube does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Actors.
    Actor,
    /// Videos, and activities that embed one.
    Video,
    /// Comments, and activities that embed one.
    Comment,
    /// Playlists, their elements, and activities that embed one.
    Playlist,
    /// Copies of videos, and activities that embed one.
    CacheFile,
    /// `View`.
    View,
    /// `WatchAction`, and activities that embed one.
    WatchAction,
    /// `ApproveReply` and `RejectReply`.
    ReplyApproval,
    /// Chapters of a video.
    Chapters,
    /// How a player looks.
    PlayerSettings,
    /// Everything without words of its own: follows, announces, ratings, deletes, collections.
    Plain,
}

macro_rules! with_base {
    () => {
        r#"["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1",{"RsaSignature2017":"https://w3id.org/security#RsaSignature2017"}]"#
    };
    ($terms:literal) => {
        concat!(
            r#"["https://www.w3.org/ns/activitystreams","https://w3id.org/security/v1",{"RsaSignature2017":"https://w3id.org/security#RsaSignature2017"},{"pt":"https://joinpeertube.org/ns#","sc":"http://schema.org/","#,
            $terms,
            "}]"
        )
    };
}

const ACTOR: &str = with_base!(
    r#""playerSettings":"pt:playerSettings","playlists":{"@id":"pt:playlists","@type":"@id"},"support":{"@type":"sc:Text","@id":"pt:support"},"lemmy":"https://join-lemmy.org/ns#","postingRestrictedToMods":"lemmy:postingRestrictedToMods","toot":"http://joinmastodon.org/ns#","indexable":"toot:indexable","discoverable":"toot:discoverable""#
);
const VIDEO: &str = with_base!(
    r#""Hashtag":"as:Hashtag","category":"sc:category","licence":"sc:license","subtitleLanguage":"sc:subtitleLanguage","automaticallyGenerated":"pt:automaticallyGenerated","sensitive":"as:sensitive","language":"sc:inLanguage","identifier":"sc:identifier","isLiveBroadcast":"sc:isLiveBroadcast","liveSaveReplay":{"@type":"sc:Boolean","@id":"pt:liveSaveReplay"},"permanentLive":{"@type":"sc:Boolean","@id":"pt:permanentLive"},"latencyMode":{"@type":"sc:Number","@id":"pt:latencyMode"},"dvrWindow":{"@type":"sc:Duration","@id":"pt:dvrWindow"},"Infohash":"pt:Infohash","SensitiveTag":"pt:SensitiveTag","tileWidth":{"@type":"sc:Number","@id":"pt:tileWidth"},"tileHeight":{"@type":"sc:Number","@id":"pt:tileHeight"},"tileDuration":{"@type":"sc:Number","@id":"pt:tileDuration"},"aspectRatio":{"@type":"sc:Float","@id":"pt:aspectRatio"},"uuid":{"@type":"sc:identifier","@id":"pt:uuid"},"originallyPublishedAt":"sc:datePublished","schedules":"sc:eventSchedule","startDate":"sc:startDate","embedUrl":"sc:embedUrl","uploadDate":"sc:uploadDate","hasParts":"sc:hasParts","playerSettings":"pt:playerSettings","views":{"@type":"sc:Number","@id":"pt:views"},"downloads":{"@type":"sc:Number","@id":"pt:downloads"},"state":{"@type":"sc:Number","@id":"pt:state"},"size":{"@type":"sc:Number","@id":"pt:size"},"fps":{"@type":"sc:Number","@id":"pt:fps"},"canReply":"pt:canReply","commentsEnabled":{"@type":"sc:Boolean","@id":"pt:commentsEnabled"},"commentsPolicy":{"@type":"sc:Number","@id":"pt:commentsPolicy"},"downloadEnabled":{"@type":"sc:Boolean","@id":"pt:downloadEnabled"},"waitTranscoding":{"@type":"sc:Boolean","@id":"pt:waitTranscoding"},"support":{"@type":"sc:Text","@id":"pt:support"},"likes":{"@id":"as:likes","@type":"@id"},"dislikes":{"@id":"as:dislikes","@type":"@id"},"shares":{"@id":"as:shares","@type":"@id"},"comments":{"@id":"as:comments","@type":"@id"},"PropertyValue":"sc:PropertyValue","value":"sc:value""#
);
const COMMENT: &str = with_base!(r#""replyApproval":"pt:replyApproval""#);
const PLAYLIST: &str = with_base!(
    r#""Playlist":"pt:Playlist","PlaylistElement":"pt:PlaylistElement","position":{"@type":"sc:Number","@id":"pt:position"},"startTimestamp":{"@type":"sc:Number","@id":"pt:startTimestamp"},"stopTimestamp":{"@type":"sc:Number","@id":"pt:stopTimestamp"},"uuid":{"@type":"sc:identifier","@id":"pt:uuid"}"#
);
const CACHE_FILE: &str = with_base!(r#""expires":"sc:expires","CacheFile":"pt:CacheFile""#);
const VIEW: &str = with_base!(
    r#""WatchAction":"sc:WatchAction","InteractionCounter":"sc:InteractionCounter","interactionType":"sc:interactionType","userInteractionCount":"sc:userInteractionCount""#
);
const WATCH_ACTION: &str = with_base!(
    r#""WatchAction":"sc:WatchAction","startTimestamp":{"@type":"sc:Number","@id":"pt:startTimestamp"},"endTimestamp":{"@type":"sc:Number","@id":"pt:endTimestamp"},"uuid":{"@type":"sc:identifier","@id":"pt:uuid"},"actionStatus":"sc:actionStatus","watchSections":{"@type":"@id","@id":"pt:watchSections"},"addressRegion":"sc:addressRegion","addressCountry":"sc:addressCountry""#
);
const REPLY_APPROVAL: &str =
    with_base!(r#""ApproveReply":"pt:ApproveReply","RejectReply":"pt:RejectReply""#);
const CHAPTERS: &str = with_base!(
    r#""hasPart":"sc:hasPart","endOffset":"sc:endOffset","startOffset":"sc:startOffset""#
);
const PLAYER_SETTINGS: &str =
    with_base!(r#""PlayerSettings":{"@type":"@id","@id":"pt:PlayerSettings"},"theme":"pt:theme""#);
const PLAIN: &str = with_base!();

impl Context {
    /// As JSON.
    #[must_use]
    pub const fn as_json(self) -> &'static str {
        match self {
            Self::Actor => ACTOR,
            Self::Video => VIDEO,
            Self::Comment => COMMENT,
            Self::Playlist => PLAYLIST,
            Self::CacheFile => CACHE_FILE,
            Self::View => VIEW,
            Self::WatchAction => WATCH_ACTION,
            Self::ReplyApproval => REPLY_APPROVAL,
            Self::Chapters => CHAPTERS,
            Self::PlayerSettings => PLAYER_SETTINGS,
            Self::Plain => PLAIN,
        }
    }
}

impl Serialize for Context {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue =
            serde_json::from_str(self.as_json()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}
