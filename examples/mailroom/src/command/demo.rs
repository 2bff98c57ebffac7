//! `mailroom demo`

use std::error::Error;

use clap::Args;
use mailroom::intake::{self, deliver};
use mailroom::{Folders, Mailroom, schema};
use nepho_operational::SystemClock;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

/// What people write, again and again.
const MAILS: [&str; 5] = [
    "From: ada@example.org\r\nSubject: Charged twice\r\n\r\nYou charged my card twice, please refund one payment.\r\n",
    "From: bob@example.org\r\nSubject: Crash\r\n\r\nThe application crashes when I log in after the update.\r\n",
    "From: eve@example.org\r\nSubject: Offer\r\n\r\nWhat is the price of the yearly plan for a team of ten?\r\n",
    "From: win@example.org\r\nSubject: You won\r\n\r\nClick here to claim your guaranteed prize now!\r\n",
    "Subject: nobody wrote this\r\n\r\nAnd nobody can be answered.\r\n",
];

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A database that may be filled.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database: PgConnectOptions,
    /// How many messages.
    #[arg(long, default_value_t = 100)]
    mails: usize,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let mut connection = PgConnection::connect_with(&arguments.database).await?;
    schema::migrate(&mut connection, &SystemClock).await?;
    let folder = tempfile::tempdir()?;
    let folders = Folders { inbox: folder.path().join("inbox"), outbox: folder.path().join("outbox") };
    intake::prepare(&folders.inbox)?;
    let run = folder.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    for (number, mail) in MAILS.iter().cycle().take(arguments.mails).enumerate() {
        deliver(&folders.inbox, &format!("{number:08}.{run}"), mail.as_bytes())?;
    }
    let mailroom = Mailroom::open(arguments.database, folders).await?;
    println!("{} emails taken in", mailroom.drain().await?);
    let rows: Vec<(String, String, i64, f64, f64)> = sqlx::query_as(
        "SELECT metric_type, coalesce(labels::text, '-'), count(*), sum(metric_value), max(metric_value)
         FROM operational_metrics GROUP BY 1, 2 ORDER BY 1, 2",
    )
    .fetch_all(&mut connection)
    .await?;
    println!("{:<20} {:<52} {:>7} {:>12} {:>10}", "metric", "labels", "count", "sum", "maximum");
    for (metric_type, labels, count, sum, max) in rows {
        println!("{metric_type:<20} {labels:<52} {count:>7} {sum:>12.3} {max:>10.3}");
    }
    Ok(())
}
