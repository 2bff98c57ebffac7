//! What is recorded, and what comes of it when the transaction ends.

use std::time::Duration;

use nepho_operational::read::{RawQuery, raw};
use nepho_operational::{
    BATCH_SAMPLES_MAX, Catalogue, EmailId, EmailIdType, Error, Fault, MetricType, Recorder, Sample, Schema, TIME_MIN,
    Thresholds,
};
use nepho_test_postgres::TestDatabase;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::support::{EMAILS, NOW, TestClock, count, database, partitioned, roll_up, run, time};

/// All rows as lines, in the order of their recording.
async fn rows(connection: &mut PgConnection) -> Vec<String> {
    let rows: Vec<(String, f64, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT metric_type, metric_value, labels::text, email_id::text FROM operational_metrics ORDER BY id",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    let line = |(metric_type, value, labels, email): (String, f64, Option<String>, Option<String>)| {
        format!("{metric_type} {value} {} {}", labels.unwrap_or("-".to_owned()), email.unwrap_or("-".to_owned()))
    };
    rows.into_iter().map(line).collect()
}

async fn record_all_five(recorder: &Recorder, connection: &mut PgConnection) {
    recorder.queue_depth(connection, "inbound", 3).await.unwrap();
    recorder.processing_time(connection, "process_email", "parse", Duration::from_micros(1500)).await.unwrap();
    recorder.error(connection, "process_email", "Timeout").await.unwrap();
    recorder.token_usage(connection, "m1", "reply", 80).await.unwrap();
    recorder.confidence(connection, 0.95).await.unwrap();
}

const ALL_FIVE: [&str; 5] = [
    r#"queue_depth 3 {"queue":"inbound"} -"#,
    r#"processing_time_ms 1.5 {"actor":"process_email","stage":"parse"} -"#,
    r#"error_count 1 {"actor":"process_email","error_type":"Timeout"} -"#,
    r#"token_usage 80 {"model":"m1","operation":"reply"} -"#,
    r#"confidence_score 0.95 {"bucket":"high"} -"#,
];

#[tokio::test]
async fn the_five_calls_write_their_rows_on_a_connection_and_in_a_transaction() {
    for schema in [Schema::default(), partitioned()] {
        let database = database(&schema).await;
        let mut connection = database.connect().await;
        record_all_five(&Recorder::default(), &mut connection).await;
        assert_eq!(rows(&mut connection).await, ALL_FIVE);
        let mut transaction = connection.begin().await.unwrap();
        record_all_five(&Recorder::default(), &mut transaction).await;
        record_all_five(&Recorder::default().without_savepoint(), &mut transaction).await;
        assert_eq!(count(&mut database.connect().await, "operational_metrics").await, 5, "nothing is committed");
        transaction.commit().await.unwrap();
        assert_eq!(count(&mut connection, "operational_metrics").await, 15);
    }
}

#[tokio::test]
async fn a_transaction_that_is_rolled_back_leaves_nothing() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    let recorder = Recorder::default();
    let mut transaction = connection.begin().await.unwrap();
    record_all_five(&recorder, &mut transaction).await;
    recorder.record_all(&mut transaction, &[Sample::queue_depth("q", 1), Sample::queue_depth("q", 2)]).await.unwrap();
    transaction.rollback().await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    record_all_five(&recorder, &mut transaction).await;
    drop(transaction);
    assert_eq!(count(&mut connection, "operational_metrics").await, 0);
}

#[tokio::test]
async fn what_cannot_be_recorded_leaves_the_transaction_usable() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    run(&mut connection, "ALTER TABLE operational_metrics ADD CHECK (metric_value <> 13)").await;
    let mut transaction = connection.begin().await.unwrap();
    run(&mut transaction, "INSERT INTO incoming_emails (subject) VALUES ('one')").await;
    let recorder = Recorder::default();
    let error = recorder.queue_depth(&mut transaction, "q", 13).await.unwrap_err();
    assert!(error.to_string().contains("violates check constraint"), "{error}");
    let batch = [Sample::queue_depth("q", 12), Sample::queue_depth("q", 13)];
    recorder.record_all(&mut transaction, &batch).await.unwrap_err();
    recorder.about(4711).queue_depth(&mut transaction, "q", 1).await.unwrap_err();
    recorder.queue_depth(&mut transaction, "q", 14).await.unwrap();
    run(&mut transaction, "INSERT INTO incoming_emails (subject) VALUES ('two')").await;
    transaction.commit().await.unwrap();
    assert_eq!(count(&mut connection, "incoming_emails").await, 2);
    assert_eq!(rows(&mut connection).await, [r#"queue_depth 14 {"queue":"q"} -"#]);
}

#[tokio::test]
async fn a_caller_who_asks_for_it_fails_with_the_recording() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    run(&mut connection, "ALTER TABLE operational_metrics ADD CHECK (metric_value <> 13)").await;
    let mut transaction = connection.begin().await.unwrap();
    Recorder::default().without_savepoint().queue_depth(&mut transaction, "q", 13).await.unwrap_err();
    let after = sqlx::raw_sql("SELECT 1").execute(&mut *transaction).await.unwrap_err();
    assert_eq!(after.as_database_error().unwrap().code().unwrap(), "25P02");
}

