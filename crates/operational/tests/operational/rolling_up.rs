//! Whatever happens on the way, the daily table is what the raw rows say.

use jiff::civil::Date;
use nepho_operational::{Error, Outcome, Recorder, RollUp, Sample, Schema, zone};
use nepho_test_postgres::TestDatabase;
use sqlx::{Connection, PgConnection};

use crate::naive::assert_daily;
use crate::support::{NOW, TestClock, count, database, dates, partitioned, roll_up, run, sample, time};

/// Rows of all kinds from the end of February to today, several a day, with days left out.
async fn fill(connection: &mut PgConnection) {
    let recorder = Recorder::default();
    let (mut at, mut number) = (time("2026-04-20T00:10:00Z"), 0u32);
    let actors = ["process_email", "reply", "'\"odd"];
    while at < time(NOW) {
        let value = f64::from(number * 7 % 101) / 4.0;
        let actor = actors[number as usize % actors.len()];
        let kinds = [
            Sample::queue_depth("inbound", u64::from(number % 50)),
            Sample::new("processing_time_ms", value).label("actor", actor).label("stage", "parse"),
            Sample::new("processing_time_ms", value).label("stage", "parse"),
            Sample::new("error_count", 1.0),
            Sample::new("token_usage", value).label("model", "m").label("operation", actor),
        ];
        let rows: Vec<Sample<'_>> = kinds.into_iter().map(|sample| sample.at(at)).collect();
        // A day without any rows, and one with one kind only.
        if !at.to_string().starts_with("2026-04-30") {
            let kept = if at.to_string().starts_with("2026-05-02") { 1 } else { rows.len() };
            recorder.record_all(connection, &rows[..kept]).await.unwrap();
        }
        at = at.checked_add(jiff::SignedDuration::from_mins(97)).unwrap();
        number += 1;
    }
    // From a hand other than the recorder's.
    run(
        connection,
        "INSERT INTO operational_metrics (metric_type, metric_value, labels, recorded_at) VALUES
         ('foreign', 1, '{\"b\": \"x\", \"a\": 1}', '2026-05-01 10:00Z'), ('foreign', 2, '{}', '2026-05-01 10:00Z'),
         ('foreign', 3, '{\"n\": null, \"b\": \"x\"}', '2026-05-01 11:00Z'), ('foreign', 4, NULL, '2026-05-01 12:00Z'),
         ('foreign', 5, ('{\"long\": \"' || repeat('x', 500) || '\"}')::json, '2026-05-01 12:00Z')",
    )
    .await;
}

async fn filled(schema: &Schema) -> (TestDatabase, PgConnection) {
    let database = database(schema).await;
    let mut connection = database.connect().await;
    fill(&mut connection).await;
    (database, connection)
}

#[tokio::test]
async fn once_twice_and_after_late_rows_the_table_is_the_naive_one() {
    for schema in [Schema::default(), partitioned()] {
        let (_database, mut connection) = filled(&schema).await;
        let (rolling, clock) = (RollUp::default(), TestClock::at(NOW));
        let summary = roll_up(&rolling, &mut connection, &clock).await;
        assert_eq!(summary.days.len(), 19, "twenty days less the empty one");
        assert_daily(&mut connection, &rolling.zone, NOW).await;
        let again = roll_up(&rolling, &mut connection, &clock).await;
        assert_eq!(dates(&again), ["2026-05-08", "2026-05-09"], "the last two are done again");
        assert_daily(&mut connection, &rolling.zone, NOW).await;

        let late = [
            sample("2026-04-30T10:00:00Z", "reply", 4.5),
            sample("2026-05-01T23:59:59.999Z", "new", 1000.0),
            sample("2026-05-05T00:00:00Z", "reply", 0.0),
            sample("2026-05-09T00:00:00Z", "reply", 9.0),
        ];
        Recorder::default().record_all(&mut connection, &late).await.unwrap();
        let summary = roll_up(&rolling, &mut connection, &clock).await;
        assert_eq!(dates(&summary), ["2026-04-30", "2026-05-01", "2026-05-05", "2026-05-08", "2026-05-09"]);
        assert_daily(&mut connection, &rolling.zone, NOW).await;
        let since = Some(time(NOW));
        let Outcome::Done(second) = rolling.run(&mut connection, &clock, since).await.unwrap() else {
            panic!("nobody else is rolling up");
        };
        assert_eq!(second.days, [], "late rows are rolled up once");
    }
}

