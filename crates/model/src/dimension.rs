//! Dimensions: their limits, and what can be wrong with one.

use crate::identity::NameFault;

/// The most dimensions a metric may have.
pub const MAX_DIMENSIONS: usize = 30;
/// The longest dimension name, in characters.
pub const MAX_DIMENSION_NAME: usize = 255;
/// The longest dimension value, in characters.
pub const MAX_DIMENSION_VALUE: usize = 1024;

/// What is wrong with the dimensions of a metric.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DimensionFault {
    /// More than [`MAX_DIMENSIONS`].
    #[error("{0} dimensions exceed the limit of {MAX_DIMENSIONS}")]
    TooMany(usize),
    /// The same name twice: a metric has a set of dimensions, and the name is the key.
    #[error("dimension name {0:?} is given twice")]
    Repeated(String),
    /// A bad name.
    #[error("dimension name {name:?} {fault}")]
    Name {
        /// The name as it was given.
        name: String,
        /// What is wrong with it.
        fault: NameFault,
    },
    /// A bad value.
    #[error("value {value:?} of dimension {name:?} {fault}")]
    Value {
        /// The dimension's name.
        name: String,
        /// The value as it was given.
        value: String,
        /// What is wrong with it.
        fault: NameFault,
    },
}

/// Checks a dimension's name: 1 to [`MAX_DIMENSION_NAME`] printable ASCII characters, not only spaces, no
/// colon in front.
///
/// # Errors
/// Says what is wrong with it.
pub fn check_dimension_name(name: &str) -> Result<(), NameFault> {
    printable(name, MAX_DIMENSION_NAME, true)
}

/// Checks one dimension.
pub(crate) fn check(name: &str, value: &str) -> Result<(), DimensionFault> {
    check_dimension_name(name).map_err(|fault| DimensionFault::Name { name: name.to_owned(), fault })?;
    printable(value, MAX_DIMENSION_VALUE, false).map_err(|fault| DimensionFault::Value {
        name: name.to_owned(),
        value: value.to_owned(),
        fault,
    })
}

/// ASCII, without control characters, with something to see in it.
fn printable(text: &str, limit: usize, is_name: bool) -> Result<(), NameFault> {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return Err(NameFault::Empty);
    }
    if bytes.len() > limit {
        return Err(NameFault::TooLong { length: text.chars().count(), limit });
    }
    if is_name && bytes[0] == b':' {
        return Err(NameFault::LeadingColon);
    }
    if !bytes.iter().all(|byte| (0x20..0x7f).contains(byte)) {
        let found = text.chars().find(|c| !(' '..='~').contains(c)).expect("a byte outside the range was just seen");
        return Err(if found.is_ascii() { NameFault::Control(found) } else { NameFault::NotAscii(found) });
    }
    if bytes.iter().all(|byte| *byte == b' ') {
        return Err(NameFault::Blank);
    }
    Ok(())
}
