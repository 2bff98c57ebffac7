//! What queues tell about themselves: every minute, as `AWS/SQS`.

use std::collections::BTreeMap;

use nepho_model::{Batch, Cell, Resolution, Scope, Timestamp, Unit};
use nepho_notify::queue::{QueueArn, Report};

use super::DurableQueues;

/// Where these metrics are.
const NAMESPACE: &str = "AWS/SQS";
/// The only dimension.
const DIMENSION: &str = "QueueName";
/// The minute that a report is about begins so long before it.
const MINUTE_SECONDS: i64 = 60;

/// Reports on their way to become batches, by scope.
#[derive(Debug, Default)]
pub(crate) struct Reports(BTreeMap<Scope, Batch>);

impl DurableQueues {
    /// Adds the minute that ends now, and does what time brings besides.
    pub(crate) fn report(&self, now: Timestamp, reports: &mut Reports) {
        let mut held = self.lock();
        for (arn, report) in held.queues.report(now) {
            reports.add(&arn, &report, now);
        }
        self.give_up(&mut held, now);
    }
}

impl Reports {
    /// The batches, each with its scope.
    pub(crate) fn into_batches(self) -> impl Iterator<Item = (Scope, Batch)> {
        self.0.into_iter()
    }

    /// The batch of a scope.
    pub(crate) fn of(&mut self, scope: &Scope) -> &mut Batch {
        self.0.entry(scope.clone()).or_default()
    }

    fn add(&mut self, arn: &QueueArn, report: &Report, now: Timestamp) {
        let batch = self.of(&arn.scope);
        let minute = now.plus_seconds(-MINUTE_SECONDS);
        let mut push = |name, unit, cell: Cell| {
            let key = batch.key(NAMESPACE, name, &mut [(DIMENSION, arn.name.as_str())]);
            let key = key.expect("names of queues are legal values of dimensions");
            batch.push(key, unit, Resolution::Minute, minute, cell);
        };
        let Report { counts, oldest, tally, has_sent } = report;
        let age = oldest.map_or(0, |oldest| (now.seconds() - oldest.seconds()).max(0));
        let count = |count: usize| Cell::of(count as f64);
        push("ApproximateAgeOfOldestMessage", Unit::Seconds, Cell::of(age as f64));
        push("ApproximateNumberOfMessagesDelayed", Unit::Count, count(counts.delayed));
        push("ApproximateNumberOfMessagesNotVisible", Unit::Count, count(counts.in_flight));
        push("ApproximateNumberOfMessagesVisible", Unit::Count, count(counts.visible));
        push("NumberOfEmptyReceives", Unit::Count, Cell::of(tally.empty_receives as f64));
        push("NumberOfMessagesDeleted", Unit::Count, Cell::of(tally.deleted as f64));
        push("NumberOfMessagesReceived", Unit::Count, Cell::of(tally.received as f64));
        push("NumberOfMessagesSent", Unit::Count, Cell::of(tally.sent as f64));
        // There is no size before there was a message.
        if *has_sent {
            push("SentMessageSize", Unit::Bytes, tally.sizes.clone().unwrap_or(Cell::of(0.0)));
        }
    }
}
