//! How far the transcoding of a video is, for lists of videos.

/// A scalar subquery for a column list, over the video whose id column is given (`video.id` if none): the
/// mean progress of the video's transcoding jobs in whole percent, 0..=100, or NULL when none is left
/// to wait for. Ended jobs count as 100, whatever their end: they will take no more time. Used inside
/// `concat!`; it costs one index search per row of the list.
#[macro_export]
macro_rules! transcoding_progress {
    () => {
        $crate::transcoding_progress!("video.id")
    };
    ($video_id:literal) => {
        concat!(
            "(SELECT CAST(avg(CASE WHEN job.state IN (1, 5) THEN 0
                               WHEN job.state = 2 THEN coalesce(job.progress, 0)
                               ELSE 100 END) AS INTEGER)
          FROM runner_job job
          WHERE job.video_id = ",
            $video_id,
            "
            AND job.type IN ('vod-hls-transcoding', 'vod-web-video-transcoding',
                             'vod-audio-merge-transcoding')
          HAVING sum(job.state IN (1, 2, 5, 9)) > 0)"
        )
    };
}