#[tokio::test]
async fn late_rows_are_found_however_long_their_transaction_takes_and_whatever_is_rolled_up_by_hand() {
    let (database, mut connection) = filled(&Schema::default()).await;
    let (rolling, clock, recorder) = (RollUp::default(), TestClock::at(NOW), Recorder::default());
    let mut slow = database.connect().await;
    let mut open = slow.begin().await.unwrap();
    recorder.record(&mut open, &sample("2026-04-25T10:00:00Z", "reply", 1.0)).await.unwrap();
    for _ in 0..4 {
        recorder.record(&mut connection, &sample("2026-05-03T10:00:00Z", "reply", 1.0)).await.unwrap();
        let by_hand = ["2026-05-04".parse().unwrap()];
        roll_up(&rolling, &mut connection, &clock).await;
        rolling.days(&mut connection, &clock, by_hand).await.unwrap();
        recorder.record(&mut connection, &sample("2026-05-01T10:00:00Z", "reply", 1.0)).await.unwrap();
        rolling.days(&mut connection, &clock, by_hand).await.unwrap();
        let summary = roll_up(&rolling, &mut connection, &clock).await;
        assert_eq!(dates(&summary), ["2026-05-01", "2026-05-08", "2026-05-09"]);
        assert_daily(&mut connection, &rolling.zone, NOW).await;
        // Others take many ids.
        run(
            &mut connection,
            "SELECT setval('operational_metrics_id_seq', nextval('operational_metrics_id_seq') + 1000000)",
        )
        .await;
    }
    open.commit().await.unwrap();
    let summary = roll_up(&rolling, &mut connection, &clock).await;
    assert_eq!(dates(&summary), ["2026-04-25", "2026-05-08", "2026-05-09"]);
    assert_daily(&mut connection, &rolling.zone, NOW).await;
}

#[tokio::test]
async fn a_day_that_cannot_be_rolled_up_keeps_the_others_from_nothing_but_their_end() {
    let (_database, mut connection) = filled(&Schema::default()).await;
    // As before there was the constraint.
    run(&mut connection, "ALTER TABLE operational_metrics DROP CONSTRAINT operational_metrics_labels_check").await;
    let insert = "INSERT INTO operational_metrics (metric_type, metric_value, labels, recorded_at) VALUES";
    run(&mut connection, &format!("{insert} ('t', 1, '{{\"a\":\"\\ud800\"}}', '2026-05-01 10:00Z')")).await;
    run(&mut connection, &format!("{insert} ('t', 1, NULL, '2026-04-01 10:00Z')")).await;
    let error = RollUp::default().run(&mut connection, &TestClock::at(NOW), None).await.unwrap_err();
    let expected = "2026-05-01 was not rolled up: PostgreSQL: invalid input syntax for type json (22P02)";
    assert_eq!(error.to_string(), expected);
    assert!(!error.is_transient());
    assert_eq!(
        count(&mut connection, "operational_metrics_rolled_up").await,
        19,
        "twenty days with rows less this one"
    );
    let old = "operational_metrics WHERE recorded_at < '2026-04-10'";
    assert_eq!(count(&mut connection, old).await, 1, "nothing is deleted");
    run(&mut connection, "DELETE FROM operational_metrics WHERE metric_type = 't' AND labels IS NOT NULL").await;
    let summary = roll_up(&RollUp::default(), &mut connection, &TestClock::at(NOW)).await;
    assert_eq!((dates(&summary)[0].as_str(), summary.released.rows), ("2026-05-01", 1));
}

#[tokio::test]
async fn a_run_that_is_given_up_leaves_the_lock_when_its_connection_is_used_again() {
    let (database, mut connection) = filled(&Schema::default()).await;
    let (rolling, clock, mut other) = (RollUp::default(), TestClock::at(NOW), database.connect().await);
    let mut holder = database.connect().await;
    let mut holding = holder.begin().await.unwrap();
    run(&mut holding, "LOCK TABLE operational_metrics_rolled_up IN ACCESS EXCLUSIVE MODE").await;
    let waits = "pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    let waiting = async {
        while count(&mut other, waits).await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        outcome = rolling.run(&mut connection, &clock, None) => panic!("it came to its end: {outcome:?}"),
        () = waiting => {}
    }
    holding.rollback().await.unwrap();
    run(&mut connection, "SELECT 1").await;
    roll_up(&rolling, &mut other, &clock).await;
    assert_daily(&mut other, &rolling.zone, NOW).await;
}

