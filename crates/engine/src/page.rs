//! Pages of a GetMetricData answer.
//!
//! The datapoints of an answer have one order: by time as ScanBy says, and within a time by query, and within a query that
//! gives several series by series. A page takes the next of them, and the token names the last one taken, so that the server keeps nothing between pages, and
//! datapoints that arrive between two pages neither shift nor repeat the others.

use std::ops::Range;

use nepho_model::{Timestamp, Unit};

use crate::finish::Whole;
use crate::query::{DataRequest, Query, ScanBy, Source};

/// The most datapoints on a page, and how many there are when the request does not say.
pub const MAX_PAGE_DATAPOINTS: usize = 100_800;

/// Format of the token.
const VERSION: &str = "2";

/// The last datapoint of the page before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    /// The time of the first page. All pages go by it, so that StartTime is rounded alike on each.
    pub(crate) now: Timestamp,
    time: Timestamp,
    place: Place,
}

/// Which of the results of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Position of the query in the request.
    pub(crate) query: usize,
    /// Position of the series among those of the query.
    pub(crate) index: usize,
}

impl Place {
    /// Behind every other.
    const LAST: Place = Place { query: usize::MAX, index: usize::MAX };
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
pub(crate) fn cut(request: &DataRequest, from: Option<Position>, now: Timestamp, all: &[Whole]) -> Page {
    let scan_by = request.scan_by;
    let rest: Vec<_> = all.iter().map(|whole| after(scan_by, from, whole)).collect();
    let left: usize = rest.iter().map(ExactSizeIterator::len).sum();
    if left <= request.max_datapoints {
        let parts = rest.into_iter().map(|points| Part { points, is_last: true }).collect();
        return Page { parts, next_token: None };
    }
    let last = last_of_page(request, from, now, all);
    let part = |(whole, rest): (&Whole, Range<usize>)| {
        let later = after(scan_by, Some(last), whole);
        let points = match scan_by {
            ScanBy::TimestampAscending => rest.start..later.start,
            ScanBy::TimestampDescending => later.end..rest.end,
        };
        Part { points, is_last: later.is_empty() }
    };
    let parts = all.iter().zip(rest).map(part).collect();
    Page { parts, next_token: Some(last.token(request)) }
}

/// The datapoints of a series that come after a position.
fn after(scan_by: ScanBy, position: Option<Position>, whole: &Whole) -> Range<usize> {
    let (slots, grid) = (whole.series.slots(), whole.series.grid());
    let Some(last) = position else { return 0..slots.len() };
    match scan_by {
        ScanBy::TimestampAscending => {
            slots.partition_point(|slot| (grid.time(*slot), whole.place) <= (last.time, last.place))..slots.len()
        }
        ScanBy::TimestampDescending => {
            let is_later = |time: Timestamp| time < last.time || (time == last.time && whole.place > last.place);
            0..slots.partition_point(|slot| is_later(grid.time(*slot)))
        }
    }
}

/// The last datapoint that fits on the page, when there are more than fit.
///
/// Its time is found by halving, its series by going through those that have a datapoint at that time: nothing is copied
/// or sorted, however much there is to answer.
fn last_of_page(request: &DataRequest, from: Option<Position>, now: Timestamp, all: &[Whole]) -> Position {
    let scan_by = request.scan_by;
    // Times in the order of the page: a lower key comes first.
    let sign = match scan_by {
        ScanBy::TimestampAscending => 1,
        ScanBy::TimestampDescending => -1,
    };
    let through = |key: i64| Position { now, time: Timestamp::from_millis(sign * key), place: Place::LAST };
    let count = |key: i64| -> usize {
        let left = |whole, position| after(scan_by, position, whole).len();
        all.iter().map(|whole| left(whole, from).saturating_sub(left(whole, Some(through(key))))).sum()
    };
    let ends = all.iter().flat_map(|whole| {
        let slots = whole.series.slots();
        [slots.first(), slots.last()].map(|slot| Some(sign * whole.series.grid().time(*slot?).millis()))
    });
    let ends: Vec<i64> = ends.flatten().collect();
    let (mut low, mut high) = (ends.iter().min().map_or(0, |key| *key), ends.iter().max().map_or(0, |key| *key));
    while low < high {
        let middle = low + (high - low) / 2;
        if count(middle) >= request.max_datapoints {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    let time = through(low).time;
    let missing = request.max_datapoints - count(low - 1);
    let has_one = |whole: &&Whole| {
        let (slots, grid) = (whole.series.slots(), whole.series.grid());
        let at = slots.binary_search_by_key(&time, |slot| grid.time(*slot));
        at.is_ok_and(|at| after(scan_by, from, whole).contains(&at))
    };
    let place = all.iter().filter(has_one).nth(missing - 1).map_or(Place::LAST, |whole| whole.place);
    Position { now, time, place }
}

impl Position {
    /// The position in a token; `None` when the token is not of this request.
    pub(crate) fn parse(token: &str, request: &DataRequest) -> Option<Self> {
        let parts: Vec<&str> = token.split('.').collect();
        let [VERSION, fingerprint, now, time, index, query] = parts[..] else { return None };
        if fingerprint != fingerprint_of(request) {
            return None;
        }
        let time_of = |text: &str| text.parse().ok().map(Timestamp::from_millis);
        let query = query.parse().ok().filter(|query| *query < request.queries.len())?;
        let place = Place { query, index: index.parse().ok()? };
        Some(Position { now: time_of(now)?, time: time_of(time)?, place })
    }

    fn token(self, request: &DataRequest) -> String {
        let (now, time, Place { query, index }) = (self.now.millis(), self.time.millis(), self.place);
        format!("{VERSION}.{}.{now}.{time}.{index}.{query}", fingerprint_of(request))
    }
}

/// Tells requests apart by everything that decides which datapoints there are and in what order.
fn fingerprint_of(request: &DataRequest) -> String {
    let mut text = format!("{:?} {} {}", request.scan_by, request.start.millis(), request.end.millis());
    for query in &request.queries {
        text += &format!("\n{} {} {}", query.id, query.return_data, fingerprint_of_query(query));
    }
    format!("{:016x}", fnv1a(text.as_bytes()))
}

fn fingerprint_of_query(query: &Query) -> String {
    match &query.source {
        Source::Metric(stat) => {
            let (metric, unit) = (stat.metric.key().as_str(), stat.unit.map_or("", Unit::as_str));
            format!("{metric:?} {unit} {} {}", stat.period.seconds(), stat.statistic)
        }
        Source::Expression(asked) => format!("{:?} {:?}", asked.text, asked.period),
    }
}

/// The 64-bit FNV-1a hash.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
