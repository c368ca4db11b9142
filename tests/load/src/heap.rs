//! The JavaScript heap of one Worker.

use serde_json::json;

use crate::figure::count;
use crate::inspector::Inspector;

/// Garbage that one collection leaves behind is found by the next.
const COLLECTIONS: usize = 3;

/// Bytes in use of the Worker whose name ends so, garbage collected before. `stir` sends it any request.
pub fn used_bytes(inspector: &str, worker: &str, stir: impl Fn()) -> f64 {
    let mut inspector = Inspector::open(inspector, worker, &stir);
    let nothing = json!({});
    for _ in 0..COLLECTIONS {
        inspector.ask("HeapProfiler.collectGarbage", &nothing);
    }
    let usage = inspector.ask("Runtime.getHeapUsage", &nothing);
    // Objects of the platform that stand behind JavaScript's are counted apart.
    let bytes = |name: &str| usage[name].as_u64().unwrap_or_default();
    count(bytes("usedSize") + bytes("embedderHeapUsedSize"))
}
