//! Raw rows are let go of when they are too old, and not before.

use nepho_operational::{DELETE_ROWS, Error, Outcome, Recorder, RollUp, Sample, Schema};
use sqlx::{Connection, PgConnection};

use crate::naive;
use crate::support::{Alarm, NOW, TestClock, count, database, dates, partitioned, roll_up, run, sample, time};

#[tokio::test]
async fn rows_over_30_days_old_are_deleted_to_the_second() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    let rows = [
        sample("2026-04-01T00:00:00Z", "a", 1.0),
        sample("2026-04-10T11:59:59Z", "a", 2.0),
        sample("2026-04-10T12:00:00Z", "a", 3.0),
        sample("2026-05-10T11:00:00Z", "a", 4.0),
    ];
    Recorder::default().record_all(&mut connection, &rows).await.unwrap();
    let clock = TestClock::at(NOW);
    let summary = roll_up(&RollUp::default(), &mut connection, &clock).await;
    assert_eq!(dates(&summary), ["2026-04-01", "2026-04-10"], "what is old is rolled up before it goes");
    assert_eq!(summary.released.rows, 2);
    let left: Vec<f64> = sqlx::query_scalar("SELECT metric_value FROM operational_metrics ORDER BY id")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(left, [3.0, 4.0]);
    let sums: Vec<f64> = sqlx::query_scalar("SELECT sum_value FROM operational_metrics_daily ORDER BY date")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(sums, [1.0, 5.0]);
}

#[tokio::test]
async fn a_day_that_lost_raw_rows_is_final() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    let recorder = Recorder::default();
    let rows = [sample("2026-04-10T11:00:00Z", "a", 1.0), sample("2026-04-10T13:00:00Z", "a", 2.0)];
    recorder.record_all(&mut connection, &rows).await.unwrap();
    let clock = TestClock::at(NOW);
    roll_up(&RollUp::default(), &mut connection, &clock).await;
    recorder.record(&mut connection, &sample("2026-04-10T14:00:00Z", "a", 4.0)).await.unwrap();
    assert_eq!(roll_up(&RollUp::default(), &mut connection, &clock).await.days, []);
    let date = "2026-04-10".parse().unwrap();
    let error = RollUp::default().days(&mut connection, &clock, [date]).await.unwrap_err();
    assert!(matches!(error, Error::Final { .. }), "{error}");
    let sum: f64 =
        sqlx::query_scalar("SELECT sum_value FROM operational_metrics_daily").fetch_one(&mut connection).await.unwrap();
    assert_eq!(sum, 3.0);
}

#[tokio::test]
async fn deletes_come_in_bounded_batches() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    for (rows, pauses) in [(DELETE_ROWS - 1, 0), (DELETE_ROWS, 1), (DELETE_ROWS + 1, 1)] {
        let samples: Vec<Sample<'_>> = (0..rows).map(|_| sample("2026-04-01T10:00:00Z", "a", 1.0)).collect();
        Recorder::default().record_all(&mut connection, &samples).await.unwrap();
        let clock = TestClock::at(NOW);
        let summary = roll_up(&RollUp::default(), &mut connection, &clock).await;
        assert_eq!(summary.released.rows, rows as u64);
        assert_eq!(clock.sleeps.lock().unwrap().len(), pauses, "{rows}");
        assert_eq!(count(&mut connection, "operational_metrics").await, 0);
    }
}

