//! Processor time of one Worker alone: of its JavaScript and Wasm, as V8's profiler sees it, which is what
//! Cloudflare counts. The rest of workerd, simulators of the platform's services included, is in none of it.

use serde_json::{Value, json};

use crate::figure::count;
use crate::inspector::Inspector;

/// Between two looks of the profiler, which looks only while the Worker's isolate is in use.
const INTERVAL_US: u64 = 200;
/// What the profiler calls a look that found no code of the Worker.
const NOTHING: [&str; 3] = ["(idle)", "(program)", "(root)"];

/// Milliseconds that the Worker whose name ends so has worked during `work`. `stir` sends it any request; a few
/// are counted, too.
pub fn busy_ms(inspector: &str, worker: &str, stir: &dyn Fn(), work: impl FnOnce()) -> f64 {
    let mut inspector = Inspector::open(inspector, worker, stir);
    let nothing = json!({});
    inspector.ask("Profiler.enable", &nothing);
    let interval = json!({ "interval": INTERVAL_US });
    inspector.ask("Profiler.setSamplingInterval", &interval);
    inspector.ask("Profiler.start", &nothing);
    work();
    let answer = inspector.ask("Profiler.stop", &nothing);
    let looks = busy_looks(&answer["profile"]);
    count(looks * INTERVAL_US) / 1_000.0
}

fn busy_looks(profile: &Value) -> u64 {
    let array = |name: &str| profile[name].as_array().into_iter().flatten();
    let quiet: Vec<&Value> = array("nodes")
        .filter(|node| {
            let name = node["callFrame"]["functionName"].as_str();
            name.is_none_or(|name| NOTHING.contains(&name))
        })
        .map(|node| &node["id"])
        .collect();
    let looks = array("samples").filter(|look| !quiet.contains(look));
    u64::try_from(looks.count()).expect("a count of a list in memory")
}