#[tokio::test]
async fn tables_that_are_not_there_are_named_and_do_no_harm() {
    let database = TestDatabase::create().await;
    let mut connection = database.connect().await;
    run(&mut connection, EMAILS).await;
    let mut transaction = connection.begin().await.unwrap();
    let error = Recorder::default().queue_depth(&mut transaction, "q", 1).await.unwrap_err();
    assert!(matches!(error, Error::NotMigrated(_)), "{error}");
    run(&mut transaction, "INSERT INTO incoming_emails (subject) VALUES ('one')").await;
    transaction.commit().await.unwrap();
    assert_eq!(count(&mut connection, "incoming_emails").await, 1);
}

#[tokio::test]
async fn what_must_not_be_recorded_is_refused_before_anything_is_sent() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    let recorder = Recorder::default().thresholds(Thresholds::new(0.2, 0.4).unwrap());
    let samples = [
        Sample::new("queue_depth", f64::NAN),
        Sample::new("queue_depth", f64::INFINITY),
        Sample::new("queue_depth", 1.0).label("actor", "a"),
        Sample::new("queue_depth", 1.0).label("queue", "a\0b"),
        Sample::new("retries", 1.0),
        Sample::new("q'); DROP TABLE operational_metrics; --", 1.0),
    ];
    for sample in &samples {
        let error = recorder.record(&mut connection, sample).await.unwrap_err();
        assert!(matches!(error, Error::Sample(_)), "{error}");
        let error = recorder.record_all(&mut connection, &[Sample::queue_depth("q", 1), sample.clone()]).await;
        assert!(matches!(error, Err(Error::Sample(_))), "{sample:?}");
    }
    let error = recorder.confidence(&mut connection, 1.5).await.unwrap_err();
    assert_eq!(error.to_string(), "confidence 1.5 is not between 0 and 1");
    assert_eq!(count(&mut connection, "operational_metrics").await, 0);
    recorder.confidence(&mut connection, 0.3).await.unwrap();
    assert_eq!(rows(&mut connection).await, [r#"confidence_score 0.3 {"bucket":"medium"} -"#]);
}

#[tokio::test]
async fn a_hostile_label_is_a_label_and_nothing_else() {
    let hostile = [
        "'; DROP TABLE operational_metrics; --",
        "\"}'::json); DELETE FROM incoming_emails; --",
        "$1 $$ \\' \\\\ %s {} \u{2028} \u{1f4a3}",
        "NULL",
    ];
    for schema in [Schema::default(), partitioned()] {
        let database = database(&schema).await;
        let mut connection = database.connect().await;
        let recorder = Recorder::default();
        for label in hostile {
            recorder.queue_depth(&mut connection, label, 1).await.unwrap();
            recorder.record_all(&mut connection, &[Sample::queue_depth(label, 2)]).await.unwrap();
            let mut transaction = connection.begin().await.unwrap();
            recorder.queue_depth(&mut transaction, label, 3).await.unwrap();
            // Where a backslash is an escape.
            run(&mut transaction, "SET LOCAL standard_conforming_strings = off").await;
            recorder.queue_depth(&mut transaction, label, 4).await.unwrap();
            transaction.commit().await.unwrap();
            let query = RawQuery::new("queue_depth", TIME_MIN, time("2999-01-01T00:00:00Z")).label("queue", label);
            let found = raw(&mut connection, &query).await.unwrap();
            assert_eq!(found.len(), 4, "{label}");
            assert!(found.iter().all(|row| row.labels == [("queue".to_owned(), label.to_owned())]), "{found:?}");
        }
        // The clock is beyond today, so that the roll-up meets these labels as well.
        let clock = TestClock::at("2998-01-01T00:00:00Z");
        let summary = roll_up(&Default::default(), &mut connection, &clock).await;
        assert_eq!(summary.rows(), hostile.len() as u64);
        let keys: Vec<String> = sqlx::query_scalar("SELECT labels_key FROM operational_metrics_daily ORDER BY id")
            .fetch_all(&mut connection)
            .await
            .unwrap();
        for label in hostile {
            assert!(keys.contains(&format!("queue:{label}")), "{keys:?}");
        }
    }
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_the_transaction_usable() {
    let samples = [Sample::queue_depth("inbound", 1), Sample::queue_depth("inbound", 3)];
    for recorder in [Recorder::default(), Recorder::default().without_savepoint()] {
        for all in [false, true] {
            let database = database(&Schema::default()).await;
            let (mut connection, mut holder) = (database.connect().await, database.connect().await);
            let mut transaction = connection.begin().await.unwrap();
            run(&mut transaction, "INSERT INTO incoming_emails (subject) VALUES ('a')").await;
            let mut holding = holder.begin().await.unwrap();
            run(&mut holding, "LOCK TABLE operational_metrics IN EXCLUSIVE MODE").await;
            let recorded = async {
                match all {
                    true => recorder.record_all(&mut transaction, &samples).await,
                    false => recorder.queue_depth(&mut transaction, "inbound", 1).await,
                }
            };
            tokio::select! {
                biased;
                recorded = recorded => panic!("{recorded:?}, and was not given up"),
                () = std::future::ready(()) => {}
            }
            holding.rollback().await.unwrap();
            recorder.queue_depth(&mut transaction, "inbound", 2).await.unwrap();
            transaction.commit().await.unwrap();
            assert_eq!(count(&mut connection, "incoming_emails").await, 1);
            assert_eq!(count(&mut connection, "operational_metrics WHERE metric_value = 2").await, 1);
        }
    }
}

#[tokio::test]
async fn a_row_is_the_same_with_a_savepoint_and_without() {
    let values = [0.0, -0.0, 0.1, -1.5e-300, f64::from_bits(1), f64::MAX.sqrt() / 1e100, 2f64.powi(360), 1e15 + 0.3];
    let times = ["1970-01-01T00:00:00Z", "2026-05-08T10:00:00.123456789Z", "2999-12-31T23:59:59.999999Z"];
    for (email_id, email) in [(EmailIdType::BigInt, EmailId::from(7)), (EmailIdType::Uuid, Uuid::from_u128(7).into())] {
        let database = TestDatabase::create().await;
        let mut connection = database.connect().await;
        let schema = Schema { email_id, references: None, ..Schema::default() };
        schema.up(&mut connection, time(NOW)).await.unwrap();
        let ways = [Recorder::default().without_savepoint(), Recorder::default()];
        let mut tables = Vec::new();
        for recorder in ways.map(|recorder| recorder.email_id_type(email_id)) {
            let mut transaction = connection.begin().await.unwrap();
            for value in values {
                let sample = Sample::new("queue_depth", value);
                recorder.record(&mut transaction, &sample.clone().at(time(times[0]))).await.unwrap();
                recorder
                    .record(&mut transaction, &sample.label("queue", "größe \u{1f4a3}").email(email))
                    .await
                    .unwrap();
            }
            for at in times {
                recorder.record(&mut transaction, &Sample::queue_depth("q", 1).at(time(at))).await.unwrap();
            }
            let rows: Vec<String> = sqlx::query_scalar(
                "SELECT concat_ws(' ', metric_type, float8send(metric_value), labels, email_id, nullif(recorded_at, now()))
                 FROM operational_metrics ORDER BY id",
            )
            .fetch_all(&mut *transaction)
            .await
            .unwrap();
            assert_eq!(rows.len(), 2 * values.len() + times.len());
            tables.push(rows);
            transaction.rollback().await.unwrap();
        }
        assert_eq!(tables[0], tables[1]);
    }
}

#[tokio::test]
async fn a_row_goes_to_the_tables_of_the_search_path_and_not_into_a_transaction_that_has_failed() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    run(&mut connection, "CREATE SCHEMA other").await;
    let recorder = Recorder::default();
    for path in ["public", "other"] {
        run(&mut connection, &format!("SET search_path = {path}")).await;
        if path == "other" {
            Schema { references: None, ..Schema::default() }.up(&mut connection, time(NOW)).await.unwrap();
        }
        let mut transaction = connection.begin().await.unwrap();
        recorder.queue_depth(&mut transaction, path, 1).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(rows(&mut connection).await, [format!(r#"queue_depth 1 {{"queue":"{path}"}} -"#)]);
    }
    let mut transaction = connection.begin().await.unwrap();
    sqlx::raw_sql("SELECT 1 / 0").execute(&mut *transaction).await.unwrap_err();
    let error = recorder.queue_depth(&mut transaction, "q", 1).await.unwrap_err();
    assert!(error.to_string().contains("current transaction is aborted"), "{error}");
    transaction.rollback().await.unwrap();
    assert_eq!(rows(&mut connection).await.len(), 1);
}

#[tokio::test]
async fn a_sample_may_be_about_an_email_of_the_columns_type() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    run(&mut connection, "INSERT INTO incoming_emails (subject) VALUES ('one'), ('two')").await;
    let recorder = Recorder::default();
    let about = recorder.about(1);
    about.queue_depth(&mut connection, "q", 1).await.unwrap();
    about.record(&mut connection, &Sample::queue_depth("q", 2).email(2)).await.unwrap();
    about.record_all(&mut connection, &[Sample::queue_depth("q", 3)]).await.unwrap();
    run(&mut connection, "DELETE FROM incoming_emails WHERE id = 1").await;
    let lines = rows(&mut connection).await;
    let emails: Vec<&str> = lines.iter().map(|line| line.rsplit(' ').next().unwrap()).collect();
    assert_eq!(emails, ["-", "2", "-"], "the email goes, its metrics stay");
    let error = recorder.about(Uuid::from_u128(7)).queue_depth(&mut connection, "q", 1).await.unwrap_err();
    let expected = "email id 00000000-0000-0000-0000-000000000007 does not go into a column of type bigint";
    assert_eq!(error.to_string(), expected);

    let database = TestDatabase::create().await;
    let mut connection = database.connect().await;
    let schema = Schema { email_id: EmailIdType::Uuid, references: None, ..Schema::default() };
    schema.up(&mut connection, time(NOW)).await.unwrap();
    let recorder = Recorder::default().email_id_type(EmailIdType::Uuid);
    let about = recorder.about(Uuid::from_u128(7));
    about.queue_depth(&mut connection, "q", 1).await.unwrap();
    recorder.queue_depth(&mut connection, "q", 2).await.unwrap();
    about.record_all(&mut connection, &[Sample::queue_depth("q", 3)]).await.unwrap();
    assert_eq!(count(&mut connection, "operational_metrics WHERE email_id IS NOT NULL").await, 2);
    let recorder = Recorder::default().email_id_type(EmailIdType::Integer);
    let error = recorder.about(i64::from(i32::MAX) + 1).queue_depth(&mut connection, "q", 1).await.unwrap_err();
    assert_eq!(error.to_string(), "email id 2147483648 does not go into a column of type integer");
}

#[tokio::test]
async fn a_batch_is_written_in_its_order_and_up_to_its_limit() {
    let database = database(&partitioned()).await;
    let mut connection = database.connect().await;
    let catalogue = Catalogue::default().with(MetricType::new("retries", &[]).unwrap());
    let recorder = Recorder::new(catalogue);
    let mut samples: Vec<Sample<'_>> =
        (0..BATCH_SAMPLES_MAX).map(|number| Sample::new("retries", number as f64)).collect();
    recorder.record_all(&mut connection, &samples).await.unwrap();
    let wrong: i64 = count(&mut connection, "operational_metrics WHERE metric_value <> id - 1").await;
    assert_eq!((count(&mut connection, "operational_metrics").await, wrong), (BATCH_SAMPLES_MAX as i64, 0));
    samples.push(Sample::new("retries", 0.0));
    let error = recorder.record_all(&mut connection, &samples).await.unwrap_err();
    assert!(matches!(error, Error::Sample(Fault::LongBatch { count: 100_001 })), "{error}");
    recorder.record_all(&mut connection, &[]).await.unwrap();
    assert_eq!(count(&mut connection, "operational_metrics").await, BATCH_SAMPLES_MAX as i64);
}

#[tokio::test]
async fn the_table_keeps_out_what_others_must_not_write() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    let insert = |values: &str| {
        format!("INSERT INTO operational_metrics (metric_type, metric_value, labels, recorded_at) VALUES ({values})")
    };
    run(&mut connection, &insert("'t', 1, NULL, now()")).await;
    run(&mut connection, &insert("'t', -power(2::float8, 360), '{\"a\": [1]}', '1970-01-01 00:00:00Z'")).await;
    // What only looks like a character that PostgreSQL cannot read.
    for label in ["gpu0000", "\\\\u0000", "\\u0001", "\\ud83d\\udca3"] {
        run(&mut connection, &insert(&format!("'t', 1, '{{\"a\": \"{label}\"}}', now()"))).await;
    }
    roll_up(&Default::default(), &mut connection, &TestClock::at("2998-01-01T00:00:00Z")).await;
    let refused = [
        "'t', 'NaN', NULL, now()",
        "'t', 'Infinity', NULL, now()",
        "'t', 1.001 * power(2::float8, 360), NULL, now()",
        "'t', 1, '[1]', now()",
        "'t', 1, '{\"a\": \"\\u0000\"}', now()",
        "'t', 1, '{\"a\": \"\\ud800\"}', now()",
        "'t', 1, '{\"\\u0000\": 1}', now()",
        "'t', 1, NULL, 'infinity'",
        "'t', 1, NULL, '-infinity'",
        "'t', 1, NULL, '3000-01-01 00:00:00Z'",
        "repeat('t', 51), 1, NULL, now()",
    ];
    for values in refused {
        let refused = sqlx::raw_sql(sqlx::AssertSqlSafe(insert(values))).execute(&mut connection).await;
        assert!(refused.is_err(), "{values}");
    }
}
