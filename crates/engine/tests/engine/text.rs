//! Requests, stored data and answers as text.

use nepho_engine::insights::InsightsPlan;
use nepho_engine::{
    Answers, DataAnswer, DataRequest, ExpressionQuery, FoundMetrics, Label, MetricStat, Period, Plan, Query, QueryId,
    Source, Statistic, finish, finish_with, plan, prepare,
};
use nepho_model::{Cell, Metric, Point, Read, Run, Scope, Timestamp, Unit, UnitSeries};

/// 2026-05-04 12:00 UTC.
pub(crate) const NOON: Timestamp = Timestamp::from_seconds(1_777_896_000);
pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 24 * HOUR;

/// Two metrics with gaps.
pub(crate) const STORED: &str = "
    Shop Errors Count 0=1 1=2 3=4
    Shop Orders Count 0=10 1=10 2=10
";

/// All pages of a request.
pub(crate) fn pages(request: &DataRequest, stored: &str) -> Vec<DataAnswer> {
    let mut pages = vec![answer(request.clone(), stored)];
    while let Some(token) = pages.last().and_then(|page| page.next_token.clone()) {
        assert!(pages.len() < 1000, "pages come to an end");
        let mut next = request.clone();
        next.next_token = Some(token);
        pages.push(answer(next, stored));
    }
    pages
}

pub(crate) fn check(queries: &str, stored: &str, expected: &str) {
    check_request(request(queries), stored, expected);
}

pub(crate) fn check_request(request: DataRequest, stored: &str, expected: &str) {
    assert_eq!(written(&answer(request, stored)), lines(expected));
}

pub(crate) fn scope() -> Scope {
    Scope::new("123456789012", "eu-west-1")
}

pub(crate) fn planned(request: DataRequest) -> Plan {
    plan(request, &scope(), NOON.plus_seconds(HOUR)).unwrap()
}

pub(crate) fn answer(request: DataRequest, stored: &str) -> DataAnswer {
    let plan = planned(request);
    finish(&plan, &read_all(plan.reads(), stored))
}

/// What is said about a request.
pub(crate) fn refused(queries: &str) -> String {
    plan(request(queries), &scope(), NOON).unwrap_err().to_string()
}

/// The answer to a request that searches: every search, and every query of Metrics Insights, finds all metrics that are
/// stored and match.
pub(crate) fn searched(request: DataRequest, stored: &str) -> DataAnswer {
    let prepared = prepare(request, &scope(), NOON.plus_seconds(HOUR)).unwrap();
    let mut metrics: Vec<_> = lines(stored)
        .iter()
        .map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            metric(words[0], words[1])
        })
        .collect();
    metrics.dedup();
    let matching = |search: &nepho_model::search::Search| {
        metrics.iter().filter(|metric| search.matches(&scope(), metric.key())).cloned().collect::<Vec<_>>()
    };
    let found = |search: &nepho_engine::SearchQuery| FoundMetrics { metrics: matching(&search.search), is_cut: false };
    let found: Vec<_> = prepared.searches().iter().map(found).collect();
    let aggregated = |asked: &nepho_engine::InsightsUse| {
        let query = asked.query.clone();
        let metrics = matching(&query.search());
        let plan = InsightsPlan::new(query, asked.range, &scope(), metrics, false);
        let mut gathering = plan.gathering();
        each_run(plan.reads(), stored, |read, run| gathering.add_run(read, run));
        gathering.finish()
    };
    let insights: Vec<_> = prepared.insights().iter().map(aggregated).collect();
    // Whether metrics are aggregated as they are read, or series by series, the answer is the same.
    let mut plan = prepared.clone().plan_aggregated(found.clone()).unwrap();
    let mut aggregating = plan.aggregating();
    each_run(plan.aggregated(), stored, |read, run| aggregating.add(read, run));
    let aggregates = aggregating.finish();
    plan.take_apart(&aggregates);
    let finished = |plan: &Plan, aggregates| {
        let reads = read_all(plan.reads(), stored);
        finish_with(plan, &Answers { reads: &reads, models: &[], insights: &insights, aggregates })
    };
    let answer = finished(&plan, &aggregates);
    assert_eq!(answer, finished(&prepared.plan(found).unwrap(), &[]));
    answer
}

