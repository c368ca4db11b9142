//! Sizes of what is uploaded and downloaded, printed and capped.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{component, worker};
use crate::failure::{Failure, Outcome};
use crate::fingerprint;
use crate::places;

/// Cloudflare's free plan takes a Worker of at most 3 MiB after gzip.
const WORKER_GZIP_CAP_BYTES: u64 = 3 * 1024 * 1024;
/// What we aim for; larger is reported, not refused.
const WORKER_GZIP_AIM_BYTES: u64 = 1024 * 1024;
/// Spin's component has no more: it is loaded as it is, and hosts at the edge load it often.
const COMPONENT_CAP_BYTES: u64 = 3_000_000;

/// Raw and compressed size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// As on disk.
    pub raw_bytes: u64,
    /// After gzip at its best level.
    pub gzip_bytes: u64,
}

impl Size {
    fn plus(self, other: Self) -> Self {
        Self {
            raw_bytes: self.raw_bytes + other.raw_bytes,
            gzip_bytes: self.gzip_bytes + other.gzip_bytes,
        }
    }
}

/// Measures one file.
///
/// # Errors
/// If it cannot be read.
pub fn measure(path: &Path) -> Outcome<Size> {
    let bytes = fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let compressed = encoder
        .write_all(&bytes)
        .and_then(|()| encoder.finish())
        .map_err(|error| Failure::io("compress", path, &error))?;
    Ok(Size {
        raw_bytes: length(&bytes),
        gzip_bytes: length(&compressed),
    })
}

/// Prints the sizes of the Workers and of the browser code.
///
/// # Errors
/// If a Worker is larger than a deployer may upload.
pub fn check() -> Outcome<()> {
    for script in worker::ALL {
        let mut sum = Size::default();
        for file in script.files() {
            let size = measure(&file)?;
            print(&format!("{}/{}", script.name(), name(&file)), size);
            sum = sum.plus(size);
        }
        verdict(sum)?;
    }
    for file in fingerprint::files_below(&[places::assets().join("client")])? {
        print(&format!("client/{}", name(&file)), measure(&file)?);
    }
    Ok(())
}

/// Prints the size of a Spin component, and says if it is too large. Nobody's deploy fails for it: another
/// compiler may make a little more of the same sources.
///
/// # Errors
/// If it cannot be read.
pub fn show_component(file: &Path) -> Outcome<()> {
    let size = measure(file)?;
    print(&name(file), size);
    if let Err(failure) = component_verdict(file, size) {
        eprintln!("  note: {failure}");
    }
    Ok(())
}

/// Refuses Spin components that are too large, for the tests.
///
/// # Errors
/// If one is, or cannot be read.
pub fn check_components() -> Outcome<()> {
    for file in component::files() {
        component_verdict(&file, measure(&file)?)?;
    }
    Ok(())
}

fn component_verdict(file: &Path, component: Size) -> Outcome<()> {
    if component.raw_bytes <= COMPONENT_CAP_BYTES {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{} has {}, more than a component's {}",
        name(file),
        kib(component.raw_bytes),
        kib(COMPONENT_CAP_BYTES)
    )))
}

fn verdict(worker: Size) -> Outcome<()> {
    if worker.gzip_bytes > WORKER_GZIP_CAP_BYTES {
        return Err(Failure::new(format!(
            "the Worker has {} after gzip, more than the {} that may be uploaded",
            kib(worker.gzip_bytes),
            kib(WORKER_GZIP_CAP_BYTES)
        )));
    }
    if worker.gzip_bytes > WORKER_GZIP_AIM_BYTES {
        eprintln!(
            "  note: the Worker has {} after gzip; the aim is {}",
            kib(worker.gzip_bytes),
            kib(WORKER_GZIP_AIM_BYTES)
        );
    }
    Ok(())
}

fn print(name: &str, size: Size) {
    eprintln!(
        "     {name}: {}, gzip {}",
        kib(size.raw_bytes),
        kib(size.gzip_bytes)
    );
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// "12.3 KiB".
#[must_use]
pub fn kib(bytes: u64) -> String {
    format!("{}.{} KiB", bytes / 1024, bytes % 1024 * 10 / 1024)
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_above_the_cap_is_refused() {
        let size = |gzip_bytes| Size {
            raw_bytes: 0,
            gzip_bytes,
        };
        assert!(verdict(size(WORKER_GZIP_CAP_BYTES)).is_ok());
        assert!(verdict(size(WORKER_GZIP_CAP_BYTES + 1)).is_err());
    }

    #[test]
    fn a_component_above_its_cap_is_refused() {
        let size = |raw_bytes| Size {
            raw_bytes,
            gzip_bytes: 0,
        };
        let file = Path::new("spin_api.wasm");
        assert!(component_verdict(file, size(COMPONENT_CAP_BYTES)).is_ok());
        assert!(component_verdict(file, size(COMPONENT_CAP_BYTES + 1)).is_err());
    }

    #[test]
    fn kib_keeps_one_digit() {
        assert_eq!(kib(1536), "1.5 KiB");
        assert_eq!(kib(1023), "0.9 KiB");
    }
}
