//! The series that bands are measured on.

use std::f64::consts::TAU;

use crate::series::{DAY, HOUR, Made, Noise, berlin};

fn wave(seconds: i64, cycle: i64) -> f64 {
    (TAU * seconds.rem_euclid(cycle) as f64 / cycle as f64).sin()
}

fn hour_of_day(local: i64) -> i64 {
    local.rem_euclid(DAY) / HOUR
}

fn is_weekend(local: i64) -> bool {
    // The epoch began on a Thursday.
    (local.div_euclid(DAY) + 3).rem_euclid(7) >= 5
}

/// Busy from 9 to 17 on weekdays, with an edge.
fn office(local: i64) -> f64 {
    if !is_weekend(local) && (9..17).contains(&hour_of_day(local)) { 100.0 } else { 0.0 }
}

/// A swing over the day that is higher and wider on weekdays.
fn traffic(local: i64) -> f64 {
    let day = 100.0 + 60.0 * wave(local - 9 * HOUR, DAY) + 20.0 * wave(local - 3 * HOUR, DAY / 2);
    if is_weekend(local) { 0.4 * day } else { day }
}

pub(crate) fn all() -> Vec<Made> {
    let flat = Made::new("no season", 300, |_, _| 50.0);
    let daily = Made::new("daily", 300, |local, _| 100.0 + 40.0 * wave(local, DAY));
    let weekly = Made::new("daily, weekly", 300, |local, _| traffic(local));
    vec![
        flat,
        daily.clone(),
        Made { name: "daily, by the hour", period: 3600, ..daily.clone() },
        Made { name: "daily, by the minute", period: 60, ..daily.clone() },
        Made::new("hourly", 60, |local, _| 100.0 + 30.0 * wave(local, HOUR)),
        Made::new("hourly, daily, weekly", 60, |local, _| traffic(local) + 20.0 * wave(local, HOUR)),
        weekly.clone(),
        Made { name: "daily, weekly, by the hour", period: 3600, ..weekly.clone() },
        Made::new("office hours", 300, |local, _| 20.0 + office(local)),
        Made::new("trend, daily", 300, |local, since| {
            100.0 + 40.0 * wave(local, DAY) + 8.0 * since as f64 / DAY as f64
        }),
        Made::new("trend, daily, weekly", 300, |local, since| traffic(local) + 4.0 * since as f64 / DAY as f64),
        Made::new("falling, weekly, by the hour", 3600, |local, since| {
            400.0 + traffic(local) - 6.0 * since as f64 / DAY as f64
        }),
        Made { name: "daily, spikes", spikes: 0.01, ..daily.clone() },
        Made { name: "daily, weekly, spikes", spikes: 0.02, ..weekly.clone() },
        Made {
            name: "daily, gaps",
            missing: 0.2,
            gaps: &[(3 * DAY, 4 * DAY), (9 * DAY, 9 * DAY + 7 * HOUR)],
            ..daily.clone()
        },
        Made { name: "weekly, gaps", missing: 0.3, gaps: &[(5 * DAY, 6 * DAY)], ..weekly.clone() },
        Made {
            name: "daylight saving",
            offsets: berlin(),
            ..Made::new("", 300, |local, _| 20.0 + office(local) + 30.0 * wave(local, DAY))
        },
        Made { name: "noise with the level", deviation: |expected, _| 0.1 * expected, ..weekly.clone() },
        Made {
            name: "noise by the hour",
            deviation: |_, local| if hour_of_day(local) < 6 { 1.0 } else { 8.0 },
            ..daily.clone()
        },
        Made { name: "noise with memory", noise: Noise::Alike(0.8), ..weekly },
        Made { name: "heavy tails", noise: Noise::Laplace, ..daily.clone() },
        Made { name: "skewed", noise: Noise::LogNormal, deviation: |expected, _| 0.6 * expected, ..daily },
        Made { name: "counts", noise: Noise::Poisson, ..Made::new("", 300, |local, _| 0.2 * traffic(local)) },
        Made { name: "rare counts", noise: Noise::Poisson, ..Made::new("", 300, |_, _| 0.1) },
        Made::new("a new level on day 10", 300, |local, since| {
            100.0 + 40.0 * wave(local, DAY) + if since >= 9 * DAY + 5 * HOUR { 80.0 } else { 0.0 }
        }),
        Made::new("a new level on day 13", 300, |local, since| {
            traffic(local) + if since >= 12 * DAY + 5 * HOUR { 80.0 } else { 0.0 }
        }),
        Made::new("an outage of 8 hours", 300, |local, since| {
            if (6 * DAY..6 * DAY + 8 * HOUR).contains(&since) { 0.0 } else { traffic(local) }
        }),
    ]
}
