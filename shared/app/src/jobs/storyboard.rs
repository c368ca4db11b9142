//! The layout of a storyboard: PeerTube's sums, so that any runner and any player agree on it.

use rest::runner::{SpriteGrid, SpriteSize, Sprites};

/// Longest side of a sprite in pixels.
const SPRITE_MAX_SIDE: u32 = 192;
/// Sprites along either edge of the sheet at most.
const MAX_EDGE_SPRITES: u32 = 11;
/// Shorter videos, in seconds, get no storyboard.
const MIN_DURATION_SECS: u32 = 3;

/// The layout for a video of `duration_secs`; `None` when it is too short. A size of 0 is unknown and
/// taken for 16:9.
pub(super) fn layout(width: u32, height: u32, duration_secs: u32) -> Option<Sprites> {
    if duration_secs < MIN_DURATION_SECS {
        return None;
    }
    let max_sprites = duration_secs.min(MAX_EDGE_SPRITES * MAX_EDGE_SPRITES);
    let sprite_secs = duration_secs.div_ceil(max_sprites);
    let sprites = duration_secs.div_ceil(sprite_secs);
    Some(Sprites {
        size: sprite_size(width, height),
        count: grid(sprites),
        duration: sprite_secs,
    })
}

fn sprite_size(width: u32, height: u32) -> SpriteSize {
    let (width, height) = if width == 0 || height == 0 {
        (16, 9)
    } else {
        (width, height)
    };
    if height > width {
        SpriteSize {
            width: scaled(width, height),
            height: SPRITE_MAX_SIDE,
        }
    } else {
        SpriteSize {
            width: SPRITE_MAX_SIDE,
            height: scaled(height, width),
        }
    }
}

/// The shorter side of a sprite, rounded, at least one pixel.
fn scaled(shorter: u32, longer: u32) -> u32 {
    let pixels = (u64::from(SPRITE_MAX_SIDE) * u64::from(shorter) + u64::from(longer) / 2)
        / u64::from(longer);
    // At most SPRITE_MAX_SIDE, as shorter <= longer.
    u32::try_from(pixels).unwrap_or(SPRITE_MAX_SIDE).max(1)
}

/// The first grid that holds `sprites`, fewest rows first, then fewest columns; never taller than wide.
fn grid(sprites: u32) -> SpriteGrid {
    for rows in 1..=MAX_EDGE_SPRITES {
        for columns in rows..=MAX_EDGE_SPRITES {
            if sprites <= rows * columns {
                return SpriteGrid {
                    width: columns,
                    height: rows,
                };
            }
        }
    }
    SpriteGrid {
        width: MAX_EDGE_SPRITES,
        height: MAX_EDGE_SPRITES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(duration_secs: u32, grid: (u32, u32), sprite_secs: u32) {
        let sprites = layout(1920, 1080, duration_secs).unwrap();
        let made = (
            (sprites.count.width, sprites.count.height),
            sprites.duration,
        );
        assert_eq!(made, (grid, sprite_secs), "{duration_secs} s");
    }

    #[test]
    fn grids_follow_the_duration() {
        assert_eq!(layout(1920, 1080, 2), None);
        check(3, (3, 1), 1);
        check(5, (5, 1), 1);
        check(60, (10, 6), 1);
        check(121, (11, 11), 1);
        check(122, (11, 6), 2);
        check(600, (11, 11), 5);
        check(86_400, (11, 11), 715);
    }

    #[test]
    fn sprites_keep_the_shape_of_the_video() {
        for (width, height, expected) in [
            (1920, 1080, (192, 108)),
            (1080, 1920, (108, 192)),
            (640, 480, (192, 144)),
            (1000, 1000, (192, 192)),
            (10_000, 1, (192, 1)),
            (0, 0, (192, 108)),
        ] {
            let size = sprite_size(width, height);
            assert_eq!((size.width, size.height), expected, "{width}x{height}");
        }
    }
}
