//! Makes a component smaller: binaryen knows modules and no components, so the module inside is taken out,
//! optimised for size and put back. Nothing that the component names of it changes. Names for debuggers are
//! left out.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::worker;
use crate::failure::{Failure, Outcome};
use crate::places;
use crate::progress::Step;
use crate::setup::node::Node;

/// Magic, version and layer of a component.
const PREAMBLE: [u8; 8] = *b"\0asm\x0d\0\x01\0";
const CUSTOM_SECTION: u8 = 0;
const CORE_MODULE_SECTION: u8 = 1;
/// A number of 32 bits.
const MAX_NUMBER_BYTES: usize = 5;
/// Flattened and looped anew, code gives binaryen more to find; a second round finds the rest. The lowest
/// kilobyte is the stack's far end, which no address of ours means.
const PASSES: [&str; 5] = [
    "--low-memory-unused",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
];
/// What the compiler's module may use; binaryen takes nothing for granted.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Optimises the largest module of a component, in place.
///
/// # Errors
/// If the file is no component, or binaryen does not take its module.
pub fn component(step: &Step, node: &Node, file: &Path) -> Outcome<()> {
    let bytes = fs::read(file).map_err(|error| Failure::io("read", file, &error))?;
    let mut sections = sections(&bytes)
        .ok_or_else(|| Failure::new(format!("{} is no component", file.display())))?;
    let modules = sections
        .iter_mut()
        .filter(|section| section.kind == CORE_MODULE_SECTION);
    let largest = modules
        .max_by_key(|section| section.content.len())
        .ok_or_else(|| Failure::new(format!("{} has no module", file.display())))?;
    let work = places::scratch()
        .join("shrink")
        .join(file.file_stem().unwrap_or_default());
    let optimised = optimised(step, node, &work, largest.content)?;
    largest.content = &optimised;
    fs::write(file, joined(&sections)).map_err(|error| Failure::io("write", file, &error))
}

fn optimised(step: &Step, node: &Node, work: &Path, module: &[u8]) -> Outcome<Vec<u8>> {
    let (before, after) = (work.join("before.wasm"), work.join("after.wasm"));
    fs::create_dir_all(work)
        .and_then(|()| fs::write(&before, module))
        .map_err(|error| Failure::io("write", &before, &error))?;
    let mut command = Command::new(worker::wasm_opt());
    node.prepare(&mut command);
    step.run(
        command
            .args(PASSES)
            .args(FEATURES)
            .arg("-o")
            .args([&after, &before]),
    )?;
    fs::read(&after).map_err(|error| Failure::io("read", &after, &error))
}

#[derive(Debug, PartialEq, Eq)]
struct Section<'a> {
    kind: u8,
    content: &'a [u8],
}

/// `None` if it is no component or cut off.
fn sections(bytes: &[u8]) -> Option<Vec<Section<'_>>> {
    let mut rest = bytes.strip_prefix(&PREAMBLE)?;
    let mut found = Vec::new();
    while let Some((kind, behind)) = rest.split_first() {
        let (length, behind) = number(behind)?;
        let (content, behind) = behind.split_at_checked(length)?;
        found.push(Section {
            kind: *kind,
            content,
        });
        rest = behind;
    }
    Some(found)
}

/// A component of all sections that mean something.
fn joined(sections: &[Section<'_>]) -> Vec<u8> {
    let mut bytes = PREAMBLE.to_vec();
    for section in sections
        .iter()
        .filter(|section| section.kind != CUSTOM_SECTION)
    {
        bytes.push(section.kind);
        push_number(&mut bytes, section.content.len());
        bytes.extend_from_slice(section.content);
    }
    bytes
}

/// An unsigned number in LEB128, and what follows.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(MAX_NUMBER_BYTES).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

fn push_number(bytes: &mut Vec<u8>, mut value: usize) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            bytes.push(low & 0x7f);
            return;
        }
        bytes.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGE: [u8; 300] = [7; 300];

    fn section(kind: u8, content: &[u8]) -> Section<'_> {
        Section { kind, content }
    }

    #[test]
    fn all_but_names_survives_in_order() {
        let parts = [
            section(1, b"shim"),
            section(0, b"names"),
            section(1, &LARGE),
        ];
        let bytes = joined(&parts);
        let read = sections(&bytes).unwrap();
        assert_eq!(read, [section(1, b"shim"), section(1, &LARGE)]);
        assert_eq!(joined(&read), bytes);
    }

    #[test]
    fn what_is_no_component_or_is_cut_off_is_refused() {
        assert_eq!(sections(b"\0asm\x01\0\0\0"), None);
        let whole = joined(&[section(1, b"module")]);
        assert_eq!(sections(&whole[..whole.len() - 1]), None);
    }
}
