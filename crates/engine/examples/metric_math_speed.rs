//! How long expressions over 500 metrics of a day take: `cargo run --release -p nepho-engine --example
//! metric_math_speed`.
#![expect(clippy::print_stdout, reason = "it prints a table")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]
#![expect(clippy::unwrap_used, reason = "what is asked for is legal")]

use std::time::{Duration, Instant};

use nepho_engine::{DataRequest, ExpressionQuery, MetricStat, Period, Query, QueryId, Source, Statistic, finish, plan};
use nepho_model::{Cell, Metric, Point, Scope, Timestamp, Unit, UnitSeries};

const METRICS: usize = 500;
const PERIODS: i64 = 1440;
const ROUNDS: usize = 15;

const EXPRESSIONS: [&str; 14] = [
    "AVG(METRICS())",
    "SUM(METRICS())",
    "MAX(METRICS())",
    "STDDEV(METRICS())",
    "SUM(METRICS()) / METRIC_COUNT(METRICS()) * 100",
    "SUM(METRICS() * 100)",
    "SUM(METRICS() / SUM(METRICS()))",
    "SUM(FILL(METRICS(), 0))",
    "SUM(FILL(METRICS(), LINEAR))",
    "SUM(RATE(METRICS()))",
    "SORT(METRICS(), AVG, DESC, 10)",
    "IF(m0 > AVG(m0) AND HOUR(m0) >= 9, m1 / m2, m3)",
    "METRICS()",
    "METRICS() * 2",
];

fn main() {
    println!("{METRICS} metrics, {PERIODS} periods, {ROUNDS} rounds, median\n");
    println!("| expression | plan, ms | finish, all periods, ms | finish, one period in 20 missing, ms |");
    println!("| --- | --- | --- | --- |");
    for expression in [None].into_iter().chain(EXPRESSIONS.map(Some)) {
        let planning = median(|| plan_of(expression));
        let times = [0, 20].map(|gap| {
            let plan = plan_of(expression);
            let answers: Vec<_> = (0..plan.reads().len()).map(|at| Ok(vec![stored(at as i64, gap)])).collect();
            milliseconds(median(|| finish(&plan, &answers)))
        });
        let name = expression.unwrap_or("(metrics only, hidden, m0 returned)");
        println!("| `{name}` | {} | {} | {} |", milliseconds(planning), times[0], times[1]);
    }
}

fn median<T>(run: impl Fn() -> T) -> Duration {
    let time = |_| {
        let began = Instant::now();
        let made = run();
        let took = began.elapsed();
        drop(made);
        took
    };
    let mut times: Vec<_> = (0..ROUNDS).map(time).collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

fn start() -> Timestamp {
    Timestamp::from_seconds(1_777_852_800)
}

fn plan_of(expression: Option<&str>) -> nepho_engine::Plan {
    let metric = |at: usize| {
        let host = format!("host-{at}");
        Query {
            id: QueryId::parse(&format!("m{at}")).unwrap(),
            source: Source::Metric(MetricStat {
                metric: Metric::new("Shop", "Latency", &[("Host", host.as_str())]).unwrap(),
                period: Period::MINUTE,
                statistic: Statistic::AVERAGE,
                unit: None,
            }),
            label: None,
            return_data: expression.is_none() && at == 0,
        }
    };
    let metrics = if expression.is_some() { METRICS - 1 } else { METRICS };
    let mut queries: Vec<_> = (0..metrics).map(metric).collect();
    queries.extend(expression.map(|text| Query {
        id: QueryId::parse("e").unwrap(),
        source: Source::Expression(ExpressionQuery { text: text.to_owned(), period: None }),
        label: None,
        return_data: true,
    }));
    let end = start().plus_seconds(PERIODS * 60);
    plan(DataRequest::new(queries, start(), end), &Scope::new("000000000000", "us-east-1"), end).unwrap()
}

/// The data of one metric; every `gap`th period has none.
fn stored(metric: i64, gap: i64) -> UnitSeries {
    let is_there = |at: &i64| gap == 0 || (at + metric) % gap != 0;
    let point = |at: i64| Point {
        time: start().plus_seconds(at * 60),
        cell: Cell::of_values(&[(at * 7 % 100 + metric) as f64, at as f64 / 3.0], &[]).unwrap(),
    };
    UnitSeries { unit: Unit::Milliseconds, points: (0..PERIODS).filter(is_there).map(point).collect() }
}
