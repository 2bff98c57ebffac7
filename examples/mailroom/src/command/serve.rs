//! `mailroom serve`

use std::error::Error;
use std::path::PathBuf;

use clap::Args;
use mailroom::{Folders, Mailroom, mailroom::roll_up, schema};
use nepho_operational::SystemClock;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The database.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database: PgConnectOptions,
    /// The Maildir that mail is delivered to.
    #[arg(long, env = "INBOX", default_value = "mailroom/inbox")]
    inbox: PathBuf,
    /// The Maildir that answers go to.
    #[arg(long, env = "OUTBOX", default_value = "mailroom/outbox")]
    outbox: PathBuf,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments { database, inbox, outbox } = arguments;
    let mut connection = PgConnection::connect_with(&database).await?;
    schema::migrate(&mut connection, &SystemClock).await?;
    connection.close().await?;
    println!("mailroom ready inbox={} outbox={}", inbox.display(), outbox.display());
    let mailroom = Mailroom::open(database.clone(), Folders { inbox, outbox }).await?;
    let (stop, stopped) = watch::channel(());
    let until_stopped = || {
        let mut stopped = stopped.clone();
        async move { drop(stopped.changed().await) }
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let told = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        drop(stop);
    };
    tokio::join!(told, mailroom.run(until_stopped()), roll_up(database, until_stopped()));
    Ok(())
}
