//! A hundred thousand viewers stay within what one object bears, and find each other.

use swarm::{Report, Scenario, simulate};

fn check(report: &Report) {
    println!("{report}");
    let (last, busy) = report.phases.split_last().expect("there are phases");
    assert_eq!(last.name, "leaving");
    for phase in &report.phases {
        let name = phase.name;
        assert!(
            phase.peak_peers() <= 4_000,
            "{name}: {} peers",
            phase.peak_peers()
        );
        let peak = phase.peak_events_per_sec();
        assert!(peak <= 1_000, "{name}: {peak} events/s");
    }
    for phase in busy {
        let name = phase.name;
        // One announce finds five, and about as many find the viewer; some of them leave before the next.
        let (fewest, first_percentile) =
            (phase.fewest_neighbours, phase.first_percentile_neighbours);
        assert!(fewest >= 3, "{name}: {fewest}");
        assert!(first_percentile >= 8, "{name}: {first_percentile}");
    }
    // Nobody has to be told that the rush is over: one object is left, with all who stay.
    let there: Vec<_> = last
        .shards
        .iter()
        .filter(|shard| shard.region != "-")
        .collect();
    assert_eq!(there.len(), 1, "{}", report.record);
    assert_eq!((there[0].region.as_str(), there[0].peers), ("*", 100));
    assert_eq!(last.settled_viewers, 100);
}

#[test]
fn a_hundred_thousand_viewers() {
    let report = simulate(Scenario::default());
    check(&report);
    // At the end of the rush a fifth of the viewers has just come.
    for (phase, least) in report.phases.iter().zip([75_000, 95_000, 95_000]) {
        assert!(phase.settled_viewers > least, "{}", phase.settled_viewers);
    }
    let cost = report.usage.cost();
    assert!(cost.total() < 1.0);
    assert!(cost.duration < cost.duration_without_hibernation);
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
