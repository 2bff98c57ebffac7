//! Units of work for sinks that take no documents: their metrics are added up with each other.

use std::sync::Arc;

use nepho_model::{MAX_DIMENSIONS, Resolution, Timestamp};

use super::Gathered;
use super::members::sets;
use super::mended::{is_legal, mended};
use crate::cells::Tally;
use crate::core::Core;
use crate::naming::Naming;
use crate::series::{Directory, Kind, Named, Series};
use crate::unit_of_work::{Entries, Entry, Finished};
use crate::warnings::{Notice, Warnings};

type Dimensions<'u> = Vec<(&'u str, &'u str)>;

/// Adds the metrics of a unit to the folded series, once for each set of dimensions; those of a unit that is not to wait
/// are put into `at_once` instead.
pub(crate) fn fold(unit: &Finished<'_>, core: &Core, folded: &Directory, at_once: &mut Vec<Gathered>) {
    let entries: Vec<_> = Entries::new(unit.bytes).collect();
    if entries.iter().all(is_legal) {
        return legal(unit, &entries, core, folded, at_once);
    }
    let rewritten = mended(&entries, core);
    let entries: Vec<_> = Entries::new(rewritten.bytes()).collect();
    legal(unit, &entries, core, folded, at_once);
}

fn legal(unit: &Finished<'_>, entries: &[Entry<'_>], core: &Core, folded: &Directory, at_once: &mut Vec<Gathered>) {
    let dimensions = dimensions(entries, &core.directory.naming, &core.warnings);
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let of = |set: Vec<&str>| dimensions.iter().filter(|(name, _)| set.contains(name)).copied().collect();
    let sets: Vec<Dimensions<'_>> = sets(entries, &names, &core.warnings).into_iter().map(of).collect();
    for entry in entries {
        let Entry::Metric { name, unit: of, resolution, value } = entry else { continue };
        let kind = Kind { is_gauge: false, is_high_resolution: *resolution == Resolution::Second };
        for dimensions in &sets {
            let named = Named { namespace: unit.head.namespace, name, unit: *of, kind, dimensions };
            let put = |series: &Series| match unit.head.is_immediate {
                true => at_once.push(gathered(series, *value, unit.head.timestamp)),
                false => series.record(*value),
            };
            folded.with(&named, put);
        }
    }
}

fn gathered(series: &Series, value: f64, timestamp: i64) -> Gathered {
    let mut tally = Tally::default();
    tally.add(value, 1);
    Gathered {
        namespace: series.namespace,
        metric: Arc::clone(&series.metric),
        unit: series.unit,
        resolution: series.resolution,
        timestamp: Timestamp::from_millis(timestamp),
        tally,
    }
}

/// The dimensions of a unit, with the client's, each name once.
fn dimensions<'u>(entries: &[Entry<'u>], naming: &'u Naming, warnings: &Warnings) -> Dimensions<'u> {
    let defaults = naming.dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let own = entries.iter().filter_map(|entry| match entry {
        Entry::Dimension { name, value } if naming.is_allowed(name) => Some((*name, *value)),
        _ => None,
    });
    let mut all: Dimensions<'u> = Vec::new();
    for (name, value) in defaults.chain(own) {
        let count = all.len();
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = value,
            None if count == MAX_DIMENSIONS => {
                let detail = format_args!("the dimension is left out: {MAX_DIMENSIONS} is the limit");
                warnings.notice(Notice::TooManyDimensions, name, detail);
            }
            None => all.push((name, value)),
        }
    }
    all
}
