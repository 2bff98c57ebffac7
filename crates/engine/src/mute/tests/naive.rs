//! A second opinion on schedules: every minute of a stretch of time, one by one.

use std::collections::HashMap;

use jiff::ToSpan;
use jiff::civil::DateTime;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const MINUTE: i64 = 60;

/// How many minutes are compared.
const COMPARED: usize = 36 * 60;

/// When the clock first shows each reading of a stretch, or a later one, found by watching it.
struct Watched {
    first: HashMap<DateTime, Timestamp>,
    /// All readings, in their order.
    readings: Vec<DateTime>,
}

fn watch(zone: &TimeZone, from: Timestamp, minutes: i64) -> Watched {
    let mut watched = Watched { first: HashMap::new(), readings: Vec::new() };
    let mut next: Option<DateTime> = None;
    for minute in 0..minutes {
        let now = from.plus_seconds(minute * MINUTE);
        let shown = zone.to_datetime(jiff::Timestamp::from_millisecond(now.millis()).unwrap());
        let mut reading = next.unwrap_or(shown);
        while reading <= shown {
            watched.first.insert(reading, now);
            watched.readings.push(reading);
            reading = reading.checked_add(1.minute()).unwrap();
        }
        next = Some(reading);
    }
    watched
}

/// Whether a reading is one of those that an expression names, taken from the text anew.
fn is_named(expression: &str, reading: DateTime) -> bool {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let weekday = reading.weekday().to_sunday_zero_offset();
    let is_day = has(fields[2], reading.day());
    let is_weekday = has(fields[4], weekday) || (weekday == 0 && has(fields[4], 7));
    let is_either = fields[2] != "*" && fields[4] != "*";
    has(fields[0], reading.minute())
        && has(fields[1], reading.hour())
        && has(fields[3], reading.month())
        && if is_either { is_day || is_weekday } else { is_day && is_weekday }
}

fn has(field: &str, number: i8) -> bool {
    field.split(',').any(|item| match item.split_once('-') {
        Some((from, to)) => (from.parse::<i8>().unwrap()..=to.parse().unwrap()).contains(&number),
        None => item == "*" || item.parse::<i8>().unwrap() == number,
    })
}

fn field(from: i8, to: i8) -> impl Strategy<Value = String> {
    let range = (from..=to, from..=to).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b)));
    let item = prop_oneof![3 => (from..=to).prop_map(|number| number.to_string()), 1 => range];
    prop_oneof![2 => Just("*".to_owned()), 3 => prop::collection::vec(item, 1..4).prop_map(|items| items.join(","))]
}

/// Days on which clocks change somewhere, the ends of months, and a day like any other.
const DAYS: [&str; 12] = [
    "2026-03-08",
    "2026-11-01",
    "2026-03-29",
    "2026-10-25",
    "2026-10-04",
    "2026-04-05",
    "2026-03-28",
    "2026-10-24",
    "2026-02-28",
    "2028-02-29",
    "2026-12-31",
    "2026-05-04",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_minute_is_as_it_says(
        minutes in field(0, 59),
        hours in field(0, 23),
        days in prop_oneof![2 => Just("*".to_owned()), 1 => field(1, 31)],
        months in prop_oneof![4 => Just("*".to_owned()), 1 => field(1, 12)],
        weekdays in prop_oneof![2 => Just("*".to_owned()), 1 => field(0, 7)],
        (zone_name, _) in select(ZONES.to_vec()),
        day in select(DAYS.to_vec()),
        (text, length_days, length_seconds) in select(vec![
            ("PT1M", 0, 60), ("PT45M", 0, 2700), ("PT90M", 0, 5400), ("PT25H", 0, 90_000), ("P1D", 1, 0),
            ("P1DT1H", 1, 3600), ("P2DT12H", 2, 43_200),
        ]),
    ) {
        let expression = format!("{minutes} {hours} {days} {months} {weekdays}");
        let Ok(rule) = MuteRule::new(&scope(), parameters(&expression, text, zone_name), &zone) else {
            // A day that none of the months has.
            return Ok(());
        };
        let zone = zone(zone_name).unwrap();
        // Watched from three days before to three days after what is compared.
        let around = 3 * 24 * 60;
        let from = utc(day).plus_seconds(-12 * 3600);
        let all = 2 * around + i64::try_from(COMPARED).unwrap();
        let watched = watch(&zone, from.plus_seconds(-around * MINUTE), all);
        let mut muted = vec![false; COMPARED];
        for reading in watched.readings.iter().filter(|reading| is_named(&expression, **reading)) {
            let start = watched.first[reading];
            let shown = zone.to_datetime(jiff::Timestamp::from_millisecond(start.millis()).unwrap());
            let later = shown.checked_add(length_days.days()).unwrap();
            let Some(days_later) = watched.first.get(&later) else { continue };
            let end = if length_days == 0 { start } else { *days_later };
            let minute = |time: Timestamp| usize::try_from((time.seconds() - from.seconds()) / MINUTE).unwrap_or(0).min(COMPARED);
            muted[minute(start)..minute(end.plus_seconds(length_seconds))].fill(true);
        }
        let time = |minute: usize| from.plus_seconds(i64::try_from(minute).unwrap() * MINUTE);
        let changes: Vec<usize> = (1..COMPARED).filter(|minute| muted[*minute] != muted[minute - 1]).collect();
        for (minute, is_muted) in muted.iter().enumerate() {
            prop_assert_eq!(rule.is_muting(time(minute)), *is_muted, "{} at {}", expression, shown(time(minute)));
        }
        for minute in changes.iter().flat_map(|change| [change - 1, *change]).chain([0, COMPARED / 2]) {
            let change = changes.iter().find(|change| **change > minute).map(|change| time(*change));
            let told = rule.next_change(time(minute));
            // A window is cut short for its many occurrences, and what comes after those compared is not known.
            let is_cut = told.is_some_and(|told| muted[minute] && rule.is_muting(told));
            let is_beyond = change.is_none() && told.is_none_or(|told| told >= time(COMPARED));
            prop_assert!(told == change || is_cut || is_beyond, "{} at {}", expression, shown(time(minute)));
            prop_assert!(!is_cut || change.is_none() || told < change);
        }
    }
}
