//! Which days have to be rolled up.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, Timestamp as SqlTimestamp, ToSqlx};
use sqlx::PgConnection;

use super::RollUp;
use crate::day::Day;
use crate::error::Error;
use crate::sample::TIME_MIN;

/// What is known of a day that was rolled up.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Done {
    zone: String,
    through_id: i64,
    is_final: bool,
    at: Timestamp,
}

/// When a day that was rolled up has to be again.
#[derive(Debug)]
struct Rule<'a> {
    zone: &'a str,
    /// The first of the last days.
    recent: Date,
    since: Option<Timestamp>,
    /// Days that rows came to after they were rolled up.
    late: BTreeSet<Date>,
}

impl Rule<'_> {
    fn is_due(&self, date: Date, done: Option<&Done>) -> bool {
        let Some(done) = done else { return true };
        let is_old = self.since.is_none_or(|since| done.at < since);
        !done.is_final && (done.zone != self.zone || self.late.contains(&date) || (date >= self.recent && is_old))
    }
}

/// The days that ended by `now`, have rows, and are due, in their order.
pub(super) async fn days(
    roll_up: &RollUp,
    connection: &mut PgConnection,
    now: Timestamp,
    since: Option<Timestamp>,
) -> Result<Vec<Day>, Error> {
    let today = Day::at(now, &roll_up.zone)?;
    let recent = today.earlier(roll_up.repeated_days, &roll_up.zone)?;
    let done = done(connection).await?;
    let seen = done.range(..recent.date).next_back().map(|(_, done)| done.through_id);
    let late = match seen {
        Some(id) => late(roll_up, connection, id, recent.start).await?,
        None => BTreeSet::new(),
    };
    let rule = Rule { zone: roll_up.zone_name()?, recent: recent.date, since, late };
    let mut days = Vec::new();
    let mut position = TIME_MIN;
    while let Some(time) = first_row(connection, position, today.start).await? {
        let day = Day::at(time, &roll_up.zone)?;
        if rule.is_due(day.date, done.get(&day.date)) {
            days.push(day);
        }
        position = day.end;
    }
    Ok(days)
}

/// Whether raw rows of a day were deleted.
pub(super) async fn is_final(connection: &mut PgConnection, date: Date) -> Result<bool, Error> {
    let found: Option<bool> = sqlx::query_scalar("SELECT is_final FROM operational_metrics_rolled_up WHERE date = $1")
        .bind(date.to_sqlx())
        .fetch_optional(connection)
        .await?;
    Ok(found.unwrap_or(false))
}

async fn done(connection: &mut PgConnection) -> Result<BTreeMap<Date, Done>, Error> {
    let rows: Vec<(SqlDate, String, i64, bool, SqlTimestamp)> =
        sqlx::query_as("SELECT date, zone, through_id, is_final, rolled_up_at FROM operational_metrics_rolled_up")
            .fetch_all(connection)
            .await?;
    let done = rows.into_iter().map(|(date, zone, through_id, is_final, at)| {
        (date.to_jiff(), Done { zone, through_id, is_final, at: at.to_jiff() })
    });
    Ok(done.collect())
}

async fn first_row(
    connection: &mut PgConnection,
    from: Timestamp,
    before: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    let first: Option<SqlTimestamp> = sqlx::query_scalar(
        "SELECT min(recorded_at) FROM operational_metrics WHERE recorded_at >= $1 AND recorded_at < $2",
    )
    .bind(from.to_sqlx())
    .bind(before.to_sqlx())
    .fetch_one(connection)
    .await?;
    Ok(first.map(SqlTimestamp::to_jiff))
}

/// Days before `before` with rows that have come since `id`. To the quarter of an hour, at which all days begin.
async fn late(
    roll_up: &RollUp,
    connection: &mut PgConnection,
    id: i64,
    before: Timestamp,
) -> Result<BTreeSet<Date>, Error> {
    let quarters: Vec<SqlTimestamp> = sqlx::query_scalar(
        "SELECT DISTINCT to_timestamp((floor(extract(epoch FROM recorded_at) / 900) * 900)::float8)
         FROM operational_metrics WHERE id > $1 AND recorded_at < $2",
    )
    .bind(id)
    .bind(before.to_sqlx())
    .fetch_all(connection)
    .await?;
    quarters.into_iter().map(|time| Ok(Day::at(time.to_jiff(), &roll_up.zone)?.date)).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_is_due_when_it_is_missing_recent_late_or_of_another_zone() {
        let noon: Timestamp = "2026-05-10T12:00:00Z".parse().unwrap();
        let done = Done { zone: "UTC".to_owned(), through_id: 7, is_final: false, at: noon };
        let day = |day: i8| date(2026, 5, day);
        let rule = |since: Option<&str>, late: &[Date]| Rule {
            zone: "UTC",
            recent: day(8),
            since: since.map(|since| since.parse().unwrap()),
            late: late.iter().copied().collect(),
        };
        let elsewhere = Done { zone: "Europe/Berlin".to_owned(), at: noon, ..done };
        let is_final = Done { is_final: true, ..elsewhere.clone() };
        let cases = [
            ("missing", rule(None, &[]), 1, None, true),
            ("done", rule(None, &[]), 7, Some(&done), false),
            ("late", rule(None, &[day(7)]), 7, Some(&done), true),
            ("recent", rule(None, &[]), 8, Some(&done), true),
            ("recent, and done since", rule(Some("2026-05-10T12:00:00Z"), &[]), 8, Some(&done), false),
            ("recent, and done before", rule(Some("2026-05-10T12:00:01Z"), &[]), 8, Some(&done), true),
            ("of another zone", rule(None, &[]), 7, Some(&elsewhere), true),
            ("final", rule(None, &[day(8)]), 8, Some(&is_final), false),
        ];
        for (name, rule, on, done, expected) in cases {
            assert_eq!(rule.is_due(day(on), done), expected, "{name}");
        }
    }
}
