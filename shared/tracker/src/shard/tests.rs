use super::{Continent, JoinMeter, Region, Shard, ShardBounds, ShardLoad, ShardRecord};
use super::{ShardLoadError, ShardRecordError};
use crate::SeededRandom;
use crate::limits::MAX_SHARDS;

fn record(shards: &[&str]) -> ShardRecord {
    let shards = shards.join("\",\"");
    ShardRecord::decode(&format!("{{\"v\":1,\"t\":100,\"s\":[\"{shards}\"]}}")).unwrap()
}

fn load(peers: u32, events_per_sec: u32, joins: &[(Continent, u32)]) -> ShardLoad {
    let mut load = ShardLoad {
        peers,
        events_per_sec,
        ..ShardLoad::default()
    };
    for (continent, rate) in joins {
        load.joins_per_sec[continent.index()] = *rate;
    }
    load
}

fn decide(shards: &[&str], loads: &[ShardLoad]) -> Option<String> {
    let decided = ShardBounds::default().decide(&record(shards), loads, 1_000)?;
    assert_eq!(decided.decided_secs, 1_000);
    let text = decided.encode();
    assert_eq!(ShardRecord::decode(&text).unwrap(), decided);
    let (_, shards) = text.split_once("\"s\":").unwrap();
    Some(shards.replace(['[', ']', '}', '"'], ""))
}

#[test]
fn a_swarm_within_the_bounds_stays_whole() {
    let quiet = load(3_900, 300, &[(Continent::Europe, 1)]);
    assert_eq!(decide(&["*"], &[quiet]), None);
    assert_eq!(decide(&["*"], &[]), None);
}

#[test]
fn over_a_bound_each_continent_that_joins_gets_its_shards() {
    use Continent::{Africa, Asia, Europe};
    // 20 s of 100 joins/s are 2,000: one shard by peers, three by 700 messages/s.
    let rush = load(500, 510, &[(Europe, 100), (Asia, 20), (Africa, 0)]);
    assert_eq!(decide(&["*"], &[rush]), Some("*,AS,EU,EU,EU".to_owned()));
    let full = load(4_000, 100, &[(Europe, 3)]);
    assert_eq!(decide(&["*"], &[full]), Some("*,EU".to_owned()));
}

#[test]
fn a_few_from_everywhere_find_room_too() {
    use Continent::{Africa, Europe};
    let full = load(4_000, 100, &[(Africa, 1), (Europe, 1)]);
    let nobody = ShardLoad::default();
    assert_eq!(decide(&["*"], &[full]), Some("*,*".to_owned()));
    assert_eq!(decide(&["*", "*"], &[full, nobody]), None);
    assert_eq!(decide(&["*", "*"], &[full, full]), Some("*,*,*".to_owned()));
    let unknown = ShardLoad {
        joins_per_sec: [0, 0, 0, 0, 0, 0, 0, 1],
        ..full
    };
    assert_eq!(decide(&["*"], &[unknown]), Some("*,*".to_owned()));
    let few = load(300, 10, &[]);
    assert_eq!(decide(&["*", "*"], &[few, few]), Some("*,-*".to_owned()));
}

#[test]
fn a_continent_that_fills_its_shards_gets_more() {
    let root = load(1_000, 0, &[]);
    let europe = load(3_200, 200, &[(Continent::Europe, 1)]);
    assert_eq!(
        decide(&["*", "EU"], &[root, europe]),
        Some("*,EU,EU".to_owned())
    );
    assert_eq!(
        decide(&["*", "EU", "-EU"], &[root, europe]),
        Some("*,EU,EU".to_owned())
    );
    assert_eq!(
        decide(&["*", "-AS", "EU"], &[root, ShardLoad::default(), europe]),
        Some("*,EU,EU".to_owned())
    );
}

#[test]
fn shards_close_one_by_one_far_below_the_bound() {
    let few = load(900, 40, &[]);
    assert_eq!(
        decide(&["*", "EU", "EU"], &[few, few, few]),
        Some("*,EU,-EU".to_owned())
    );
    // With shard 0 they would be 1,800: too many to merge.
    assert_eq!(decide(&["*", "EU", "-EU"], &[few, few, few]), None);
    let fewer = load(300, 10, &[]);
    assert_eq!(
        decide(&["*", "EU"], &[fewer, fewer]),
        Some("*,-EU".to_owned())
    );
    let nobody = ShardLoad::default();
    assert_eq!(
        decide(&["*", "-EU", "-NA"], &[fewer, fewer, nobody]),
        Some("*,-EU".to_owned())
    );
    let bounds = ShardBounds::default();
    let soon = record(&["*", "EU", "EU"]);
    assert_eq!(bounds.decide(&soon, &[few, few, few], 219), None);
}

