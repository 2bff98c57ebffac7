//! How messages leave the server.

mod address;
mod folder;
mod http;
mod mail;
mod queue;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use nepho_notify::delivery::Outcome;

use super::parcel::Parcel;
use crate::config::Config;
use crate::queues::DurableQueues;

use address::Allowed;
pub use address::{Network, NoNetwork};
use folder::Folder;
use http::Http;
use lettre::message::Mailbox;
use mail::Mail;
pub use mail::Tls;
use queue::Queues;

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) outcome: Outcome,
    /// The status of HTTP, or the code of SMTP.
    pub(crate) status: Option<u16>,
    /// What the endpoint said, or what went wrong.
    pub(crate) said: String,
}

impl Report {
    pub(crate) fn delivered() -> Self {
        Report { outcome: Outcome::Delivered, status: None, said: String::new() }
    }

    pub(crate) fn failed(said: impl Into<String>) -> Self {
        Report { outcome: Outcome::Failed, status: None, said: said.into() }
    }

    pub(crate) fn refused(said: impl Into<String>) -> Self {
        Report { outcome: Outcome::Refused, status: None, said: said.into() }
    }
}

/// An attempt on its way.
pub(crate) type Attempt<'a> = Pin<Box<dyn Future<Output = Report> + Send + 'a>>;

/// A way out of the server. It tries once, and says what came of it; when it is tried again is not its business.
pub(crate) trait Transport: Send + Sync {
    /// Tries to deliver.
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Attempt<'a>;

    /// Hears that it is written down what came of a delivery: it will not be tried again.
    fn ended(&self, _parcel: &Parcel) {}
}

/// The ways out of a server, by what they carry.
#[derive(Clone)]
pub(crate) struct Transports {
    pub(crate) http: Arc<dyn Transport>,
    pub(crate) mail: Arc<dyn Transport>,
    pub(crate) queue: Arc<dyn Transport>,
}

/// Who mail in files comes from when nobody else is named.
const NOBODY: &str = "AWS Notifications <no-reply@localhost>";
/// The folder for mail that there is no server for, in the data folder.
const MAIL_FOLDER: &str = "mail";

impl Transports {
    /// The ways out that the settings tell.
    pub(crate) fn of(config: &Config, queues: &Arc<DurableQueues>) -> Self {
        let settings = &config.deliveries;
        let allowed = Allowed(settings.allow.clone());
        let http = Http::new(allowed, settings.timeout(), settings.authorities.clone());
        let mail: Arc<dyn Transport> = match &config.mail {
            Some(mail) => Arc::new(Mail::new(mail, settings)),
            None => {
                let from: Mailbox = NOBODY.parse().expect("it is an address");
                Arc::new(Folder::new(config.data.join(MAIL_FOLDER), from))
            }
        };
        Transports { http: Arc::new(http), mail, queue: Arc::new(Queues::new(queues.clone())) }
    }
}

impl Transport for Transports {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Attempt<'a> {
        match parcel {
            Parcel::Post(_) => self.http.deliver(parcel),
            Parcel::Letter(_) => self.mail.deliver(parcel),
            Parcel::Queue(_) => self.queue.deliver(parcel),
        }
    }

    fn ended(&self, parcel: &Parcel) {
        match parcel {
            Parcel::Post(_) => self.http.ended(parcel),
            Parcel::Letter(_) => self.mail.ended(parcel),
            Parcel::Queue(_) => self.queue.ended(parcel),
        }
    }
}
