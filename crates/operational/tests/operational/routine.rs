//! The schedule, with what goes wrong on it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use nepho_operational::read::{DailyQuery, daily};
use nepho_operational::{BackOff, Outcome, Recorder, RollUp, Routine, Schedule, Schema, zone};
use sqlx::{Connection, PgConnection};

use crate::naive::assert_daily;
use crate::proxy::Proxy;
use crate::support::{Alarm, TestClock, count, database, partitioned, roll_up, sample};

/// What was logged.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl tracing_subscriber::fmt::MakeWriter<'_> for Log {
    type Writer = Log;

    fn make_writer(&self) -> Log {
        self.clone()
    }
}

async fn dates(connection: &mut PgConnection) -> Vec<String> {
    let all = DailyQuery::new("2026-01-01".parse().unwrap(), "2026-12-31".parse().unwrap());
    daily(connection, &all).await.unwrap().iter().map(|row| row.date.to_string()).collect()
}

#[tokio::test]
async fn missed_days_are_caught_up_at_once_and_later_ones_at_half_past_one() {
    let database = database(&partitioned()).await;
    let mut connection = database.connect().await;
    let recorder = Recorder::default();
    for day in ["2026-05-05", "2026-05-07", "2026-05-10", "2026-05-11"] {
        recorder.record(&mut connection, &sample(&format!("{day}T10:00:00Z"), "a", 1.0)).await.unwrap();
    }
    let routine = Routine::new(database.options());
    let steps: [(&str, &str, &[&str]); 3] = [
        ("2026-05-10T12:00:00Z", "2026-05-10T12:00:00Z", &["2026-05-05", "2026-05-07"]),
        ("2026-05-10T12:00:00Z", "2026-05-11T01:29:00Z", &["2026-05-05", "2026-05-07"]),
        ("2026-05-11T01:29:30Z", "2026-05-12T01:30:00Z", &["2026-05-05", "2026-05-07", "2026-05-10", "2026-05-11"]),
    ];
    for (now, until, expected) in steps {
        let clock = Alarm::new(now, until);
        routine.follow(&clock, clock.rung.notified()).await;
        assert_eq!(dates(&mut connection).await, expected, "until {until}");
    }
    assert_daily(&mut connection, &RollUp::default().zone, "2026-05-12T01:30:00Z").await;
}

#[tokio::test]
async fn no_day_is_left_out_where_half_past_one_does_not_exist() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    for day in ["2026-03-27", "2026-03-28", "2026-03-29", "2026-03-30"] {
        Recorder::default().record(&mut connection, &sample(&format!("{day}T12:00:00Z"), "a", 1.0)).await.unwrap();
    }
    let london = zone("Europe/London").unwrap();
    let routine = Routine {
        schedule: Schedule::new("30 1 * * *", london.clone()).unwrap(),
        roll_up: RollUp { zone: london.clone(), ..RollUp::default() },
        ..Routine::new(database.options())
    };
    let clock = Alarm::new("2026-03-28T12:00:00Z", "2026-03-31T00:31:00Z");
    routine.follow(&clock, clock.rung.notified()).await;
    assert_daily(&mut connection, &london, "2026-03-31T00:31:00Z").await;
    assert_eq!(dates(&mut connection).await.len(), 4);
}

#[tokio::test]
async fn a_lost_connection_is_tried_again_with_a_back_off() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    Recorder::default().record(&mut connection, &sample("2026-05-09T10:00:00Z", "a", 1.0)).await.unwrap();
    let proxy = Proxy::start(&database.options()).await;
    let routine = Routine {
        back_off: BackOff { first: Duration::from_secs(2), longest: Duration::from_secs(5) },
        ..Routine::new(proxy.through(&database.options()))
    };
    proxy.cut(3);
    let clock = Alarm::new("2026-05-10T12:00:00Z", "2026-05-10T12:00:11Z");
    routine.follow(&clock, clock.rung.notified()).await;
    assert_eq!(clock.waits.lock().unwrap()[..3], [2, 4, 5].map(Duration::from_secs));
    assert_eq!(dates(&mut connection).await, ["2026-05-09"]);

    proxy.cut(3);
    let clock = TestClock::at("2026-05-10T12:00:00Z");
    let error = routine.run_with_retries(&clock, 3).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert_eq!(clock.sleeps.lock().unwrap().len(), 2, "the third try is the last");
    assert!(matches!(routine.run_with_retries(&clock, 3).await.unwrap(), Outcome::Done(_)));
}

#[tokio::test]
async fn a_connection_that_is_lost_in_the_middle_is_reported_and_the_work_goes_on() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
    // Of all threads: with one subscriber for one thread, what another thread is the first to say is never said again.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    for day in ["2026-05-05", "2026-05-06", "2026-05-07"] {
        Recorder::default().record(&mut connection, &sample(&format!("{day}T10:00:00Z"), "a", 1.0)).await.unwrap();
    }
    // The second day waits for a transaction of somebody else's.
    let taken = "INSERT INTO operational_metrics_rolled_up VALUES ('2026-05-06', 'UTC', 0, 0, false, '2026-05-07Z')";
    let mut holder = database.connect().await;
    let mut holding = holder.begin().await.unwrap();
    sqlx::raw_sql(taken).execute(&mut *holding).await.unwrap();
    let routine = Routine::new(database.options());
    let clock = Alarm::new("2026-05-10T12:00:00Z", "2026-05-10T12:00:01Z");
    let cut = async {
        let waits = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        let kill = format!("SELECT count(pg_terminate_backend(pid)) {waits}");
        let mut killed = async || -> i64 {
            sqlx::query_scalar(sqlx::AssertSqlSafe(kill.clone())).fetch_one(&mut connection).await.unwrap()
        };
        while killed().await == 0 {
            tokio::task::yield_now().await;
        }
        holding.rollback().await.unwrap();
        clock.rung.notified().await;
    };
    routine.follow(&clock, cut).await;
    assert_eq!(dates(&mut connection).await, ["2026-05-05", "2026-05-06", "2026-05-07"]);
    let text = log.text();
    let expected = "operational metrics were not rolled up (try 1, next in 1 s): PostgreSQL: terminating connection";
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("operational metrics rolled up: 2 days from 2026-05-06 to 2026-05-07"), "{text}");
}

#[tokio::test]
async fn who_finds_another_at_work_waits_until_it_is_done() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    Recorder::default().record(&mut connection, &sample("2026-05-09T10:00:00Z", "a", 1.0)).await.unwrap();
    let lock = "SELECT pg_advisory_lock($1, ('operational_metrics'::regclass::oid::bigint & 2147483647)::integer)";
    sqlx::query(lock).bind(nepho_operational::LOCK_CLASS).execute(&mut connection).await.unwrap();
    let routine = Routine::new(database.options());
    let clock = Alarm::new("2026-05-10T12:00:00Z", "2026-05-10T12:00:03Z");
    routine.follow(&clock, clock.rung.notified()).await;
    assert_eq!(clock.waits.lock().unwrap()[..3], [1, 2, 4].map(Duration::from_secs));
    assert_eq!(dates(&mut connection).await, Vec::<String>::new());
    sqlx::query("SELECT pg_advisory_unlock_all()").execute(&mut connection).await.unwrap();
    let summary = roll_up(&RollUp::default(), &mut connection, &TestClock::at("2026-05-10T12:00:00Z")).await;
    assert_eq!(summary.samples(), 1);
    assert_eq!(count(&mut connection, "pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()").await, 0);
}
