//! Reading metrics that are added up as they are read, with several threads where there are many.

use nepho_engine::insights::{Gathering, InsightsAnswer, InsightsPlan, MAX_INSIGHTS_METRICS};
use nepho_engine::{Aggregate, Aggregating, InsightsUse, Plan};
use nepho_model::{Numbers, Read, Run};
use nepho_protocol::error::ServiceError;
use nepho_store::{OnRun, StoreError};

use super::call::Call;
use super::search::search;

/// The most threads that read for one request.
const READERS_MAX: usize = 4;
/// A thread more is worth while for so many periods of metrics.
const PERIODS_PER_READER: i64 = 200_000;
/// Each thread adds up for itself, so that there should be so many metrics for each series.
const METRICS_PER_SERIES: usize = 8;

/// The answer to a query of Metrics Insights. What cannot be read is missing from it, and it says so.
pub(super) fn insights(call: &Call, asked: &InsightsUse) -> Result<InsightsAnswer, ServiceError> {
    let found = search(call, asked.query.search(), MAX_INSIGHTS_METRICS)?;
    let plan = InsightsPlan::new(asked.query.clone(), asked.range, &call.scope, found.metrics, found.has_more);
    let reads = plan.reads();
    let readers = if plan.group_count() * METRICS_PER_SERIES <= reads.len() { readers(reads) } else { 1 };
    let mut gatherings = vec![plan.gathering(); readers];
    let outcomes = each_run(call, reads, plan.numbers(), &mut gatherings, Gathering::add);
    let mut all = gatherings.swap_remove(0);
    gatherings.iter().for_each(|gathering| all.add_all(gathering));
    let failures = outcomes.into_iter().filter_map(Result::err);
    failures.for_each(|error| all.fail(message(call, &error)));
    Ok(all.finish())
}

/// What becomes of the searches of a plan whose metrics are aggregated.
pub(super) fn aggregates(call: &Call, plan: &Plan) -> Vec<Aggregate> {
    let mut parts = vec![plan.aggregating(); readers(plan.aggregated())];
    let outcomes = each_run(call, plan.aggregated(), plan.aggregated_numbers(), &mut parts, Aggregating::add);
    let mut all = parts.swap_remove(0);
    parts.iter().for_each(|part| all.add_all(part));
    for (read, outcome) in outcomes.into_iter().enumerate() {
        if let Err(error) = outcome {
            all.fail(read, message(call, &error));
        }
    }
    all.finish()
}

/// What is said about a read that failed.
pub(super) fn message(call: &Call, error: &StoreError) -> String {
    call.read_failed(error).message.unwrap_or_default()
}

/// Gives what is read to `parts`, each of which has a thread.
fn each_run<T: Send>(
    call: &Call,
    reads: &[Read],
    numbers: Numbers,
    parts: &mut [T],
    add: impl Fn(&mut T, usize, &Run<'_>) + Sync,
) -> Vec<Result<(), StoreError>> {
    let add = &add;
    let mut sinks: Vec<_> =
        parts.iter_mut().map(|part| move |read: usize, run: &Run<'_>| add(&mut *part, read, run)).collect();
    let mut sinks: Vec<_> = sinks.iter_mut().map(|sink| sink as &mut OnRun<'_>).collect();
    call.instance.samples.each_run(&call.scope, reads, numbers, &mut sinks)
}

/// How many threads are worth while for some reads.
fn readers(reads: &[Read]) -> usize {
    let periods = |read: &Read| (read.end.seconds() - read.start.seconds()) / read.period_seconds;
    let worth_while = reads.iter().map(periods).sum::<i64>() / PERIODS_PER_READER;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    usize::try_from(worth_while).unwrap_or(1).clamp(1, cores.min(READERS_MAX))
}
