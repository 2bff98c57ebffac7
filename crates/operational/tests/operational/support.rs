//! A database with the tables, and a clock that a test moves.

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use nepho_operational::{Clock, Outcome, RollUp, Sample, Schema, Storage, Summary};
use nepho_test_postgres::TestDatabase;
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::sync::Notify;

/// What the application has: the emails.
pub(crate) const EMAILS: &str =
    "CREATE TABLE incoming_emails (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, subject text)";

/// Noon of a day long after everything that tests record.
pub(crate) const NOW: &str = "2026-05-10T12:00:00Z";

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn partitioned() -> Schema {
    Schema { storage: Storage::DailyPartitions, ..Schema::default() }
}

/// A database with the tables of this schema.
pub(crate) async fn database(schema: &Schema) -> TestDatabase {
    let database = TestDatabase::create().await;
    let mut connection = database.connect().await;
    run(&mut connection, EMAILS).await;
    schema.up(&mut connection, time(NOW)).await.unwrap();
    database
}

pub(crate) async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.unwrap();
}

pub(crate) async fn count(connection: &mut PgConnection, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {sql}"))).fetch_one(connection).await.unwrap()
}

/// A sample of a processing time at some time.
pub(crate) fn sample<'a>(at: &str, actor: &'a str, value: f64) -> Sample<'a> {
    Sample::new("processing_time_ms", value).label("actor", actor).label("stage", "parse").at(time(at))
}

pub(crate) async fn roll_up(roll_up: &RollUp, connection: &mut PgConnection, clock: &TestClock) -> Summary {
    match roll_up.run(connection, clock, None).await.unwrap() {
        Outcome::Done(summary) => summary,
        Outcome::Elsewhere => panic!("nobody else is rolling up"),
    }
}

/// The dates that were rolled up.
pub(crate) fn dates(summary: &Summary) -> Vec<String> {
    summary.days.iter().map(|day| day.date.to_string()).collect()
}

/// A clock on which sleeping passes the time at once.
#[derive(Debug)]
pub(crate) struct TestClock {
    now: Mutex<Timestamp>,
    /// How long it was slept, each time.
    pub(crate) sleeps: Mutex<Vec<Duration>>,
}

impl TestClock {
    pub(crate) fn at(now: &str) -> Self {
        TestClock { now: Mutex::new(time(now)), sleeps: Mutex::default() }
    }

    fn pass(&self, time: Duration) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(time).unwrap();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, time: Duration) {
        self.sleeps.lock().unwrap().push(time);
        self.pass(time);
        tokio::task::yield_now().await;
    }
}

/// A clock that says when it has come to a time, and then goes no further.
pub(crate) struct Alarm {
    clock: TestClock,
    until: Timestamp,
    pub(crate) rung: Notify,
    pub(crate) waits: Mutex<Vec<Duration>>,
}

impl Alarm {
    pub(crate) fn new(now: &str, until: &str) -> Self {
        let (clock, until) = (TestClock::at(now), time(until));
        Alarm { clock, until, rung: Notify::new(), waits: Mutex::default() }
    }
}

impl Clock for Alarm {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn sleep(&self, time: Duration) {
        self.waits.lock().unwrap().push(time);
        if self.now() >= self.until {
            self.rung.notify_one();
            return std::future::pending().await;
        }
        self.clock.sleep(time).await;
    }
}
