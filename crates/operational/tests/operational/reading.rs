//! What the reading side answers.

use nepho_operational::read::{
    self, DailyQuery, EXACT_WEIGHTS_MAX, PeriodQuery, RAW_ROWS_MAX, RawQuery, SERIES_BYTES_MAX, Series, Status, Weights,
};
use nepho_operational::{Catalogue, Error, LABELS_KEY_LENGTH_MAX, Recorder, RollUp, Sample, Schema};
use nepho_test_postgres::TestDatabase;
use sqlx::PgConnection;
use sqlx::postgres::PgPool;

use crate::support::{NOW, TestClock, database, dates, partitioned, roll_up, run, sample, time};

const FROM: &str = "2026-05-09T00:00:00Z";
const TO: &str = "2026-05-10T00:00:00Z";
const PARSE: &str = r#"{"actor":"a","stage":"parse"}"#;

async fn with(samples: &[Sample<'_>]) -> (TestDatabase, PgConnection) {
    let database = database(&Schema::default()).await;
    let mut connection = database.connect().await;
    for samples in samples.chunks(50_000) {
        Recorder::default().record_all(&mut connection, samples).await.unwrap();
    }
    (database, connection)
}

#[tokio::test]
async fn raw_rows_come_by_type_label_and_range_page_by_page() {
    let rows: Vec<Sample<'_>> = (0..10)
        .map(|number| sample("2026-05-09T10:00:00Z", if number % 2 == 0 { "a" } else { "b" }, f64::from(number)))
        .chain([Sample::queue_depth("q", 5).at(time("2026-05-09T10:00:00Z")), sample(TO, "a", 99.0)])
        .collect();
    let (_database, mut connection) = with(&rows).await;
    let mut query = RawQuery::new("processing_time_ms", time(FROM), time(TO)).label("actor", "a");
    query.limit = 3;
    let mut pages = Vec::new();
    loop {
        let page = read::raw(&mut connection, &query).await.unwrap();
        let Some(last) = page.last() else { break };
        query.after = Some((last.recorded_at, last.id));
        pages.push(page.iter().map(|row| row.value).collect::<Vec<_>>());
    }
    assert_eq!(pages, [vec![0.0, 2.0, 4.0], vec![6.0, 8.0]]);
    query.limit = RAW_ROWS_MAX;
    assert!(read::raw(&mut connection, &query).await.is_ok());
    query.limit = RAW_ROWS_MAX + 1;
    let error = read::raw(&mut connection, &query).await.unwrap_err();
    assert!(matches!(error, Error::TooManyRows { limit: RAW_ROWS_MAX }), "{error}");
}

#[tokio::test]
async fn daily_rows_come_by_type_label_and_days() {
    let (_database, mut connection) = with(&[
        sample("2026-05-08T10:00:00Z", "a", 1.0),
        sample("2026-05-09T10:00:00Z", "a", 2.0),
        sample("2026-05-09T10:00:00Z", "b", 3.0),
        Sample::new("processing_time_ms", 4.0).at(time("2026-05-09T10:00:00Z")),
        Sample::queue_depth("q", 5).at(time("2026-05-09T10:00:00Z")),
    ])
    .await;
    roll_up(&RollUp::default(), &mut connection, &TestClock::at(NOW)).await;
    let days = |from: &str, to: &str| DailyQuery::new(from.parse().unwrap(), to.parse().unwrap());
    let both = || days("2026-05-08", "2026-05-09").metric_type("processing_time_ms");
    let cases = [
        (days("2026-05-08", "2026-05-09"), vec![1.0, 4.0, 2.0, 3.0, 5.0]),
        (days("2026-05-08", "2026-05-08"), vec![1.0]),
        (both(), vec![1.0, 4.0, 2.0, 3.0]),
        (both().label("actor", "a"), vec![1.0, 2.0]),
        (both().label("actor", "c"), vec![]),
        (both().without_label(), vec![4.0]),
    ];
    for (query, expected) in cases {
        let rows = read::daily(&mut connection, &query).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.sum_value).collect::<Vec<_>>(), expected, "{query:?}");
    }
}

