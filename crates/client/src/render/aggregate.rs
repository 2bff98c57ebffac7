//! What came together in an interval, to datums and to documents.

use std::collections::BTreeMap;
use std::sync::Arc;

use nepho_emf::{MAX_METRICS, MAX_VALUES, Member, MetricDefinition, Shape, Skeleton, Statistics, Target};
use nepho_model::{Resolution, Timestamp, Unit};

use super::unit::constant;
use crate::account::Cause;
use crate::cells::Tally;
use crate::core::{Core, OwnedProperty};
use crate::sink::{DATUM_BYTES_MAX, DATUMS_MAX, Datum, Datums, Documents, MetricName, VALUES_MAX};

/// The samples of one series from one stretch of time.
#[derive(Debug, Clone)]
pub(crate) struct Gathered {
    pub(crate) namespace: u16,
    pub(crate) metric: Arc<MetricName>,
    pub(crate) unit: Unit,
    pub(crate) resolution: Resolution,
    pub(crate) timestamp: Timestamp,
    pub(crate) tally: Tally,
}

impl Gathered {
    pub(crate) fn samples(&self) -> u64 {
        self.tally.samples()
    }

    fn datum(&self, values_max: usize) -> Option<Datum> {
        Some(Datum {
            metric: Arc::clone(&self.metric),
            unit: self.unit,
            resolution: self.resolution,
            timestamp: self.timestamp,
            values: self.tally.values(values_max),
            statistics: self.tally.statistics()?,
            samples: self.tally.samples(),
        })
    }
}

/// What leaves at once is to fit into so many requests, if rounding can make it fit.
const REQUESTS: usize = 7;
/// About the bytes of a datum besides its values, and of a rounded value, on the wire.
const DATUM_BYTES: usize = 300;
const VALUE_BYTES: usize = 7;
/// When a document is too large with a metric rounded to so few values, it is dropped.
const VALUES_LEAST: usize = 10;
/// The fewest values that a datum is rounded to.
const VALUES_MIN: usize = 30;

/// How many distinct values each of so many datums may have.
fn values_max(datums: usize) -> usize {
    let each = REQUESTS * DATUM_BYTES_MAX / datums.max(1);
    (each.saturating_sub(DATUM_BYTES) / VALUE_BYTES).clamp(VALUES_MIN, VALUES_MAX)
}

/// As requests: each of one namespace, of at most [`DATUMS_MAX`] datums, about [`DATUM_BYTES_MAX`] bytes on the wire and
/// about `piece_bytes` in memory.
pub(crate) fn datums(gathered: &[Gathered], core: &Core, piece_bytes: usize) -> Vec<Datums> {
    let values_max = values_max(gathered.len());
    let mut by_namespace: BTreeMap<u16, Vec<Datum>> = BTreeMap::new();
    for of in gathered {
        by_namespace.entry(of.namespace).or_default().extend(of.datum(values_max));
    }
    let mut requests = Vec::new();
    for (namespace, all) in by_namespace {
        let namespace = core.namespaces.name(namespace);
        let (mut datums, mut wire_bytes, mut bytes) = (Vec::new(), 0, 0);
        for datum in all {
            wire_bytes += datum.wire_bytes();
            bytes += datum.bytes();
            let is_over = datums.len() == DATUMS_MAX || wire_bytes > DATUM_BYTES_MAX || bytes > piece_bytes;
            if is_over && !datums.is_empty() {
                requests.push(Datums { namespace: Arc::clone(&namespace), datums: std::mem::take(&mut datums) });
                (wire_bytes, bytes) = (datum.wire_bytes(), datum.bytes());
            }
            datums.push(datum);
        }
        if !datums.is_empty() {
            requests.push(Datums { namespace, datums });
        }
    }
    requests
}

/// What documents have besides metrics and their dimensions.
pub(crate) struct Frame<'a> {
    pub(crate) core: &'a Core,
    pub(crate) properties: Vec<(Box<str>, OwnedProperty)>,
    pub(crate) log_group: Option<&'a str>,
    pub(crate) log_stream: Option<&'a str>,
}

