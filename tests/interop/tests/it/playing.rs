//! Playing what lies elsewhere.

use interop::Direction;
use interop::media::play;

/// The follower gives URLs at the publisher, and they serve ranges of the files and of the stream.
pub fn a_video_is_played_from_its_origin(on: &Direction<'_>) {
    on.connect();
    let video = on.publisher.publish("To be played");
    play(
        &on.publisher.visitor,
        &on.publisher.video(&video.uuid),
        &on.publisher.host,
    );
    let remote = on.until("the follower has the stream", || {
        let remote = on.follower.knows(&video.uuid)?;
        let is_streamed = remote["streamingPlaylists"][0]["files"][0].is_object();
        is_streamed.then_some(remote)
    });
    play(&on.follower.visitor, &remote, &on.publisher.host);
}
