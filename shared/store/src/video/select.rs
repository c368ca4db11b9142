//! Pieces of SQL text that build the cells of [`super::row`]. Literals, so that `concat!` can join them:
//! statements are `'static`.
//!
//! `v`, `c` and `a` are the video, its channel and its account. No call has more than 32 arguments and
//! no compound select more than five terms: a Durable Object refuses both. What comes out of a subquery is
//! plain text to SQLite, whatever made it; `json()` says again that it is JSON.

/// [`super::row::VideoColumns`]; `$description` is its expression.
macro_rules! video_columns {
    ($description:literal) => {
        concat!(
            "json_array(v.id,v.uuid,v.name,v.category,v.licence,v.language,v.privacy,",
            $description,
            ",v.duration_secs,v.aspect_ratio,v.created_at_unix_ms,v.updated_at_unix_ms,",
            "v.published_at_unix_ms,v.originally_published_at_unix_ms,v.views,v.viewers,v.likes,v.dislikes,",
            "v.comments,v.nsfw,v.nsfw_flags,v.nsfw_summary,v.state,v.wait_transcoding,",
            "v.scheduled_privacy,v.scheduled_at_unix_ms,v.remote_url)"
        )
    };
}

/// A list of [`super::row::PictureRow`].
macro_rules! pictures {
    () => {
        "json((SELECT json_group_array(json_array(t.width,t.height,t.filename)) FROM thumbnail t \
         WHERE t.video_id=v.id))"
    };
}

/// A list of [`super::row::FileRow`], best first.
macro_rules! files {
    () => {
        "json((SELECT json_group_array(json_array(f.id,f.kind,f.resolution,f.filename,f.size_bytes,\
         f.width,f.height,f.fps,f.has_audio,f.has_video,f.playlist_filename,f.torrent_filename,\
         f.info_hash) ORDER BY f.resolution DESC) FROM video_file f WHERE f.video_id=v.id))"
    };
}

/// [`super::row::PlaylistRow`] or NULL.
macro_rules! playlist {
    () => {
        "json((SELECT json_array(p.id,p.master_filename,p.sha256_filename) FROM streaming_playlist p \
         WHERE p.video_id=v.id))"
    };
}

/// A list of tags in order.
macro_rules! tags {
    () => {
        "json((SELECT json_group_array(g.tag ORDER BY g.position) FROM video_tag g \
         WHERE g.video_id=v.id))"
    };
}

/// [`super::row::SourceRow`].
macro_rules! source_columns {
    () => {
        "json_array(s.input_filename,s.object_key,s.size_bytes,s.width,s.height,s.resolution,s.fps,\
         s.created_at_unix_ms)"
    };
}

/// [`super::row::StoryboardRow`].
macro_rules! storyboard_columns {
    () => {
        "json_array(b.filename,b.total_width,b.total_height,b.sprite_width,b.sprite_height,\
         b.sprite_duration_secs)"
    };
}

/// [`super::row::AccountRow`].
macro_rules! account_columns {
    () => {
        "json_array(a.id,a.name,a.display_name,a.description,a.user_id,a.created_at_unix_ms,\
         a.updated_at_unix_ms,json((SELECT json_array(x.id,x.url,x.avatar_url,x.page_url,\
         x.followers,x.following) FROM actor x WHERE x.account_id=a.id)))"
    };
}

/// [`super::row::ChannelRow`].
macro_rules! channel_columns {
    () => {
        "json_array(c.id,c.name,c.display_name,c.description,c.support,c.listed_videos,\
         c.created_at_unix_ms,c.updated_at_unix_ms,c.p2p_enabled,\
         json((SELECT json_array(x.id,x.url,x.avatar_url,x.page_url,x.followers,x.following) \
         FROM actor x WHERE x.channel_id=c.id)))"
    };
}

/// The account and the channel of a list's item, two of [`super::row::ActorName`]. Ours cost no look-up.
macro_rules! actor_names {
    () => {
        "json_array(a.id,a.name,a.display_name,json(CASE WHEN a.user_id IS NULL THEN \
         (SELECT json_array(x.id,x.url,x.avatar_url) FROM actor x WHERE x.account_id=a.id) END)),\
         json_array(c.id,c.name,c.display_name,json(CASE WHEN a.user_id IS NULL THEN \
         (SELECT json_array(x.id,x.url,x.avatar_url) FROM actor x WHERE x.channel_id=c.id) END))"
    };
}

/// The channel and account of `v`.
macro_rules! join_actors {
    () => {
        " JOIN channel c ON c.id=v.channel_id JOIN account a ON a.id=c.account_id"
    };
}

pub(crate) use {
    account_columns, actor_names, channel_columns, files, join_actors, pictures, playlist,
    source_columns, storyboard_columns, tags, video_columns,
};
