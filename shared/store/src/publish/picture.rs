//! Thumbnails and storyboards.

use domain::UnixMillis;
use ports::Statement;

/// Names a thumbnail of a size that the video has none of yet.
#[must_use]
pub fn insert_thumbnail(video_id: i64, width: u32, height: u32, filename: &str) -> Statement {
    Statement::new(
        "INSERT INTO thumbnail (video_id, width, height, filename) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (video_id, width, height) DO NOTHING",
        vec![
            video_id.into(),
            width.into(),
            height.into(),
            filename.into(),
        ],
    )
}

/// A sprite sheet to publish.
#[derive(Debug, Clone, Copy)]
pub struct NewStoryboard<'a> {
    /// The video's row id.
    pub video_id: i64,
    /// Random name.
    pub filename: &'a str,
    /// Pixels of the sheet.
    pub total_width: u32,
    /// Pixels of the sheet.
    pub total_height: u32,
    /// Pixels of one sprite.
    pub sprite_width: u32,
    /// Pixels of one sprite.
    pub sprite_height: u32,
    /// Whole seconds that one sprite stands for.
    pub sprite_duration_secs: u32,
}

/// Publishes a storyboard in the place of the old one, whose object becomes unowned.
#[must_use]
pub fn replace_storyboard(new: &NewStoryboard<'_>, delete_after: UnixMillis) -> [Statement; 2] {
    [
        Statement::new(
            "INSERT INTO unowned_object (object_key, delete_after_unix_ms)
             SELECT 'storyboards/' || filename, ?2 FROM storyboard WHERE video_id = ?1
             ON CONFLICT (object_key)
             DO UPDATE SET delete_after_unix_ms = excluded.delete_after_unix_ms",
            vec![new.video_id.into(), delete_after.into()],
        ),
        Statement::new(
            "INSERT INTO storyboard (video_id, filename, total_width, total_height, sprite_width,
                                     sprite_height, sprite_duration_secs)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (video_id) DO UPDATE SET
                 filename = excluded.filename,
                 total_width = excluded.total_width, total_height = excluded.total_height,
                 sprite_width = excluded.sprite_width, sprite_height = excluded.sprite_height,
                 sprite_duration_secs = excluded.sprite_duration_secs",
            vec![
                new.video_id.into(),
                new.filename.into(),
                new.total_width.into(),
                new.total_height.into(),
                new.sprite_width.into(),
                new.sprite_height.into(),
                new.sprite_duration_secs.into(),
            ],
        ),
    ]
}
