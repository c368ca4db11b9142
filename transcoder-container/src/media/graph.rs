//! The filter graph: one decode, frames scaled from each size to the next smaller one.

use super::command::Storyboard;
use super::size::OutputSize;
use super::source::{Dynamic, Rate, VideoStream};
use std::fmt::Write as _;

/// One picture stream that leaves the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) size: OutputSize,
    pub(super) rate: Rate,
}

/// Builds `-filter_complex` for `leaves`, whose labels are `[v0]`, `[v1]`, … in their order, and
/// for `storyboards`, whose labels are `[s0]`, ….
///
/// Scaling in a cascade (1080 to 720, 720 to 480, …) instead of each size from the source reads
/// fewer pixels; PSNR against scaling from the source differs by less than what the encoder loses.
pub(super) fn filter_graph(
    video: &VideoStream,
    has_tone_mapping: bool,
    leaves: &[Leaf],
    storyboards: &[Storyboard],
) -> String {
    let mut graph = format!("[0:{}]", video.index);
    let mut sizes: Vec<OutputSize> = leaves.iter().map(|leaf| leaf.size).collect();
    sizes.sort_by_key(|size| {
        (
            std::cmp::Reverse(size.resolution()),
            size.width,
            size.height,
        )
    });
    sizes.dedup();
    let Some(&largest) = sizes.first() else {
        storyboards_alone(&mut graph, video, has_tone_mapping, storyboards);
        return graph;
    };
    // Dropping frames first saves scaling them. Frame 0 is at 0 in every rendition, so that equal
    // frame counts between key frames mean equal times.
    let head_rate = fastest(leaves).unwrap_or(video.rate);
    push(&mut graph, &format!("fps={head_rate}:start_time=0,"));
    push(&mut graph, &normalise(video, has_tone_mapping, largest));
    for (stage, &size) in sizes.iter().enumerate() {
        if stage > 0 {
            push(&mut graph, &format!("[c{stage}]{}", scale(size)));
        }
        let is_last = stage + 1 == sizes.len();
        let here = leaves
            .iter()
            .enumerate()
            .filter(|(_, leaf)| leaf.size == size);
        let mut ends: Vec<(String, Option<String>)> = here
            .map(|(index, leaf)| {
                let drop = (leaf.rate != head_rate).then(|| format!("fps={}", leaf.rate));
                (format!("v{index}"), drop)
            })
            .collect();
        if is_last {
            // The smallest picture is large enough for thumbnails of a few hundred pixels.
            let all = storyboards.iter().enumerate();
            ends.extend(all.map(|(index, board)| (format!("s{index}"), Some(tile(board)))));
        } else {
            ends.push((format!("c{}", stage + 1), None));
        }
        fan_out(&mut graph, stage, &ends);
    }
    graph.pop();
    graph
}

/// `split` into `ends`, each with what is still to be done on its way.
fn fan_out(graph: &mut String, stage: usize, ends: &[(String, Option<String>)]) {
    if let [(label, rest)] = ends {
        match rest {
            Some(rest) => push(graph, &format!(",{rest}[{label}];")),
            None => push(graph, &format!("[{label}];")),
        }
        return;
    }
    push(graph, &format!(",split={}", ends.len()));
    for (label, rest) in ends {
        match rest {
            Some(_) => push(graph, &format!("[t{stage}{label}]")),
            None => push(graph, &format!("[{label}]")),
        }
    }
    graph.push(';');
    for (label, rest) in ends {
        if let Some(rest) = rest {
            push(graph, &format!("[t{stage}{label}]{rest}[{label}];"));
        }
    }
}

fn storyboards_alone(
    graph: &mut String,
    video: &VideoStream,
    has_tone_mapping: bool,
    storyboards: &[Storyboard],
) {
    let widest = storyboards.iter().max_by_key(|board| board.cell_width);
    let Some(widest) = widest else { return };
    // Only one frame in seconds is used: pick it before converting it.
    let size = OutputSize {
        width: widest.cell_width,
        height: widest.cell_height,
    };
    let shortest = storyboards.iter().map(|b| b.interval_ms).min().unwrap_or(1);
    push(graph, &format!("{},", every(shortest)));
    push(graph, &normalise(video, has_tone_mapping, size));
    let ends: Vec<(String, Option<String>)> = storyboards
        .iter()
        .enumerate()
        .map(|(index, board)| (format!("s{index}"), Some(tile(board))))
        .collect();
    fan_out(graph, 0, &ends);
    graph.pop();
}

