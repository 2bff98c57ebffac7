//! Units of work whose names and values are not all legal.

use nepho_model::MAX_DIMENSION_VALUE;

use crate::core::{Core, RESERVED};
use crate::mend;
use crate::port::Property;
use crate::unit_of_work::{Entry, Rewritten, is_plain};
use crate::warnings::Notice;

/// Whether documents and datums can have it as it is, but for what metrics are called.
pub(super) fn is_legal(entry: &Entry<'_>) -> bool {
    match entry {
        Entry::Dimension { name, value } => is_legal_name(name) && is_plain(value, MAX_DIMENSION_VALUE),
        Entry::Property { value: Property::Number(number), name } => number.is_finite() && !name.is_empty(),
        Entry::Property { name, .. } => !name.is_empty(),
        Entry::Set { names } => names.is_empty() || names.split('\0').all(is_legal_name),
        Entry::Metric { .. } => true,
    }
}

fn is_legal_name(name: &str) -> bool {
    is_plain(name, mend::DIMENSION_NAME_MAX) && !name.starts_with(':') && name != RESERVED
}

/// The same entries with legal dimensions, and without what cannot be mended.
#[cold]
pub(super) fn mended(entries: &[Entry<'_>], core: &Core) -> Rewritten {
    let warnings = &core.warnings;
    let metric = entries.iter().find_map(|entry| match entry {
        Entry::Metric { name, .. } => Some(*name),
        _ => None,
    });
    let metric = metric.unwrap_or("a unit of work");
    let mut rewritten = Rewritten::default();
    for entry in entries {
        match entry {
            // It will be hashed, and its value must not be in a warning.
            Entry::Dimension { name, value } if core.directory.naming.is_personal(name) => {
                let name = mend::dimension_name(metric, name, warnings);
                if !value.trim().is_empty() {
                    rewritten.push(&Entry::Dimension { name: &name, value });
                }
            }
            Entry::Dimension { name, value } => {
                if let Some((name, value)) = mend::dimension(metric, name, value, warnings) {
                    rewritten.push(&Entry::Dimension { name: &name, value: &value });
                }
            }
            Entry::Set { names } => {
                let names: Vec<_> =
                    names.split('\0').map(|name| mend::dimension_name(metric, name, warnings)).collect();
                rewritten.push(&Entry::Set { names: &names.join("\0") });
            }
            Entry::Property { name, .. } if !is_legal(entry) => {
                let detail = format_args!("its value is not finite, or its name is blank");
                warnings.notice(Notice::PropertyLeftOut, name, detail);
            }
            Entry::Property { .. } | Entry::Metric { .. } => rewritten.push(entry),
        }
    }
    rewritten
}
