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
        // One announce finds five, and about as many find the viewer; some of them leave before the next.
        let (fewest, first_percentile) =
            (phase.fewest_neighbours, phase.first_percentile_neighbours);
        assert!(fewest >= 3, "{name}: {fewest}");
        assert!(first_percentile >= 8, "{name}: {first_percentile}");
    }
}

#[test]
fn a_hundred_thousand_viewers() {
    let report = simulate(Scenario::default());
    check(&report);
    // At the end of the rush a fifth of the viewers has just come.
    for (phase, least) in report.phases.iter().zip([75_000, 95_000, 95_000]) {
        assert!(phase.settled_viewers > least, "{}", phase.settled_viewers);
    }
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
