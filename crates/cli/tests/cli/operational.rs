//! `nepho operational` and `nepho serve --operational`, against a real PostgreSQL.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use nepho_operational::{Recorder, Sample};
use nepho_test_postgres::TestDatabase;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::http::Connection;
use crate::server::{Server, nepho};

/// What was printed, what was said, and the exit code.
fn ran(database: &TestDatabase, line: &str) -> (String, String, i32) {
    let mut command = nepho();
    command.arg("operational").args(line.split_whitespace()).args(["--database", &database.url()]);
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn done(database: &TestDatabase, line: &str) -> String {
    let (printed, said, code) = ran(database, line);
    assert_eq!(code, 0, "{line}: {printed}{said}");
    printed
}

async fn migrated() -> (TestDatabase, PgConnection) {
    let database = TestDatabase::create().await;
    let connection = database.connect().await;
    let printed = done(&database, "migrate up --references none");
    assert_eq!(printed, "1. raw rows\n2. daily rows\n3. what is rolled up\n");
    (database, connection)
}

/// Rows of each of the last days, today's included. How many of the days should have been rolled up by the last half past
/// one.
async fn record(connection: &mut PgConnection, days: i64) -> usize {
    let now: f64 =
        sqlx::query_scalar("SELECT extract(epoch FROM now())::float8").fetch_one(&mut *connection).await.unwrap();
    let now = jiff::Timestamp::from_second(now as i64).unwrap();
    let at = |day: i64| now.checked_sub(jiff::SignedDuration::from_hours(24 * day)).unwrap();
    let rows: Vec<Sample<'_>> =
        (0..days).map(|day| Sample::queue_depth("inbound", day as u64 + 1).at(at(day))).collect();
    Recorder::default().record_all(connection, &rows).await.unwrap();
    let is_before_half_past_one = now.as_second() % 86_400 < 90 * 60;
    (days as usize).saturating_sub(if is_before_half_past_one { 2 } else { 1 })
}

#[tokio::test]
async fn the_tables_are_made_rolled_up_looked_at_and_taken_down() {
    let (database, mut connection) = migrated().await;
    assert_eq!(done(&database, "migrate up --references none"), "nothing to apply\n");
    assert_eq!(done(&database, "migrate status").lines().count(), 3);
    let due = record(&mut connection, 5).await;
    let (printed, said, code) = ran(&database, "status --json");
    let status: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!((status["missingDays"].as_array().unwrap().len(), code), (due, 1), "{said}");
    assert_eq!(said, format!("nepho: {due} days are not rolled up\n"));
    assert_eq!(status["rawRows"], Value::Null, "the server has not looked at the table yet");
    sqlx::raw_sql("ANALYZE operational_metrics").execute(&mut connection).await.unwrap();
    let rolled: Value = serde_json::from_str(&done(&database, "rollup --json")).unwrap();
    assert_eq!(rolled["days"].as_array().unwrap().len(), 4);
    assert_eq!(rolled["days"][0]["samples"], 1);
    let date = rolled["days"][0]["date"].as_str().unwrap();
    let text = done(&database, "status");
    assert!(text.contains("missing days  none\n") && text.contains("daily rows    4\n"), "{text}");
    assert!(text.contains("raw rows      about 5, "), "{text}");
    let (_, said, code) = ran(&database, "status --zone Europe/Berlin");
    assert!(said.contains("the last day was rolled up in UTC: give --zone UTC, or all days are done again"), "{said}");
    assert_eq!(code, 0, "no day is missing: {said}");
    let again = done(&database, &format!("rollup --from {date}"));
    assert_eq!(again, format!("{date}: 1 samples to 1 rows; 0 old rows deleted\n"));
    let (_, said, code) = ran(&database, "rollup --from 2999-01-01");
    assert!(said.contains("2999-01-01 has not ended at ") && code == 2, "{said}");
    let (_, said, code) = ran(&database, "migrate up --references none --partitions");
    assert!(said.contains("other settings") && code == 2, "{said}");
    assert_eq!(
        done(&database, "migrate down --references none --yes"),
        "3 migrations taken back: the tables are gone\n"
    );
    assert_eq!(done(&database, "migrate down --references none --yes"), "there are no tables\n");
    let (_, said, code) = ran(&database, "rollup");
    assert!(said.contains("run the migrations") && code == 3, "{said}");
}

#[tokio::test]
async fn tables_that_refer_to_nothing_that_is_there_are_not_made_and_it_is_said_what_to_do() {
    let database = TestDatabase::create().await;
    let (_, said, code) = ran(&database, "migrate up");
    let expected = "nepho: email_id cannot refer to \"incoming_emails\" (\"id\"): PostgreSQL: relation \"incoming_emails\" does not \
                    exist (42P01)\nmake that table first, or name another with --references TABLE.COLUMN";
    assert!(said.starts_with(expected) && said.contains("--references none") && code == 2, "{said}");
}

#[test]
fn a_database_that_is_not_there_is_named_without_its_password() {
    // It said that the connection was refused, and not to what.
    let database = "postgres://app:hush@127.0.0.1:1/mail";
    let folder = tempfile::tempdir().unwrap();
    let operational = ["operational", "status", "--database", database];
    let serve = ["serve", "--listen", "127.0.0.1:0", "--emf", "127.0.0.1:0", "--operational", database];
    for line in [&operational[..], &serve] {
        let output = nepho().args(line).current_dir(&folder).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("PostgreSQL at 127.0.0.1:1 cannot be reached: "), "{said}");
        assert!(!said.contains("hush") && output.status.code() == Some(3), "{said}");
    }
}

