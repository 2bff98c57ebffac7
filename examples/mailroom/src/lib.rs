//! Email processing: mail comes in through a Maildir, waits in queues in PostgreSQL, is read and sorted by one actor and
//! answered by another.
//!
//! Everything it measures is a row in the same database, written in the transaction that it is about: what is rolled
//! back was not measured, and what is committed was. `nepho serve --operational` shows these rows as metrics.

pub mod actor;
pub mod classifier;
pub mod clock;
pub mod intake;
pub mod mail;
pub mod mailroom;
pub mod queue;
pub mod schema;
pub mod words;

pub use mailroom::{Folders, Mailroom};