/// As documents: what has the same namespace, dimensions and time is in one, up to [`MAX_METRICS`]. They are handed to
/// `offer` in pieces of about `piece_bytes`.
pub(crate) fn documents(
    gathered: &[Gathered],
    frame: &Frame<'_>,
    piece_bytes: usize,
    mut offer: impl FnMut(Documents),
) {
    let mut groups: BTreeMap<_, Vec<Vec<&Gathered>>> = BTreeMap::new();
    for of in gathered {
        let group = groups.entry((of.namespace, of.timestamp, &of.metric.dimensions)).or_default();
        let is_room = |document: &&mut Vec<&Gathered>| {
            document.len() < MAX_METRICS && document.iter().all(|other| other.metric.name != of.metric.name)
        };
        match group.iter_mut().find(is_room) {
            Some(document) => document.push(of),
            None => group.push(vec![of]),
        }
    }
    let mut piece = Documents::default();
    for ((namespace, timestamp, dimensions), group) in groups {
        let namespace = frame.core.namespaces.name(namespace);
        for metrics in group {
            document(&namespace, timestamp, dimensions, &metrics, frame, &mut piece, MAX_VALUES);
            if piece.text().len() >= piece_bytes {
                offer(std::mem::take(&mut piece));
            }
        }
    }
    offer(piece);
}

fn document(
    namespace: &str,
    timestamp: Timestamp,
    dimensions: &[(Box<str>, Box<str>)],
    metrics: &[&Gathered],
    frame: &Frame<'_>,
    out: &mut Documents,
    values_max: usize,
) {
    let Frame { core, properties, log_group, log_stream } = frame;
    let is_member = |name: &str| dimensions.iter().any(|(dimension, _)| **dimension == *name);
    let (metrics, clashing): (Vec<&Gathered>, Vec<_>) = metrics.iter().partition(|of| !is_member(&of.metric.name));
    for of in clashing {
        core.documents.drop_at_once(Cause::InvalidName, of.samples());
        let detail = format_args!("a dimension of its document is called so too");
        core.warnings.dropped(Cause::InvalidName, &of.metric.name, detail);
    }
    if metrics.is_empty() {
        return;
    }
    let is_free = |name: &str| !is_member(name) && metrics.iter().all(|of| *of.metric.name != *name);
    let properties: Vec<_> = properties.iter().filter(|(name, _)| is_free(name)).collect();
    let definitions: Vec<_> = metrics
        .iter()
        .map(|of| MetricDefinition { name: &of.metric.name, unit: of.unit, resolution: of.resolution })
        .collect();
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| &**name).collect();
    let members: Vec<&str> = names.iter().copied().chain(properties.iter().map(|(name, _)| &**name)).collect();
    let shape = Shape {
        namespace,
        dimension_sets: &[&names],
        metrics: &definitions,
        members: &members,
        log_group: *log_group,
        log_stream: *log_stream,
    };
    let samples = metrics.iter().map(|of| of.samples()).sum();
    let values: Vec<_> = metrics.iter().map(|of| (of.tally.values(values_max), of.tally.statistics())).collect();
    let targets = values.iter().map(|(values, statistics)| match (&values[..], statistics) {
        ([(value, 1.0)], _) => Target::One(*value),
        (values, statistics) => {
            let statistics = statistics.expect("what was gathered has samples");
            let crate::sink::Statistics { count, sum, minimum, maximum } = statistics;
            Target::Distribution { values, statistics: Statistics { count, sum, minimum, maximum } }
        }
    });
    let texts = dimensions.iter().map(|(_, value)| Member::Text(value));
    let members = texts.chain(properties.iter().map(|(_, value)| constant(value)));
    let skeleton = match Skeleton::new(&shape) {
        Ok(skeleton) => skeleton,
        Err(error) => {
            core.documents.drop_at_once(Cause::InvalidName, samples);
            return core.warnings.dropped(Cause::InvalidName, &metrics[0].metric.name, format_args!("{error}"));
        }
    };
    let write = |text: &mut Vec<u8>| skeleton.write(text, timestamp, targets, members);
    if out.push_within(core.document_bytes_max, samples, write) {
        return;
    }
    // It is taken apart; a metric that is too large alone is rounded more.
    let mut part = |part: &[&Gathered], values_max| {
        document(namespace, timestamp, dimensions, part, frame, out, values_max);
    };
    if let (first, second @ [_, ..]) = metrics.split_at(metrics.len().div_ceil(2)) {
        part(first, values_max);
        part(second, values_max);
    } else if values_max > VALUES_LEAST {
        part(&metrics, values_max / 2);
    } else {
        core.documents.drop_at_once(Cause::TooLarge, samples);
        let detail = format_args!("its document has more than {} bytes", core.document_bytes_max);
        core.warnings.dropped(Cause::TooLarge, &metrics[0].metric.name, detail);
    }
}
