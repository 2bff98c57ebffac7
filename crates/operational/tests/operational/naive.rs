//! The daily table as it has to be, computed from all raw rows in the plainest way.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use nepho_operational::read::{self, DailyQuery, RawQuery};
use nepho_operational::{Catalogue, TIME_MIN};
use sqlx::PgConnection;

use crate::support::time;

/// (date, type, label).
type Key = (String, String, Option<String>);
/// All values of each, ascending.
type Groups = BTreeMap<Key, Vec<f64>>;

/// Asserts that the daily table is what the raw rows of days that ended before `now` say.
pub(crate) async fn assert_daily(connection: &mut PgConnection, zone: &TimeZone, now: &str) {
    let expected: Vec<String> = groups(connection, zone, now)
        .await
        .into_iter()
        .map(|((date, metric_type, label), values)| {
            let sum: f64 = values.iter().sum();
            let (min, max) = (values[0], values[values.len() - 1]);
            let (count, p95) = (values.len(), percentile(&values, 0.95));
            let average = sum / count as f64;
            line(&date, &metric_type, label.as_deref(), count as i64, [sum, average, min, max, p95])
        })
        .collect();
    let all = DailyQuery::new("1970-01-01".parse().unwrap(), "2999-12-31".parse().unwrap());
    let daily = read::daily(connection, &all).await.unwrap();
    let mut found: Vec<(Key, String)> = daily
        .into_iter()
        .map(|row| {
            let numbers = [row.sum_value, row.avg_value, row.min_value, row.max_value, row.p95_value.unwrap()];
            let date = row.date.to_string();
            let text = line(&date, &row.metric_type, row.labels_key.as_deref(), row.sample_count, numbers);
            ((date, row.metric_type, row.labels_key), text)
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let found: Vec<String> = found.into_iter().map(|(_, text)| text).collect();
    assert_eq!(found, expected);
}

async fn groups(connection: &mut PgConnection, zone: &TimeZone, now: &str) -> Groups {
    let mut groups = Groups::new();
    let today = time(now).to_zoned(zone.clone()).date();
    let types: Vec<String> = sqlx::query_scalar("SELECT DISTINCT metric_type FROM operational_metrics")
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    for metric_type in types {
        let mut query = RawQuery::new(&metric_type, TIME_MIN, time("2999-01-01T00:00:00Z"));
        loop {
            let rows = read::raw(&mut *connection, &query).await.unwrap();
            let Some(last) = rows.last() else { break };
            query.after = Some((last.recorded_at, last.id));
            for row in rows {
                let date = row.recorded_at.to_zoned(zone.clone()).date();
                if date < today {
                    let key = (date.to_string(), metric_type.clone(), label(&metric_type, &row.labels));
                    groups.entry(key).or_default().push(row.value);
                }
            }
        }
    }
    groups.values_mut().for_each(|values| values.sort_by(f64::total_cmp));
    groups
}

fn label(metric_type: &str, labels: &[(String, String)]) -> Option<String> {
    let catalogue = Catalogue::default();
    let declared = catalogue.find(metric_type).map(|known| known.labels().first());
    let found = match declared {
        Some(first) => labels.iter().find(|(name, _)| Some(name) == first),
        None => labels.first(),
    };
    found.map(|(name, value)| format!("{name}:{value}").chars().take(100).collect())
}

/// As `percentile_cont`: between the two samples that the rank lies between.
fn percentile(values: &[f64], fraction: f64) -> f64 {
    let rank = fraction * (values.len() - 1) as f64;
    let (low, high) = (values[rank.floor() as usize], values[rank.ceil() as usize]);
    low + (rank - rank.floor()) * (high - low)
}

fn line(date: &str, metric_type: &str, label: Option<&str>, count: i64, numbers: [f64; 5]) -> String {
    let [sum, average, min, max, p95] = numbers;
    let label = label.unwrap_or("-");
    format!("{date} {metric_type} {label}: {count} {sum:.6} {average:.6} {min:.6} {max:.6} {p95:.6}")
}
