//! EMF documents to `POST /emf`.

use std::time::Duration;

use serde_json::Value;
use ureq::http::StatusCode;

use crate::sink::endpoint::{EndpointError, check_address, scheme};
use crate::sink::{Agent, Documents, Form, Payload, Rest, SendError, Sink};

/// EMF documents to `POST /emf` of `nepho serve`, which answers when they are durable.
///
/// What the server stored is delivered, and what it rejects is refused, with its own words. It says how many documents it
/// could not use for each reason and not which; the first of a request are counted for them. A body that is too large
/// for the server is halved. Requests are not signed, so a server with credentials refuses them.
///
/// Only the words of `POST /emf` say that documents are stored. After another answer that claims success, such as a
/// gateway's login page, as after a timeout or an answer that was cut off, the documents are sent again, and may be there
/// twice.
#[derive(Debug)]
pub struct Http {
    url: String,
    agent: ureq::Agent,
}

/// How much of an answer is read.
const ANSWER_BYTES_MAX: u64 = 64 * 1024;
/// How much of what a server said goes into a message.
const WORDS_MAX: usize = 300;

/// What became of one request.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// The server has it.
    Taken,
    /// It has it, and could not use so many documents.
    TakenBut(usize, String),
    /// It will never take it.
    Refused(String),
    /// It may take it in smaller pieces.
    TooLarge(String),
    /// It may take it later.
    Later(String),
}

impl Http {
    /// How long one request may take, from resolving the name to the end of the answer.
    pub const SEND_TIME: Duration = Duration::from_secs(10);

    /// A server at a URL such as `http://127.0.0.1:4582/emf`. Redirects are not followed, and proxies not used.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn new(url: &str) -> Result<Self, EndpointError> {
        check(url)?;
        Ok(Http { url: url.to_owned(), agent: agent(url, Http::SEND_TIME) })
    }

    /// How long one request may take, instead of [`Http::SEND_TIME`].
    #[must_use]
    pub fn send_time(mut self, time: Duration) -> Self {
        self.agent = agent(&self.url, time);
        self
    }

    fn post(&self, body: &[u8]) -> Verdict {
        match self.agent.post(&self.url).content_type("application/x-ndjson").send(body) {
            Ok(mut answer) => {
                let status = answer.status();
                let text = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
                verdict(status, &text.unwrap_or_else(|error| format!("its answer could not be read: {error}")))
            }
            Err(error) => Verdict::Later(error.to_string()),
        }
    }
}

impl Sink for Http {
    fn name(&self) -> &str {
        &self.url
    }

    fn form(&self) -> Form {
        Form::Documents
    }

    fn send(&mut self, payload: &Payload) -> Result<(), SendError> {
        send(payload.documents()?, |body| self.post(body)).outcome()
    }
}

/// How far a payload came.
#[derive(Debug, Default)]
struct Progress {
    done: usize,
    refused: Vec<usize>,
    message: String,
    /// Whether the rest may be taken later.
    is_stopped: bool,
}

impl Progress {
    fn refuse(&mut self, count: usize, message: String) {
        self.refused.extend(self.done..self.done + count);
        self.message = message;
    }

    fn outcome(self) -> Result<(), SendError> {
        if !self.is_stopped && self.refused.is_empty() {
            return Ok(());
        }
        let rest = if self.is_stopped { Rest::Retry } else { Rest::Refused };
        let delivered = self.done - self.refused.len();
        Err(SendError { refused: self.refused, delivered, rest, message: self.message })
    }
}

/// Sends all documents in one request, or in as many as it takes.
fn send(documents: &Documents, mut post: impl FnMut(&[u8]) -> Verdict) -> Progress {
    let count = documents.len();
    let (mut progress, mut at_once) = (Progress::default(), count);
    while progress.done < count {
        let end = count.min(progress.done + at_once);
        let asked = end - progress.done;
        match post(documents.lines(progress.done..end)) {
            Verdict::Taken => {}
            Verdict::TakenBut(refused, message) => progress.refuse(refused.min(asked), message),
            Verdict::TooLarge(_) if asked > 1 => {
                at_once = asked / 2;
                continue;
            }
            Verdict::Refused(message) | Verdict::TooLarge(message) => progress.refuse(asked, message),
            Verdict::Later(message) => return Progress { is_stopped: true, message, ..progress },
        }
        progress.done = end;
    }
    progress
}

