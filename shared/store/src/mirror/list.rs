//! Copies as administrators see them, in PeerTube's JSON.

use ports::Statement;

/// Whose videos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Ours, which others have copied.
    Ours,
    /// Others', which are copied here.
    Others,
}

macro_rules! of_target {
    () => {
        " FROM video v WHERE (v.remote_url IS NULL)=?1 \
         AND EXISTS (SELECT 1 FROM mirror m WHERE m.video_id=v.id AND (m.actor_id IS NOT NULL)=?1)"
    };
}

/// A time as PeerTube writes it.
macro_rules! iso {
    ($column:literal) => {
        concat!(
            "strftime('%Y-%m-%dT%H:%M:%fZ',",
            $column,
            "/1000.0,'unixepoch')"
        )
    };
}

/// Selects a page of videos that have copies, by name, each as one JSON text. To what PeerTube tells of a copy, ours
/// add how far they are and what is wrong with them.
#[must_use]
pub fn select_page(
    target: Target,
    origin: &str,
    (start, count): (u32, u32),
    is_descending: bool,
) -> Statement {
    Statement::new(
        concat!(
            "SELECT json_object('id',v.id,'name',v.name,\
             'url',coalesce(v.remote_url,?2||'/videos/watch/'||v.uuid),'uuid',v.uuid,\
             'redundancies',json_object('files',json('[]'),'streamingPlaylists',\
             json((SELECT json_group_array(json_object('id',m.id,'fileUrl',m.base_url,\
             'strategy',m.strategy,'createdAt',",
            iso!("m.created_at_unix_ms"),
            ",'updatedAt',",
            iso!("m.updated_at_unix_ms"),
            ",'expiresOn',",
            iso!("m.expires_at_unix_ms"),
            ",'size',iif(?1,(SELECT coalesce(sum(f.size_bytes),0) FROM video_file f \
             WHERE f.video_id=v.id AND f.kind='hls'),m.size_bytes),'state',m.state,'copied',\
             (SELECT coalesce(sum(f.kept_bytes),0) FROM mirror_file f WHERE f.mirror_id=m.id),\
             'problem',m.problem)) FROM mirror m \
             WHERE m.video_id=v.id AND (m.actor_id IS NOT NULL)=?1))))",
            of_target!(),
            " ORDER BY CASE WHEN ?5=0 THEN v.name END,CASE WHEN ?5=1 THEN v.name END DESC,v.id \
             LIMIT +?4 OFFSET +?3"
        ),
        vec![
            (target == Target::Ours).into(),
            origin.into(),
            start.into(),
            count.into(),
            is_descending.into(),
        ],
    )
}

/// Counts the same.
#[must_use]
pub fn count(target: Target) -> Statement {
    Statement::new(
        concat!("SELECT count(*)", of_target!()),
        vec![(target == Target::Ours).into()],
    )
}
