//! The server of Nephoscope: CloudWatch's metric API over three wire protocols, EMF over TCP, UDP and HTTP, the queues of
//! SQS, and the clock that drives what falls due.
//!
//! [`run`] takes everything it needs: settings, stores, bound sockets, a clock and the signal to stop. It parses no
//! arguments, opens no store and installs no logger; the `nepho` binary does. The rules of metrics are not here
//! either: what a request means is in `nepho-model`, `nepho-engine` and `nepho-notify`, how it is written in
//! `nepho-protocol` and `nepho-emf`.
//!
//! ```
//! use nepho_server::{Clock, Config, Listeners, Stores, run};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let any_port = "127.0.0.1:0".parse()?;
//! let config = Config { listen: any_port, emf: any_port, ..Config::default() };
//! let listeners = Listeners::bind(&config).await?;
//! println!("http://{}", listeners.http_address()?);
//! run(config, Stores::in_memory(), listeners, Clock::system(), async { /* until this resolves */ }).await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod aggregation;
mod alarms;
mod api;
mod clock;
mod commits;
mod config;
mod credentials;
mod deliveries;
mod detectors;
mod emf;
mod found;
mod http;
mod instance;
mod listeners;
mod noise;
mod operational;
mod own;
mod queues;
mod request_id;
mod run;
mod schedule;
mod stop;
mod tail;
mod topics;
mod writes;

pub use alarms::crossing::{composite_alarm, metric_alarm, mute_rule};
pub use clock::{Clock, manual_time, monotonic, system_time};
pub use config::{ClockKind, Config, ConfigError, EVALUATION_DELAY_SECONDS, Limits, MAX_EVALUATION_DELAY_SECONDS};
pub use credentials::{AccessKey, Credentials, CredentialsError};
pub use deliveries::config::{DeliverySettings, MailSettings};
pub use deliveries::transport::{Network, NoNetwork, Tls};
pub use instance::Stores;
pub use listeners::{BindError, Listeners};
pub use operational::{OPERATIONAL_NAMESPACE, OperationalSamples};
pub use run::run;
