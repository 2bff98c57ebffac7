//! Which column of a file is which feature.
//!
//! A header that is a feature's name or one of its usual other names, however it is spelt, is that feature. What only
//! looks like one is a question: the answer lists candidates, and the caller says which it is.

mod likeness;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::features::{CUSTOMER_ID, CUSTOMER_ID_ALIASES, FEATURES};
use likeness::likeness;

/// Below this likeness, from 0 to 1, a column is no candidate.
pub const LIKENESS_MIN: f64 = 0.75;
/// The most candidates of a question.
pub const CANDIDATES_MAX: usize = 5;

/// The column of each feature, by its place in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The column of [`CUSTOMER_ID`], where there is one.
    pub customer_id: Option<usize>,
    /// The column of each of [`FEATURES`], in their order.
    pub features: [usize; FEATURES.len()],
}

/// What is known of a header.
#[derive(Debug, Clone, PartialEq)]
pub enum Mapped {
    /// Everything.
    Sure(Mapping),
    /// Not everything: what is known, and what has to be asked.
    Unsure {
        /// Features with their columns.
        known: BTreeMap<String, String>,
        /// One for each feature that is not known.
        questions: Vec<Question>,
    },
}

/// Which column is this feature?
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Question {
    /// The feature.
    pub feature: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Columns that may be it, the likeliest first. Without any, the file lacks it.
    pub candidates: Vec<Candidate>,
}

/// A column that may be a feature.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Its name in the file.
    pub column: String,
    /// How alike the names are, from 0 to 1.
    pub likeness: f64,
}

/// What somebody said about columns does not fit the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfirmError {
    /// No feature is called so.
    #[error("{0:?} is no feature: they are {1}")]
    NoFeature(String, String),
    /// No column is called so.
    #[error("the file has no column {0:?}: it has {1}")]
    NoColumn(String, String),
    /// More than one is.
    #[error("the file has more than one column {0:?}: rename all but one")]
    Twice(String),
    /// One column for two features.
    #[error("column {0:?} is said to be both {1} and {2}")]
    Shared(String, String, String),
}

/// A name without regard to capitals, spaces and signs: words with `_` between them.
pub fn normal(name: &str) -> String {
    let mut words = String::with_capacity(name.len());
    let mut before = ' ';
    for letter in name.chars() {
        let begins = letter.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit());
        if !letter.is_alphanumeric() || begins {
            words.push('_');
        }
        if letter.is_alphanumeric() {
            words.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.split('_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// Finds the column of each feature; what is `confirmed` (a feature and its column, as the file spells it) is not asked.
///
/// # Errors
/// When what is confirmed does not fit.
pub fn map(header: &[String], confirmed: &BTreeMap<String, String>) -> Result<Mapped, ConfirmError> {
    let confirmed = places(header, confirmed)?;
    let normals: Vec<String> = header.iter().map(|name| normal(name)).collect();
    let is_free = |place: &usize| !confirmed.values().any(|taken| taken == place);
    let called = |name: &str, aliases: &[&str]| -> Vec<usize> {
        let fits = |place: &usize| normals[*place] == name || aliases.contains(&normals[*place].as_str());
        (0..header.len()).filter(is_free).filter(fits).collect()
    };
    let mut found: BTreeMap<&'static str, usize> = confirmed.clone();
    let mut several: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
    for feature in FEATURES.iter().filter(|feature| !confirmed.contains_key(feature.name)) {
        match called(feature.name, feature.aliases).as_slice() {
            [] => {}
            [place] => drop(found.insert(feature.name, *place)),
            places => drop(several.insert(feature.name, places.to_vec())),
        }
    }
    if !found.contains_key(CUSTOMER_ID)
        && let [place, ..] = called(CUSTOMER_ID, CUSTOMER_ID_ALIASES).as_slice()
    {
        found.insert(CUSTOMER_ID, *place);
    }
    let columns: Option<Vec<usize>> = FEATURES.iter().map(|feature| found.get(feature.name).copied()).collect();
    if let Some(columns) = columns {
        let features = columns.try_into().expect("one for each");
        return Ok(Mapped::Sure(Mapping { customer_id: found.get(CUSTOMER_ID).copied(), features }));
    }
    let taken: Vec<usize> = found.values().copied().collect();
    let questions = FEATURES.iter().filter(|feature| !found.contains_key(feature.name)).map(|feature| {
        let places = several.get(feature.name).cloned();
        let free = || (0..header.len()).filter(|place| !taken.contains(place)).collect();
        let score =
            |place: usize| Candidate { column: header[place].clone(), likeness: likeness(&normals[place], feature) };
        let mut candidates: Vec<Candidate> = places.unwrap_or_else(free).into_iter().map(score).collect();
        candidates.retain(|candidate| candidate.likeness >= LIKENESS_MIN);
        candidates.sort_by(|one, other| other.likeness.total_cmp(&one.likeness));
        candidates.truncate(CANDIDATES_MAX);
        Question { feature: feature.name, meaning: feature.meaning, candidates }
    });
    let questions = questions.collect();
    let known = found.iter().map(|(feature, place)| ((*feature).to_owned(), header[*place].clone())).collect();
    Ok(Mapped::Unsure { known, questions })
}

/// Where the columns are that somebody has named.
fn places(
    header: &[String],
    confirmed: &BTreeMap<String, String>,
) -> Result<BTreeMap<&'static str, usize>, ConfirmError> {
    let mut places: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (feature, column) in confirmed {
        let mut names = FEATURES.iter().map(|feature| feature.name).chain([CUSTOMER_ID]);
        let Some(name) = names.find(|name| name == feature) else {
            let names: Vec<&str> = FEATURES.iter().map(|feature| feature.name).collect();
            return Err(ConfirmError::NoFeature(feature.clone(), names.join(", ")));
        };
        let all: Vec<usize> = (0..header.len()).filter(|place| header[*place] == *column).collect();
        let place = match all.as_slice() {
            [] => return Err(ConfirmError::NoColumn(column.clone(), header.join(", "))),
            [place] => *place,
            _ => return Err(ConfirmError::Twice(column.clone())),
        };
        if let Some((other, _)) = places.iter().find(|(_, taken)| **taken == place) {
            return Err(ConfirmError::Shared(column.clone(), (*other).to_owned(), feature.clone()));
        }
        places.insert(name, place);
    }
    Ok(places)
}

#[cfg(test)]
mod tests;
