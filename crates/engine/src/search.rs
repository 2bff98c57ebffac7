//! SEARCH: the language that finds metrics by what is in their names.
//!
//! [`parse_search`] reads the first argument of `SEARCH('{Namespace, Dimension} term', 'Average')` and answers what it
//! asks as a [`Search`], whose `matches` says what it means for one metric, and which a store answers for all of them.
//! What AWS leaves open is in `docs/decisions/search.md`.
//!
//! ```
//! use nepho_engine::search::parse_search;
//! use nepho_model::{Metric, Scope};
//!
//! let search = parse_search(r#"{AWS/EC2, InstanceId} CPUUtilization NOT i-0123"#)?;
//! let metric = Metric::new("AWS/EC2", "CPUUtilization", &[("InstanceId", "i-4567")])?;
//! assert!(search.matches(&Scope::new("000000000000", "us-east-1"), metric.key()));
//!
//! let error = parse_search("{AWS/EC2} (network OR packets").unwrap_err();
//! assert_eq!(error.to_string(), "at character 30: found the end, expected `)`, AND, OR or another term; \
//!     it closes the `(` at character 11");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod lexer;
mod parser;

use nepho_model::search::Search;

use crate::unexpected::Unexpected;

/// The longest search, in characters.
pub const MAX_SEARCH: usize = 1024;

/// The most searches of a request.
pub const MAX_SEARCHES: usize = 100;

/// The most metrics that a search answers.
pub const MAX_SEARCH_RESULTS: usize = 500;

/// A search finds only metrics that had data in the last two weeks, in seconds.
pub const SEARCHED_SECONDS: i64 = 14 * 24 * 3600;

/// The most parentheses and NOTs that stand within each other.
pub const MAX_SEARCH_DEPTH: usize = 32;

/// Why a text is no search.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchFault {
    /// Longer than [`MAX_SEARCH`].
    #[error("a search of {0} characters exceeds the limit of {MAX_SEARCH}")]
    TooLong(usize),
    /// Neither a schema nor a term.
    #[error("the search is empty: it needs a schema such as {{AWS/EC2,InstanceId}}, a term, or both")]
    Empty,
    /// Parentheses and NOTs within each other, more than [`MAX_SEARCH_DEPTH`].
    #[error("at character {position}: parentheses and NOTs are nested deeper than the limit of {MAX_SEARCH_DEPTH}")]
    TooDeep {
        /// Which character, counted from 1.
        position: usize,
    },
    /// Something else than can be there.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

/// Reads a search.
///
/// # Errors
/// It is too long, too deep, or does not follow the grammar; says where, what was found and what was expected.
pub fn parse_search(text: &str) -> Result<Search, SearchFault> {
    let length = text.chars().count();
    if length > MAX_SEARCH {
        return Err(SearchFault::TooLong(length));
    }
    parser::parse(text)
}

#[cfg(test)]
mod tests;