#[tokio::test]
async fn an_instance_that_comes_second_has_nothing_to_do() {
    let (_database, mut connection) = filled(&Schema::default()).await;
    let clock = TestClock::at(NOW);
    roll_up(&RollUp::default(), &mut connection, &clock).await;
    let since = Some(time("2026-05-10T01:30:00Z"));
    let Outcome::Done(summary) = RollUp::default().run(&mut connection, &clock, since).await.unwrap() else {
        panic!("nobody else is rolling up");
    };
    assert_eq!(summary.days, []);
    let since = Some(time("2026-05-10T12:00:01Z"));
    let due = RollUp::default().due(&mut connection, time(NOW), since).await.unwrap();
    assert_eq!(due.len(), 2);
}

#[tokio::test]
async fn four_instances_at_once_do_the_work_once() {
    for schema in [Schema::default(), partitioned()] {
        let (database, mut connection) = filled(&schema).await;
        let since = Some(time("2026-05-10T01:30:00Z"));
        let instance = async || {
            let mut connection = database.connect().await;
            let clock = TestClock::at(NOW);
            loop {
                match RollUp::default().run(&mut connection, &clock, since).await.unwrap() {
                    Outcome::Done(summary) => return summary.days.len(),
                    Outcome::Elsewhere => tokio::task::yield_now().await,
                }
            }
        };
        let days = tokio::join!(instance(), instance(), instance(), instance());
        assert_eq!(days.0 + days.1 + days.2 + days.3, 19, "{days:?}");
        assert_daily(&mut connection, &RollUp::default().zone, NOW).await;
    }
}

#[tokio::test]
async fn one_that_is_killed_in_the_middle_is_taken_over() {
    let (database, mut connection) = filled(&Schema::default()).await;
    // The day that a transaction of somebody else's holds up, for as long as it takes to kill who waits for it.
    run(
        &mut connection,
        "INSERT INTO operational_metrics_rolled_up VALUES ('2026-04-28', 'elsewhere', 0, 0, false, '2026-04-29Z')",
    )
    .await;
    let mut holder = database.connect().await;
    let mut holding = holder.begin().await.unwrap();
    run(&mut holding, "SELECT FROM operational_metrics_rolled_up WHERE date = '2026-04-28' FOR UPDATE").await;
    let mut victim = database.connect().await;
    let victim_id: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut victim).await.unwrap();
    let rolling = tokio::spawn(async move { RollUp::default().run(&mut victim, &TestClock::at(NOW), None).await });
    let waits = "pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
    while count(&mut connection, waits).await == 0 {
        tokio::task::yield_now().await;
    }
    let elsewhere = RollUp::default().run(&mut connection, &TestClock::at(NOW), None).await.unwrap();
    assert_eq!(elsewhere, Outcome::Elsewhere);
    sqlx::query("SELECT pg_terminate_backend($1)").bind(victim_id).execute(&mut connection).await.unwrap();
    let error = rolling.await.unwrap().unwrap_err();
    assert!(error.is_transient(), "{error}");
    holding.rollback().await.unwrap();
    let done = count(&mut connection, "operational_metrics_rolled_up WHERE zone = 'UTC'").await;
    assert_eq!(done, 8, "the days before stay done");
    let summary = loop {
        match RollUp::default().run(&mut connection, &TestClock::at(NOW), None).await.unwrap() {
            Outcome::Done(summary) => break summary,
            Outcome::Elsewhere => tokio::task::yield_now().await,
        }
    };
    assert_eq!(summary.days.len(), 19 - 8);
    assert_daily(&mut connection, &RollUp::default().zone, NOW).await;
}

