//! The bytes of a model: `docs/format/anomaly-model.md`.

mod reader;

use nepho_model::Timestamp;

use super::fit::Fit;
use super::model::Model;
use super::offsets::{MAX_OFFSET_CHANGES, Offsets, OffsetsFault};
use super::reach::{MAX_RUNGS, Reach};
use super::scale::{HOURS, MAX_LEVELS, Scale};
use super::season::{Bins, Cycle, MAX_BINS, Season};
use super::spikes::{Spike, Spikes};
use super::trend::{MAX_SHIFTS, Trend};
use crate::period::Period;
use reader::Reader;

/// The first byte; another one is another format.
const VERSION: u8 = 1;

/// Why bytes are no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelBytesFault {
    /// Another version of the format.
    #[error("version {0} of an anomaly model is not {VERSION}")]
    Version(u8),
    /// They end too early.
    #[error("an anomaly model ends after {0} bytes, in the middle of it")]
    End(usize),
    /// There are more of them.
    #[error("an anomaly model is followed by {0} bytes")]
    Rest(usize),
    /// Something that no model has.
    #[error("{what} of an anomaly model is {value}")]
    Value {
        /// What it is of.
        what: &'static str,
        /// What it is.
        value: String,
    },
    /// Offsets that are none.
    #[error("the local time of an anomaly model: {0}")]
    Offsets(#[from] OffsetsFault),
}

impl Model {
    /// The model as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        put_i64(&mut out, self.period.seconds());
        put_i64(&mut out, self.trained_at.millis());
        out.extend(self.points.to_le_bytes());
        put_i64(&mut out, self.span_seconds);
        out.push(u8::from(self.fit.is_some()));
        if let Some(fit) = &self.fit {
            put_fit(&mut out, fit);
        }
        out
    }

    /// The model that these bytes were made of.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelBytesFault> {
        let mut reader = Reader::new(bytes);
        let version = reader.u8()?;
        if version != VERSION {
            return Err(ModelBytesFault::Version(version));
        }
        let seconds = reader.i64()?;
        let model = Model {
            period: Period::from_seconds(seconds).map_err(|_| fault("the period", &seconds))?,
            trained_at: Timestamp::from_millis(reader.i64()?),
            points: reader.u32()?,
            span_seconds: reader.i64()?,
            fit: if reader.count("the number of fits", 1)? == 1 { Some(fit(&mut reader)?) } else { None },
        };
        match reader.left() {
            0 => Ok(model),
            left => Err(ModelBytesFault::Rest(left)),
        }
    }
}

fn fault(what: &'static str, value: &dyn ToString) -> ModelBytesFault {
    ModelBytesFault::Value { what, value: value.to_string() }
}

fn put_fit(out: &mut Vec<u8>, fit: &Fit) {
    [fit.centre, fit.spread, fit.floor, fit.ceiling].into_iter().for_each(|value| put_f64(out, value));
    out.extend(fit.offsets.first().to_le_bytes());
    put_len(out, fit.offsets.changes().len());
    for (from, offset) in fit.offsets.changes() {
        put_i64(out, *from);
        out.extend(offset.to_le_bytes());
    }
    put_f64(out, fit.trend.level);
    put_f64(out, fit.trend.slope);
    put_i64(out, fit.trend.from);
    put_i64(out, fit.trend.until);
    put_len(out, fit.trend.shifts.len());
    for (time, by) in &fit.trend.shifts {
        put_i64(out, *time);
        put_f64(out, *by);
    }
    put_len(out, fit.seasons.len());
    for season in &fit.seasons {
        put_bins(out, season.bins);
        put_sparse(out, &season.values);
    }
    put_scale(out, &fit.scale);
    for reach in [&fit.down, &fit.up] {
        put_len(out, reach.0.len());
        reach.0.iter().for_each(|value| put_f32(out, *value));
    }
    put_len(out, fit.spikes.len());
    for spikes in &fit.spikes {
        put_bins(out, spikes.bins);
        put_len16(out, spikes.expected.len());
        for spike in &spikes.expected {
            out.extend(spike.bin.to_le_bytes());
            put_f32(out, spike.down);
            put_f32(out, spike.up);
        }
    }
}

fn put_i64(out: &mut Vec<u8>, value: i64) {
    out.extend(value.to_le_bytes());
}

fn put_f64(out: &mut Vec<u8>, value: f64) {
    out.extend(value.to_le_bytes());
}

fn put_f32(out: &mut Vec<u8>, value: f32) {
    out.extend(value.to_le_bytes());
}

fn put_len(out: &mut Vec<u8>, len: usize) {
    out.push(u8::try_from(len).expect("lists of a model are short"));
}

fn put_len16(out: &mut Vec<u8>, len: usize) {
    out.extend(u16::try_from(len).expect("a cycle has few bins").to_le_bytes());
}

fn put_bins(out: &mut Vec<u8>, bins: Bins) {
    out.push(bins.cycle.code());
    put_i64(out, bins.seconds);
    put_i64(out, bins.anchor);
}