#[tokio::test]
async fn percentiles_over_a_range_are_exact() {
    let rows: Vec<Sample<'_>> =
        (0..=1000).map(|number| sample("2026-05-09T10:00:00Z", "a", f64::from(number) / 10.0)).collect();
    let (_database, mut connection) = with(&rows).await;
    let query = RawQuery::new("processing_time_ms", time(FROM), time(TO)).label("actor", "a");
    let found = read::percentiles(&mut connection, &query, &[0.0, 0.5, 0.95, 0.999, 1.0]).await.unwrap();
    assert_eq!((found.sample_count, found.values), (1001, vec![0.0, 50.0, 95.0, 99.9, 100.0]));
    let none = read::percentiles(&mut connection, &query.label("stage", "x"), &[0.5]).await.unwrap();
    assert_eq!((none.sample_count, none.values), (0, vec![]));
    let query = RawQuery::new("processing_time_ms", time(FROM), time(TO));
    let error = read::percentiles(&mut connection, &query, &[0.5, 1.01]).await.unwrap_err();
    assert_eq!(error.to_string(), "percentile 1.01 is not between 0 and 1");
}

fn periods(period_seconds: i64) -> PeriodQuery {
    PeriodQuery {
        metric_type: "processing_time_ms".to_owned(),
        labels: vec![Some(PARSE.to_owned())],
        from: time(FROM),
        to: time(TO),
        anchor: time(FROM),
        period_seconds,
    }
}

#[tokio::test]
async fn periods_begin_where_the_query_does() {
    let (database, mut connection) = with(&[
        sample("2026-05-09T00:00:00Z", "a", 1.0),
        sample("2026-05-09T00:00:59.999999Z", "a", 2.0),
        sample("2026-05-09T00:01:00Z", "a", 4.0),
        sample("2026-05-09T00:01:01Z", "b", 8.0),
        sample("2026-05-09T23:59:59Z", "a", 16.0),
        sample("2026-05-10T00:00:00Z", "a", 32.0),
    ])
    .await;
    let numbers = read::numbers(&mut connection, &periods(60)).await.unwrap();
    let found: Vec<_> = numbers.iter().map(|of| (of.period, of.count, of.sum, of.min, of.max)).collect();
    assert_eq!(found, [(0, 2, 3.0, 1.0, 2.0), (1, 1, 4.0, 4.0, 4.0), (1439, 1, 16.0, 16.0, 16.0)]);
    let later = PeriodQuery { from: time("2026-05-09T00:00:30Z"), ..periods(60) };
    let numbers = read::numbers(&mut connection, &later).await.unwrap();
    assert_eq!((numbers[0].period, numbers[0].count), (0, 1), "periods begin at the anchor");
    let pool = PgPool::connect_with(database.options()).await.unwrap();
    let Weights { mut weights, is_exact } = read::weights(&pool, &periods(86_400)).await.unwrap();
    weights.sort_by(|a, b| a.value.total_cmp(&b.value));
    let found: Vec<_> = weights.iter().map(|weight| (weight.value, weight.numbers.count)).collect();
    assert_eq!((found, is_exact), (vec![(1.0, 1), (2.0, 1), (4.0, 1), (16.0, 1)], true));
    assert!(matches!(read::numbers(&mut connection, &periods(0)).await, Err(Error::Period(0))));
}

#[tokio::test]
async fn too_many_values_come_in_bins_that_keep_the_numbers() {
    let at = time("2026-05-09T10:00:00Z");
    let rows: Vec<Sample<'_>> = (0..=EXACT_WEIGHTS_MAX)
        .map(|number| Sample { recorded_at: Some(at), ..sample(FROM, "a", number as f64) })
        .collect();
    let (database, mut connection) = with(&rows[..EXACT_WEIGHTS_MAX]).await;
    let pool = PgPool::connect_with(database.options()).await.unwrap();
    assert!(read::weights(&pool, &periods(86_400)).await.unwrap().is_exact);
    Recorder::default().record_all(&mut connection, &rows[EXACT_WEIGHTS_MAX..]).await.unwrap();
    let Weights { weights, is_exact } = read::weights(&pool, &periods(86_400)).await.unwrap();
    assert!(!is_exact && weights.len() < 600, "{}", weights.len());
    for weight in &weights {
        let within = weight.numbers.min.max(1.0) * 0.978..=weight.numbers.max.max(1.0) * 1.023;
        assert!(weight.value == 0.0 || within.contains(&weight.value), "{weight:?}");
    }
    let (count, sum) =
        weights.iter().fold((0, 0.0), |(count, sum), of| (count + of.numbers.count, sum + of.numbers.sum));
    let last = EXACT_WEIGHTS_MAX as f64;
    assert_eq!((count, sum), (EXACT_WEIGHTS_MAX as i64 + 1, last * (last + 1.0) / 2.0));
}

