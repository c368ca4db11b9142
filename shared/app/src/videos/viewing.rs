//! What a viewer has watched of a video: the parts, and what follows from them. Pure.

use domain::UnixMillis;
use domain::time::HOUR_MS;

/// Parts of one viewing, as many as PeerTube keeps: who jumps more often is not followed any further.
pub const MAX_SECTIONS: usize = 100;
/// Seconds after which a view counts; of a shorter video more than half.
const COUNT_AFTER_SECS: u32 = 10;
/// For how long the same viewer does not count again.
const SAME_VIEWER_MS: i64 = HOUR_MS;
/// Longest way between two notes of a viewer, in seconds of the video: each is a written row.
const NOTE_AFTER_SECS: u32 = 30;
/// A short video is noted so many times, at most, when it is watched through.
const NOTES_PER_VIDEO: u32 = 20;
/// Steps of the curve of retention, about.
const CURVE_STEPS: u32 = 100;

/// From where to where, in seconds from the start, the end included.
pub type Section = (u32, u32);

/// Where a viewer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Seconds from the start.
    pub at_secs: u32,
    /// Whether the viewer has jumped here.
    pub is_seek: bool,
    /// Whether the player says that nothing follows soon.
    pub is_last: bool,
}

/// What is to be done about a ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing: what is noted is near enough.
    Nothing,
    /// The sections are to be noted.
    Note,
    /// The same, and a view counts.
    Count,
}

/// Seconds of the video that were watched, those that were watched twice twice.
#[must_use]
pub fn watched_secs(sections: &[Section]) -> u32 {
    let length = |(start, end): &Section| end.saturating_sub(*start);
    sections.iter().map(length).fold(0, u32::saturating_add)
}

/// Takes a viewer's position into what is noted of them.
pub fn advance(
    sections: &mut Vec<Section>,
    position: Position,
    duration_secs: u32,
    counted_at: Option<UnixMillis>,
    now: UnixMillis,
) -> Step {
    let at = position.at_secs;
    let is_full = sections.len() >= MAX_SECTIONS;
    let continued = sections.last_mut().filter(|_| !position.is_seek);
    let is_near = match continued {
        Some((_, end)) if *end <= at => {
            let way_secs = (duration_secs / NOTES_PER_VIDEO).clamp(1, NOTE_AFTER_SECS);
            let is_end = position.is_last || at == duration_secs;
            let is_near = at - *end < way_secs && !(is_end && at > *end);
            *end = at;
            is_near
        }
        _ if is_full => return Step::Nothing,
        _ => {
            sections.push((at, at));
            false
        }
    };
    let may_count = counted_at.is_none_or(|at| now.since_ms(at) >= SAME_VIEWER_MS);
    match is_near {
        _ if may_count && is_enough(watched_secs(sections), duration_secs) => Step::Count,
        true => Step::Nothing,
        false => Step::Note,
    }
}

fn is_enough(watched_secs: u32, duration_secs: u32) -> bool {
    match duration_secs {
        1..COUNT_AFTER_SECS => watched_secs.saturating_mul(2) > duration_secs,
        _ => watched_secs >= COUNT_AFTER_SECS,
    }
}

/// Seconds between two points of the curve of retention, PeerTube's: a hundredth of the video, rounded.
#[must_use]
pub fn curve_step_secs(duration_secs: u32) -> u32 {
    (duration_secs.saturating_add(CURVE_STEPS / 2) / CURVE_STEPS).max(1)
}