/// Values as runs: so many zeros, then so many others.
fn put_sparse(out: &mut Vec<u8>, values: &[f32]) {
    let mut left = values;
    while !left.is_empty() {
        let zeros = left.iter().take_while(|value| **value == 0.0).count();
        let others = left[zeros..].iter().take_while(|value| **value != 0.0).count();
        put_len16(out, zeros);
        put_len16(out, others);
        left[zeros..zeros + others].iter().for_each(|value| put_f32(out, *value));
        left = &left[zeros + others..];
    }
}

fn put_scale(out: &mut Vec<u8>, scale: &Scale) {
    match scale {
        Scale::Constant(scale) => {
            out.push(0);
            put_f32(out, *scale);
        }
        Scale::Hours(of_hour) => {
            out.push(1);
            of_hour.iter().for_each(|scale| put_f32(out, *scale));
        }
        Scale::Levels(levels) => {
            out.push(2);
            put_len(out, levels.len());
            for (level, scale) in levels {
                put_f32(out, *level);
                put_f32(out, *scale);
            }
        }
    }
}

fn fit(reader: &mut Reader<'_>) -> Result<Fit, ModelBytesFault> {
    let (centre, spread, floor, ceiling) = (reader.number()?, reader.number()?, reader.bound()?, reader.bound()?);
    if floor > ceiling {
        return Err(fault("the floor", &floor));
    }
    Ok(Fit {
        centre,
        spread,
        floor,
        ceiling,
        offsets: offsets(reader)?,
        trend: trend(reader)?,
        seasons: reader.list("the number of seasons", Cycle::ALL.len(), season)?,
        scale: scale(reader)?,
        down: Reach(reader.list("the number of rungs", MAX_RUNGS, Reader::small)?),
        up: Reach(reader.list("the number of rungs", MAX_RUNGS, Reader::small)?),
        spikes: reader.list("the number of spikes", Cycle::ALL.len(), spikes)?,
    })
}

fn offsets(reader: &mut Reader<'_>) -> Result<Offsets, ModelBytesFault> {
    let first = reader.i32()?;
    let change = |reader: &mut Reader<'_>| Ok((reader.i64()?, reader.i32()?));
    Ok(Offsets::new(first, reader.list("the number of offsets", MAX_OFFSET_CHANGES, change)?)?)
}

fn trend(reader: &mut Reader<'_>) -> Result<Trend, ModelBytesFault> {
    let (level, slope, from, until) = (reader.number()?, reader.number()?, reader.time()?, reader.time()?);
    if until < from {
        return Err(fault("the end", &until));
    }
    let shift = |reader: &mut Reader<'_>| Ok((reader.time()?, reader.number()?));
    let shifts = reader.list("the number of shifts", MAX_SHIFTS, shift)?;
    Ok(Trend { level, slope, from, until, shifts })
}

fn bins(reader: &mut Reader<'_>) -> Result<Bins, ModelBytesFault> {
    let code = reader.u8()?;
    let cycle = Cycle::from_code(code).ok_or_else(|| fault("a cycle", &code))?;
    let (seconds, anchor) = (reader.i64()?, reader.i64()?);
    if seconds < 1 || seconds > cycle.seconds() {
        return Err(fault("a bin's length", &seconds));
    }
    if anchor < 0 || anchor > cycle.seconds() {
        return Err(fault("a bin's start", &anchor));
    }
    let bins = Bins { cycle, seconds, anchor };
    if bins.len() > MAX_BINS { Err(fault("the number of bins", &bins.len())) } else { Ok(bins) }
}

fn season(reader: &mut Reader<'_>) -> Result<Season, ModelBytesFault> {
    let bins = bins(reader)?;
    let mut values = Vec::with_capacity(bins.len());
    while values.len() < bins.len() {
        let (zeros, others) = (usize::from(reader.u16()?), usize::from(reader.u16()?));
        let len = values.len() + zeros + others;
        if len > bins.len() || zeros + others == 0 {
            return Err(fault("a run's length", &(zeros + others)));
        }
        values.resize(values.len() + zeros, 0.0);
        for _ in 0..others {
            values.push(reader.small()?);
        }
    }
    Ok(Season { bins, values })
}

fn scale(reader: &mut Reader<'_>) -> Result<Scale, ModelBytesFault> {
    match reader.u8()? {
        0 => Ok(Scale::Constant(reader.small()?)),
        1 => Ok(Scale::Hours((0..HOURS).map(|_| reader.small()).collect::<Result<_, _>>()?)),
        2 => {
            let level = |reader: &mut Reader<'_>| Ok((reader.small()?, reader.small()?));
            let levels = reader.list("the number of levels", MAX_LEVELS, level)?;
            match levels.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
                None => Ok(Scale::Levels(levels)),
                Some(pair) => Err(fault("a level", &pair[1].0)),
            }
        }
        kind => Err(fault("the kind of scale", &kind)),
    }
}

fn spikes(reader: &mut Reader<'_>) -> Result<Spikes, ModelBytesFault> {
    let bins = bins(reader)?;
    let mut expected: Vec<Spike> = Vec::new();
    for _ in 0..reader.u16()? {
        let spike = Spike { bin: reader.u16()?, down: reader.small()?, up: reader.small()? };
        let is_next = expected.last().is_none_or(|last| last.bin < spike.bin);
        if !is_next || usize::from(spike.bin) >= bins.len() {
            return Err(fault("a spike's bin", &spike.bin));
        }
        expected.push(spike);
    }
    Ok(Spikes { bins, expected })
}