#[tokio::test]
async fn partitions_are_dropped_whole() {
    let database = database(&partitioned()).await;
    let mut connection = database.connect().await;
    let recorder = Recorder::default();
    recorder.record(&mut connection, &sample("2026-05-10T11:00:00Z", "a", 1.0)).await.unwrap();
    // Before any partition was made: these wait in the default partition.
    recorder.record(&mut connection, &sample("2026-04-01T10:00:00Z", "a", 2.0)).await.unwrap();
    let later = TestClock::at("2026-06-10T12:00:00Z");
    let summary = roll_up(&RollUp::default(), &mut connection, &later).await;
    let dropped: Vec<String> = summary.released.partitions.iter().map(ToString::to_string).collect();
    assert_eq!(dropped, ["2026-05-09", "2026-05-10"]);
    assert_eq!(summary.released.rows, 1, "what was in the default partition");
    assert_eq!(count(&mut connection, "operational_metrics").await, 0);
    assert_eq!(count(&mut connection, "operational_metrics_daily").await, 2);
    let days: Vec<String> = sqlx::query_scalar(
        "SELECT relid::text FROM pg_partition_tree('operational_metrics'::regclass) WHERE isleaf ORDER BY 1",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(days.first().unwrap(), "operational_metrics_20260511");
    assert_eq!(days.iter().filter(|name| name.contains("202606")).count(), 9, "from the day before to a week ahead");
}

#[tokio::test]
async fn what_was_a_partition_goes_file_by_file_and_others_tables_stay() {
    let database = database(&partitioned()).await;
    let mut connection = database.connect().await;
    run(&mut connection, "INSERT INTO incoming_emails (subject) VALUES ('a')").await;
    let about = Recorder::default().about(1);
    about.record(&mut connection, &sample("2026-05-09T11:00:00Z", "a", 1.0)).await.unwrap();
    // Detached by somebody who wants to keep it.
    run(&mut connection, "ALTER TABLE operational_metrics DETACH PARTITION operational_metrics_20260510").await;
    run(&mut connection, "CREATE TABLE operational_metrics_20260101_released_too ()").await;
    let clock = TestClock::at("2026-06-09T12:00:00Z");
    roll_up(&RollUp::default(), &mut connection, &clock).await;
    // A primary key, three indexes, and the rows.
    assert_eq!(clock.sleeps.lock().unwrap().len(), 5);
    assert_eq!(tables(&mut connection, "%20260509%").await, [""; 0]);
    assert_eq!(tables(&mut connection, "%_20260510").await, ["operational_metrics_20260510"]);
    assert_eq!(tables(&mut connection, "%released%").await, ["operational_metrics_20260101_released_too"]);
    run(&mut connection, "DELETE FROM incoming_emails").await;
}

#[tokio::test]
async fn a_partition_that_a_killed_run_left_behind_goes_in_the_next_one_or_with_the_migrations() {
    for take_back in [false, true] {
        let database = database(&partitioned()).await;
        let mut connection = database.connect().await;
        let killed = Alarm::new("2026-06-09T12:00:00Z", "2026-06-09T12:00:00.5Z");
        let (rolling, mut victim) = (RollUp::default(), database.connect().await);
        tokio::select! {
            outcome = rolling.run(&mut victim, &killed, None) => panic!("it came to its end: {outcome:?}"),
            () = killed.rung.notified() => {}
        }
        drop(victim);
        assert_eq!(
            count(&mut connection, "pg_indexes WHERE tablename LIKE '%released'").await,
            2,
            "two of the four went before"
        );
        assert_eq!(tables(&mut connection, "%released").await, ["operational_metrics_20260509_released"]);
        let mut writer = database.connect().await;
        Recorder::default().record(&mut writer, &sample("2026-05-09T11:00:00Z", "a", 1.0)).await.unwrap();
        let later = TestClock::at("2026-06-09T12:00:00Z");
        if take_back {
            partitioned().down(&mut connection).await.unwrap();
        } else {
            while rolling.run(&mut connection, &later, None).await.unwrap() == Outcome::Elsewhere {}
        }
        assert_eq!(tables(&mut connection, "%released").await, [""; 0], "{take_back}");
    }
}

#[tokio::test]
async fn what_was_a_partition_and_is_being_read_stays_until_the_next_run() {
    let database = database(&partitioned()).await;
    let mut connection = database.connect().await;
    run(
        &mut connection,
        "ALTER TABLE operational_metrics DETACH PARTITION operational_metrics_20260509;
         ALTER TABLE operational_metrics_20260509 RENAME TO operational_metrics_20260509_released",
    )
    .await;
    let mut reader = database.connect().await;
    let mut reading = reader.begin().await.unwrap();
    run(&mut reading, "SELECT count(*) FROM operational_metrics_20260509_released").await;
    let later = TestClock::at("2026-06-10T12:00:00Z");
    let summary = roll_up(&RollUp::default(), &mut connection, &later).await;
    assert_eq!(summary.released.partitions.len(), 1, "the other day goes on: {summary}");
    assert_eq!(tables(&mut connection, "%released").await, ["operational_metrics_20260509_released"]);
    reading.rollback().await.unwrap();
    roll_up(&RollUp::default(), &mut connection, &later).await;
    assert_eq!(tables(&mut connection, "%released").await, [""; 0]);
}

/// The names of tables, by a pattern.
async fn tables(connection: &mut PgConnection, pattern: &str) -> Vec<String> {
    sqlx::query_scalar("SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relname LIKE $1 ORDER BY 1")
        .bind(pattern)
        .fetch_all(connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn rows_that_came_before_their_partition_move_into_it() {
    let database = database(&partitioned()).await;
    let mut connection = database.connect().await;
    let recorder = Recorder::default();
    let rows = [sample("2026-05-20T00:00:00Z", "a", 1.0), sample("2026-05-20T23:59:59Z", "a", 2.0)];
    recorder.record_all(&mut connection, &rows).await.unwrap();
    assert_eq!(count(&mut connection, "operational_metrics_default").await, 2);
    let clock = TestClock::at("2026-05-21T12:00:00Z");
    roll_up(&RollUp::default(), &mut connection, &clock).await;
    assert_eq!(count(&mut connection, "operational_metrics_default").await, 0);
    assert_eq!(count(&mut connection, "operational_metrics_20260520").await, 2);
    naive::assert_daily(&mut connection, &RollUp::default().zone, "2026-05-21T12:00:00Z").await;
}

#[tokio::test]
async fn a_partition_in_use_holds_up_nobody_and_goes_in_the_next_run() {
    let database = database(&partitioned()).await;
    let mut connection = database.connect().await;
    let mut reader = database.connect().await;
    let mut reading = reader.begin().await.unwrap();
    run(&mut reading, "SELECT count(*) FROM operational_metrics").await;
    let later = TestClock::at("2026-06-09T12:00:00Z");
    let summary = roll_up(&RollUp::default(), &mut connection, &later).await;
    let postponed: Vec<String> = summary.released.postponed.iter().map(ToString::to_string).collect();
    assert_eq!(postponed, ["2026-05-09"]);
    let mut writer = database.connect().await;
    Recorder::default().queue_depth(&mut writer, "q", 1).await.unwrap();
    reading.rollback().await.unwrap();
    let summary = roll_up(&RollUp::default(), &mut connection, &later).await;
    assert_eq!(summary.released.partitions, [time("2026-05-09T00:00:00Z").to_zoned(jiff::tz::TimeZone::UTC).date()]);
}
