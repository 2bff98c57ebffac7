//! `nepho operational migrate`: the tables.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use nepho_operational::{Clock, EmailIdType, Reference, Schema, Storage, SystemClock, applied};

use super::database::{self, failed};
use crate::exit::{self, Failure};
use crate::number::counted;
use crate::print;

const EXAMPLES: &str = "\
Examples:
  nepho operational migrate up --database postgres://app@localhost/mail
  nepho operational migrate up --database postgres://app@localhost/mail --references none --partitions
  nepho operational migrate sql --references app.mails.id > migrations/7_operational.sql

Versions are kept in a table of their own, _operational_metrics_migrations.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, subcommand_required = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Apply what is missing.
    Up {
        #[command(flatten)]
        database: database::Arguments,
        #[command(flatten)]
        schema: SchemaArguments,
    },
    /// Take everything back. What was recorded and rolled up is gone after it.
    Down {
        #[command(flatten)]
        database: database::Arguments,
        #[command(flatten)]
        schema: SchemaArguments,
        /// Really
        #[arg(long, env = "NEPHO_YES", required = true)]
        yes: bool,
    },
    /// List what was applied.
    Status {
        #[command(flatten)]
        database: database::Arguments,
        /// Print a line of JSON for each migration
        #[arg(long, env = "NEPHO_JSON")]
        json: bool,
    },
    /// Print the migrations as SQL, for another tool.
    Sql {
        #[command(flatten)]
        schema: SchemaArguments,
        /// Those that take everything back
        #[arg(long, env = "NEPHO_DOWN")]
        down: bool,
    },
}

/// How the tables are made.
#[derive(Debug, Args)]
#[group(skip)]
struct SchemaArguments {
    /// What email_id refers to, as TABLE, TABLE.COLUMN or SCHEMA.TABLE.COLUMN; none for no foreign key
    #[arg(long, env = "NEPHO_REFERENCES", default_value = "incoming_emails.id", value_parser = parse_references)]
    references: References,
    /// Type of email_id
    #[arg(long, env = "NEPHO_EMAIL_ID", default_value = "bigint", value_name = "TYPE")]
    email_id: EmailIdChoice,
    /// Keep raw rows in a partition for each day, which retention drops instead of deleting rows
    #[arg(long, env = "NEPHO_PARTITIONS")]
    partitions: bool,
}

#[derive(Debug, Clone)]
struct References(Option<Reference>);

#[derive(Debug, Clone, Copy, ValueEnum)]
enum EmailIdChoice {
    Bigint,
    Integer,
    Uuid,
}

fn parse_references(text: &str) -> Result<References, String> {
    match text {
        "none" => Ok(References(None)),
        text => text.parse().map(|reference| References(Some(reference))).map_err(|fault| format!("{fault}")),
    }
}

impl SchemaArguments {
    fn schema(&self) -> Schema {
        Schema {
            email_id: match self.email_id {
                EmailIdChoice::Bigint => EmailIdType::BigInt,
                EmailIdChoice::Integer => EmailIdType::Integer,
                EmailIdChoice::Uuid => EmailIdType::Uuid,
            },
            references: self.references.0.clone(),
            storage: if self.partitions { Storage::DailyPartitions } else { Storage::Plain },
        }
    }
}

pub(super) fn command(arguments: Arguments) -> ExitCode {
    exit::run(migrate(arguments.command))
}

async fn migrate(command: Command) -> Result<(), Failure> {
    match command {
        Command::Up { database, schema } => {
            let mut connection = database.connect().await?;
            let before = applied(&mut connection).await.map_err(|error| failed(&error))?;
            schema.schema().up(&mut connection, SystemClock.now()).await.map_err(|error| failed(&error))?;
            let after = applied(&mut connection).await.map_err(|error| failed(&error))?;
            let new = after.iter().skip(before.len()).map(|done| format!("{}. {}\n", done.version, done.description));
            print::out(&match new.collect::<String>() {
                none if none.is_empty() => "nothing to apply\n".to_owned(),
                new => new,
            })
        }
        Command::Down { database, schema, .. } => {
            let mut connection = database.connect().await?;
            let count = schema.schema().down(&mut connection).await.map_err(|error| failed(&error))?;
            print::out(&match count {
                0 => "there are no tables\n".to_owned(),
                count => format!("{} taken back: the tables are gone\n", counted(count as u64, "migration")),
            })
        }
        Command::Status { database, json } => {
            let mut connection = database.connect().await?;
            let applied = applied(&mut connection).await.map_err(|error| failed(&error))?;
            let line = |done: &nepho_operational::Applied| match json {
                true => {
                    let at = done.at.to_string();
                    format!(
                        "{}\n",
                        serde_json::json!({"version": done.version, "description": done.description, "at": at})
                    )
                }
                false => format!("{}\t{}\t{}\n", done.version, done.description, done.at),
            };
            print::out(&applied.iter().map(line).collect::<String>())
        }
        Command::Sql { schema, down } => {
            let schema = schema.schema();
            print::out(&if down { schema.down_sql() } else { schema.up_sql() })
        }
    }
}
