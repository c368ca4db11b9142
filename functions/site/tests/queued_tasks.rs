//! Tasks that wait in the database, as on hosts without a queue.

#![expect(clippy::unwrap_used, reason = "a test's own requests and answers")]

use domain::UnixMillis;
use ports::{Database, FEDERATION_MESSAGE_PREFIX, FederationTask, Statement, Task, encode_task};
use store::queued_task::{self, DueTask};
use testkit::{TestDatabase, block_on};

const NOW: UnixMillis = UnixMillis(1_800_000_000_000);

fn run(database: &TestDatabase, statement: Statement) -> Vec<DueTask> {
    let rows = block_on(database.batch(vec![statement])).unwrap().remove(0);
    rows.iter()
        .map(|row| queued_task::read(row).unwrap())
        .collect()
}

fn take(database: &TestDatabase, at: UnixMillis, prefix: &str) -> Vec<i64> {
    let again = UnixMillis(at.0 + 60_000);
    let taken = run(database, queued_task::take_due(at, again, 2, prefix));
    let mut ids: Vec<i64> = taken.iter().map(|task| task.id).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn a_task_is_taken_by_one_until_its_lease_is_over() {
    let database = TestDatabase::new();
    let delete = encode_task(Task::DeleteObjects {
        object_keys: vec!["a".to_owned()],
    });
    let tell = encode_task(Task::Federation(FederationTask::TellChanges));
    for message in [&delete, &tell, &delete] {
        run(&database, queued_task::insert(message, NOW));
    }
    // Of those who may only talk to others.
    assert_eq!(take(&database, NOW, FEDERATION_MESSAGE_PREFIX), [2]);
    assert_eq!(take(&database, NOW, FEDERATION_MESSAGE_PREFIX), [0; 0]);
    assert_eq!(take(&database, NOW, ""), [1, 3]);
    assert_eq!(take(&database, NOW, ""), [0; 0]);
    run(&database, queued_task::delete(1));
    let later = UnixMillis(NOW.0 + 600_000);
    run(&database, queued_task::postpone(2, later));
    let over = UnixMillis(NOW.0 + 60_000);
    let taken = run(&database, queued_task::take_due(over, later, 9, ""));
    let expected = DueTask {
        id: 3,
        message: delete,
        attempts: 2,
    };
    assert_eq!(taken, [expected]);
    assert_eq!(take(&database, later, ""), [2, 3]);
}
