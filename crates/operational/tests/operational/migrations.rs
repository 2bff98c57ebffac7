//! Up, down, up again, beside others, and as a script.

use nepho_operational::{
    EmailIdType, Error, Recorder, Schema, Storage, VERSION_TABLE, applied, read::DailyQuery, read::daily,
};
use nepho_test_postgres::TestDatabase;
use sqlx::Connection;
use sqlx::migrate::Migrator;

use crate::support::{EMAILS, NOW, TestClock, count, database, partitioned, roll_up, run, sample, time};

/// What can be told of the tables, apart from their rows.
const SHAPE: &str = "
SELECT coalesce(string_agg(line, E'\\n' ORDER BY line), '') FROM (
    SELECT format('%s.%s %s %s', table_name, column_name, udt_name, is_nullable) AS line
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT format('%s %s', conname, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
) AS lines";

async fn shape(connection: &mut sqlx::PgConnection) -> String {
    sqlx::query_scalar(SHAPE).fetch_one(connection).await.unwrap()
}

#[tokio::test]
async fn migrations_go_up_down_and_up_again_with_data() {
    for schema in [Schema::default(), partitioned()] {
        let database = TestDatabase::create().await;
        let mut connection = database.connect().await;
        run(&mut connection, EMAILS).await;
        let before = shape(&mut connection).await;
        schema.up(&mut connection, time(NOW)).await.unwrap();
        let up = shape(&mut connection).await;
        let versions: Vec<i64> = applied(&mut connection).await.unwrap().iter().map(|done| done.version).collect();
        assert_eq!(versions, [1, 2, 3]);
        for _ in 0..2 {
            schema.up(&mut connection, time(NOW)).await.unwrap();
            let rows = [sample("2026-05-08T10:00:00Z", "a", 1.0), sample("2026-05-09T10:00:00Z", "a", 3.0)];
            Recorder::default().record_all(&mut connection, &rows).await.unwrap();
            roll_up(&Default::default(), &mut connection, &TestClock::at(NOW)).await;
            let days = DailyQuery::new("2026-05-08".parse().unwrap(), "2026-05-09".parse().unwrap());
            let sums: Vec<f64> = daily(&mut connection, &days).await.unwrap().iter().map(|row| row.sum_value).collect();
            assert_eq!(sums, [1.0, 3.0]);
            assert_eq!(shape(&mut connection).await, up);
            assert_eq!(schema.down(&mut connection).await.unwrap(), 3);
            run(&mut connection, &format!("ALTER TABLE {VERSION_TABLE} RENAME TO versions")).await;
            run(&mut connection, "DROP TABLE versions").await;
            assert_eq!(shape(&mut connection).await, before);
        }
    }
}

#[tokio::test]
async fn instances_that_start_together_migrate_once() {
    let database = TestDatabase::create().await;
    run(&mut database.connect().await, EMAILS).await;
    let one = async || {
        let mut connection = database.connect().await;
        partitioned().up(&mut connection, time(NOW)).await
    };
    let outcomes = tokio::join!(one(), one(), one(), one());
    for outcome in [outcomes.0, outcomes.1, outcomes.2, outcomes.3] {
        // Partitions are made by whoever comes first; the others find the table busy, or them there.
        assert!(
            outcome.as_ref().is_ok_and(|()| true) || outcome.as_ref().is_err_and(Error::is_transient),
            "{outcome:?}"
        );
    }
    let mut connection = database.connect().await;
    partitioned().up(&mut connection, time(NOW)).await.unwrap();
    assert_eq!(applied(&mut connection).await.unwrap().len(), 3);
    assert_eq!(count(&mut connection, "pg_inherits WHERE inhparent = 'operational_metrics'::regclass").await, 10);
}

#[tokio::test]
async fn the_applications_own_migrations_are_left_alone() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    Migrator::with_migrations(Vec::new()).run(&mut connection).await.unwrap();
    Schema::default().down(&mut connection).await.unwrap();
    assert_eq!(count(&mut connection, "_sqlx_migrations").await, 0);
    assert_eq!(count(&mut connection, VERSION_TABLE).await, 0);
    assert_eq!(count(&mut connection, "incoming_emails").await, 0);
}

#[tokio::test]
async fn other_settings_than_those_of_the_tables_are_refused() {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    for other in [
        partitioned(),
        Schema { references: None, ..Schema::default() },
        Schema { email_id: EmailIdType::Uuid, ..Schema::default() },
    ] {
        let error = other.up(&mut connection, time(NOW)).await.unwrap_err();
        assert!(matches!(error, Error::OtherSettings { version: 1 }), "{error}");
    }
    // The lock of the migrations is free again.
    Schema::default().up(&mut database.connect().await, time(NOW)).await.unwrap();
}

