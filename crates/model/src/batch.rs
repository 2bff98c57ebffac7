//! Samples on their way into the store.

use crate::cell::Cell;
use crate::identity::{IdentityError, MetricKey};
use crate::resolution::Resolution;
use crate::time::Timestamp;
use crate::unit::Unit;

/// Samples of any metrics, with all their keys in one text, so that a batch of a thousand costs a
/// handful of allocations.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    keys: String,
    samples: Vec<Sample>,
}

/// A key that was written into a batch.
#[derive(Debug, Clone, Copy)]
pub struct KeyRange {
    start: u32,
    end: u32,
}

#[derive(Debug, Clone)]
struct Sample {
    key: KeyRange,
    unit: Unit,
    resolution: Resolution,
    time: Timestamp,
    cell: Cell,
}

/// One sample of a batch.
#[derive(Debug, Clone, Copy)]
pub struct SampleRef<'a> {
    /// Of which metric.
    pub metric: MetricKey<'a>,
    /// In which unit.
    pub unit: Unit,
    /// How finely its time is kept.
    pub resolution: Resolution,
    /// When.
    pub time: Timestamp,
    /// What was measured.
    pub cell: &'a Cell,
}

impl Batch {
    /// Checks and writes a metric's key; any number of samples may follow for it. Sorts `dimensions`.
    ///
    /// # Errors
    /// The first part that is no legal name. The batch is then as it was.
    pub fn key(
        &mut self,
        namespace: &str,
        name: &str,
        dimensions: &mut [(&str, &str)],
    ) -> Result<KeyRange, IdentityError> {
        let start = self.keys.len() as u32;
        MetricKey::write(&mut self.keys, namespace, name, dimensions)?;
        Ok(KeyRange { start, end: self.keys.len() as u32 })
    }

    /// Copies a key that is known to be legal.
    pub fn known_key(&mut self, key: MetricKey<'_>) -> KeyRange {
        let start = self.keys.len() as u32;
        self.keys.push_str(key.as_str());
        KeyRange { start, end: self.keys.len() as u32 }
    }

    /// Writes a key from its two ends: a key without dimensions, and the dimensions that
    /// [`MetricKey::write_dimension`] wrote.
    pub fn joined_key(&mut self, name: MetricKey<'_>, dimensions: &str) -> KeyRange {
        let start = self.keys.len() as u32;
        self.keys.push_str(name.as_str());
        self.keys.push_str(dimensions);
        KeyRange { start, end: self.keys.len() as u32 }
    }

    /// Adds a sample of the metric at `key`, which this batch wrote.
    pub fn push(&mut self, key: KeyRange, unit: Unit, resolution: Resolution, time: Timestamp, cell: Cell) {
        self.samples.push(Sample { key, unit, resolution, time, cell });
    }

    /// Makes room for `samples` more.
    pub fn reserve(&mut self, samples: usize) {
        self.samples.reserve(samples);
    }

    /// Takes everything out and keeps the memory, for a caller that fills one batch after the other.
    pub fn clear(&mut self) {
        self.keys.clear();
        self.samples.clear();
    }

    /// Takes out what was added after the first `samples`.
    pub fn truncate(&mut self, samples: usize) {
        self.samples.truncate(samples);
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// The samples in the order they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = SampleRef<'_>> {
        self.iter_from(0)
    }

    /// The samples after the first `samples`, in the order they were added.
    pub fn iter_from(&self, samples: usize) -> impl ExactSizeIterator<Item = SampleRef<'_>> {
        self.samples[samples..].iter().map(|sample| SampleRef {
            metric: MetricKey::from_written(&self.keys[sample.key.start as usize..sample.key.end as usize]),
            unit: sample.unit,
            resolution: sample.resolution,
            time: sample.time,
            cell: &sample.cell,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_joined_key_is_the_key_of_the_whole() {
        let mut batch = Batch::default();
        let mut dimensions = String::new();
        MetricKey::write_dimension(&mut dimensions, "Service", "web").unwrap();
        let name = crate::Metric::new("Shop", "Orders", &[]).unwrap();
        let joined = batch.joined_key(name.key(), &dimensions);
        let whole = batch.key("Shop", "Orders", &mut [("Service", "web")]).unwrap();
        for key in [joined, whole] {
            batch.push(key, Unit::None, Resolution::Minute, Timestamp::default(), Cell::of(1.0));
        }
        let keys: Vec<_> = batch.iter().map(|sample| sample.metric).collect();
        assert_eq!(keys[0], keys[1]);
    }

    #[test]
    fn the_end_of_a_batch_can_be_looked_at_and_taken_out() {
        let mut batch = Batch::default();
        for name in ["Orders", "Refunds", "Returns"] {
            let key = batch.key("Shop", name, &mut []).unwrap();
            batch.push(key, Unit::None, Resolution::Minute, Timestamp::default(), Cell::of(1.0));
        }
        let names = |batch: &Batch, from| {
            batch.iter_from(from).map(|sample| sample.metric.name().to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!((names(&batch, 1), names(&batch, 3)), ("Refunds Returns".to_owned(), String::new()));
        batch.truncate(1);
        assert_eq!(names(&batch, 0), "Orders");
    }

    #[test]
    fn a_batch_that_was_cleared_is_as_new() {
        let mut batch = Batch::default();
        for name in ["Orders", "Refunds"] {
            batch.clear();
            let key = batch.key("Shop", name, &mut []).unwrap();
            batch.push(key, Unit::None, Resolution::Minute, Timestamp::default(), Cell::of(1.0));
        }
        let names: Vec<_> = batch.iter().map(|sample| sample.metric.name()).collect();
        assert_eq!(names, ["Refunds"]);
    }
}
