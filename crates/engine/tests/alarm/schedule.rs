//! When alarms are evaluated, and over which periods.

use nepho_engine::alarm::{MetricAlarm, Reading, Windows, cadence_seconds, evaluation_time, next_evaluation, reads};
use nepho_model::Timestamp;

use super::text::{alarm, time};

/// The starts of the periods, the newest first, as `day hour:minute:second`.
fn starts(alarm: &MetricAlarm, at: &str) -> String {
    let windows = Windows::of(alarm, evaluation_time(alarm, time(at)));
    let starts: Vec<_> = (0..windows.len()).map(|window| short(windows.start(window))).collect();
    starts.join(" ")
}

fn short(time: Timestamp) -> String {
    let instant = jiff::Timestamp::from_millisecond(time.millis()).unwrap();
    jiff::tz::Offset::UTC.to_datetime(instant).strftime("%d-%H:%M:%S").to_string()
}

#[test]
fn most_alarms_are_evaluated_every_minute() {
    let cases = [
        ("period=10", 10),
        ("period=20 N=4320", 10),
        ("period=30", 10),
        ("period=60", 60),
        ("period=3600 N=24", 60),
        ("period=86400", 60),
        ("period=3600 N=25", 3600),
        ("period=86400 N=2", 3600),
        ("period=604800", 3600),
        ("period=604800 clock=", 3600),
        ("period=300 clock=", 60),
    ];
    for (definition, expected) in cases {
        assert_eq!(cadence_seconds(&alarm(definition)), expected, "{definition}");
    }
}

#[test]
fn an_evaluation_is_due_at_the_next_multiple() {
    let cases = [
        ("period=10", "2026-05-04T12:16:09Z", "04-12:16:00", "04-12:16:10"),
        ("period=10", "2026-05-04T12:16:10Z", "04-12:16:10", "04-12:16:20"),
        ("period=60", "2026-05-04T12:16:59.999Z", "04-12:16:00", "04-12:17:00"),
        ("period=60", "2026-05-04T12:16:00Z", "04-12:16:00", "04-12:17:00"),
        ("period=86400 N=2", "2026-05-04T12:16:00Z", "04-12:00:00", "04-13:00:00"),
    ];
    for (definition, at, due, next) in cases {
        let alarm = alarm(definition);
        assert_eq!(short(evaluation_time(&alarm, time(at))), due, "{definition} {at}");
        assert_eq!(short(next_evaluation(&alarm, time(at))), next, "{definition} {at}");
    }
}

#[test]
fn periods_slide_with_the_evaluation() {
    let cases = [
        ("period=300", "2026-05-04T12:16:00Z", "04-12:11:00 04-12:06:00 04-12:01:00"),
        ("period=300", "2025-07-03T08:34:06.300Z", "03-08:29:00 03-08:24:00 03-08:19:00"),
        ("period=60", "2026-05-04T00:00:30Z", "03-23:59:00 03-23:58:00 03-23:57:00"),
        ("period=20", "2026-05-04T12:00:10Z", "04-11:59:50 04-11:59:30 04-11:59:10"),
        ("period=86400 N=2", "2026-05-04T12:16:00Z", "03-12:00:00 02-12:00:00 01-12:00:00 30-12:00:00"),
    ];
    for (definition, at, expected) in cases {
        assert_eq!(starts(&alarm(definition), at), expected, "{definition} {at}");
    }
}

#[test]
fn periods_on_a_wall_clock_are_over() {
    let cases = [
        ("period=300 clock= N=2", "2026-05-04T12:16:00Z", "04-12:10:00 04-12:05:00"),
        ("period=300 clock= N=2", "2026-05-04T12:15:00Z", "04-12:10:00 04-12:05:00"),
        ("period=3600 clock=+05:30 N=2", "2026-05-04T12:16:00Z", "04-10:30:00 04-09:30:00"),
        ("period=86400 clock= N=3", "2026-05-04T12:16:00Z", "03-00:00:00 02-00:00:00 01-00:00:00"),
        ("period=604800 clock= N=1", "2026-05-04T12:16:00Z", "27-00:00:00"),
        // The clock goes forward on 29 March and back on 25 October: midnight is at 23:00 or 22:00 UTC.
        ("period=86400 clock=Europe/Berlin N=3", "2026-03-31T12:00:00Z", "29-22:00:00 28-23:00:00 27-23:00:00"),
        ("period=86400 clock=Europe/Berlin N=3", "2026-10-27T12:00:00Z", "25-23:00:00 24-22:00:00 23-22:00:00"),
        ("period=3600 clock=Europe/Berlin N=3", "2026-03-29T02:30:00Z", "29-01:00:00 29-00:00:00 28-23:00:00"),
        ("period=604800 clock=America/New_York N=1", "2026-03-12T12:00:00Z", "02-05:00:00"),
        ("period=604800 clock=America/New_York N=1", "2026-03-16T12:00:00Z", "09-04:00:00"),
    ];
    for (definition, at, expected) in cases {
        assert_eq!(starts(&alarm(definition), at), expected, "{definition} {at}");
    }
}

#[test]
fn a_day_on_which_the_clock_is_changed_is_read_by_itself() {
    let alarm = alarm("period=86400 clock=Europe/Berlin N=3");
    let lengths = |at: &str| {
        let Reading::Points(reading) = reads(&alarm, time(at)) else { panic!("it reads points") };
        let hours = |read: &nepho_model::Read| (read.end.seconds() - read.start.seconds()) / 3600;
        reading.reads().iter().map(|read| (hours(read), read.period_seconds / 3600)).collect::<Vec<_>>()
    };
    assert_eq!(lengths("2026-03-31T12:00:00Z"), [(24, 24), (23, 23), (24, 24)]);
    assert_eq!(lengths("2026-10-26T12:00:00Z"), [(25, 25), (24, 24), (24, 24)]);
    assert_eq!(lengths("2026-05-04T12:00:00Z"), [(72, 24)]);
}

#[test]
fn every_time_is_in_the_period_that_it_is_in() {
    for (definition, at) in
        [("period=300", "2026-05-04T12:16:00Z"), ("period=86400 clock=Europe/Berlin N=3", "2026-03-31T12:00:00Z")]
    {
        let alarm = alarm(definition);
        let windows = Windows::of(&alarm, time(at));
        for window in 0..windows.len() {
            let (start, end) = (windows.start(window), windows.end(window));
            assert_eq!(windows.position(start), Some(window));
            assert_eq!(windows.position(Timestamp::from_millis(end.millis() - 1)), Some(window));
            assert!(window == 0 || end == windows.start(window - 1).min(end) && windows.start(window - 1) == end);
        }
        assert_eq!(windows.position(windows.range_end()), None);
        assert_eq!(windows.position(Timestamp::from_millis(windows.range_start().millis() - 1)), None);
    }
}
