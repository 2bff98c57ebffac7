//! Points as rows: one for each time, with a column for each series.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::number;
use crate::table::{Side, Table};

/// A series with the name of its column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column<'a> {
    pub(crate) name: &'a str,
    /// The starts of periods in seconds, with the value of each.
    pub(crate) points: &'a [(i64, f64)],
}

/// The values of each time, in the order of the columns.
pub(crate) fn rows(columns: &[Column<'_>]) -> BTreeMap<i64, Vec<Option<f64>>> {
    let mut rows = BTreeMap::new();
    for (position, column) in columns.iter().enumerate() {
        for (time, value) in column.points {
            let row = rows.entry(*time).or_insert_with(|| vec![None; columns.len()]);
            row[position] = Some(*value);
        }
    }
    rows
}

/// A time for programs.
pub(crate) fn utc(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

/// A time for people.
pub(crate) fn local(seconds: i64, zone: &TimeZone) -> String {
    zoned(seconds, zone).strftime("%Y-%m-%d %H:%M:%S%:z").to_string()
}

/// A time in a zone.
pub(crate) fn zoned(seconds: i64, zone: &TimeZone) -> Zoned {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).to_zoned(zone.clone())
}

/// Local times, and numbers in a form of the caller's choice.
pub(crate) fn table(columns: &[Column<'_>], zone: &TimeZone, number: fn(f64) -> String) -> Table {
    let names = columns.iter().map(|column| (column.name, Side::Right));
    let mut table = Table::new([("TIME", Side::Left)].into_iter().chain(names));
    for (time, values) in rows(columns) {
        let values = values.into_iter().map(|value| value.map(number).unwrap_or_default());
        table.row(std::iter::once(local(time, zone)).chain(values).collect());
    }
    table
}

/// A row for each point, where columns for all series would be too many.
pub(crate) fn long_table(columns: &[Column<'_>], zone: &TimeZone, number: fn(f64) -> String) -> Table {
    let mut table = Table::new([("TIME", Side::Left), ("SERIES", Side::Left), ("VALUE", Side::Right)]);
    for (time, name, value) in points(columns) {
        table.row(vec![local(time, zone), name.to_owned(), number(value)]);
    }
    table
}

/// Time, name and value of each point, in the order of time.
fn points<'a>(columns: &'a [Column<'a>]) -> impl Iterator<Item = (i64, &'a str, f64)> {
    let of_row = |(time, values): (i64, Vec<Option<f64>>)| {
        let named = columns.iter().zip(values);
        named.filter_map(move |(column, value)| Some((time, column.name, value?)))
    };
    rows(columns).into_iter().flat_map(of_row)
}

/// For programs: a line for each point, in the order of time, with tabs between time, name and value.
pub(crate) fn lines(columns: &[Column<'_>], zone: &TimeZone) -> String {
    let line = |(time, name, value): (i64, &str, f64)| {
        format!("{}\t{}\t{}\n", local(time, zone), name.replace('\t', " "), number::exact(value))
    };
    points(columns).map(line).collect()
}

/// For spreadsheets, as RFC 4180 has it; a line ends without a carriage return, as every other output.
pub(crate) fn csv(columns: &[Column<'_>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut line = |cells: &mut dyn Iterator<Item = String>| {
        writer.write_record(cells).expect("memory takes everything, and all rows have as many cells");
    };
    line(&mut std::iter::once("Timestamp".to_owned()).chain(columns.iter().map(|column| column.name.to_owned())));
    for (time, values) in rows(columns) {
        let values = values.into_iter().map(|value| value.map(number::exact).unwrap_or_default());
        line(&mut std::iter::once(utc(time)).chain(values));
    }
    let bytes = writer.into_inner().expect("memory takes everything");
    String::from_utf8(bytes).expect("it was made of text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::Palette;

    /// Noon of 2026-05-04.
    const NOON: i64 = 1_777_896_000;
    const AVERAGE: [(i64, f64); 2] = [(NOON, 12.5), (NOON + 300, 1e-9)];
    const P99: [(i64, f64); 1] = [(NOON + 300, 20_000.0)];

    fn columns<'a>(one: &'a str, other: &'a str) -> [Column<'a>; 2] {
        [Column { name: one, points: &AVERAGE }, Column { name: other, points: &P99 }]
    }

    #[test]
    fn a_table_has_local_times() {
        let zone = TimeZone::fixed(jiff::tz::Offset::constant(2));
        let expected = "\
TIME                       Average    p99
2026-05-04 14:00:00+02:00     12.5
2026-05-04 14:05:00+02:00     1e-9  20000
";
        let table = table(&columns("Average", "p99"), &zone, number::exact);
        assert_eq!(table.aligned(80, Palette::Plain), expected);
    }

    #[test]
    fn a_long_table_has_the_points_one_by_one() {
        let expected = "\
TIME                       SERIES   VALUE
2026-05-04 12:00:00+00:00  Average   12.5
2026-05-04 12:05:00+00:00  Average   1e-9
2026-05-04 12:05:00+00:00  p99      20000
";
        let table = long_table(&columns("Average", "p99"), &TimeZone::UTC, number::exact);
        assert_eq!(table.aligned(80, Palette::Plain), expected);
    }

    #[test]
    fn lines_have_the_points_one_by_one() {
        let expected = "\
2026-05-04 12:00:00+00:00\tAverage\t12.5
2026-05-04 12:05:00+00:00\tAverage\t1e-9
2026-05-04 12:05:00+00:00\tp 99\t20000
";
        assert_eq!(lines(&columns("Average", "p\t99"), &TimeZone::UTC), expected);
    }

    #[test]
    fn csv_leaves_missing_values_empty() {
        let expected = "Timestamp,Average,p99\n2026-05-04T12:00:00Z,12.5,\n2026-05-04T12:05:00Z,1e-9,20000\n";
        assert_eq!(csv(&columns("Average", "p99")), expected);
    }

    #[test]
    fn names_are_quoted_where_csv_needs_it() {
        let header = |name: &str| csv(&columns(name, "p99")).lines().next().unwrap().to_owned();
        assert_eq!(header("FILL(m1, 0)"), "Timestamp,\"FILL(m1, 0)\",p99");
        assert_eq!(header("the \"web\" one"), "Timestamp,\"the \"\"web\"\" one\",p99");
    }
}
