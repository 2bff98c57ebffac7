//! Which days have to be rolled up.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, Timestamp as SqlTimestamp, ToSqlx};
use sqlx::PgConnection;

use super::{RollUp, retention, seen};
use crate::day::Day;
use crate::error::Error;
use crate::sample::TIME_MIN;

/// A day that has to be rolled up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDay {
    /// Which day.
    pub date: Date,
    /// Why.
    pub reason: Reason,
}

/// Why a day has to be rolled up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It never was.
    Missing,
    /// It was, in another zone or before rows of it came.
    Outdated,
    /// It was, and is one of the last days, which are rolled up again.
    Repeated,
}

/// What is known of a day that was rolled up.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Done {
    zone: String,
    samples: i64,
    is_final: bool,
    at: Timestamp,
}

/// When a day that was rolled up has to be again.
#[derive(Debug)]
struct Rule<'a> {
    zone: &'a str,
    /// Rows from before may have been deleted.
    cut: Timestamp,
    /// The first of the last days.
    recent: Date,
    since: Option<Timestamp>,
    /// Days that rows came to after they were rolled up.
    late: BTreeSet<Date>,
}

impl Rule<'_> {
    fn reason(&self, day: &Day, done: Option<&Done>) -> Option<Reason> {
        let Some(done) = done else { return Some(Reason::Missing) };
        let is_old = self.since.is_none_or(|since| done.at < since);
        match () {
            () if done.is_final || day.start < self.cut => None,
            () if done.zone != self.zone || self.late.contains(&day.date) => Some(Reason::Outdated),
            () if day.date >= self.recent && is_old => Some(Reason::Repeated),
            () => None,
        }
    }
}

/// The days that ended by `now` and are due, in their order.
pub(super) async fn days(
    roll_up: &RollUp,
    connection: &mut PgConnection,
    now: Timestamp,
    since: Option<Timestamp>,
) -> Result<Vec<(Day, Reason)>, Error> {
    let today = Day::at(now, &roll_up.zone)?;
    let recent = today.earlier(roll_up.repeated_days, &roll_up.zone)?;
    let done = done(connection).await?;
    let late = late(roll_up, connection, &done, recent.start).await?;
    let cut = retention::cut(roll_up, now)?;
    let rule = Rule { zone: roll_up.zone_name()?, cut, recent: recent.date, since, late };
    let mut dates = days_with_rows(roll_up, connection, today.start).await?;
    // Without rows now, though not when they were rolled up.
    let emptied = done.range(..today.date).filter(|(_, done)| done.samples > 0);
    dates.extend(emptied.map(|(date, _)| *date));
    let mut days = Vec::new();
    for date in dates {
        let day = Day::of(date, &roll_up.zone)?;
        if let Some(reason) = rule.reason(&day, done.get(&date)) {
            days.push((day, reason));
        }
    }
    Ok(days)
}

async fn days_with_rows(
    roll_up: &RollUp,
    connection: &mut PgConnection,
    before: Timestamp,
) -> Result<BTreeSet<Date>, Error> {
    let (mut dates, mut position) = (BTreeSet::new(), TIME_MIN);
    while let Some(time) = first_row(connection, position, before).await? {
        let day = Day::at(time, &roll_up.zone)?;
        dates.insert(day.date);
        position = day.end;
    }
    Ok(dates)
}

/// Whether raw rows of a day were deleted.
pub(super) async fn is_final(connection: &mut PgConnection, date: Date) -> Result<bool, Error> {
    let found: Option<bool> = sqlx::query_scalar("SELECT is_final FROM operational_metrics_rolled_up WHERE date = $1")
        .bind(date.to_sqlx())
        .fetch_optional(connection)
        .await?;
    Ok(found.unwrap_or(false))
}

/// Whether a day has daily rows.
pub(super) async fn has_rows(connection: &mut PgConnection, date: Date) -> Result<bool, Error> {
    let found = sqlx::query_scalar("SELECT EXISTS (SELECT FROM operational_metrics_daily WHERE date = $1)");
    Ok(found.bind(date.to_sqlx()).fetch_one(connection).await?)
}

