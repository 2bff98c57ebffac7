//! Mail over SMTP.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::{self, AsyncSmtpTransport};
use lettre::{Address, AsyncTransport, Message, Tokio1Executor};
use nepho_notify::delivery::Outcome;
use serde::Deserialize;
use tokio::sync::OnceCell;

use super::{Attempt, Report, Transport};
use crate::deliveries::config::{DeliverySettings, MailSettings};
use crate::deliveries::parcel::{Letter, Parcel};

/// How a connection to a mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// It begins in the clear, and has to become TLS before anything is said.
    #[default]
    Starttls,
    /// It is TLS from its beginning.
    Tls,
    /// It is not.
    None,
}

impl Tls {
    /// The port that is usual for it.
    pub const fn port(self) -> u16 {
        match self {
            Tls::Starttls => 587,
            Tls::Tls => 465,
            Tls::None => 25,
        }
    }
}

/// How many steps of an exchange with a mail server can each take as long as one may.
const STEPS: u32 = 4;

/// Hands mail to a server.
pub(crate) struct Mail {
    settings: MailSettings,
    from: Mailbox,
    timeout: Duration,
    authorities: Option<PathBuf>,
    server: OnceCell<AsyncSmtpTransport<Tokio1Executor>>,
}

impl Mail {
    /// With settings that were checked.
    pub(crate) fn new(settings: &MailSettings, deliveries: &DeliverySettings) -> Self {
        Mail {
            from: settings.from.parse().expect("the settings were checked"),
            settings: settings.clone(),
            timeout: deliveries.timeout(),
            authorities: deliveries.authorities.clone(),
            server: OnceCell::new(),
        }
    }

    /// The server, which is spoken to for the first time when there is mail: reading the machine's certificates takes a
    /// while.
    async fn server(&self) -> Result<&AsyncSmtpTransport<Tokio1Executor>, Report> {
        let made = self.server.get_or_try_init(|| async {
            let (settings, authorities, timeout) = (self.settings.clone(), self.authorities.clone(), self.timeout);
            let made = tokio::task::spawn_blocking(move || connect(&settings, authorities.as_deref(), timeout)).await;
            made.map_err(|error| error.to_string())?
        });
        made.await.map_err(|error| Report::failed(format!("mail cannot be sent: {error}")))
    }

    async fn send(&self, letter: &Letter) -> Report {
        let message = match message(letter, &self.from) {
            Ok(message) => message,
            Err(wrong) => return Report::refused(wrong),
        };
        let server = match self.server().await {
            Ok(server) => server,
            Err(report) => return report,
        };
        // The time limit holds for each step; there are some of them.
        match tokio::time::timeout(self.timeout * STEPS, server.send(message)).await {
            Err(_) => Report::failed(format!("{} did not take the mail in time", self.settings.host)),
            Ok(Ok(answer)) => Report {
                status: Some(answer.code().into()),
                said: answer.message().collect::<Vec<_>>().join(" "),
                ..Report::delivered()
            },
            Ok(Err(error)) => Report {
                // The mail server itself says which errors last.
                outcome: if error.is_permanent() { Outcome::Refused } else { Outcome::Failed },
                status: error.status().map(u16::from),
                said: error.to_string(),
            },
        }
    }
}

fn connect(
    settings: &MailSettings,
    authorities: Option<&Path>,
    timeout: Duration,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let host = settings.host.as_str();
    let parameters = || -> Result<TlsParameters, String> {
        let mut parameters = TlsParameters::builder(host.to_owned());
        if let Some(path) = authorities {
            let pem = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
            let certificate = Certificate::from_pem(&pem).map_err(|error| format!("{}: {error}", path.display()))?;
            parameters = parameters.add_root_certificate(certificate);
        }
        parameters.build_rustls().map_err(|error| error.to_string())
    };
    let tls = match settings.tls {
        Tls::Starttls => smtp::client::Tls::Required(parameters()?),
        Tls::Tls => smtp::client::Tls::Wrapper(parameters()?),
        Tls::None => smtp::client::Tls::None,
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(settings.port.unwrap_or(settings.tls.port()))
        .tls(tls)
        .timeout(Some(timeout));
    if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
        builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
    }
    Ok(builder.build())
}

/// A letter as a message of mail, from an address under the name that the topic has.
pub(super) fn message(letter: &Letter, from: &Mailbox) -> Result<Message, String> {
    let to: Address = letter.to.parse().map_err(|error| format!("{}: {error}", letter.to))?;
    let name = letter.from_name.clone().or_else(|| from.name.clone());
    let builder: MessageBuilder = Message::builder()
        .from(Mailbox::new(name, from.email.clone()))
        .to(Mailbox::new(None, to))
        .subject(&letter.subject)
        .date(letter.date)
        .message_id(Some(format!("<{}@{}>", letter.id, from.email.domain())))
        .header(ContentType::TEXT_PLAIN);
    builder.body(letter.body.clone()).map_err(|error| error.to_string())
}

impl Transport for Mail {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Attempt<'a> {
        let Parcel::Letter(letter) = parcel else { unreachable!("only letters come here") };
        Box::pin(self.send(letter))
    }
}
