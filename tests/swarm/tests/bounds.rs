//! A hundred thousand viewers stay within what one object bears, and find each other.

use swarm::{Report, Scenario, simulate};

fn check(report: &Report) {
    println!("{report}");
    for phase in &report.phases {
        let name = phase.name;
        assert!(
            phase.peak_peers() <= 4_000,
            "{name}: {} peers",
            phase.peak_peers()
        );
        let peak = phase.peak_events_per_sec();
        assert!(peak <= 1_000, "{name}: {peak} events/s");
        assert!(
            phase.fewest_neighbours >= 3,
            "{name}: {}",
            phase.fewest_neighbours
        );
        assert!(
            phase.median_neighbours >= 8,
            "{name}: {}",
            phase.median_neighbours
        );
    }
}

#[test]
fn a_hundred_thousand_viewers() {
    let report = simulate(Scenario::default());
    check(&report);
    let settled: Vec<usize> = report
        .phases
        .iter()
        .map(|phase| phase.settled_viewers)
        .collect();
    assert!(settled.iter().all(|&count| count > 90_000), "{settled:?}");
    assert!(report.usage.cost().total() < 1.0);
}

#[test]
fn a_small_swarm_stays_in_one_object() {
    let report = simulate(Scenario {
        viewers: 2_000,
        ..Scenario::default()
    });
    check(&report);
    assert!(report.phases.iter().all(|phase| phase.shards.len() == 1));
}
