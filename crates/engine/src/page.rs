//! Pages of a GetMetricData answer.
//!
//! The datapoints of an answer have one order: by time as ScanBy says, and within a time by query. A page takes the
//! next of them, and the token names the last one taken, so that the server keeps nothing between pages, and
//! datapoints that arrive between two pages neither shift nor repeat the others.

use std::ops::Range;

use nepho_model::{Timestamp, Unit};

use crate::finish::Series;
use crate::query::{DataRequest, ScanBy};

/// The most datapoints on a page, and how many there are when the request does not say.
pub const MAX_PAGE_DATAPOINTS: usize = 100_800;

/// Format of the token.
const VERSION: &str = "1";

/// The last datapoint of the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// The time of the first page. All pages go by it, so that StartTime is rounded alike on each.
    pub(crate) now: Timestamp,
    time: Timestamp,
    /// Position of the query in the request.
    query: usize,
}

/// Which datapoints are on the page.
#[derive(Debug)]
pub(crate) struct Page {
    /// For each series.
    pub(crate) parts: Vec<Part>,
    pub(crate) next_token: Option<String>,
}

/// The datapoints of one series that are on the page.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) points: Range<usize>,
    /// Whether nothing of the series is on a later page.
    pub(crate) is_last: bool,
}

/// Cuts a page out of all there is to answer.
pub(crate) fn cut(request: &DataRequest, from: Option<Position>, now: Timestamp, all: &[Series]) -> Page {
    let rest: Vec<_> = all.iter().map(|series| after(request.scan_by, from, series)).collect();
    let left: usize = rest.iter().map(ExactSizeIterator::len).sum();
    if left <= request.max_datapoints {
        let parts = rest.into_iter().map(|points| Part { points, is_last: true }).collect();
        return Page { parts, next_token: None };
    }
    let last = last_of_page(request, now, all, &rest);
    let part = |(series, rest): (&Series, Range<usize>)| {
        let later = after(request.scan_by, Some(last), series);
        let points = match request.scan_by {
            ScanBy::TimestampAscending => rest.start..later.start,
            ScanBy::TimestampDescending => later.end..rest.end,
        };
        Part { points, is_last: later.is_empty() }
    };
    let parts = all.iter().zip(rest).map(part).collect();
    Page { parts, next_token: Some(last.token(request)) }
}

/// The datapoints of a series that come after a position.
fn after(scan_by: ScanBy, position: Option<Position>, series: &Series) -> Range<usize> {
    let (points, query) = (&series.points, series.query);
    let Some(last) = position else { return 0..points.len() };
    match scan_by {
        ScanBy::TimestampAscending => {
            points.partition_point(|(time, _)| (*time, query) <= (last.time, last.query))..points.len()
        }
        ScanBy::TimestampDescending => {
            let is_later = |time: Timestamp| time < last.time || (time == last.time && query > last.query);
            0..points.partition_point(|(time, _)| is_later(*time))
        }
    }
}

/// The last datapoint that fits on the page, when there are more than fit.
fn last_of_page(request: &DataRequest, now: Timestamp, all: &[Series], rest: &[Range<usize>]) -> Position {
    let sign = match request.scan_by {
        ScanBy::TimestampAscending => 1,
        ScanBy::TimestampDescending => -1,
    };
    let mut order = Vec::new();
    for (series, rest) in all.iter().zip(rest) {
        order.extend(series.points[rest.clone()].iter().map(|(time, _)| (sign * time.millis(), series.query)));
    }
    let (_, (time, query), _) = order.select_nth_unstable(request.max_datapoints - 1);
    Position { now, time: Timestamp::from_millis(sign * *time), query: *query }
}

impl Position {
    /// The position in a token; `None` when the token is not of this request.
    pub(crate) fn parse(token: &str, request: &DataRequest) -> Option<Self> {
        let parts: Vec<&str> = token.split('.').collect();
        let [VERSION, fingerprint, now, time, query] = parts[..] else { return None };
        if fingerprint != fingerprint_of(request) {
            return None;
        }
        let time_of = |text: &str| text.parse().ok().map(Timestamp::from_millis);
        let query = query.parse().ok().filter(|query| *query < request.queries.len())?;
        Some(Position { now: time_of(now)?, time: time_of(time)?, query })
    }

    fn token(self, request: &DataRequest) -> String {
        let (now, time, query) = (self.now.millis(), self.time.millis(), self.query);
        format!("{VERSION}.{}.{now}.{time}.{query}", fingerprint_of(request))
    }
}

/// Tells requests apart by everything that decides which datapoints there are and in what order.
fn fingerprint_of(request: &DataRequest) -> String {
    let mut text = format!("{:?} {} {}", request.scan_by, request.start.millis(), request.end.millis());
    for query in &request.queries {
        let stat = &query.stat;
        let (metric, unit) = (stat.metric.key().as_str(), stat.unit.map_or("", Unit::as_str));
        let (period, statistic, returned) = (stat.period.seconds(), &stat.statistic, query.return_data);
        text += &format!("\n{} {metric:?} {unit} {period} {statistic} {returned}", query.id);
    }
    format!("{:016x}", fnv1a(text.as_bytes()))
}

/// The 64-bit FNV-1a hash.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
