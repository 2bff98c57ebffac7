//! From the text of documents to one batch, with an account of each document.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use nepho_emf::{Decoder, Kind, Outcome, Rejection};
use nepho_model::{Batch, Cell, Resolution, Scope, Timestamp, Unit};
use serde::Serialize;

use crate::instance::Instance;
use crate::own::counters::Intake;
use crate::own::rejections::Source;
use crate::writes::Write;

/// Why a document is refused that has samples of a namespace which is read from elsewhere.
const CAUSE_READ_ONLY: &str = "read_only_namespace";
/// The namespace of what CloudWatch counts about EMF.
const LOGS_NAMESPACE: &str = "AWS/Logs";

/// Documents of one intake that are read and not yet written.
#[derive(Debug)]
pub(crate) struct Documents {
    intake: Intake,
    decoder: Decoder,
    batch: Batch,
    received: usize,
    kept: usize,
    samples: usize,
    told: BTreeMap<&'static str, Told>,
    /// A namespace that takes nothing.
    read_only: Option<String>,
}

/// What was refused for one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Told {
    pub(crate) cause: &'static str,
    /// The first thing refused for it.
    pub(crate) detail: String,
    pub(crate) count: u64,
}

/// Where a document comes from.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin<'a> {
    /// The log group, when it is known without the document.
    pub(crate) log_group: Option<&'a str>,
    /// Who sent it, when that is known.
    pub(crate) peer: Option<SocketAddr>,
    /// Whether it may be something else than EMF.
    pub(crate) may_be_plain: bool,
}

impl<'a> Origin<'a> {
    /// Something that this peer sent.
    pub(crate) fn of(peer: Option<SocketAddr>) -> Self {
        Origin { peer, ..Origin::default() }
    }

    fn source(&self) -> Source<'a> {
        Source { log_group: self.log_group, peer: self.peer }
    }
}

impl Documents {
    /// For documents whose samples go to this scope.
    pub(crate) fn new(instance: &Instance, intake: Intake, scope: &Scope) -> Self {
        Documents {
            read_only: instance.samples.read_only_namespace(scope).map(str::to_owned),
            intake,
            decoder: Decoder::default(),
            batch: Batch::default(),
            received: 0,
            kept: 0,
            samples: 0,
            told: BTreeMap::new(),
        }
    }

    /// Reads one document and accounts for it.
    pub(crate) fn read(&mut self, instance: &Instance, document: &[u8], origin: Origin<'_>, now: Timestamp) {
        self.received += 1;
        let Documents { intake, decoder, batch, kept, samples, told, read_only, .. } = self;
        let flow = instance.counters.flow(*intake);
        let mut errors = Errors::default();
        let before = batch.len();
        let log_group = match decoder.decode(document, now, batch) {
            Outcome::Emf(_) if has_namespace(batch, before, read_only.as_deref()) => {
                batch.truncate(before);
                let detail = format!("namespace {} is read from elsewhere", read_only.as_deref().unwrap_or_default());
                flow.reject(CAUSE_READ_ONLY, 1);
                tell(instance, told, (CAUSE_READ_ONLY, &detail, 1), origin.source());
                errors.validation += 1;
                None
            }
            Outcome::Emf(extraction) => {
                match extraction.rejections.first() {
                    Some(first) if extraction.samples == 0 => flow.reject(first.cause.as_str(), 1),
                    _ => *kept += 1,
                }
                *samples += extraction.samples;
                let source = Source { log_group: origin.log_group.or(extraction.log_group), peer: origin.peer };
                for rejection in extraction.rejections {
                    if extraction.samples > 0 {
                        instance.counters.leave_out(rejection.cause.as_str(), rejection.count);
                    }
                    errors.add(rejection);
                    tell(instance, told, (rejection.cause.as_str(), &rejection.detail, rejection.count), source);
                }
                extraction.log_group
            }
            Outcome::NotEmf(_) if origin.may_be_plain => {
                flow.reject("plain_text", 1);
                None
            }
            Outcome::NotEmf(rejection) => {
                flow.reject(rejection.cause.as_str(), 1);
                errors.add(&rejection);
                let Rejection { cause, detail, count, .. } = &rejection;
                tell(instance, told, (cause.as_str(), detail, *count), origin.source());
                None
            }
        };
        if let Some(log_group) = origin.log_group.or(log_group) {
            errors.push(batch, log_group, now);
        }
    }

    /// Accounts for a document that could not be read to its end.
    pub(crate) fn refuse(&mut self, instance: &Instance, cause: &'static str, detail: &str, origin: Origin<'_>) {
        self.received += 1;
        instance.counters.flow(self.intake).reject(cause, 1);
        instance.rejections.add(cause, detail, origin.source());
        let told = self.told.entry(cause).or_insert_with(|| Told { cause, detail: detail.to_owned(), count: 0 });
        told.count += 1;
    }

    /// How many documents were read since the last write.
    pub(crate) fn received(&self) -> usize {
        self.received
    }

    /// How many samples the documents had since the last write.
    pub(crate) fn samples(&self) -> usize {
        self.samples
    }

    /// What was refused since the last call.
    pub(crate) fn take_told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told).into_values().collect()
    }

    /// Hands what was read to the store, if there is anything.
    pub(crate) fn write(&mut self, instance: &Instance, scope: &nepho_model::Scope, now: Timestamp) -> Option<Write> {
        let flow = instance.counters.flow(self.intake);
        flow.receive(std::mem::take(&mut self.received));
        let kept = std::mem::take(&mut self.kept);
        self.samples = 0;
        if self.batch.is_empty() {
            flow.store(kept, 0);
            return None;
        }
        let mut next = Batch::default();
        next.reserve(self.batch.len());
        let batch = std::mem::replace(&mut self.batch, next);
        Some(Write::begin(instance, self.intake, scope, batch, kept, now))
    }
}

/// Whether a sample after the first so many is of this namespace.
fn has_namespace(batch: &Batch, before: usize, namespace: Option<&str>) -> bool {
    namespace.is_some_and(|namespace| batch.iter_from(before).any(|sample| sample.metric.namespace() == namespace))
}

fn tell(
    instance: &Instance,
    told: &mut BTreeMap<&'static str, Told>,
    (cause, detail, count): (&'static str, &str, u64),
    source: Source<'_>,
) {
    instance.rejections.add(cause, detail, source);
    let told = told.entry(cause).or_insert_with(|| Told { cause, detail: detail.to_owned(), count: 0 });
    told.count += count;
}

/// What CloudWatch would count about one document.
#[derive(Debug, Default)]
struct Errors {
    parsing: u64,
    validation: u64,
}

impl Errors {
    fn add(&mut self, rejection: &Rejection) {
        match rejection.kind() {
            Kind::Parsing => self.parsing += rejection.count,
            Kind::Validation => self.validation += rejection.count,
        }
    }

    fn push(&self, batch: &mut Batch, log_group: &str, now: Timestamp) {
        for (name, count) in [("EMFParsingErrors", self.parsing), ("EMFValidationErrors", self.validation)] {
            if count == 0 {
                continue;
            }
            // A log group whose name can be no dimension has no such metric.
            if let Ok(key) = batch.key(LOGS_NAMESPACE, name, &mut [("LogGroupName", log_group)]) {
                batch.push(key, Unit::None, Resolution::Minute, now, Cell::of(count as f64));
            }
        }
    }
}
