//! Operational metrics in the application's own PostgreSQL.
//!
//! For a service that wants to see what it does, and wants no more infrastructure than the database it has: samples
//! are rows that it writes in its own transactions, and once a day they are rolled up to a row for each type and label.
//!
//! It is **no** metrics system: nothing here draws, alarms or pages. `nepho serve --operational postgres://...` shows
//! the tables as the namespace `Operational` to everything that does. It is no event store either; raw rows are kept
//! for 30 days.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use nepho_operational::{Clock, Recorder, Routine, Schema, SystemClock, connect};
//! use sqlx::Connection;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let database: sqlx::postgres::PgConnectOptions = "postgres://localhost/mail".parse()?;
//! let mut connection = connect(&database).await?;
//! Schema::default().up(&mut connection, SystemClock.now()).await?;
//!
//! let recorder = Recorder::default();
//! let mut transaction = connection.begin().await?;
//! // ... what the transaction is about, and then:
//! recorder.about(17).processing_time(&mut transaction, "process_email", "parse", Duration::from_millis(12)).await.ok();
//! recorder.queue_depth(&mut transaction, "inbound", 3).await.ok();
//! transaction.commit().await?;
//!
//! // In a task of its own: every day at 01:30, and at once what was missed.
//! Routine::new(database).follow(&SystemClock, std::future::pending()).await;
//! # Ok(())
//! # }
//! ```
//!
//! # Recording
//!
//! A [`Recorder`] writes rows in the caller's transaction and never commits one. A row that cannot be written does no
//! harm to that transaction. There is a call for each of the five types, [`Recorder::record`] for these and the
//! application's own ([`Catalogue`]), and [`Recorder::record_all`] for many samples at once.
//!
//! # Rolling up
//!
//! A [`RollUp`] turns each day that has ended into rows with count, sum, average, minimum, maximum and exact p95, and
//! deletes raw rows that are too old. It may be run at any time, by any number of instances; a [`Routine`] runs it when
//! its [`Schedule`] says so.
//!
//! # Reading
//!
//! [`read`] has raw rows, daily rows, and percentiles over ranges.
//!
//! # Migrations
//!
//! [`Schema::up`] and [`Schema::down`] keep their own table of versions, and are safe beside the application's own
//! migrations. [`Schema::up_sql`] gives them as a script. PostgreSQL has to be 13 or newer; 13 to 18 are tested.

mod back_off;
mod clock;
mod confidence;
mod connect;
mod day;
mod email_id;
mod error;
mod fault;
mod labels;
mod lock;
mod metric_type;
mod partition;
pub mod read;
mod recorder;
mod roll_up;
mod routine;
mod sample;
mod schedule;
mod schema;

pub use back_off::BackOff;
pub use clock::{Clock, SystemClock};
pub use confidence::{SCORE_MAX, SCORE_MIN, Thresholds};
pub use connect::{address, connect};
pub use day::{Day, zone};
pub use email_id::EmailId;
pub use error::Error;
pub use fault::Fault;
pub use labels::{LABEL_NAME_LENGTH_MAX, LABELS_KEY_LENGTH_MAX, LABELS_MAX};
pub use lock::LOCK_CLASS;
pub use metric_type::{
    CONFIDENCE_SCORE, Catalogue, ERROR_COUNT, MetricType, PROCESSING_TIME_MS, QUEUE_DEPTH, TOKEN_USAGE, TYPE_LENGTH_MAX,
};
pub use partition::{DAYS_AHEAD, LOCK_WAIT_MS};
pub use recorder::{BATCH_SAMPLES_MAX, Recorder};
pub use roll_up::{DELETE_ROWS, DueDay, Outcome, Reason, Released, RollUp, RolledDay, Summary};
pub use routine::Routine;
pub use sample::{MAGNITUDE_MAX, Sample, TIME_END, TIME_MIN};
pub use schedule::{DAILY, Schedule};
pub use schema::{
    Applied, EmailIdType, IDENTIFIER_BYTES_MAX, Identifier, IdentifierFault, Reference, Schema, Storage, VERSION_TABLE,
    applied,
};
