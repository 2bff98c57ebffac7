//! How alike a column's name and a feature are.

use crate::features::Feature;

/// How alike a name in normal form and a feature's names are, from 0 to 1: by letters, or by words that they share.
pub(super) fn likeness(name: &str, feature: &Feature) -> f64 {
    let names = [feature.name].into_iter().chain(feature.aliases.iter().copied());
    let best = names.map(|other| by_letters(name, other).max(by_words(name, other))).fold(0.0, f64::max);
    (best * 100.0).round() / 100.0
}

fn by_letters(one: &str, other: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(one, other)
}

/// Two of three for a name that has all words of the other one, less for fewer.
fn by_words(one: &str, other: &str) -> f64 {
    let words = |name: &str| name.split('_').map(str::to_owned).collect::<Vec<_>>();
    let (one, other) = (words(one), words(other));
    let (short, long) = if one.len() < other.len() { (&one, &other) } else { (&other, &one) };
    let shared = short.iter().filter(|word| long.contains(word)).count();
    if shared < short.len() { 0.0 } else { 0.75 + 0.2 * short.len() as f64 / long.len() as f64 }
}