#[tokio::test]
async fn days_are_those_of_the_zone_over_changes_of_the_clock_and_ends_of_months() {
    // From and to around each change, a row every ten minutes.
    let spans = [
        ("Europe/Berlin", "2026-03-27T20:00:00Z", "2026-03-31T02:00:00Z"),
        ("Europe/Berlin", "2026-10-23T20:00:00Z", "2026-10-27T02:00:00Z"),
        ("America/New_York", "2026-10-30T20:00:00Z", "2026-11-03T08:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-03T10:00:00Z", "2026-04-06T02:00:00Z"),
        ("Asia/Kathmandu", "2028-02-27T10:00:00Z", "2028-03-02T02:00:00Z"),
        ("UTC", "2026-12-30T20:00:00Z", "2027-01-02T02:00:00Z"),
    ];
    for (name, from, to) in spans {
        let database = database(&Schema::default()).await;
        let mut connection = database.connect().await;
        let (mut at, mut rows) = (time(from), Vec::new());
        while at < time(to) {
            rows.push(Sample::queue_depth("q", rows.len() as u64 % 17).at(at));
            at = at.checked_add(jiff::SignedDuration::from_mins(10)).unwrap();
        }
        Recorder::default().record_all(&mut connection, &rows).await.unwrap();
        let rolling = RollUp { zone: zone(name).unwrap(), ..RollUp::default() };
        let summary = roll_up(&rolling, &mut connection, &TestClock::at(to)).await;
        assert!(summary.days.len() >= 3, "{name}: {summary}");
        assert_daily(&mut connection, &rolling.zone, to).await;
    }
}

#[tokio::test]
async fn another_zone_means_other_days() {
    let (_database, mut connection) = filled(&Schema::default()).await;
    let clock = TestClock::at(NOW);
    roll_up(&RollUp::default(), &mut connection, &clock).await;
    let tokyo = RollUp { zone: zone("Asia/Tokyo").unwrap(), ..RollUp::default() };
    let summary = roll_up(&tokyo, &mut connection, &clock).await;
    assert_eq!(summary.days.len(), 20);
    assert_daily(&mut connection, &tokyo.zone, NOW).await;
    // Twelve hours behind, the first rows are of a day earlier, which Tokyo does not have.
    let west = RollUp { zone: zone("Etc/GMT+12").unwrap(), ..RollUp::default() };
    for rolling in [&west, &RollUp::default(), &west] {
        roll_up(rolling, &mut connection, &clock).await;
        assert_daily(&mut connection, &rolling.zone, NOW).await;
    }
}

#[tokio::test]
async fn one_of_the_last_days_whose_rows_are_gone_has_no_daily_rows() {
    let (_database, mut connection) = filled(&Schema::default()).await;
    let clock = TestClock::at(NOW);
    roll_up(&RollUp::default(), &mut connection, &clock).await;
    run(&mut connection, "DELETE FROM operational_metrics WHERE recorded_at >= '2026-05-09 00:00Z'").await;
    assert_eq!(roll_up(&RollUp::default(), &mut connection, &clock).await.days[1].samples, 0);
    assert_daily(&mut connection, &RollUp::default().zone, NOW).await;
    let again = roll_up(&RollUp::default(), &mut connection, &clock).await;
    assert_eq!(dates(&again), ["2026-05-08"]);
}

#[tokio::test]
async fn a_zone_without_a_name_is_refused() {
    let (_database, mut connection) = filled(&Schema::default()).await;
    let rolling = RollUp { zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(2)), ..RollUp::default() };
    let error = rolling.run(&mut connection, &TestClock::at(NOW), None).await.unwrap_err();
    assert!(error.to_string().contains("it has no IANA name"), "{error}");
    assert_eq!(count(&mut connection, "operational_metrics_daily").await, 0);
}

#[tokio::test]
async fn a_null_label_is_one_row_and_stays_one() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    let row = "'t', '2026-05-01', NULL, 1, 1, 1, 1, 1, NULL";
    let insert = format!(
        "INSERT INTO operational_metrics_daily (metric_type, date, labels_key, sample_count, sum_value, avg_value,
         min_value, max_value, p95_value) VALUES ({row})"
    );
    run(&mut connection, &insert).await;
    let again = sqlx::raw_sql(sqlx::AssertSqlSafe(insert)).execute(&mut connection).await.unwrap_err();
    assert!(again.as_database_error().unwrap().is_unique_violation());
    let recorder = Recorder::default();
    for value in [1.0, 2.0] {
        recorder.record(&mut connection, &Sample::new("t", value).at(time("2026-05-08T10:00:00Z"))).await.unwrap_err();
        let sample = Sample::new("error_count", value).at(time("2026-05-08T10:00:00Z"));
        recorder.record(&mut connection, &sample).await.unwrap();
        roll_up(&RollUp::default(), &mut connection, &TestClock::at(NOW)).await;
    }
    let (rows, sum): (i64, f64) = sqlx::query_as(
        "SELECT count(*), sum(sum_value) FROM operational_metrics_daily WHERE metric_type = 'error_count'",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!((rows, sum), (1, 3.0));
}

