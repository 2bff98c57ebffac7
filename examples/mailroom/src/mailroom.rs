//! The service as a whole.

use std::path::PathBuf;
use std::time::Duration;

use nepho_operational::{Recorder, Routine, SystemClock};
use sqlx::PgConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::actor::{self, Actor, ProcessEmail, SendReply};
use crate::intake::{self, IntakeError};
use crate::queue::Queue;

/// Connections: intake, both actors, and whoever counts what waits.
const CONNECTIONS: u32 = 4;
/// How often it is looked whether there is something to do.
const LOOK: Duration = Duration::from_millis(200);

/// How often it is counted what waits in each queue, whatever the actors do.
const COUNT: Duration = Duration::from_secs(60);

/// The two Maildirs.
#[derive(Debug, Clone)]
pub struct Folders {
    /// Mail comes in here.
    pub inbox: PathBuf,
    /// Answers go out there.
    pub outbox: PathBuf,
}

/// Intake and actors on one database.
#[derive(Debug)]
pub struct Mailroom {
    pool: PgPool,
    inbox: PathBuf,
    recorder: Recorder,
    process_email: ProcessEmail,
    send_reply: SendReply,
}

impl Mailroom {
    /// Connects, and makes the folders where they are missing.
    ///
    /// # Errors
    /// What the database or the system says.
    pub async fn open(database: PgConnectOptions, folders: Folders) -> Result<Self, IntakeError> {
        for folder in [&folders.inbox, &folders.outbox] {
            intake::prepare(folder).map_err(|source| IntakeError::Folder { path: folder.clone(), source })?;
        }
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect_with(database).await?;
        Ok(Mailroom {
            pool,
            inbox: folders.inbox,
            recorder: Recorder::default(),
            process_email: ProcessEmail::default(),
            send_reply: SendReply { outbox: folders.outbox },
        })
    }

    /// Works until `stop` resolves. What an actor is at then is rolled back, and waits for the next start.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let work = async {
            tokio::join!(
                self.take_in_forever(),
                self.act_forever(&self.process_email),
                self.act_forever(&self.send_reply),
                self.record_depths_forever()
            )
        };
        tokio::select! {
            () = stop => {}
            _ = work => {}
        }
    }

    /// Works until nothing is left to do; how many emails were taken in.
    ///
    /// # Errors
    /// What kept it from going on.
    pub async fn drain(&self) -> Result<u64, IntakeError> {
        let mut connection = self.pool.acquire().await?;
        let taken = intake::take_in(&self.inbox, &mut connection, &self.recorder).await?;
        while actor::turn(&self.process_email, &mut connection, &self.recorder).await? {}
        while actor::turn(&self.send_reply, &mut connection, &self.recorder).await? {}
        Ok(taken)
    }

    /// Records how many emails wait in each queue. Actors do so too, but not while they stand still, which is when it
    /// matters most.
    ///
    /// # Errors
    /// What the database says; what keeps the metric from being recorded is in the log.
    pub async fn record_depths(&self) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        for queue in Queue::ALL {
            let depth = queue.depth(&mut transaction).await?;
            self.recorder.queue_depth(&mut transaction, queue.name(), depth).await.ok();
        }
        transaction.commit().await
    }

    async fn record_depths_forever(&self) {
        loop {
            if let Err(error) = self.record_depths().await {
                tracing::warn!("what waits could not be counted: {error}");
            }
            tokio::time::sleep(COUNT).await;
        }
    }

    async fn take_in_forever(&self) {
        loop {
            let taken = async {
                let mut connection = self.pool.acquire().await?;
                intake::take_in(&self.inbox, &mut connection, &self.recorder).await
            };
            if let Err(error) = taken.await {
                tracing::warn!("mail could not be taken in: {error}");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn act_forever(&self, actor: &impl Actor) {
        loop {
            match self.turn(actor).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!("{} could not go on: {error}", actor.name()),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    async fn turn(&self, actor: &impl Actor) -> Result<bool, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        let connection: &mut PgConnection = &mut connection;
        actor::turn(actor, connection, &self.recorder).await
    }
}

/// Rolls up the metrics at half past one every day.
pub async fn roll_up(database: PgConnectOptions, stop: impl Future<Output = ()>) {
    Routine::new(database).follow(&SystemClock, stop).await;
}