#[test]
fn growing_and_shrinking_do_not_alternate() {
    let bounds = ShardBounds::default();
    for peers in (0..100_000).step_by(500) {
        let mut record = ShardRecord::default();
        let mut changes = 0;
        for step in 1..200_u32 {
            let open = u32::try_from(record.shards().iter().filter(|s| s.is_open).count()).unwrap();
            let loads: Vec<ShardLoad> = record
                .shards()
                .iter()
                .map(|shard| {
                    if shard.is_open {
                        load(peers / open, 100, &[(Continent::Europe, 1)])
                    } else {
                        ShardLoad::default()
                    }
                })
                .collect();
            if let Some(next) = bounds.decide(&record, &loads, step * 1_000) {
                record = next;
                changes = step;
            }
        }
        assert!(changes < 100, "{peers}: still changing");
        assert!(record.shards().len() <= MAX_SHARDS);
    }
}

#[test]
fn viewers_go_to_their_continent_and_are_spread_there() {
    let record = record(&["*", "EU", "EU", "-EU", "NA"]);
    let mut random = SeededRandom::new(3);
    let mut counts = [0; 5];
    for _ in 0..1_000 {
        counts[record.choose(Some(Continent::Europe), &mut random)] += 1;
    }
    assert!(counts[1] > 400 && counts[2] > 400, "{counts:?}");
    assert_eq!(counts[1] + counts[2], 1_000);
    assert_eq!(record.choose(Some(Continent::NorthAmerica), &mut random), 4);
    assert_eq!(record.choose(Some(Continent::Asia), &mut random), 0);
    assert_eq!(record.choose(None, &mut random), 0);
}

#[test]
fn the_record_is_a_small_text_and_nothing_else_is_one() {
    use ShardRecordError as E;
    let text = r#"{"v":1,"t":1800000000,"s":["*","EU","-NA"]}"#;
    let record = ShardRecord::decode(text).unwrap();
    assert_eq!(record.encode(), text);
    let closed = Shard {
        region: Region::Continent(Continent::NorthAmerica),
        is_open: false,
    };
    assert_eq!(record.shards()[2], closed);
    let many = format!(
        r#"{{"v":1,"t":1,"s":["*"{}]}}"#,
        r#","EU""#.repeat(MAX_SHARDS)
    );
    for (text, error) in [
        ("", E::Damaged),
        (r#"{"v":1,"t":1,"s":["*","XX"]}"#, E::Damaged),
        (r#"{"v":1,"t":-1,"s":["*"]}"#, E::Damaged),
        (r#"{"v":2,"t":1,"s":["*"]}"#, E::Version),
        (r#"{"v":1,"t":1,"s":[]}"#, E::Count),
        (&many, E::Count),
        (r#"{"v":1,"t":1,"s":["EU"]}"#, E::Root),
        (r#"{"v":1,"t":1,"s":["-*"]}"#, E::Root),
    ] {
        assert_eq!(ShardRecord::decode(text), Err(error), "{text}");
    }
}

#[test]
fn loads_are_reported_and_full_shards_admit_nobody() {
    let mut meter = JoinMeter::default();
    let bounds = ShardBounds::default();
    let quiet = ShardLoad::default();
    let mut admit = |continent| meter.admit(&bounds, &quiet, continent, 5_000);
    assert!(admit(None));
    let admitted = (0..80).filter(|_| admit(Some(Continent::Asia))).count();
    assert_eq!(admitted, 70, "500 messages per second are 71 joins");
    let load = ShardLoad {
        peers: 4_000,
        events_per_sec: 12,
        joins_per_sec: meter.per_sec(5_000),
    };
    assert_eq!(load.joins_per_sec, [0, 0, 80, 0, 0, 0, 0, 1]);
    assert_eq!(
        load.encode(),
        r#"{"v":1,"p":4000,"e":12,"j":[0,0,80,0,0,0,0,1]}"#
    );
    assert_eq!(ShardLoad::decode(&load.encode()), Ok(load));
    assert_eq!(ShardLoad::decode(r#"{"v":1,"p":-1}"#), Err(ShardLoadError));
    assert_eq!(
        ShardLoad::decode(r#"{"v":1,"j":[1,2,3,4,5,6,7,8,9]}"#),
        Err(ShardLoadError)
    );
    assert!(!bounds.admits(&load));
    assert!(bounds.admits(&ShardLoad {
        peers: 3_999,
        ..load
    }));
    assert!(!bounds.admits(&ShardLoad {
        peers: 1,
        events_per_sec: 500,
        ..load
    }));
    let record = record(&["*", "-EU"]);
    let last = ShardLoad { peers: 49, ..load };
    assert!(bounds.empties(&record, 1, &last) && !bounds.empties(&record, 0, &last));
}
