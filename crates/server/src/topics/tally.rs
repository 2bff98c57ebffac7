//! What topics count: the metrics of `AWS/SNS`.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use nepho_model::{Batch, Cell, Resolution, Scope, Timestamp, Unit};
use nepho_notify::filter::Scope as FilterScope;
use nepho_notify::topic::TopicArn;

use crate::instance::Instance;
use crate::own::counters::Intake;
use crate::queues::Reports;
use crate::writes::Write;

/// Where topics' metrics are.
pub(crate) const NAMESPACE: &str = "AWS/SNS";
/// The minute that a report is about begins so long before it.
const MINUTE_SECONDS: i64 = 60;
/// Their only dimension.
const DIMENSION: &str = "TopicName";

/// Something that is counted of a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// A message was published.
    Published,
    /// An endpoint has taken a message.
    Delivered,
    /// A delivery was given up.
    Failed,
    /// A subscription did not want a message.
    FilteredOut(FilterCause),
    /// A dead-letter queue has taken a message.
    Redriven,
    /// A dead-letter queue did not take a message.
    NotRedriven,
}

/// Why a subscription did not want a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FilterCause {
    /// Its attributes are others.
    Attributes,
    /// It has no attributes.
    NoAttributes,
    /// Its body is another.
    Body,
    /// Its body is no JSON.
    InvalidBody,
}

impl FilterCause {
    /// Why a policy with this scope does not want a message.
    pub(crate) fn of(scope: FilterScope, has_attributes: bool, body: &str) -> Self {
        match scope {
            FilterScope::MessageAttributes if has_attributes => FilterCause::Attributes,
            FilterScope::MessageAttributes => FilterCause::NoAttributes,
            FilterScope::MessageBody if is_object(body) => FilterCause::Body,
            FilterScope::MessageBody => FilterCause::InvalidBody,
        }
    }
}

fn is_object(body: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(body).is_ok_and(|value| value.is_object())
}

/// The names of all counts, in the order in which they are kept.
const NAMES: [&str; 10] = [
    "NumberOfMessagesPublished",
    "NumberOfNotificationsDelivered",
    "NumberOfNotificationsFailed",
    "NumberOfNotificationsFilteredOut",
    "NumberOfNotificationsFilteredOut-MessageAttributes",
    "NumberOfNotificationsFilteredOut-NoMessageAttributes",
    "NumberOfNotificationsFilteredOut-MessageBody",
    "NumberOfNotificationsFilteredOut-InvalidMessageBody",
    "NumberOfNotificationsRedrivenToDlq",
    "NumberOfNotificationsFailedToRedriveToDlq",
];
const FILTERED_OUT: usize = 3;

impl Counted {
    fn place(self) -> usize {
        match self {
            Counted::Published => 0,
            Counted::Delivered => 1,
            Counted::Failed => 2,
            Counted::FilteredOut(FilterCause::Attributes) => 4,
            Counted::FilteredOut(FilterCause::NoAttributes) => 5,
            Counted::FilteredOut(FilterCause::Body) => 6,
            Counted::FilteredOut(FilterCause::InvalidBody) => 7,
            Counted::Redriven => 8,
            Counted::NotRedriven => 9,
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Tally {
    counts: [u64; NAMES.len()],
    sizes: Option<Cell>,
}

/// The counts of all topics since they were last taken.
#[derive(Debug, Default)]
pub(crate) struct Tallies(Mutex<HashMap<TopicArn, Tally>>);

impl Tallies {
    fn with(&self, topic: &TopicArn, change: impl FnOnce(&mut Tally)) {
        let mut tallies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(tallies.entry(topic.clone()).or_default());
    }

    /// Counts something.
    pub(crate) fn count(&self, topic: &TopicArn, what: Counted) {
        self.with(topic, |tally| {
            tally.counts[what.place()] += 1;
            if matches!(what, Counted::FilteredOut(_)) {
                tally.counts[FILTERED_OUT] += 1;
            }
        });
    }

    /// Counts a message of so many bytes.
    pub(crate) fn publish(&self, topic: &TopicArn, size: usize) {
        let cell = Cell::of(size as f64);
        self.with(topic, |tally| {
            tally.counts[Counted::Published.place()] += 1;
            match &mut tally.sizes {
                Some(sizes) => sizes.merge(&cell),
                None => tally.sizes = Some(cell),
            }
        });
    }

    /// Adds what was counted in the minute that ends now.
    pub(crate) fn report(&self, now: Timestamp, reports: &mut Reports) {
        self.take(now.plus_seconds(-MINUTE_SECONDS), reports);
    }

    /// Takes what was counted, as samples of the minute that began at `minute`.
    fn take(&self, minute: Timestamp, reports: &mut Reports) {
        let tallies = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for (topic, tally) in tallies {
            let batch = reports.of(&topic.scope);
            let mut push = |name, unit, cell| {
                let key = batch.key(NAMESPACE, name, &mut [(DIMENSION, topic.name.as_str())]);
                let key = key.expect("a topic's name is a legal dimension");
                batch.push(key, unit, Resolution::Minute, minute, cell);
            };
            for (name, count) in NAMES.into_iter().zip(tally.counts).filter(|(_, count)| *count > 0) {
                push(name, Unit::Count, Cell::of(count as f64));
            }
            if let Some(sizes) = tally.sizes {
                push("PublishSize", Unit::Bytes, sizes);
            }
        }
    }
}

/// Hands what was counted in the minute that has not ended yet to the store, as the server stops.
pub(crate) fn write_last(instance: &Instance, now: Timestamp) -> Vec<Write> {
    let mut reports = Reports::default();
    instance.tallies.take(Timestamp::from_seconds(now.seconds().div_euclid(60) * 60), &mut reports);
    let write = |(scope, batch): (Scope, Batch)| {
        let samples = batch.len();
        instance.counters.flow(Intake::Own).receive(samples);
        Write::begin(instance, Intake::Own, &scope, batch, samples, now)
    };
    reports.into_batches().map(write).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_become_samples_of_their_topic() {
        let topic = TopicArn::parse("arn:aws:sns:us-east-1:000000000000:alerts", "TopicArn").unwrap();
        let tallies = Tallies::default();
        tallies.publish(&topic, 10);
        tallies.publish(&topic, 30);
        tallies.count(&topic, Counted::Delivered);
        tallies.count(&topic, Counted::FilteredOut(FilterCause::of(FilterScope::MessageBody, true, "no JSON")));
        let mut reports = Reports::default();
        tallies.report(Timestamp::from_seconds(120), &mut reports);
        let batch = reports.of(&topic.scope);
        let mut found: Vec<_> =
            batch.iter().map(|sample| (sample.metric.name().to_owned(), sample.cell.sum())).collect();
        found.sort_by(|one, other| one.0.cmp(&other.0));
        let expected = [
            ("NumberOfMessagesPublished", 2.0),
            ("NumberOfNotificationsDelivered", 1.0),
            ("NumberOfNotificationsFilteredOut", 1.0),
            ("NumberOfNotificationsFilteredOut-InvalidMessageBody", 1.0),
            ("PublishSize", 40.0),
        ];
        let expected: Vec<_> = expected.iter().map(|(name, sum)| ((*name).to_owned(), *sum)).collect();
        assert_eq!(found, expected);
        let mut again = Reports::default();
        tallies.report(Timestamp::from_seconds(180), &mut again);
        assert_eq!(again.into_batches().count(), 0);
    }
}
