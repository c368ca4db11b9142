//! What every database must do. The check makes a table of its own, `contract`.

use ports::{Database, DatabaseError, Row, Rows, Statement, Value};

const INSERT: &str = "INSERT INTO contract (id,name) VALUES (?1,?2) RETURNING id";
const COUNT: &str = "SELECT count(*) FROM contract";

/// Runs all checks, one after the other.
///
/// # Panics
/// When the database breaks the contract.
pub async fn check(database: &impl Database) {
    let make = "CREATE TABLE contract (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)";
    run(database, vec![Statement::new(make, vec![])]).await;
    values(database).await;
    order(database).await;
    demands(database).await;
    constraints(database).await;
    wrong_statements(database).await;
    let drop = Statement::new("DROP TABLE contract", vec![]);
    run(database, vec![drop]).await;
}

async fn run(database: &impl Database, batch: Vec<Statement>) -> Vec<Rows> {
    let ran = database.batch(batch).await;
    ran.expect("the batch runs")
}

fn insert(id: i64, name: &str) -> Statement {
    Statement::new(INSERT, vec![id.into(), name.into()])
}

async fn count(database: &impl Database) -> Value {
    let mut rows = run(database, vec![Statement::new(COUNT, vec![])]).await;
    let mut rows = rows.pop().expect("one statement, one result");
    rows.pop().and_then(|mut row| row.0.pop()).expect("a count")
}

async fn values(database: &impl Database) {
    let sent = vec![
        Value::Null,
        Value::Integer((1 << 53) - 1),
        Value::Integer(-7),
        Value::Real(0.5),
        Value::Text("é\"'%\n".to_owned()),
        Value::Text(String::new()),
    ];
    let select = Statement::new("SELECT ?1,?2,?3,?4,?5,?6", sent.clone());
    let found = run(database, vec![select]).await;
    assert_eq!(found, [vec![Row(sent)]], "values come back as they went");
    assert_eq!(run(database, vec![]).await, Vec::<Rows>::new(), "nothing");
}

async fn order(database: &impl Database) {
    let batch = vec![
        insert(1, "one"),
        Statement::new("UPDATE contract SET name='first' WHERE id=1", vec![]),
        Statement::new("SELECT name FROM contract", vec![]),
    ];
    let found = run(database, batch).await;
    let row = |value: Value| vec![Row(vec![value])];
    let expected = [row(1_i64.into()), vec![], row("first".into())];
    assert_eq!(found, expected, "each sees what those before it did");
}

async fn demands(database: &impl Database) {
    let nobody = Statement::new("UPDATE contract SET id=3 WHERE id=99 RETURNING 1", vec![]);
    let batch = vec![insert(2, "two"), nobody.clone().demanding(1)];
    let refused = DatabaseError::DemandNotMet {
        statement: 1,
        demanded: 1,
        returned: 0,
    };
    assert_eq!(database.batch(batch).await, Err(refused), "a demand");
    assert_eq!(count(database).await, Value::Integer(1), "nothing is kept");
    let met = vec![insert(2, "two").demanding(1), nobody.demanding(0)];
    run(database, met).await;
    assert_eq!(count(database).await, Value::Integer(2), "all is kept");
}

async fn constraints(database: &impl Database) {
    let twice = database.batch(vec![insert(3, "three"), insert(4, "two")]);
    let is_refused = |result| matches!(result, Err(DatabaseError::Constraint { statement: 1, .. }));
    assert!(is_refused(twice.await), "a name twice");
    assert_eq!(count(database).await, Value::Integer(2), "nothing is kept");
}

async fn wrong_statements(database: &impl Database) {
    let wrong = Statement::new("SELECT no_such_column FROM contract", vec![]);
    let result = database.batch(vec![insert(5, "five"), wrong]).await;
    assert!(
        matches!(result, Err(DatabaseError::Bug { .. })),
        "{result:?}"
    );
    assert_eq!(count(database).await, Value::Integer(2), "nothing is kept");
}
