//! The settings of deliveries and of mail, with every default in one place.

use std::path::PathBuf;
use std::time::Duration;

use rustls::RootCertStore;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::authorities;
use super::transport::{Network, Tls};

/// How messages leave the server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct DeliverySettings {
    /// Where this server is reached from where its messages go, such as `https://nepho.example.com`: links in messages
    /// begin so. By default it is the address that HTTP listens on.
    pub public_url: Option<String>,
    /// Addresses that messages may be sent to although they are not public.
    pub allow: Vec<Network>,
    /// A file with certificates (PEM) of authorities that are trusted besides the machine's own.
    pub authorities: Option<PathBuf>,
    /// How long an endpoint has for taking a message, in milliseconds.
    pub timeout_ms: u64,
    /// How long the ledger keeps what was delivered and what was not, in days.
    pub ledger_days: u32,
    /// Where PagerDuty takes events.
    pub pagerduty_url: String,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        DeliverySettings {
            public_url: None,
            allow: Vec::new(),
            authorities: None,
            timeout_ms: 15_000,
            ledger_days: 14,
            pagerduty_url: "https://events.pagerduty.com/v2/enqueue".to_owned(),
        }
    }
}

/// The longest that an endpoint may be given, in milliseconds: what SNS gives.
pub(crate) const TIMEOUT_MS_MAX: u64 = 15_000;

impl DeliverySettings {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// What is wrong with it, or with the file that it names, if something is.
    pub(crate) fn fault(&self) -> Option<String> {
        if !(1..=TIMEOUT_MS_MAX).contains(&self.timeout_ms) {
            return Some(format!("timeout-ms is {}, but must be from 1 to {TIMEOUT_MS_MAX}", self.timeout_ms));
        }
        if self.ledger_days == 0 {
            return Some("ledger-days is 0, but must be at least 1".to_owned());
        }
        let is_url = |url: &str| url.starts_with("http://") || url.starts_with("https://");
        if !is_url(&self.pagerduty_url) {
            return Some(format!("pagerduty-url {:?} is no URL", self.pagerduty_url));
        }
        if let Some(url) = self.public_url.as_deref().filter(|url| !is_url(url) || url.ends_with('/')) {
            return Some(format!(
                "public-url {url:?} is no URL without a slash at its end, such as https://nepho.example.com"
            ));
        }
        let read = |path: &PathBuf| authorities::trust(path, &mut RootCertStore::empty()).err();
        self.authorities.as_ref().and_then(read).map(|fault| format!("authorities {fault}"))
    }
}

/// The server that takes mail.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MailSettings {
    /// Its name.
    pub host: String,
    /// Its port; by default the one that is usual for `tls`.
    #[serde(default, deserialize_with = "port")]
    pub port: Option<u16>,
    /// How the connection is kept private.
    #[serde(default)]
    pub tls: Tls,
    /// The address that mail comes from, such as `alerts@example.com` or `Alerts <alerts@example.com>`.
    pub from: String,
    /// Who sends, when the server wants to know.
    pub user: Option<String>,
    /// What proves it.
    pub password: Option<String>,
}

/// Reads a port.
fn port<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    let port = i64::deserialize(deserializer)?;
    match u16::try_from(port) {
        Ok(port @ 1..) => Ok(Some(port)),
        _ => Err(D::Error::custom(format!("port is {port}, but must be from 1 to {}", u16::MAX))),
    }
}

impl std::fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailSettings").field("host", &self.host).field("from", &self.from).finish_non_exhaustive()
    }
}

impl MailSettings {
    /// What is wrong with it, if something is.
    pub(crate) fn fault(&self) -> Option<String> {
        if self.host.is_empty() {
            return Some("host is empty".to_owned());
        }
        if let Err(error) = self.from.parse::<lettre::message::Mailbox>() {
            return Some(format!("from {:?} is no mail address: {error}", self.from));
        }
        match (&self.user, &self.password) {
            (Some(_), None) | (None, Some(_)) => Some("user and password belong together".to_owned()),
            (Some(_), Some(_)) if self.tls == Tls::None => {
                Some("a password is not sent without TLS: set tls to starttls or tls".to_owned())
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_named() {
        let with = |change: fn(&mut DeliverySettings)| {
            let mut settings = DeliverySettings::default();
            change(&mut settings);
            settings.fault().unwrap_or_default()
        };
        assert_eq!(with(|_| {}), "");
        assert_eq!(with(|it| it.timeout_ms = 1), "");
        assert_eq!(with(|it| it.timeout_ms = 0), "timeout-ms is 0, but must be from 1 to 15000");
        assert_eq!(with(|it| it.timeout_ms = 15_001), "timeout-ms is 15001, but must be from 1 to 15000");
        assert_eq!(with(|it| it.ledger_days = 0), "ledger-days is 0, but must be at least 1");
        assert!(with(|it| it.public_url = Some("example.com".to_owned())).starts_with("public-url"));
        assert!(with(|it| it.public_url = Some("https://example.com/".to_owned())).starts_with("public-url"));
        assert!(with(|it| it.pagerduty_url = String::new()).starts_with("pagerduty-url"));
        let authorities = with(|it| it.authorities = Some("no/such/ca.pem".into()));
        assert_eq!(authorities, "authorities no/such/ca.pem: No such file or directory (os error 2)");
    }

    #[test]
    fn mail_needs_an_address_and_does_not_show_its_password() {
        let text = "host = 'smtp.example.com'\nfrom = 'Alerts <alerts@example.com>'\nuser = 'u'\npassword = 'hush'";
        let settings: MailSettings = toml::from_str(text).unwrap();
        assert_eq!((settings.fault(), settings.tls), (None, Tls::Starttls));
        assert!(!format!("{settings:?}").contains("hush"));
        let fault = |text: &str| toml::from_str::<MailSettings>(text).unwrap().fault().unwrap_or_default();
        assert!(fault("host = 'h'\nfrom = 'nobody'").starts_with("from \"nobody\" is no mail address"));
        assert_eq!(fault("host = 'h'\nfrom = 'a@b'\nuser = 'u'"), "user and password belong together");
        let clear = "host = 'h'\nfrom = 'a@b'\nuser = 'u'\npassword = 'p'\ntls = 'none'";
        assert!(fault(clear).starts_with("a password is not sent without TLS"));
        for (port, expected) in [(1, None), (65_535, None), (0, Some("0")), (65_536, Some("65536"))] {
            let read = toml::from_str::<MailSettings>(&format!("host = 'h'\nfrom = 'a@b'\nport = {port}"));
            let expected = expected.map(|port| format!("port is {port}, but must be from 1 to 65535"));
            assert_eq!(read.err().map(|error| error.message().to_owned()), expected);
        }
        assert!(toml::from_str::<MailSettings>("host = 'h'\nfrom = 'a@b'\ncolour = 1").is_err());
    }
}
