//! The payloads of frames: definitions of scopes and metrics, and samples.
//!
//! The layout is in `docs/format/store.md`.

use nepho_model::{Cell, Distribution, ExactValues, Scope, Sketch, Unit};

use crate::tier::Tier;
use crate::varint::{Reader, put, put_signed, put_text};

/// A sample on its way into the head.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// The metric's id.
    pub(crate) metric: u32,
    pub(crate) unit: Unit,
    pub(crate) tier: Tier,
    /// Seconds since the epoch divided by the tier's slot length.
    pub(crate) slot: u32,
    pub(crate) cell: Cell,
}

/// Scopes and metrics with the ids they have from now on.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Definitions {
    pub(crate) scopes: Vec<ScopeDefinition>,
    pub(crate) metrics: Vec<MetricDefinition>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScopeDefinition {
    pub(crate) id: u32,
    pub(crate) scope: Scope,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MetricDefinition {
    pub(crate) id: u32,
    /// The id of its scope.
    pub(crate) scope: u32,
    pub(crate) key: Box<str>,
}

/// The kinds of payload.
const DEFINITIONS: u8 = 1;
const SAMPLES: u8 = 2;

const UNIT_FOLLOWS: u8 = 1 << 5;

/// How a cell's numbers are written.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
enum Form {
    Single = 0,
    Constant = 1,
    Numbers = 2,
    Exact = 3,
    Sketch = 4,
}

/// Appends a payload of metrics with the scopes, out of `scopes`, that they are in.
pub(crate) fn put_definitions(out: &mut Vec<u8>, scopes: &[ScopeDefinition], metrics: &[MetricDefinition]) {
    out.push(DEFINITIONS);
    let is_used = |scope: &&ScopeDefinition| metrics.iter().any(|metric| metric.scope == scope.id);
    let scopes: Vec<_> = scopes.iter().filter(is_used).collect();
    put(out, scopes.len() as u64);
    for ScopeDefinition { id, scope } in scopes {
        put(out, u64::from(*id));
        put_text(out, &scope.account);
        put_text(out, &scope.region);
    }
    put(out, metrics.len() as u64);
    let mut before = "";
    for MetricDefinition { id, scope, key } in metrics {
        put(out, u64::from(*id));
        put(out, u64::from(*scope));
        let shared = shared_length(before, key);
        put(out, shared as u64);
        put_text(out, &key[shared..]);
        before = key;
    }
}

/// Bytes that two texts have in common in front, up to a character's end.
fn shared_length(one: &str, other: &str) -> usize {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    other.floor_char_boundary(same)
}

/// Appends a payload of samples.
pub(crate) fn put_samples(out: &mut Vec<u8>, entries: &[Entry]) {
    out.push(SAMPLES);
    put(out, entries.len() as u64);
    let mut last = Last::default();
    for entry in entries {
        put_sample(out, entry, &mut last);
    }
}

/// What the sample before was, for the differences.
#[derive(Default)]
struct Last {
    metric: i64,
    unit: Unit,
    slots: [i64; Tier::ALL.len()],
}

fn put_sample(out: &mut Vec<u8>, entry: &Entry, last: &mut Last) {
    let form = form_of(&entry.cell);
    let unit_follows = entry.unit != last.unit;
    out.push(entry.tier.code() | (form as u8) << 2 | if unit_follows { UNIT_FOLLOWS } else { 0 });
    if unit_follows {
        out.push(entry.unit.code());
    }
    put_signed(out, i64::from(entry.metric) - last.metric);
    let slot = &mut last.slots[usize::from(entry.tier.code())];
    put_signed(out, i64::from(entry.slot) - *slot);
    *slot = i64::from(entry.slot);
    last.metric = i64::from(entry.metric);
    last.unit = entry.unit;
    put_cell(out, &entry.cell, form);
}

fn form_of(cell: &Cell) -> Form {
    match cell.distribution() {
        Distribution::Constant if cell.count() == 1.0 && cell.sum() == cell.min() => Form::Single,
        Distribution::Constant => Form::Constant,
        Distribution::Unavailable | Distribution::Percentiles(_) => Form::Numbers,
        Distribution::Exact(_) => Form::Exact,
        Distribution::Sketch(_) => Form::Sketch,
    }
}

fn put_cell(out: &mut Vec<u8>, cell: &Cell, form: Form) {
    let mut numbers = |numbers: &[f64]| numbers.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
    match form {
        Form::Single => numbers(&[cell.min()]),
        Form::Constant => numbers(&[cell.count(), cell.sum(), cell.min()]),
        Form::Numbers | Form::Exact | Form::Sketch => numbers(&[cell.count(), cell.sum(), cell.min(), cell.max()]),
    }
    match cell.distribution() {
        Distribution::Constant | Distribution::Unavailable | Distribution::Percentiles(_) => {}
        Distribution::Exact(values) => {
            put(out, values.pairs().len() as u64);
            for (value, weight) in values.pairs() {
                out.extend_from_slice(&value.to_le_bytes());
                put_weight(out, *weight);
            }
        }
        Distribution::Sketch(sketch) => {
            put_weight(out, sketch.zero());
            put(out, sketch.bins().len() as u64);
            let mut before = 0;
            for (bin, weight) in sketch.bins() {
                put_signed(out, i64::from(*bin) - before);
                before = i64::from(*bin);
                put_weight(out, *weight);
            }
        }
    }
}

/// Whole weights below this are written as integers.
const WHOLE_BELOW: f64 = (1u64 << 53) as f64;

fn put_weight(out: &mut Vec<u8>, weight: f64) {
    if (0.0..WHOLE_BELOW).contains(&weight) && weight.fract() == 0.0 {
        put(out, (weight as u64) * 2);
    } else {
        put(out, 1);
        out.extend_from_slice(&weight.to_le_bytes());
    }
}

fn weight(reader: &mut Reader<'_>) -> Option<f64> {
    match reader.varint()? {
        1 => reader.f64(),
        whole if whole & 1 == 0 => Some((whole / 2) as f64),
        _ => None,
    }
}

/// What a payload holds.
#[derive(Debug, PartialEq)]
pub(crate) enum Payload {
    Definitions(Definitions),
    Samples(Vec<Entry>),
}

/// Reads a payload.
pub(crate) fn read_payload(payload: &[u8]) -> Result<Payload, String> {
    let mut reader = Reader(payload);
    let read = match reader.byte() {
        Some(DEFINITIONS) => read_definitions(&mut reader).map(Payload::Definitions),
        Some(SAMPLES) => read_samples(&mut reader).map(Payload::Samples),
        Some(kind) => return Err(format!("payload of unknown kind {kind}")),
        None => None,
    };
    read.filter(|_| reader.is_empty()).ok_or_else(|| "a payload is not what it says it is".to_owned())
}

fn read_definitions(reader: &mut Reader<'_>) -> Option<Definitions> {
    let mut definitions = Definitions::default();
    for _ in 0..reader.varint()? {
        let id = reader.varint_u32()?;
        let scope = Scope::new(reader.text()?, reader.text()?);
        definitions.scopes.push(ScopeDefinition { id, scope });
    }
    for _ in 0..reader.varint()? {
        let (id, scope) = (reader.varint_u32()?, reader.varint_u32()?);
        let shared = usize::try_from(reader.varint()?).ok()?;
        let before = definitions.metrics.last().map_or("", |before| &*before.key);
        let key = [before.get(..shared)?, reader.text()?].concat();
        definitions.metrics.push(MetricDefinition { id, scope, key: key.into() });
    }
    Some(definitions)
}

fn read_samples(reader: &mut Reader<'_>) -> Option<Vec<Entry>> {
    let count = reader.varint()?;
    // A sample takes at least 11 bytes, so a wrong count cannot reserve more than the payload justifies.
    let mut entries = Vec::with_capacity(usize::try_from(count).ok()?.min(reader.0.len() / 11));
    let mut last = Last::default();
    for _ in 0..count {
        entries.push(read_sample(reader, &mut last)?);
    }
    Some(entries)
}

fn read_sample(reader: &mut Reader<'_>, last: &mut Last) -> Option<Entry> {
    let flags = reader.byte()?;
    let tier = Tier::from_code(flags & 3)?;
    if flags & UNIT_FOLLOWS != 0 {
        last.unit = Unit::from_code(reader.byte()?)?;
    }
    last.metric = last.metric.checked_add(reader.signed()?)?;
    let slot = &mut last.slots[usize::from(tier.code())];
    *slot = slot.checked_add(reader.signed()?)?;
    let slot = u32::try_from(*slot).ok()?;
    let metric = u32::try_from(last.metric).ok()?;
    Some(Entry { metric, unit: last.unit, tier, slot, cell: read_cell(reader, flags >> 2 & 7)? })
}

fn read_cell(reader: &mut Reader<'_>, form: u8) -> Option<Cell> {
    if form == Form::Single as u8 {
        return reader.f64().map(Cell::of);
    }
    let (count, sum, min) = (reader.f64()?, reader.f64()?, reader.f64()?);
    if form == Form::Constant as u8 {
        return Some(Cell::from_parts(count, sum, min, min, Distribution::Constant));
    }
    let max = reader.f64()?;
    let distribution = match form {
        form if form == Form::Numbers as u8 => Distribution::Unavailable,
        form if form == Form::Exact as u8 => Distribution::Exact(Box::new(read_exact(reader)?)),
        form if form == Form::Sketch as u8 => Distribution::Sketch(Box::new(read_sketch(reader)?)),
        _ => return None,
    };
    Some(Cell::from_parts(count, sum, min, max, distribution))
}

fn read_exact(reader: &mut Reader<'_>) -> Option<ExactValues> {
    let mut pairs = Vec::new();
    for _ in 0..reader.varint()? {
        pairs.push((reader.f64()?, weight(reader)?));
    }
    Some(ExactValues::from_pairs(pairs))
}

fn read_sketch(reader: &mut Reader<'_>) -> Option<Sketch> {
    let zero = weight(reader)?;
    let mut bins: Vec<(i16, f64)> = Vec::new();
    let mut bin = 0i64;
    for position in 0..reader.varint()? {
        let step = reader.signed()?;
        if position > 0 && step <= 0 {
            return None;
        }
        bin = bin.checked_add(step)?;
        bins.push((i16::try_from(bin).ok()?, weight(reader)?));
    }
    Some(Sketch::from_parts(zero, bins))
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Any cell, in every form.
    pub(crate) fn cells() -> impl Strategy<Value = Cell> {
        prop_oneof![
            (-1e6f64..1e6).prop_map(Cell::of),
            (0f64..1e6, 0.1f64..9.0).prop_map(|(value, count)| Cell::of_values(&[value], &[count]).unwrap()),
            (1f64..9.0, 0f64..5.0, 5f64..9.0).prop_map(|(count, min, max)| Cell::of_statistics(
                count,
                max * count,
                min,
                max
            )
            .unwrap()),
            prop::collection::vec((0f64..1e4, 0.5f64..4.0), 2..40).prop_map(|pairs| {
                let (values, counts): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
                Cell::of_values(&values, &counts).unwrap()
            }),
            prop::collection::vec(0f64..1e4, 151..170).prop_map(|values| Cell::of_values(&values, &[]).unwrap()),
        ]
    }

    fn entries() -> impl Strategy<Value = Vec<Entry>> {
        let entry =
            (any::<u32>(), 0u8..27, 0u8..4, any::<u32>(), cells()).prop_map(|(metric, unit, tier, slot, cell)| Entry {
                metric,
                unit: Unit::from_code(unit).unwrap(),
                tier: Tier::from_code(tier).unwrap(),
                slot,
                cell,
            });
        prop::collection::vec(entry, 0..20)
    }

    proptest! {
        #[test]
        fn samples_come_back(entries in entries()) {
            let mut out = Vec::new();
            put_samples(&mut out, &entries);
            prop_assert_eq!(read_payload(&out), Ok(Payload::Samples(entries)));
        }

        #[test]
        fn definitions_come_back(keys in prop::collection::vec((any::<u32>(), 0u32..3, "[ab\u{e9}]{0,6}"), 0..9)) {
            let scopes = (0..3).map(|id| ScopeDefinition { id, scope: Scope::new(format!("{id:012}"), "us-east-1") });
            let scopes: Vec<_> = scopes.collect();
            let metrics = keys.into_iter().map(|(id, scope, key)| MetricDefinition { id, scope, key: key.into() });
            let metrics: Vec<_> = metrics.collect();
            let mut out = Vec::new();
            put_definitions(&mut out, &scopes, &metrics);
            let Ok(Payload::Definitions(read)) = read_payload(&out) else { panic!("{:?}", read_payload(&out)) };
            prop_assert!(read.scopes.iter().all(|scope| scopes.contains(scope)));
            prop_assert!(metrics.iter().all(|metric| read.scopes.iter().any(|scope| scope.id == metric.scope)));
            prop_assert_eq!(read.metrics, metrics);
        }

        #[test]
        fn mutated_payloads_are_read_or_refused(
            entries in entries(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        ) {
            let mut out = Vec::new();
            put_samples(&mut out, &entries);
            for (at, byte) in changes {
                let at = at.index(out.len());
                out[at] = byte;
            }
            let _ = read_payload(&out);
        }
    }
}
