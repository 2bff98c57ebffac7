//! Sorting mail: a naive Bayes classifier over words.

use std::collections::{BTreeMap, BTreeSet};

use crate::words::words;

/// Its name, the label `model`.
pub const MODEL: &str = "bayes-1";

/// What it learnt from: a category and a text on each line.
const TRAINING: &str = include_str!("training.txt");

/// Counts of words by category.
#[derive(Debug, Clone)]
pub struct Classifier {
    categories: BTreeMap<&'static str, Category>,
    /// How many different words there are.
    vocabulary: f64,
}

#[derive(Debug, Clone, Default)]
struct Category {
    texts: f64,
    words: BTreeMap<String, f64>,
    total: f64,
}

/// What a text was taken for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Classification {
    /// The category.
    pub category: &'static str,
    /// Its probability among the categories, from 0 to 1.
    pub confidence: f64,
    /// Words that were looked at.
    pub tokens: u64,
}

impl Default for Classifier {
    /// Trained with the texts that come with it.
    fn default() -> Self {
        let mut categories: BTreeMap<&'static str, Category> = BTreeMap::new();
        let mut vocabulary = BTreeSet::new();
        for (category, text) in TRAINING.lines().filter_map(|line| line.split_once(": ")) {
            let known = categories.entry(category).or_default();
            known.texts += 1.0;
            for word in words(text) {
                vocabulary.insert(word.clone());
                *known.words.entry(word).or_default() += 1.0;
                known.total += 1.0;
            }
        }
        Classifier { categories, vocabulary: vocabulary.len() as f64 }
    }
}

impl Classifier {
    /// The most likely category of a text.
    pub fn classify(&self, text: &str) -> Classification {
        let words: Vec<String> = words(text).collect();
        let texts: f64 = self.categories.values().map(|known| known.texts).sum();
        let score = |known: &Category| {
            let likely =
                |word: &String| ((known.words.get(word).unwrap_or(&0.0) + 1.0) / (known.total + self.vocabulary)).ln();
            (known.texts / texts).ln() + words.iter().map(likely).sum::<f64>()
        };
        let scores: Vec<(&'static str, f64)> =
            self.categories.iter().map(|(name, known)| (*name, score(known))).collect();
        let best = scores.iter().max_by(|a, b| a.1.total_cmp(&b.1)).expect("there are categories");
        let others: f64 = scores.iter().map(|(_, score)| (score - best.1).exp()).sum();
        Classification { category: best.0, confidence: 1.0 / others, tokens: words.len() as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_is_sorted_by_its_words() {
        let cases = [
            ("You charged my card twice, I want a refund of the payment", "billing"),
            ("The app crashes with an error when I log in", "support"),
            ("What is the price of the yearly plan for a team of ten seats?", "sales"),
            ("You won! Click here for your guaranteed prize", "spam"),
        ];
        for (text, category) in cases {
            let found = Classifier::default().classify(text);
            assert_eq!(found.category, category, "{text}");
            assert!((0.25..=1.0).contains(&found.confidence), "{found:?}");
        }
    }

    #[test]
    fn what_says_nothing_is_anything() {
        let found = Classifier::default().classify("");
        assert_eq!((found.confidence, found.tokens), (0.25, 0));
    }
}