/// Filters that turn decoded frames into 8-bit SDR 4:2:0 with square pixels at `size`.
pub(super) fn normalise(video: &VideoStream, has_tone_mapping: bool, size: OutputSize) -> String {
    let transfer = match video.dynamic {
        Dynamic::Standard if video.is_full_range => {
            let OutputSize { width, height } = size;
            return format!("scale={width}:{height}:out_range=tv,setsar=1,format=yuv420p");
        }
        Dynamic::Standard => return scale(size),
        Dynamic::Pq => "smpte2084",
        Dynamic::Hlg => "arib-std-b67",
    };
    let OutputSize { width, height } = size;
    if !has_tone_mapping {
        // Without zimg only the matrix is converted: the picture is right in hue and too pale.
        return format!(
            "scale={width}:{height}:in_color_matrix=bt2020:out_color_matrix=bt709:out_range=tv,\
             setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709,\
             setsar=1,format=yuv420p"
        );
    }
    // Scaled first: tone mapping works on 32-bit floats and costs by the pixel.
    format!(
        "scale={width}:{height},setsar=1,\
         zscale=tin={transfer}:min=bt2020nc:pin=bt2020:rin=tv:t=linear:npl=100,\
         format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,\
         zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
    )
}

fn scale(size: OutputSize) -> String {
    // A size that is there already passes through untouched.
    format!(
        "scale={}:{},setsar=1,format=yuv420p",
        size.width, size.height
    )
}

/// The first frame at or after every multiple of `interval_ms`.
fn every(interval_ms: u32) -> String {
    format!("select='gte(t*1000,selected_n*{interval_ms})'")
}

fn tile(board: &Storyboard) -> String {
    format!(
        "{},scale={}:{},setsar=1,tile={}x{},format=yuvj420p",
        every(board.interval_ms),
        board.cell_width,
        board.cell_height,
        board.columns,
        board.rows
    )
}

fn fastest(leaves: &[Leaf]) -> Option<Rate> {
    let product = |a: Rate, b: Rate| u64::from(a.numerator) * u64::from(b.denominator);
    leaves
        .iter()
        .map(|leaf| leaf.rate)
        .max_by(|&a, &b| product(a, b).cmp(&product(b, a)))
}

fn push(graph: &mut String, text: &str) {
    let written = graph.write_str(text);
    debug_assert!(written.is_ok(), "writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn video() -> VideoStream {
        VideoStream {
            index: 0,
            width: 1920,
            height: 1080,
            rate: Rate::whole(60),
            is_full_range: false,
            dynamic: Dynamic::Standard,
        }
    }

    fn leaf(width: u32, height: u32, fps: u32) -> Leaf {
        Leaf {
            size: OutputSize { width, height },
            rate: Rate::whole(fps),
        }
    }

    const BOARD: Storyboard = Storyboard {
        cell_width: 192,
        cell_height: 108,
        columns: 10,
        rows: 9,
        interval_ms: 2_000,
    };

    #[test]
    fn scales_each_size_from_the_next_larger_one() {
        let leaves = [
            leaf(640, 360, 30),
            leaf(1920, 1080, 60),
            leaf(1280, 720, 60),
        ];
        assert_eq!(
            filter_graph(&video(), true, &leaves, &[BOARD]),
            "[0:0]fps=60/1:start_time=0,scale=1920:1080,setsar=1,format=yuv420p,split=2[v1][c1];\
             [c1]scale=1280:720,setsar=1,format=yuv420p,split=2[v2][c2];\
             [c2]scale=640:360,setsar=1,format=yuv420p,split=2[t2v0][t2s0];\
             [t2v0]fps=30/1[v0];\
             [t2s0]select='gte(t*1000,selected_n*2000)',scale=192:108,setsar=1,tile=10x9,format=yuvj420p[s0]"
        );
    }

    #[test]
    fn one_size_twice_is_scaled_once() {
        let leaves = [leaf(1280, 720, 30), leaf(1280, 720, 30)];
        assert_eq!(
            filter_graph(&video(), true, &leaves, &[]),
            "[0:0]fps=30/1:start_time=0,scale=1280:720,setsar=1,format=yuv420p,split=2[v0][v1]"
        );
    }

    #[test]
    fn a_storyboard_alone_converts_only_what_it_shows() {
        assert_eq!(
            filter_graph(&video(), true, &[], &[BOARD]),
            "[0:0]select='gte(t*1000,selected_n*2000)',scale=192:108,setsar=1,format=yuv420p,\
             select='gte(t*1000,selected_n*2000)',scale=192:108,setsar=1,tile=10x9,format=yuvj420p[s0]"
        );
    }

    #[test]
    fn hdr_is_mapped_after_scaling() {
        let mut hdr = video();
        hdr.dynamic = Dynamic::Hlg;
        let graph = filter_graph(&hdr, true, &[leaf(1280, 720, 60)], &[]);
        assert!(
            graph.contains("scale=1280:720,setsar=1,zscale=tin=arib-std-b67:"),
            "{graph}"
        );
        let graph = filter_graph(&hdr, false, &[leaf(1280, 720, 60)], &[]);
        assert!(
            !graph.contains("zscale") && graph.contains("in_color_matrix=bt2020"),
            "{graph}"
        );
    }
}
