//! What was sent, beside what is stored.

use std::collections::BTreeMap;

use llm_service::clock::unix_seconds;
use llm_service::read_back::{Metric, ReadError, Reader, Summary};

/// Times are added up in different orders here and there: a millionth of a millisecond.
const ROUNDING_MS: f64 = 1e-6;

/// What was sent since a time.
#[derive(Debug)]
pub(super) struct Sent {
    /// When it began, in seconds since 1970.
    pub(super) begun: u64,
    metrics: BTreeMap<Metric, (&'static str, Summary)>,
}

impl Default for Sent {
    fn default() -> Self {
        Sent { begun: unix_seconds(), metrics: BTreeMap::new() }
    }
}

impl Sent {
    /// Notes a sample.
    pub(super) fn add(
        &mut self,
        namespace: &str,
        name: &str,
        dimensions: &[(&str, &str)],
        unit: &'static str,
        value: f64,
    ) {
        let metric = Metric::new(namespace, name, dimensions);
        self.metrics.entry(metric).or_insert((unit, Summary::default())).1.add(value);
    }

    /// What is stored of each of these metrics, in their order.
    pub(super) async fn read_back(&self, reader: &Reader) -> Result<Vec<Summary>, ReadError> {
        let mut stored = Vec::new();
        for (metric, (unit, _)) in &self.metrics {
            stored.push(reader.summary(metric, unit).await?);
        }
        Ok(stored)
    }

    /// Prints what was sent beside what was stored since `before`, and says how many metrics differ. (Somebody may have
    /// sent the same metrics in the same minute before.)
    pub(super) fn print(&self, before: &[Summary], after: &[Summary]) -> usize {
        println!("\n{:68} {:>20} {:>20}", "metric", "sent (count, sum)", "stored (count, sum)");
        let mut differing = 0;
        for ((metric, (_, sent)), (before, after)) in self.metrics.iter().zip(before.iter().zip(after)) {
            let (count, sum) = (after.count - before.count, after.sum - before.sum);
            let is_same = count == sent.count && (sum - sent.sum).abs() <= ROUNDING_MS;
            differing += usize::from(!is_same);
            let values: Vec<_> = metric.dimensions.iter().map(|(_, value)| value.as_str()).collect();
            let name = format!("{} {} {}", metric.namespace, metric.name, values.join(" "));
            let mark = if is_same { "" } else { " differs" };
            println!("{name:68} {:>8} {:>11.3} {count:>8} {sum:>11.3}{mark}", sent.count, sent.sum);
        }
        differing
    }
}
