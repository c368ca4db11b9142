//! Views, and what was watched.

use interop::Direction;
use interop::videos::DURATION_SECS;

/// Somebody watches elsewhere, and the publisher counts it.
pub fn a_view_is_counted_at_the_origin(on: &Direction<'_>) {
    on.connect();
    let uuid = on.publisher.publish("To be watched").uuid;
    on.until("the follower has the video", || on.follower.knows(&uuid));
    on.follower.watch_to_the_end(&uuid);
    on.until("the publisher counts the view", || {
        (on.publisher.views(&uuid) == 1).then_some(())
    });
}

/// Somebody watches elsewhere, and the publisher learns what, when it is over.
pub fn what_was_watched_is_in_the_statistics_of_the_origin(on: &Direction<'_>) {
    on.connect();
    let uuid = on.publisher.publish("To be watched to the end").uuid;
    on.until("the follower has the video", || on.follower.knows(&uuid));
    on.follower.watch_to_the_end(&uuid);
    let overall = on.until("the publisher hears what was watched", || {
        let overall = on.publisher.stats(&uuid, "overall");
        (overall["totalViewers"] == 1).then_some(overall)
    });
    assert_eq!(overall["totalWatchTime"], DURATION_SECS, "{overall}");
    assert_eq!(overall["viewersPeak"], 1, "{overall}");
    let retention = on.publisher.stats(&uuid, "retention");
    let points = retention["data"].as_array().into_iter().flatten();
    let seen = points.filter(|point| point["retentionPercent"].as_f64() == Some(100.0));
    assert_eq!(
        u32::try_from(seen.count()),
        Ok(DURATION_SECS + 1),
        "{retention}"
    );
}