#[tokio::test]
async fn the_scripts_do_what_the_migrations_do() {
    for storage in [Storage::Plain, Storage::DailyPartitions] {
        let schema = Schema { storage, ..Schema::default() };
        let database = TestDatabase::create().await;
        let mut connection = database.connect().await;
        run(&mut connection, EMAILS).await;
        let before = shape(&mut connection).await;
        run(&mut connection, &schema.up_sql()).await;
        // A roll-up makes the partitions that a migration would have made.
        roll_up(&Default::default(), &mut connection, &TestClock::at(NOW)).await;
        let scripted = shape(&mut connection).await;
        let up = schema.up(&mut connection, time(NOW)).await.unwrap_err();
        let down = schema.down(&mut connection).await.unwrap_err();
        assert!(matches!((&up, &down), (Error::NoVersions, Error::NoVersions)), "{up} {down}");
        run(&mut connection, &format!("DROP TABLE {VERSION_TABLE}")).await;
        assert_eq!(shape(&mut connection).await, scripted, "nothing is done to them");
        run(&mut connection, &schema.down_sql()).await;
        assert_eq!(shape(&mut connection).await, before);
        assert_eq!(schema.down(&mut connection).await.unwrap(), 0);
        assert_eq!(shape(&mut connection).await, before);
        schema.up(&mut connection, time(NOW)).await.unwrap();
        run(&mut connection, &format!("DROP TABLE {VERSION_TABLE}")).await;
        assert_eq!(shape(&mut connection).await, scripted);
    }
}

#[tokio::test]
async fn the_foreign_key_is_what_it_is_said_to_be() {
    let tables = [
        (EmailIdType::BigInt, Some("incoming_emails.id"), "CREATE TABLE incoming_emails (id bigint PRIMARY KEY)"),
        (EmailIdType::Integer, Some("Mail \"x\".key"), "CREATE TABLE \"Mail \"\"x\"\"\" (key integer PRIMARY KEY)"),
        (EmailIdType::Uuid, Some("app.mails.id"), "CREATE SCHEMA app; CREATE TABLE app.mails (id uuid PRIMARY KEY)"),
        (EmailIdType::BigInt, None, "SELECT 1"),
    ];
    for (email_id, reference, sql) in tables {
        for storage in [Storage::Plain, Storage::DailyPartitions] {
            let database = TestDatabase::create().await;
            let mut connection = database.connect().await;
            run(&mut connection, sql).await;
            let references = reference.map(|text| text.parse().unwrap());
            let schema = Schema { email_id, references, storage };
            schema.up(&mut connection, time(NOW)).await.unwrap();
            let keys =
                count(&mut connection, "pg_constraint WHERE conname = 'operational_metrics_email_id_fkey'").await;
            assert_eq!(keys > 0, reference.is_some(), "{reference:?} {storage:?}");
        }
    }
}

#[tokio::test]
async fn what_email_id_cannot_refer_to_is_named_with_what_the_server_says() {
    let cases = [
        ("SELECT 1", "incoming_emails.id", r#"relation "incoming_emails" does not exist (42P01)"#),
        ("SELECT 1", "app.mails.id", r#"schema "app" does not exist (3F000)"#),
        (
            "CREATE TABLE m (key bigint PRIMARY KEY)",
            "m.id",
            "\"id\" referenced in foreign key constraint does not exist",
        ),
        ("CREATE TABLE m (id bigint)", "m.id", "no unique constraint matching given keys"),
        ("CREATE TABLE m (id uuid PRIMARY KEY)", "m.id", "incompatible types: bigint and uuid"),
    ];
    for (sql, reference, expected) in cases {
        let database = TestDatabase::create().await;
        let mut connection = database.connect().await;
        run(&mut connection, sql).await;
        let schema = Schema { references: Some(reference.parse().unwrap()), ..Schema::default() };
        let error = schema.up(&mut connection, time(NOW)).await.unwrap_err();
        assert!(matches!(error, Error::Reference { .. }) && !error.is_transient(), "{error:?}");
        let text = error.to_string();
        assert!(text.starts_with("email_id cannot refer to ") && text.contains(expected), "{text}");
        Schema { references: None, ..Schema::default() }.up(&mut connection, time(NOW)).await.unwrap();
    }
}

#[tokio::test]
async fn a_migration_that_waits_too_long_for_a_lock_may_be_tried_again() {
    let database = TestDatabase::create().await;
    let (mut holder, mut connection) = (database.connect().await, database.connect().await);
    run(&mut holder, EMAILS).await;
    let mut holding = holder.begin().await.unwrap();
    run(&mut holding, "LOCK TABLE incoming_emails").await;
    run(&mut connection, "SET lock_timeout = 1").await;
    let error = Schema::default().up(&mut connection, time(NOW)).await.unwrap_err();
    let expected = "migration 1: PostgreSQL: canceling statement due to lock timeout (55P03)";
    assert_eq!((error.to_string().as_str(), error.is_transient()), (expected, true));
    holding.rollback().await.unwrap();
    Schema::default().up(&mut connection, time(NOW)).await.unwrap();
}
