//! Following, and seeing what is old and what is new.

use e2e::video::text;
use interop::Direction;
use interop::follows::INSTANCE;
use interop::pair::ACCEPTED;
use interop::side::ACCOUNT;

/// Also the videos from before the follow appear.
pub fn an_instance_is_followed(on: &Direction<'_>) {
    let old = on.publisher.publish("Before the follow");
    on.connect();
    // Another test may have connected the two before this video was there: then it came as a new
    // one, and `an_instance_is_unfollowed_and_followed_again` sees to the old ones.
    on.until("an old video is listed", || {
        on.follower.lists(&old.uuid).then_some(())
    });
}

/// The follow ends on both sides, and a new one brings what was published in between.
pub fn an_instance_is_unfollowed_and_followed_again(on: &Direction<'_>) {
    let missed = without_the_instance(on, |on| publish_unheard(on, "While nobody followed"));
    on.until("the missed video is listed", || {
        on.follower.lists(&missed).then_some(())
    });
}

/// A user who follows a channel, and nothing else of its server, is shown what it had before.
pub fn a_followed_channel_shows_what_it_had(on: &Direction<'_>) {
    let handle = on.publisher.channel_handle();
    without_the_instance(on, |on| {
        let old = publish_unheard(on, "Before its channel was followed");
        on.follower.subscribe(&handle);
        on.until(
            "the user's page of subscriptions shows the old video",
            || on.follower.subscriptions_show(&old).then_some(()),
        );
        assert_eq!(on.follower.name_of(&old), "Before its channel was followed");
        on.follower.unsubscribe(&handle);
        on.until("the user is not subscribed", || {
            (!on.follower.is_subscribed(&handle)).then_some(())
        });
    });
}

/// An instance that follows an account, and nothing else of its server, lists what it had before.
pub fn a_followed_account_shows_what_it_had(on: &Direction<'_>) {
    let handle = on.publisher.account_handle();
    without_the_instance(on, |on| {
        let old = publish_unheard(on, "Before its account was followed");
        on.follower.follow_handle(&handle);
        on.until("the account's old video is listed", || {
            on.follower.lists(&old).then_some(())
        });
        assert_eq!(on.follower.name_of(&old), "Before its account was followed");
        on.follower.unfollow(&handle);
        on.until(
            "the follower says that it does not follow the account",
            || {
                let state = on.follower.following(ACCOUNT, &on.publisher.host);
                state.is_none().then_some(())
            },
        );
    });
}

/// Has the follower's instance not follow the publisher's meanwhile.
fn without_the_instance<T>(on: &Direction<'_>, step: impl FnOnce(&Direction<'_>) -> T) -> T {
    on.connect();
    on.follower.unfollow(&on.publisher.host);
    on.until("the follower says that it does not follow", || {
        let state = on.follower.following(INSTANCE, &on.publisher.host);
        state.is_none().then_some(())
    });
    on.until("the publisher says that it is not followed", || {
        let state = on.publisher.follower(&on.follower.host);
        state.is_none().then_some(())
    });
    let done = step(on);
    on.follow_instance();
    done
}

/// Publishes what the follower, that follows nobody, does not hear of; answers its UUID.
fn publish_unheard(on: &Direction<'_>, name: &str) -> String {
    let unheard = on.publisher.publish(name).uuid;
    let known = on.follower.knows(&unheard);
    assert_eq!(known, None, "a video arrived without a follow");
    unheard
}

/// Each new video is listed and has what its author wrote.
pub fn new_videos_arrive(on: &Direction<'_>) {
    on.connect();
    let fields = [
        ("description", "Described in **full**."),
        ("tags[0]", "interop"),
        ("language", "en"),
        ("category", "15"),
        ("licence", "2"),
    ];
    let new = on.publisher.publish_with("A new video", &fields);
    on.until("the new video is listed", || {
        on.follower.lists(&new.uuid).then_some(())
    });
    let (there, here) = (on.publisher.video(&new.uuid), on.follower.video(&new.uuid));
    assert_eq!(there["isLocal"], true);
    assert_eq!(here["isLocal"], false);
    for key in ["name", "description", "duration", "nsfw", "tags", "url"] {
        assert_eq!(here[key], there[key], "{key}");
    }
    for key in ["category", "licence", "language", "privacy"] {
        assert_eq!(here[key]["id"], there[key]["id"], "{key}");
    }
    for key in ["account", "channel"] {
        assert_eq!(here[key]["name"], there[key]["name"], "{key}");
        assert_eq!(here[key]["host"], on.publisher.host.as_str(), "{key}");
    }
    let picture = text(&here, "thumbnailPath");
    let picture = on.follower.visitor.get(picture).expect_status(200);
    assert!(picture.header("content-type").starts_with("image/"));
}

/// Without a follow.
pub fn a_video_is_found_by_its_url(on: &Direction<'_>) {
    let video = on
        .publisher
        .publish_with("Found by its URL", &[("privacy", "2")]);
    assert_eq!(on.follower.knows(&video.uuid), None, "unlisted is not told");
    let url = on.publisher.watch_url(&video);
    let found = on.until("the search finds the video", || on.follower.search(&url));
    assert_eq!(text(&found, "uuid"), video.uuid);
    assert_eq!(text(&found, "name"), "Found by its URL");
}

/// Without a follow.
pub fn a_channel_is_found_by_its_handle(on: &Direction<'_>) {
    let handle = on.publisher.channel_handle();
    let found = on.until("the search finds the channel", || {
        on.follower.search_channel(&handle)
    });
    assert_eq!(text(&found, "name"), on.publisher.channel);
    assert_eq!(text(&found, "host"), on.publisher.host);
}

/// A user follows a channel, is shown its new video, and leaves again.
pub fn a_channel_is_followed_and_unfollowed(on: &Direction<'_>) {
    let handle = on.publisher.channel_handle();
    let before = on.publisher.channel_followers();
    on.follower.subscribe(&handle);
    on.until("the channel has a follower more", || {
        (on.publisher.channel_followers() == before + 1).then_some(())
    });
    on.until("the user is subscribed", || {
        on.follower.is_subscribed(&handle).then_some(())
    });
    let new = on.publisher.publish("For subscribers");
    on.until("the user's page of subscriptions shows the video", || {
        on.follower.subscriptions_show(&new.uuid).then_some(())
    });
    on.follower.unsubscribe(&handle);
    on.until("the channel has a follower less", || {
        (on.publisher.channel_followers() == before).then_some(())
    });
    assert!(!on.follower.is_subscribed(&handle));
}

/// The instance follows a single account.
pub fn an_account_is_followed_and_unfollowed(on: &Direction<'_>) {
    let handle = on.publisher.account_handle();
    let before = on.publisher.account_followers();
    on.follower.follow_handle(&handle);
    on.until("the follower says that it follows the account", || {
        let state = on.follower.following(ACCOUNT, &on.publisher.host)?;
        (state == ACCEPTED).then_some(())
    });
    on.until("the account has a follower more", || {
        (on.publisher.account_followers() == before + 1).then_some(())
    });
    let new = on.publisher.publish("By a followed account");
    on.until("the account's new video is listed", || {
        on.follower.lists(&new.uuid).then_some(())
    });
    on.follower.unfollow(&handle);
    on.until("the account has a follower less", || {
        (on.publisher.account_followers() == before).then_some(())
    });
    let state = on.follower.following(ACCOUNT, &on.publisher.host);
    assert_eq!(state, None, "the follower says that it follows the account");
}