/// How many of some viewings contain each point of the curve, from second 0 to the end. At most 150.
#[must_use]
pub fn curve<'a>(
    viewings: impl IntoIterator<Item = &'a [Section]>,
    duration_secs: u32,
) -> Vec<u32> {
    let step_secs = curve_step_secs(duration_secs);
    let points: Vec<u32> = (0..=duration_secs / step_secs)
        .map(|index| index * step_secs)
        .collect();
    let mut counts = vec![0; points.len()];
    for sections in viewings {
        for (count, point) in counts.iter_mut().zip(&points) {
            let has_seen = |(start, end): &Section| start < end && (start..=end).contains(&point);
            *count += u32::from(sections.iter().any(has_seen));
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

    fn at(at_secs: u32) -> Position {
        Position {
            at_secs,
            is_seek: false,
            is_last: false,
        }
    }

    fn seek(at_secs: u32) -> Position {
        Position {
            is_seek: true,
            ..at(at_secs)
        }
    }

    /// What pings come to, one after the other; only what is noted is there for the next.
    fn check(duration_secs: u32, pings: &[(Position, Step)], expected: &[Section]) {
        let (mut noted, mut counted_at) = (Vec::new(), None);
        for (position, expected) in pings {
            let mut sections = noted.clone();
            let step = advance(&mut sections, *position, duration_secs, counted_at, NOW);
            assert_eq!(step, *expected, "{position:?} after {noted:?}");
            if step == Step::Count {
                counted_at = Some(NOW);
            }
            if step != Step::Nothing {
                noted = sections;
            }
        }
        assert_eq!(noted, expected);
    }

    #[test]
    fn ten_seconds_count_once_and_a_jump_is_not_watched() {
        let begin = (at(300), Step::Note);
        check(600, &[begin, (at(305), Step::Nothing)], &[(300, 300)]);
        check(600, &[begin, (at(310), Step::Count)], &[(300, 310)]);
        let jumped = [
            begin,
            (at(305), Step::Nothing),
            (seek(400), Step::Note),
            (at(405), Step::Nothing),
            (at(410), Step::Count),
            (at(415), Step::Nothing),
            (at(440), Step::Note),
            (at(20), Step::Note),
        ];
        check(600, &jumped, &[(300, 300), (400, 440), (20, 20)]);
    }

    #[test]
    fn a_short_video_counts_when_more_than_half_is_seen() {
        check(6, &[(at(0), Step::Note), (at(3), Step::Note)], &[(0, 3)]);
        check(6, &[(at(0), Step::Note), (at(4), Step::Count)], &[(0, 4)]);
        check(0, &[(at(0), Step::Note), (at(10), Step::Count)], &[(0, 10)]);
    }

    #[test]
    fn the_end_is_noted_however_near_it_is() {
        let counted = [(at(0), Step::Note), (at(590), Step::Count)];
        let end = (at(600), Step::Note);
        check(600, &[&counted[..], &[end]].concat(), &[(0, 600)]);
        let last = Position {
            is_last: true,
            ..at(592)
        };
        let pings = [&counted[..], &[(last, Step::Note), (last, Step::Nothing)]];
        check(600, &pings.concat(), &[(0, 592)]);
    }

    #[test]
    fn the_same_viewer_counts_again_after_an_hour() {
        let mut sections = vec![(0, 50)];
        let counted = Some(NOW.plus_ms(-SAME_VIEWER_MS));
        assert_eq!(
            advance(&mut sections, at(51), 600, counted, NOW),
            Step::Count
        );
        let counted = Some(NOW.plus_ms(1 - SAME_VIEWER_MS));
        assert_eq!(
            advance(&mut sections, at(52), 600, counted, NOW),
            Step::Nothing
        );
    }

    #[test]
    fn who_jumps_for_ever_is_not_followed() {
        let mut sections = vec![(0, 0); MAX_SECTIONS];
        assert_eq!(
            advance(&mut sections, seek(5), 600, None, NOW),
            Step::Nothing
        );
        assert_eq!(advance(&mut sections, at(9), 90, None, NOW), Step::Note);
        assert_eq!(sections.len(), MAX_SECTIONS);
        assert_eq!(watched_secs(&[(0, u32::MAX), (0, u32::MAX)]), u32::MAX);
    }

    #[test]
    fn the_curve_has_a_point_for_every_hundredth() {
        for (duration_secs, points) in [(0, 1), (1, 2), (149, 150), (150, 76), (600, 101)] {
            assert_eq!(curve([], duration_secs).len(), points, "{duration_secs}");
        }
        let viewings: [&[Section]; 3] = [&[(0, 2), (1, 3)], &[(2, 4)], &[(4, 4)]];
        assert_eq!(curve(viewings, 4), [1, 1, 2, 2, 1]);
        assert_eq!(curve([&[(0, u32::MAX)][..]], 3), [1, 1, 1, 1]);
    }
}
