//! Units of work for sinks that take no documents: their metrics are added up with each other.

use std::sync::Arc;

use nepho_model::{Resolution, Timestamp};

use super::Gathered;
use crate::cells::Tally;
use crate::core::Core;
use crate::series::{Directory, Kind, Named, Series};
use crate::unit_of_work::{Entries, Entry, Finished};

/// Adds the metrics of a unit to the folded series, once for each set of dimensions; those of a unit that is not to wait
/// are put into `at_once` instead.
pub(crate) fn fold(unit: &Finished<'_>, core: &Core, folded: &Directory, at_once: &mut Vec<Gathered>) {
    let sets = sets(unit, core);
    for entry in Entries::new(unit.bytes) {
        let Entry::Metric { name, unit: of, resolution, value } = entry else { continue };
        let kind = Kind { is_gauge: false, is_high_resolution: resolution == Resolution::Second };
        for dimensions in &sets {
            let named = Named { namespace: unit.head.namespace, name, unit: of, kind, dimensions };
            if unit.head.is_immediate {
                at_once.extend(gathered(&named, value, unit.head.timestamp, folded));
            } else {
                folded.with(&named, |series: &Series| series.record(value));
            }
        }
    }
}

fn gathered(named: &Named<'_>, value: f64, timestamp: i64, folded: &Directory) -> Option<Gathered> {
    let series = folded.series(named)?;
    let mut tally = Tally::default();
    tally.add(value, 1);
    Some(Gathered {
        namespace: series.namespace,
        metric: Arc::clone(&series.metric),
        unit: series.unit,
        resolution: series.resolution,
        timestamp: Timestamp::from_millis(timestamp),
        tally,
    })
}

/// The sets of dimensions that a unit names, or one of all that it has, with their values.
fn sets<'u>(unit: &Finished<'u>, core: &'u Core) -> Vec<Vec<(&'u str, &'u str)>> {
    let defaults = core.directory.naming.dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let own = Entries::new(unit.bytes).filter_map(|entry| match entry {
        Entry::Dimension { name, value } => Some((name, value)),
        _ => None,
    });
    let mut all: Vec<(&str, &str)> = Vec::new();
    for (name, value) in defaults.chain(own) {
        match all.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = value,
            None => all.push((name, value)),
        }
    }
    let of = |names: &str| {
        let is_named = |name: &str| names.split('\0').any(|wanted| wanted == name);
        all.iter().filter(|(name, _)| is_named(name)).copied().collect::<Vec<_>>()
    };
    let mut sets: Vec<_> = Entries::new(unit.bytes)
        .filter_map(|entry| match entry {
            Entry::Set { names } => Some(of(names)),
            _ => None,
        })
        .collect();
    sets.sort_unstable();
    sets.dedup();
    if sets.is_empty() {
        sets.push(all);
    }
    sets
}
