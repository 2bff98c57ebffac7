//! What many metrics come to together, added up as they are read, with several threads where there are many.

use nepho_engine::insights::{Gathering, InsightsAnswer, InsightsPlan};
use nepho_engine::{Aggregate, Aggregating, Plan};
use nepho_model::{Numbers, Read, Run, Scope};
use nepho_store::{OnRun, Samples, StoreError};

/// The most threads that read for one request.
const READERS_MAX: usize = 4;
/// A thread more is worth while for so many periods of metrics.
const PERIODS_PER_READER: i64 = 200_000;
/// Each thread adds up for itself, so that there should be so many metrics for each series.
const METRICS_PER_SERIES: usize = 8;

/// The answer to a query of Metrics Insights. What cannot be read is missing from it, and it says so in the words of
/// `failed`.
pub(crate) fn insights(
    samples: &dyn Samples,
    scope: &Scope,
    plan: &InsightsPlan,
    failed: &dyn Fn(&StoreError) -> String,
) -> InsightsAnswer {
    let reads = plan.reads();
    let readers = if plan.group_count() * METRICS_PER_SERIES <= reads.len() { readers(reads) } else { 1 };
    let mut parts = vec![plan.gathering(); readers];
    let outcomes = each_run(samples, scope, reads, plan.numbers(), &mut parts, Gathering::add_run);
    let mut all = parts.swap_remove(0);
    parts.iter().for_each(|part| all.absorb(part));
    outcomes.into_iter().filter_map(Result::err).for_each(|error| all.fail(failed(&error)));
    all.finish()
}

/// What becomes of the searches of a plan whose metrics are aggregated.
pub(crate) fn searches(
    samples: &dyn Samples,
    scope: &Scope,
    plan: &Plan,
    failed: &dyn Fn(&StoreError) -> String,
) -> Vec<Aggregate> {
    let (reads, numbers) = (plan.aggregated(), plan.aggregated_numbers());
    let mut parts = vec![plan.aggregating(); readers(reads)];
    let outcomes = each_run(samples, scope, reads, numbers, &mut parts, Aggregating::add);
    let mut all = parts.swap_remove(0);
    parts.iter().for_each(|part| all.absorb(part));
    for (read, outcome) in outcomes.into_iter().enumerate() {
        if let Err(error) = outcome {
            all.fail(read, failed(&error));
        }
    }
    all.finish()
}

/// Gives what is read to `parts`, each of which has a thread.
fn each_run<T: Send>(
    samples: &dyn Samples,
    scope: &Scope,
    reads: &[Read],
    numbers: Numbers,
    parts: &mut [T],
    add: impl Fn(&mut T, usize, &Run<'_>) + Sync,
) -> Vec<Result<(), StoreError>> {
    let add = &add;
    let mut sinks: Vec<_> =
        parts.iter_mut().map(|part| move |read: usize, run: &Run<'_>| add(&mut *part, read, run)).collect();
    let mut sinks: Vec<_> = sinks.iter_mut().map(|sink| sink as &mut OnRun<'_>).collect();
    samples.each_run(scope, reads, numbers, &mut sinks)
}

/// How many threads are worth while for some reads.
fn readers(reads: &[Read]) -> usize {
    let periods = |read: &Read| (read.end.seconds() - read.start.seconds()) / read.period_seconds;
    let worth_while = reads.iter().map(periods).sum::<i64>() / PERIODS_PER_READER;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    usize::try_from(worth_while).unwrap_or(1).clamp(1, cores.min(READERS_MAX))
}
