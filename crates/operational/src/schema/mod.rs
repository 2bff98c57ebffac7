//! The tables, and the migrations that make them.

mod bookkeeping;
mod daily_table;
mod identifier;
mod migrate;
mod raw_table;
mod reference;

use std::fmt;

pub use identifier::{IDENTIFIER_BYTES_MAX, Identifier, IdentifierFault};
pub use migrate::{Applied, VERSION_TABLE, applied};
pub use reference::Reference;

/// How the tables are made. They come to be in the first schema of the connection's search path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The type of `email_id`.
    pub email_id: EmailIdType,
    /// What `email_id` refers to, with ON DELETE SET NULL; nothing when `None`.
    pub references: Option<Reference>,
    /// How the raw table is stored.
    pub storage: Storage,
}

impl Default for Schema {
    /// A `bigint` that refers to `incoming_emails.id`, and one plain table.
    fn default() -> Self {
        Schema { email_id: EmailIdType::default(), references: Some(Reference::default()), storage: Storage::default() }
    }
}

/// The type of the column `email_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmailIdType {
    /// `bigint`.
    #[default]
    BigInt,
    /// `integer`.
    Integer,
    /// `uuid`.
    Uuid,
}

impl EmailIdType {
    /// Its name in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            EmailIdType::BigInt => "bigint",
            EmailIdType::Integer => "integer",
            EmailIdType::Uuid => "uuid",
        }
    }
}

impl fmt::Display for EmailIdType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the raw table is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Storage {
    /// One table; retention deletes rows in batches.
    #[default]
    Plain,
    /// A partition for each day of UTC; retention drops partitions. For millions of rows a day, whose deletion would
    /// leave the table and its indexes bloated.
    DailyPartitions,
}

/// The migration that makes the raw table.
const RAW_ROWS: i64 = 1;

/// One step of the way from nothing to the tables.
struct Step {
    version: i64,
    description: &'static str,
    up: String,
    down: String,
}

impl Schema {
    fn steps(&self) -> [Step; 3] {
        [
            Step { version: RAW_ROWS, description: "raw rows", up: raw_table::up(self), down: raw_table::down() },
            Step { version: 2, description: "daily rows", up: daily_table::up(), down: daily_table::down() },
            Step { version: 3, description: "what is rolled up", up: bookkeeping::up(), down: bookkeeping::down() },
        ]
    }

    /// All migrations up as one script, for whoever brings a tool of their own.
    pub fn up_sql(&self) -> String {
        let script = |step: &Step| format!("-- {}. {}\n{}", step.version, step.description, step.up);
        self.steps().iter().map(script).collect::<Vec<_>>().join("\n")
    }

    /// All migrations down as one script. What was recorded is gone after it.
    pub fn down_sql(&self) -> String {
        let script = |step: &Step| format!("-- {}. {}\n{}", step.version, step.description, step.down);
        self.steps().iter().rev().map(script).collect::<Vec<_>>().join("\n")
    }
}