/// What an answer means.
fn verdict(status: StatusCode, text: &str) -> Verdict {
    let words = || format!("{status}: {}", words(text));
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Verdict::TooLarge(words()),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Verdict::Later(words()),
        _ if status.is_success() => {
            summary(text).unwrap_or_else(|| Verdict::Later(format!("its answer is not that of POST /emf: {}", words())))
        }
        _ if status.is_client_error() => Verdict::Refused(words()),
        _ => Verdict::Later(words()),
    }
}

/// Reads the answer of `POST /emf`: `{"received": n, "stored": n, "rejected": [{"cause", "detail", "count"}]}`.
fn summary(text: &str) -> Option<Verdict> {
    let answer: Value = serde_json::from_str(text).ok()?;
    answer.get("received")?.as_u64()?;
    let rejected = answer.get("rejected")?.as_array()?;
    let Some(first) = rejected.first() else { return Some(Verdict::Taken) };
    let counts = rejected.iter().map(|told| told["count"].as_u64().unwrap_or(1));
    let count = usize::try_from(counts.fold(0, u64::saturating_add)).unwrap_or(usize::MAX);
    let part = |name: &str| first[name].as_str().unwrap_or("unknown").to_owned();
    Some(Verdict::TakenBut(count, format!("{}: {}", part("cause"), words(&part("detail")))))
}

/// The beginning of what a server said, on one line.
fn words(text: &str) -> String {
    let mut words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(WORDS_MAX) {
        words.truncate(end);
        words.push_str("...");
    }
    words
}

fn check(url: &str) -> Result<(), EndpointError> {
    let (scheme, rest) = scheme(url, "http://host:port/emf")?;
    match scheme {
        "http" => {}
        "https" if cfg!(feature = "https") => {}
        "https" => return Err(EndpointError::new(url, "needs the feature `https` of the crate nepho")),
        _ => return Err(EndpointError::new(url, format!("has the scheme {scheme:?}: expected http or https"))),
    }
    let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
    if authority.contains('@') {
        // They are not repeated here: this is for a log.
        return Err(EndpointError::new(&format!("{scheme}://..."), "has credentials in it, which are not used"));
    }
    if authority.is_empty() || authority.contains(':') {
        check_address(url, authority)?;
    }
    url.parse::<ureq::http::Uri>().map(drop).map_err(|error| EndpointError::new(url, format!("is no URL: {error}")))
}

fn agent(url: &str, time: Duration) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(time))
        .timeout_connect(Some(Agent::CONNECT_TIME))
        .proxy(None)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("nepho/", env!("CARGO_PKG_VERSION")));
    let config = if url.starts_with("https:") { with_tls(config) } else { config };
    config.build().into()
}

type Builder = ureq::config::ConfigBuilder<ureq::typestate::AgentScope>;

#[cfg(not(feature = "https"))]
fn with_tls(config: Builder) -> Builder {
    config
}

