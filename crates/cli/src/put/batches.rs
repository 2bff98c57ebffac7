//! Datums in batches, one request for each: PutMetricData takes one namespace and so many datums at a time.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::Client;

use crate::datum::Datum;
use crate::endpoint;
use crate::exit::Failure;
use crate::input::Numbered;
use crate::number::counted;
use crate::progress::Progress;
use crate::refusal;

/// Datums of one request.
const DATUMS_MAX: usize = 1000;
/// Datums that wait in the batches of all namespaces.
const WAITING_MAX: usize = 20 * DATUMS_MAX;

/// The batches of each namespace.
#[derive(Debug)]
pub(super) struct Batches<'a> {
    client: &'a Client,
    arguments: &'a endpoint::Arguments,
    waiting: BTreeMap<String, Vec<Numbered>>,
    waiting_count: usize,
    written: u64,
    requests: u64,
    progress: Progress,
}

impl<'a> Batches<'a> {
    pub(super) fn new(client: &'a Client, arguments: &'a endpoint::Arguments) -> Self {
        let progress = Progress::of("datum");
        Batches { client, arguments, waiting: BTreeMap::new(), waiting_count: 0, written: 0, requests: 0, progress }
    }

    /// Takes a datum, and sends what is full.
    pub(super) async fn add(&mut self, numbered: Numbered) -> Result<(), Failure> {
        let namespace = numbered.datum.metric.namespace.clone();
        let batch = self.waiting.entry(namespace.clone()).or_default();
        batch.push(numbered);
        self.waiting_count += 1;
        if batch.len() >= DATUMS_MAX {
            let batch = std::mem::take(batch);
            return self.send(&namespace, &batch).await;
        }
        if self.waiting_count >= WAITING_MAX {
            return self.send_all().await;
        }
        Ok(())
    }

    /// Sends everything that waits.
    pub(super) async fn send_all(&mut self) -> Result<(), Failure> {
        for (namespace, batch) in std::mem::take(&mut self.waiting) {
            if !batch.is_empty() {
                self.send(&namespace, &batch).await?;
            }
        }
        Ok(())
    }

    async fn send(&mut self, namespace: &str, batch: &[Numbered]) -> Result<(), Failure> {
        self.waiting_count -= batch.len();
        let datums = batch.iter().map(|numbered| Datum::to_wire(&numbered.datum)).collect();
        let request = self.client.put_metric_data().namespace(namespace).set_metric_data(Some(datums));
        let sent = request.send().await;
        sent.map_err(|error| self.failure(batch, refusal::failure(self.arguments, &error)))?;
        self.written += batch.len() as u64;
        self.requests += 1;
        self.progress.show(self.written);
        Ok(())
    }

    /// What has been written so far, in words.
    pub(super) fn words(&self) -> String {
        format!("{} written in {}", counted(self.written, "datum"), counted(self.requests, "request"))
    }

    /// Tells which line is meant when the service names a datum by its place in the request.
    fn failure(&self, batch: &[Numbered], failure: Failure) -> Failure {
        let (first, last) = (batch.first().map_or(0, |n| n.line), batch.last().map_or(0, |n| n.line));
        if first == 0 {
            return failure;
        }
        let message = failure.to_string();
        let place = named_place(&message).and_then(|place| batch.get(place - 1));
        let place = place.map(|numbered| format!("line {}: ", numbered.line)).unwrap_or_default();
        let words = self.words();
        let text = format!("{place}{message}\n{words}; nothing of the request with lines {first} to {last}");
        match failure {
            Failure::Usage(_) => Failure::Usage(text),
            _ => Failure::Unreachable(text),
        }
    }
}

/// The place of a datum that a message names: the 7 of `MetricData.member.7.Value`.
fn named_place(message: &str) -> Option<usize> {
    let (_, rest) = message.split_once("MetricData.member.")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
    digits.parse().ok().filter(|place| *place > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_places() {
        assert_eq!(named_place("The value NaN for parameter MetricData.member.12.Value is invalid."), Some(12));
        assert_eq!(named_place("MetricData.member.7"), Some(7));
        assert_eq!(named_place("The parameter Namespace is required."), None);
        assert_eq!(named_place("MetricData.member.0.Value"), None);
    }
}