async fn done(connection: &mut PgConnection) -> Result<BTreeMap<Date, Done>, Error> {
    let rows: Vec<(SqlDate, String, i64, bool, SqlTimestamp)> =
        sqlx::query_as("SELECT date, zone, sample_count, is_final, rolled_up_at FROM operational_metrics_rolled_up")
            .fetch_all(connection)
            .await?;
    let done = rows.into_iter().map(|(date, zone, samples, is_final, at)| {
        (date.to_jiff(), Done { zone, samples, is_final, at: at.to_jiff() })
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

/// Days before `before` with other rows than when they were rolled up. Only those are counted that new ids are in, to the
/// quarter of an hour, at which all days begin.
async fn late(
    roll_up: &RollUp,
    connection: &mut PgConnection,
    done: &BTreeMap<Date, Done>,
    before: Timestamp,
) -> Result<BTreeSet<Date>, Error> {
    let seen = seen::read(connection).await?;
    let quarters: Vec<SqlTimestamp> = sqlx::query_scalar(
        "SELECT DISTINCT to_timestamp((floor(extract(epoch FROM recorded_at) / 900) * 900)::float8)
         FROM operational_metrics WHERE id > $1 AND recorded_at < $2",
    )
    .bind(seen.after())
    .bind(before.to_sqlx())
    .fetch_all(&mut *connection)
    .await?;
    let days: Result<BTreeSet<Date>, Error> =
        quarters.into_iter().map(|time| Ok(Day::at(time.to_jiff(), &roll_up.zone)?.date)).collect();
    let mut late = BTreeSet::new();
    for date in days? {
        let day = Day::of(date, &roll_up.zone)?;
        if let Some(done) = done.get(&date)
            && !done.is_final
            && done.samples != rows(connection, &day).await?
        {
            late.insert(date);
        }
    }
    Ok(late)
}

async fn rows(connection: &mut PgConnection, day: &Day) -> Result<i64, Error> {
    let count =
        sqlx::query_scalar("SELECT count(*) FROM operational_metrics WHERE recorded_at >= $1 AND recorded_at < $2");
    Ok(count.bind(day.start.to_sqlx()).bind(day.end.to_sqlx()).fetch_one(connection).await?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn a_day_is_due_when_it_is_missing_recent_late_or_of_another_zone() {
        let noon: Timestamp = "2026-05-10T12:00:00Z".parse().unwrap();
        let done = Done { zone: "UTC".to_owned(), samples: 7, is_final: false, at: noon };
        let day = |day: i8| date(2026, 5, day);
        let rule = |since: Option<&str>, late: &[Date]| Rule {
            zone: "UTC",
            cut: "2026-05-01T12:00:00Z".parse().unwrap(),
            recent: day(8),
            since: since.map(|since| since.parse().unwrap()),
            late: late.iter().copied().collect(),
        };
        let elsewhere = Done { zone: "Europe/Berlin".to_owned(), at: noon, ..done };
        let is_final = Done { is_final: true, ..elsewhere.clone() };
        let (missing, outdated, repeated) = (Some(Reason::Missing), Some(Reason::Outdated), Some(Reason::Repeated));
        let cases = [
            ("missing", rule(None, &[]), 1, None, missing),
            ("done", rule(None, &[]), 7, Some(&done), None),
            ("late", rule(None, &[day(7)]), 7, Some(&done), outdated),
            ("recent", rule(None, &[]), 8, Some(&done), repeated),
            ("recent, and done since", rule(Some("2026-05-10T12:00:00Z"), &[]), 8, Some(&done), None),
            ("recent, and done before", rule(Some("2026-05-10T12:00:01Z"), &[]), 8, Some(&done), repeated),
            ("of another zone", rule(None, &[]), 7, Some(&elsewhere), outdated),
            ("final", rule(None, &[day(8)]), 8, Some(&is_final), None),
            ("late, and in part too old", rule(None, &[day(1)]), 1, Some(&done), None),
        ];
        for (name, rule, on, done, expected) in cases {
            let day = Day::of(day(on), &TimeZone::UTC).unwrap();
            assert_eq!(rule.reason(&day, done), expected, "{name}");
        }
    }
}
