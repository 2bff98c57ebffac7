//! Which PostgreSQL.

use clap::Args;
use nepho_operational::Error;
use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;

use crate::exit::Failure;

#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// The application's database, as postgres://user:password@host:port/name
    #[arg(long, env = "NEPHO_DATABASE", value_name = "URL", value_parser = parse, hide_env_values = true)]
    database: PgConnectOptions,
}

impl Arguments {
    pub(super) fn options(&self) -> PgConnectOptions {
        self.database.clone().application_name("nepho")
    }

    pub(super) async fn connect(&self) -> Result<PgConnection, Failure> {
        nepho_operational::connect(&self.options()).await.map_err(|error| failed(&error))
    }
}

/// Reads an address.
pub(crate) fn parse(text: &str) -> Result<PgConnectOptions, String> {
    let is_address = text.starts_with("postgres://") || text.starts_with("postgresql://");
    match text.parse() {
        Ok(options) if is_address => Ok(options),
        _ => Err("expected an address such as postgres://user:password@host:5432/name".to_owned()),
    }
}

/// What was asked for wrongly is wrong use; the rest is a database that could not do it.
pub(super) fn failed(error: &Error) -> Failure {
    match error {
        Error::Final { .. } | Error::NotOver { .. } | Error::OtherSettings { .. } | Error::Cron { .. } => {
            Failure::usage(error.to_string())
        }
        Error::Reference { .. } => Failure::usage(format!(
            "{error}\nmake that table first, or name another with --references TABLE.COLUMN and its type with --email-id, \
             or do without a foreign key: --references none"
        )),
        Error::NoVersions => Failure::usage(format!(
            "{error}\nif `nepho operational migrate sql` made it, there is nothing to do: all commands take it as it is; \
             what `nepho operational migrate sql --down` prints takes it down, with all that is in it"
        )),
        _ => Failure::unreachable(error.to_string()),
    }
}