pub(crate) fn each_run(reads: &[Read], stored: &str, mut on_run: impl FnMut(usize, &Run<'_>)) {
    for (at, (read, answer)) in reads.iter().zip(read_all(reads, stored)).enumerate() {
        answer.unwrap().iter().for_each(|series| series.as_run(read.period_seconds, |run| on_run(at, run)));
    }
}

/// A request for the hour from noon.
pub(crate) fn request(text: &str) -> DataRequest {
    DataRequest::new(queries(text), NOON, NOON.plus_seconds(HOUR))
}

/// Lines of `id period statistic namespace metric [unit=U] [hidden] [label=...]`, or of
/// `id = expression [; [period=P] [hidden] [label=...]]`.
pub(crate) fn queries(text: &str) -> Vec<Query> {
    lines(text).iter().map(|line| query(line)).collect()
}

fn query(line: &str) -> Query {
    let (line, label) = line.split_once(" label=").map_or((line, None), |(line, label)| (line, Some(label)));
    let label = label.map(|label| Label::parse(label).unwrap());
    if let Some((id, asked)) = line.split_once(" = ") {
        return expression(id, asked, label);
    }
    let words: Vec<_> = line.split_whitespace().collect();
    let unit = words.iter().find_map(|word| word.strip_prefix("unit="));
    let stat = MetricStat {
        metric: metric(words[3], words[4]),
        period: Period::from_seconds(words[1].parse().unwrap()).unwrap(),
        statistic: Statistic::parse(words[2]).unwrap(),
        unit: unit.map(|unit| Unit::parse(unit).unwrap()),
    };
    Query {
        id: QueryId::parse(words[0]).unwrap(),
        source: Source::Metric(stat),
        label,
        return_data: !words.contains(&"hidden"),
    }
}

fn expression(id: &str, asked: &str, label: Option<Label>) -> Query {
    let (text, options) = asked.rsplit_once(" ;").unwrap_or((asked, ""));
    let period = options.split_whitespace().find_map(|word| word.strip_prefix("period="));
    let period = period.map(|seconds| Period::from_seconds(seconds.parse().unwrap()).unwrap());
    Query {
        id: QueryId::parse(id).unwrap(),
        source: Source::Expression(ExpressionQuery { text: text.to_owned(), period }),
        label,
        return_data: !options.contains("hidden"),
    }
}

/// `Name` or `Name{Dimension=value,...}`.
fn metric(namespace: &str, text: &str) -> Metric {
    let (name, dimensions) = text.trim_end_matches('}').split_once('{').unwrap_or((text, ""));
    let dimensions: Vec<_> = dimensions.split(',').filter_map(|pair| pair.split_once('=')).collect();
    Metric::new(namespace, name, &dimensions).unwrap()
}

/// Reads from lines of `namespace metric unit minute=value...`, minutes from noon.
pub(crate) fn read_all(reads: &[Read], stored: &str) -> Vec<Result<Vec<UnitSeries>, String>> {
    let stored = lines(stored);
    reads.iter().map(|read| Ok(stored.iter().filter_map(|line| read_one(read, line)).collect())).collect()
}

fn read_one(read: &Read, line: &str) -> Option<UnitSeries> {
    let words: Vec<_> = line.split_whitespace().collect();
    let unit = Unit::parse(words[2]).unwrap();
    if metric(words[0], words[1]) != read.metric || read.unit.is_some_and(|wanted| wanted != unit) {
        return None;
    }
    let mut points: Vec<Point> = Vec::new();
    for word in &words[3..] {
        let (minute, value) = word.split_once('=').unwrap();
        let cell = Cell::of(value.parse().unwrap());
        let Some(time) = read.period_of(NOON.plus_seconds(minute.parse::<i64>().unwrap() * 60)) else { continue };
        match points.last_mut() {
            Some(last) if last.time == time => last.cell.merge(&cell),
            _ => points.push(Point { time, cell }),
        }
    }
    (!points.is_empty()).then_some(UnitSeries { unit, points })
}

/// Results as lines of `id [label] status minute=value... | message`.
pub(crate) fn written(answer: &DataAnswer) -> Vec<String> {
    let result = |result: &nepho_engine::QueryResult| {
        let mut text = format!("{} [{}] {:?}", result.id, result.label, result.status);
        for (time, value) in result.timestamps.iter().zip(&result.values) {
            text += &format!(" {}={value}", (time.seconds() - NOON.seconds()) / 60);
        }
        for message in &result.messages {
            text += &format!(" | {}: {}", message.code, message.value);
        }
        text
    };
    answer.results.iter().map(result).collect()
}

pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}