/// TLS with the certificates that the system trusts.
#[cfg(feature = "https")]
fn with_tls(config: Builder) -> Builder {
    use std::sync::Arc;

    use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

    let trusted = rustls_native_certs::load_native_certs().certs;
    let trusted = trusted.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::Specific(Arc::new(trusted)))
        .build();
    config.tls_config(tls)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::lines::tests::documents;

    #[test]
    fn urls_are_read_or_named() {
        let https = if cfg!(feature = "https") {
            "ok"
        } else {
            r#"endpoint "https://a/emf" needs the feature `https` of the crate nepho"#
        };
        let cases = [
            ("http://127.0.0.1:4582/emf", "ok"),
            ("http://host/emf", "ok"),
            ("http://[::1]:4582/emf", "ok"),
            ("https://a/emf", https),
            ("127.0.0.1:4582/emf", r#"endpoint "127.0.0.1:4582/emf" has no scheme: expected http://host:port/emf"#),
            ("tcp://a:1", r#"endpoint "tcp://a:1" has the scheme "tcp": expected http or https"#),
            ("http://me:secret@a/emf", r#"endpoint "http://..." has credentials in it, which are not used"#),
            ("http:///emf", r#"endpoint "http:///emf" has no host: expected host:port"#),
            ("http://a:0/emf", r#"endpoint "http://a:0/emf" has the port "0": expected 1 to 65535"#),
            ("http://a b/emf", r#"endpoint "http://a b/emf" is no URL: invalid uri character"#),
        ];
        for (url, expected) in cases {
            let told = Http::new(url).map_or_else(|error| error.to_string(), |_| "ok".to_owned());
            assert_eq!(told, expected);
        }
    }

    #[test]
    fn answers_are_understood() {
        let some = r#"{"received":3,"stored":1,"rejected":[{"cause":"a","detail":"b c","count":1},{"cause":"d","detail":"","count":1}]}"#;
        let other = |words: &str| Verdict::Later(format!("its answer is not that of POST /emf: {words}"));
        let cases = [
            (200, r#"{"received":2,"stored":2,"rejected":[]}"#, Verdict::Taken),
            (200, some, Verdict::TakenBut(2, "a: b c".to_owned())),
            (200, "<html>\n log in", other("200 OK: <html> log in")),
            (200, r#"{"stored":2}"#, other(r#"200 OK: {"stored":2}"#)),
            (202, r#"{"received":2,"rejected":{}}"#, other(r#"202 Accepted: {"received":2,"rejected":{}}"#)),
            (204, "", other("204 No Content: ")),
            (301, "", Verdict::Later("301 Moved Permanently: ".to_owned())),
            (400, "not_emf", Verdict::Refused("400 Bad Request: not_emf".to_owned())),
            (403, "who?", Verdict::Refused("403 Forbidden: who?".to_owned())),
            (408, "slow", Verdict::Later("408 Request Timeout: slow".to_owned())),
            (413, "large", Verdict::TooLarge("413 Payload Too Large: large".to_owned())),
            (429, "busy", Verdict::Later("429 Too Many Requests: busy".to_owned())),
            (500, "disk", Verdict::Later("500 Internal Server Error: disk".to_owned())),
            (503, "stop", Verdict::Later("503 Service Unavailable: stop".to_owned())),
        ];
        for (status, text, expected) in cases {
            assert_eq!(verdict(StatusCode::from_u16(status).unwrap(), text), expected);
        }
        assert_eq!(words(&"é".repeat(WORDS_MAX)).chars().count(), WORDS_MAX);
        assert_eq!(words(&"é".repeat(WORDS_MAX + 1)).chars().count(), WORDS_MAX + 3);
    }

    /// What is refused, how much is delivered, and what to do with the rest.
    type Told = Result<(), (Vec<usize>, usize, Rest)>;

    /// Sends 1 to 5, one digit each, to a server that takes so many bytes and refuses `refused`. Answers the bodies that it
    /// took, and what is told.
    fn sent(bytes_max: usize, later: &str) -> (Vec<String>, Told) {
        let mut bodies = Vec::new();
        let progress = send(&documents(&["1", "2", "3", "4", "5"]), |body| {
            let body = str::from_utf8(body).unwrap().replace('\n', "");
            match body {
                _ if 2 * body.len() > bytes_max => Verdict::TooLarge("large".to_owned()),
                _ if !later.is_empty() && body.contains(later) => Verdict::Later("later".to_owned()),
                _ => {
                    bodies.push(body.clone());
                    if body.contains('2') { Verdict::TakenBut(9, "some".to_owned()) } else { Verdict::Taken }
                }
            }
        });
        (bodies, progress.outcome().map_err(|error| (error.refused, error.delivered, error.rest)))
    }

    #[test]
    fn what_is_too_large_is_halved() {
        let all = (0..5).collect::<Vec<_>>();
        assert_eq!(sent(10, ""), (vec!["12345".to_owned()], Err((all.clone(), 0, Rest::Refused))));
        let halves = ["12", "34", "5"].map(str::to_owned).to_vec();
        assert_eq!(sent(9, ""), (halves, Err((vec![0, 1], 3, Rest::Refused))));
        let singles = ["1", "2", "3", "4", "5"].map(str::to_owned).to_vec();
        assert_eq!(sent(2, ""), (singles, Err((vec![1], 4, Rest::Refused))));
        assert_eq!(sent(1, ""), (vec![], Err((all, 0, Rest::Refused))));
    }

    #[test]
    fn what_was_taken_before_a_failure_is_delivered() {
        assert_eq!(sent(10, "1"), (vec![], Err((vec![], 0, Rest::Retry))));
        assert_eq!(sent(4, "3"), (vec!["12".to_owned()], Err((vec![0, 1], 0, Rest::Retry))));
        let singles = ["1", "2", "3"].map(str::to_owned).to_vec();
        assert_eq!(sent(2, "4"), (singles, Err((vec![1], 2, Rest::Retry))));
    }
}