#[tokio::test]
async fn series_are_those_of_rolled_up_days_and_of_rows_since() {
    let (_database, mut connection) = with(&[
        sample("2026-05-08T10:00:00Z", "a", 1.0),
        sample("2026-05-09T10:00:00Z", "a", 1.0),
        Sample::new("error_count", 1.0).at(time("2026-05-09T10:00:00Z")),
    ])
    .await;
    roll_up(&RollUp::default(), &mut connection, &TestClock::at(NOW)).await;
    let id = read::last_id(&mut connection).await.unwrap();
    Recorder::default().record(&mut connection, &sample(NOW, "b", 1.0)).await.unwrap();
    let series = read::series(&mut connection).await.unwrap();
    let found: Vec<String> = series
        .iter()
        .map(|(series, first, last)| format!("{} {:?} {first} {last}", series.metric_type, series.labels()))
        .collect();
    let expected = [
        "error_count [] 2026-05-09 2026-05-09",
        r#"processing_time_ms [("actor", "a"), ("stage", "parse")] 2026-05-08 2026-05-09"#,
    ];
    assert_eq!(found, expected);
    let since = read::series_since(&mut connection, id, time(FROM)).await.unwrap();
    let found: Vec<_> = since.iter().map(|(series, at)| (series.json.as_deref(), *at)).collect();
    assert_eq!(found, [(Some(r#"{"actor":"b","stage":"parse"}"#), time(NOW))]);
}

#[tokio::test]
async fn daily_series_are_those_of_all_days_or_of_days_rolled_up_since() {
    let (_database, mut connection) = with(&[
        sample("2026-05-08T10:00:00Z", "a", 1.0),
        sample("2026-05-09T10:00:00Z", "a", 1.0),
        Sample::new("error_count", 1.0).at(time("2026-05-08T10:00:00Z")),
    ])
    .await;
    assert_eq!(read::last_roll_up(&mut connection).await.unwrap(), None);
    roll_up(&RollUp::default(), &mut connection, &TestClock::at(NOW)).await;
    assert_eq!(read::last_roll_up(&mut connection).await.unwrap(), Some(time(NOW)));
    Recorder::default().record(&mut connection, &sample("2026-05-07T10:00:00Z", "b", 1.0)).await.unwrap();
    let rules = RollUp { repeated_days: 0, ..RollUp::default() };
    let later = "2026-05-10T13:00:00Z";
    assert_eq!(dates(&roll_up(&rules, &mut connection, &TestClock::at(later)).await), ["2026-05-07"]);
    let all =
        ["error_count - 2026-05-08", "processing_time_ms actor:a 2026-05-09", "processing_time_ms actor:b 2026-05-07"];
    for (since, expected) in [(None, &all[..]), (Some(time(NOW)), &all[2..]), (Some(time(later)), &[])] {
        let found: Vec<String> = read::daily_series(&mut connection, since)
            .await
            .unwrap()
            .iter()
            .map(|of| format!("{} {} {}", of.metric_type, of.labels_key.as_deref().unwrap_or("-"), of.last_date))
            .collect();
        assert_eq!(found, expected, "{since:?}");
    }
}

#[tokio::test]
async fn the_key_of_a_series_is_that_of_its_daily_rows_whatever_its_json_looks_like() {
    let (_database, mut connection) = with(&[]).await;
    let long = format!(r#"{{"queue":"{}"}}"#, "\u{fc}".repeat(LABELS_KEY_LENGTH_MAX));
    let texts = [
        r#"{"n":1.50}"#,
        r#"{"n" : 1E5, "queue": true}"#,
        r#"{"queue": {"a" : [1,  2]}}"#,
        r#"{"queue":"1","queue":"2"}"#,
        r#"{"queue":"1","queue":null,"a":"b"}"#,
        r#"{"gone":null,"queue":"\u00e9 \"x\" \\ \ud83d\ude00"}"#,
        r#"{"a:b":"c"}"#,
        "{}",
        &long,
    ];
    let catalogue = Catalogue::default();
    for json in texts {
        for metric_type in ["own", "queue_depth"] {
            let clear = "DELETE FROM operational_metrics; DELETE FROM operational_metrics_daily";
            run(&mut connection, clear).await;
            sqlx::query("INSERT INTO operational_metrics (metric_type, metric_value, labels, recorded_at) VALUES ($1, 1, $2::text::json, $3)")
                .bind(metric_type)
                .bind(json)
                .bind(jiff_sqlx::ToSqlx::to_sqlx(time("2026-05-09T10:00:00Z")))
                .execute(&mut connection)
                .await
                .unwrap();
            roll_up(&RollUp::default(), &mut connection, &TestClock::at(NOW)).await;
            let daily = read::daily_series(&mut connection, None).await.unwrap();
            let series = Series { metric_type: metric_type.to_owned(), json: Some(json.to_owned()) };
            assert_eq!(series.labels_key(&catalogue), daily[0].labels_key, "{metric_type} {json}");
        }
    }
}

#[tokio::test]
async fn labels_are_listed_up_to_a_length() {
    let (_database, mut connection) = with(&[]).await;
    for length in [SERIES_BYTES_MAX, SERIES_BYTES_MAX + 1] {
        let json = format!(r#"{{"l":"{}"}}"#, "x".repeat(length - r#"{"l":""}"#.len()));
        sqlx::query("INSERT INTO operational_metrics (metric_type, metric_value, labels, recorded_at) VALUES ('t', $1, $2::text::json, $3)")
            .bind(length as f64)
            .bind(json)
            .bind(jiff_sqlx::ToSqlx::to_sqlx(time("2026-05-09T10:00:00Z")))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    assert_eq!(read::series_since(&mut connection, 0, time(FROM)).await.unwrap().len(), 1);
    assert_eq!(roll_up(&RollUp::default(), &mut connection, &TestClock::at(NOW)).await.samples(), 2);
    let series = read::series(&mut connection).await.unwrap();
    assert_eq!(series.len(), 1);
    assert_eq!(series[0].0.json.as_ref().unwrap().len(), SERIES_BYTES_MAX);
}

#[tokio::test]
async fn the_status_tells_what_there_is_and_what_is_due() {
    for (schema, partitions) in [(partitioned(), Some(9)), (Schema::default(), None)] {
        let database = database(&schema).await;
        let mut connection = database.connect().await;
        let look = async |connection: &mut PgConnection| -> Status {
            read::status(connection, &RollUp::default(), time(NOW)).await.unwrap()
        };
        let empty = look(&mut connection).await;
        assert_eq!((empty.migrations.len(), empty.missing.len(), empty.raw_rows), (3, 0, Some(0)));
        assert_eq!(empty.partitions.map(|days| days.len()), partitions);
        let rows = [sample("2026-05-05T10:00:00Z", "a", 1.0), sample(NOW, "a", 1.0)];
        Recorder::default().record_all(&mut connection, &rows).await.unwrap();
        let before = look(&mut connection).await;
        assert_eq!((before.missing, before.last_day), (vec!["2026-05-05".parse().unwrap()], None));
        assert_eq!((before.raw_rows, before.raw_bytes > empty.raw_bytes), (None, true), "nobody has counted them yet");
        roll_up(&RollUp::default(), &mut connection, &TestClock::at(NOW)).await;
        run(&mut connection, "ANALYZE operational_metrics").await;
        let after = look(&mut connection).await;
        assert_eq!((after.missing, after.daily_rows, after.raw_rows), (vec![], 1, Some(2)));
        assert_eq!((after.last_day, after.rolled_up_at), (Some("2026-05-05".parse().unwrap()), Some(time(NOW))));
        assert_eq!((after.oldest, after.newest), (Some(time("2026-05-05T10:00:00Z")), Some(time(NOW))));
        assert_eq!((after.zone.as_deref(), before.zone), (Some("UTC"), None));
        let late = [sample("2026-05-05T11:00:00Z", "a", 1.0), sample("2026-05-07T11:00:00Z", "a", 1.0)];
        Recorder::default().record_all(&mut connection, &late).await.unwrap();
        let later = look(&mut connection).await;
        assert_eq!(later.outdated, ["2026-05-05".parse().unwrap()]);
        assert_eq!(later.missing, ["2026-05-07".parse().unwrap()]);
        // Days that are only repeated are neither.
        roll_up(&RollUp::default(), &mut connection, &TestClock::at("2026-05-08T12:00:00Z")).await;
        let done = read::status(&mut connection, &RollUp::default(), time("2026-05-09T12:00:00Z")).await.unwrap();
        assert_eq!((done.missing, done.outdated), (vec![], vec![]));
    }
}
