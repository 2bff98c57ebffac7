//! What is done to names and values that CloudWatch would refuse: `limits.md`, which is part of the crate's
//! documentation, has the rules.

use std::borrow::Cow;

use nepho_model::{MAX_DIMENSION_VALUE, MAX_METRIC_NAME, MAX_NAMESPACE};

use crate::account::Cause;
use crate::core::RESERVED;
use crate::warnings::{Notice, Warnings};

/// The longest name of a dimension, in characters: the least of what PutMetricData (255) and EMF (250) allow.
pub const DIMENSION_NAME_MAX: usize = 250;

/// How many characters of a name a warning shows.
const SHOWN: usize = 40;

/// Namespaces that begin so are for AWS's services: CloudWatch refuses what others put there.
const RESERVED_NAMESPACE: &str = "AWS/";

/// What stands for a namespace that is empty.
const UNNAMED: &str = "Unnamed";

/// A namespace that is legal.
pub(crate) fn namespace<'a>(namespace: &'a str, warnings: &Warnings) -> Cow<'a, str> {
    let legal = |c: char| !c.is_control();
    let mended = text(namespace, MAX_NAMESPACE, legal, "namespace", warnings);
    match &*mended {
        blank if blank.trim().is_empty() => {
            warnings.notice(Notice::NameMended, "namespace", format_args!("it is blank, and becomes {UNNAMED:?}"));
            UNNAMED.into()
        }
        colon if colon.starts_with(':') => {
            let detail = format_args!("{colon:?} begins with a colon, which becomes an underscore");
            warnings.notice(Notice::NameMended, "namespace", detail);
            format!("_{}", &colon[1..]).into()
        }
        reserved if reserved.starts_with(RESERVED_NAMESPACE) => {
            let detail = format_args!(
                "{reserved:?} is AWS's own, as it begins with {RESERVED_NAMESPACE:?}; the slash becomes an underscore"
            );
            warnings.notice(Notice::NameMended, "namespace", detail);
            reserved.replacen('/', "_", 1).into()
        }
        _ => mended,
    }
}

/// A metric name that is legal, unless nothing is left of it.
pub(crate) fn metric_name<'a>(name: &'a str, warnings: &Warnings) -> Option<Cow<'a, str>> {
    if name.trim().is_empty() {
        warnings.dropped(Cause::InvalidName, "a metric", format_args!("its name {name:?} is blank"));
        return None;
    }
    Some(unreserved(text(name, MAX_METRIC_NAME, |c| !c.is_control(), "metric name", warnings), warnings))
}

/// A dimension that is legal, unless nothing is left of it.
pub(crate) fn dimension<'a>(
    metric: &str,
    name: &'a str,
    value: &'a str,
    warnings: &Warnings,
) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
    let legal_name = dimension_name(metric, name, warnings);
    let legal_value = text(value, MAX_DIMENSION_VALUE, is_printable, "dimension value", warnings);
    if legal_name.trim().is_empty() || legal_value.trim().is_empty() {
        let detail = format_args!("dimension {name:?} is {value:?}; a blank dimension is left out");
        warnings.notice(Notice::DimensionLeftOut, metric, detail);
        return None;
    }
    Some((legal_name, legal_value))
}

/// The name of a dimension that is legal, unless it is blank.
pub(crate) fn dimension_name<'a>(metric: &str, name: &'a str, warnings: &Warnings) -> Cow<'a, str> {
    let legal_name = text(name, DIMENSION_NAME_MAX, is_printable, "dimension name", warnings);
    if !legal_name.starts_with(':') {
        return unreserved(legal_name, warnings);
    }
    let detail = format_args!("dimension name {legal_name:?} begins with a colon, which becomes an underscore");
    warnings.notice(Notice::NameMended, metric, detail);
    format!("_{}", &legal_name[1..]).into()
}

/// The name, unless it is that of EMF's own member of a document.
fn unreserved<'a>(name: Cow<'a, str>, warnings: &Warnings) -> Cow<'a, str> {
    if name != RESERVED {
        return name;
    }
    let mended = format!("{RESERVED}_");
    warnings.notice(
        Notice::NameMended,
        RESERVED,
        format_args!("EMF keeps this name for itself; it becomes {mended:?}"),
    );
    mended.into()
}

fn is_printable(c: char) -> bool {
    (' '..='~').contains(&c)
}

/// `text` with at most `limit` characters, each of them `legal`.
fn text<'a>(
    text: &'a str,
    limit: usize,
    legal: impl Fn(char) -> bool,
    what: &str,
    warnings: &Warnings,
) -> Cow<'a, str> {
    if text.len() <= limit && text.chars().all(&legal) {
        return text.into();
    }
    let beginning: String = text.chars().take(SHOWN).collect();
    let length = text.chars().count();
    if length > limit {
        let detail =
            format_args!("{beginning:?}... has {length} characters, more than the limit of {limit}, and is cut");
        warnings.notice(Notice::NameCut, what, detail);
    }
    if let Some(found) = text.chars().take(limit).find(|c| !legal(*c)) {
        let detail =
            format_args!("{beginning:?} contains {found:?}, which is not legal there and becomes an underscore");
        warnings.notice(Notice::NameMended, what, detail);
    }
    text.chars().take(limit).map(|c| if legal(c) { c } else { '_' }).collect::<String>().into()
}