/// SQL for values of many kinds, a name for each; `i` counts up to the number of rows.
const SPREADS: [(&str, &str); 12] = [
    ("even", "random() * 1000"),
    ("both_signs", "(random() - 0.5) * 1e-3"),
    ("one_value", "42.5"),
    ("two_values", "i % 2"),
    ("mostly_zero", "CASE WHEN i % 19 = 0 THEN i ELSE 0 END"),
    ("whole", "i % 37 - 11"),
    ("narrow", "1000 + random() / 1000"),
    ("all_negative", "-exp(random() * 20)"),
    ("heavy_tail", "exp(random() * 100)"),
    ("tiny", "random() * 1e-300"),
    ("huge", "(random() - 0.5) * power(2::float8, 360)"),
    ("at_a_bound", "power(2::float8, i % 5)"),
];

#[tokio::test]
async fn p95_is_that_of_percentile_cont_to_the_last_bit() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    for rows in [1, 2, 3, 20, 21, 40, 999, 1000] {
        for (name, value) in SPREADS {
            // Two stages to a label, and rows without one.
            run(
                &mut connection,
                &format!(
                    "INSERT INTO operational_metrics (metric_type, metric_value, labels, recorded_at)
                     SELECT '{name}_{rows}', {value}, labels::json, '2026-05-01 10:00Z' FROM generate_series(1, {rows}) AS i,
                     (VALUES (NULL), ('{{\"a\": \"x\", \"b\": 1}}'), ('{{\"a\": \"x\", \"b\": 2}}')) AS labels(labels)"
                ),
            )
            .await;
        }
    }
    roll_up(&RollUp::default(), &mut connection, &TestClock::at(NOW)).await;
    let wrong = "operational_metrics_daily AS d FULL JOIN (
            SELECT metric_type, 'a:' || (labels ->> 'a') AS labels_key, count(*) AS sample_count,
                percentile_cont(0.95) WITHIN GROUP (ORDER BY metric_value) AS p95_value
            FROM operational_metrics GROUP BY 1, 2
        ) AS m ON m.metric_type = d.metric_type AND coalesce(m.labels_key, '') = coalesce(d.labels_key, '')
        WHERE (m.sample_count, m.p95_value) IS DISTINCT FROM (d.sample_count, d.p95_value)";
    assert_eq!(count(&mut connection, wrong).await, 0);
    assert_eq!(count(&mut connection, "operational_metrics_daily").await, 2 * 8 * SPREADS.len() as i64);
}

#[tokio::test]
async fn chosen_days_are_rolled_up_again() {
    let (_database, mut connection) = filled(&Schema::default()).await;
    let clock = TestClock::at(NOW);
    roll_up(&RollUp::default(), &mut connection, &clock).await;
    let dates: Vec<Date> = ["2026-04-21", "2026-04-30"].map(|date| date.parse().unwrap()).into();
    run(&mut connection, "DELETE FROM operational_metrics WHERE recorded_at::date = '2026-04-21'").await;
    let Outcome::Done(summary) = RollUp::default().days(&mut connection, &clock, dates).await.unwrap() else {
        panic!("nobody else is rolling up");
    };
    assert_eq!((summary.days.len(), summary.samples()), (2, 0));
    assert_daily(&mut connection, &RollUp::default().zone, NOW).await;
    // From before there was a roll-up that remembers what it did.
    run(
        &mut connection,
        "INSERT INTO operational_metrics_daily (metric_type, date, sample_count, sum_value, avg_value, min_value, max_value)
         VALUES ('t', '2026-01-01', 1, 1, 1, 1, 1)",
    )
    .await;
    let old = "2026-01-01".parse().unwrap();
    let error = RollUp::default().days(&mut connection, &clock, [old]).await.unwrap_err();
    assert!(matches!(error, Error::Final { .. }), "{error}");
    assert_eq!(count(&mut connection, "operational_metrics_daily WHERE date = '2026-01-01'").await, 1);
    let today = "2026-05-10".parse().unwrap();
    let error = RollUp::default().days(&mut connection, &clock, [today]).await.unwrap_err();
    assert!(matches!(error, Error::NotOver { .. }), "{error}");
}

#[tokio::test]
async fn a_roll_up_without_tables_says_so() {
    let database = TestDatabase::create().await;
    let mut connection = database.connect().await;
    let error = RollUp::default().run(&mut connection, &TestClock::at(NOW), None).await.unwrap_err();
    assert!(matches!(error, Error::NotMigrated(_)), "{error}");
}