#[test]
fn a_server_wants_an_address_of_a_database() {
    for address in ["", "localhost/mail", "http://localhost/mail"] {
        let folder = tempfile::tempdir().unwrap();
        let output = nepho().args(["serve", "--operational", address]).current_dir(&folder).output().unwrap();
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing is begun");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("operational metrics: expected an address such as postgres://"), "{said}");
        assert_eq!(output.status.code(), Some(2));
    }
}

#[tokio::test]
async fn the_printed_sql_makes_tables_that_the_other_commands_take() {
    let database = TestDatabase::create().await;
    let mut connection = database.connect().await;
    let sql = |flags: &[&str]| {
        let output =
            nepho().args(["operational", "migrate", "sql", "--references", "none"]).args(flags).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    sqlx::raw_sql(AssertSqlSafe(sql(&["--partitions"]))).execute(&mut connection).await.unwrap();
    record(&mut connection, 2).await;
    assert!(done(&database, "rollup").contains(": 1 samples to 1 rows"));
    assert!(done(&database, "status").contains("migrations    0\npartitions    9, "));
    for line in ["migrate up --references none", "migrate down --references none --yes"] {
        let (_, said, code) = ran(&database, line);
        let expected = "nepho: operational_metrics is there, but no migration that made it is noted in \
                        _operational_metrics_migrations\nif `nepho operational migrate sql` made it, there is nothing to do";
        assert!(said.starts_with(expected) && said.contains("migrate sql --down") && code == 2, "{line}: {said}");
    }
    assert!(done(&database, "rollup").contains(": 1 samples to 1 rows"), "all is as it was");
    sqlx::raw_sql(AssertSqlSafe(sql(&["--partitions", "--down"]))).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn several_labels_come_from_the_environment() {
    let (database, mut connection) = migrated().await;
    let rows = r#"INSERT INTO operational_metrics (metric_type, metric_value, labels, recorded_at)
        SELECT metric_type, 1, '{"a":"1","b":"2"}', now() - interval '1 day' FROM unnest('{retries,pauses}'::text[]) AS metric_type"#;
    sqlx::raw_sql(rows).execute(&mut connection).await.unwrap();
    let mut command = nepho();
    command.args(["operational", "rollup", "--database", &database.url()]);
    let output = command.env("NEPHO_LABEL", "retries=b,pauses=b").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let keys: Vec<String> = sqlx::query_scalar("SELECT labels_key FROM operational_metrics_daily")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(keys, ["b:2", "b:2"]);
}

#[tokio::test]
async fn a_schedule_catches_up_and_stops_when_it_is_told_to() {
    let (database, mut connection) = migrated().await;
    record(&mut connection, 3).await;
    let mut command = nepho();
    command.args(["operational", "schedule", "--database", &database.url()]).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
    let line = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("rolled up"))).unwrap().unwrap();
    assert!(line.contains("2 days from ") && line.contains(": 2 samples to 2 rows"), "{line}");
    let told = Command::new("kill").arg(process.id().to_string()).status().unwrap();
    assert!(told.success());
    assert_eq!(process.wait().unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_roll_up_that_is_killed_is_finished_by_the_next() {
    let (database, mut connection) = migrated().await;
    record(&mut connection, 4).await;
    // The day before yesterday waits for a transaction of somebody else's.
    let mut holder = database.connect().await;
    let mut holding = holder.begin().await.unwrap();
    let taken = "INSERT INTO operational_metrics_rolled_up (date, zone, sample_count, row_count, rolled_up_at)
                 VALUES ((now() AT TIME ZONE 'UTC')::date - 2, 'UTC', 0, 0, now())";
    sqlx::raw_sql(taken).execute(&mut *holding).await.unwrap();
    let mut command = nepho();
    command.args(["operational", "rollup", "--database", &database.url()]);
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut connection).await.unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    process.kill().unwrap();
    process.wait().unwrap();
    holding.rollback().await.unwrap();
    // The server notices by and by that nobody is there any more, and takes the half-done day back.
    let printed = loop {
        let (printed, said, code) = ran(&database, "rollup");
        match code {
            0 => break printed,
            _ => assert!(said.contains("another instance"), "{said}"),
        }
    };
    assert!(printed.contains("2 samples to 2 rows"), "{printed}");
    let sums: Vec<f64> = sqlx::query_scalar("SELECT sum_value FROM operational_metrics_daily ORDER BY date")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(sums, [4.0, 3.0, 2.0]);
}

#[tokio::test]
async fn a_server_shows_the_tables() {
    let (database, mut connection) = migrated().await;
    record(&mut connection, 1).await;
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--operational", &database.url()]);
    let read = nepho()
        .args([
            "get",
            "Operational",
            "queue_depth",
            "--dimension",
            "queue=inbound",
            "--stat",
            "Maximum",
            "--from",
            "1h",
        ])
        .args(["--csv", "--endpoint", &server.url()])
        .output()
        .unwrap();
    let csv = String::from_utf8(read.stdout).unwrap();
    assert!(csv.trim_end().ends_with(",1"), "{csv}{}", String::from_utf8_lossy(&read.stderr));
    let put = nepho().args(["put", "Operational", "queue_depth", "1", "--endpoint", &server.url()]).output().unwrap();
    let said = String::from_utf8(put.stderr).unwrap();
    assert!(said.contains("it is read from PostgreSQL"), "{said}");
    let health = Connection::open(server.address()).and_then(|mut it| it.get("/health")).unwrap();
    assert!(health.text().contains("ok"), "{}", health.text());
}

#[tokio::test]
async fn a_server_without_its_tables_says_so_and_does_not_start() {
    let database = TestDatabase::create().await;
    let folder = tempfile::tempdir().unwrap();
    let mut command = nepho();
    command.args(["serve", "--listen", "127.0.0.1:0", "--emf", "127.0.0.1:0", "--data"]).arg(folder.path());
    let output = command.args(["--operational", &database.url()]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("operational metrics: ") && said.contains("run the migrations"), "{said}");
    assert_eq!(output.status.code(), Some(3));
}
