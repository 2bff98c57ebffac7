//! A query as it was given, in whichever form, before all of a request are put together.

use nepho_engine::{Period, QueryId};

use super::line::{Asked, Line};

/// A query that may lack what the request gives it: an id, a period, whether it is shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) id: Option<QueryId>,
    pub(crate) asked: Asked,
    pub(crate) period: Option<Period>,
    pub(crate) label: Option<String>,
    /// Whether the result is wanted, where the query says so itself.
    pub(crate) return_data: Option<bool>,
    /// The account that owns the metrics.
    pub(crate) account: Option<String>,
    /// What was typed: messages point into it.
    pub(crate) text: String,
}

impl Draft {
    /// A query in the short form.
    pub(super) fn of_line(line: Line, text: String) -> Self {
        let Line { id, asked, period, label } = line;
        Draft { id, asked, period, label, return_data: None, account: None, text }
    }
}
