//! Messages over HTTP and HTTPS.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONNECTION, CONTENT_ENCODING, DATE, HOST, RETRY_AFTER};
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use nepho_notify::delivery::Outcome;
use nepho_notify::retry::RetryAfter;
use percent_encoding::percent_decode_str;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;

use super::{Allowed, Attempt, Report, Transport};
use crate::deliveries::authorities;
use crate::deliveries::parcel::{Parcel, Post};

/// The most bytes of an answer that are looked at; what is delivered needs none.
const ANSWER_MAX: usize = 4096;

/// Sends requests, each on a connection of its own. Redirects are not followed.
pub(crate) struct Http {
    allowed: Allowed,
    /// From when the name is looked up to the last byte that is looked at.
    timeout: Duration,
    /// Certificates that are trusted besides the machine's own.
    authorities: Option<PathBuf>,
    tls: OnceCell<TlsConnector>,
}

impl Http {
    pub(crate) fn new(allowed: Allowed, timeout: Duration, authorities: Option<PathBuf>) -> Self {
        Http { allowed, timeout, authorities, tls: OnceCell::new() }
    }

    async fn post(&self, post: &Post) -> Report {
        match tokio::time::timeout(self.timeout, self.send(post)).await {
            Ok(Ok(report) | Err(report)) => report,
            Err(_) => Report::failed(format!("no answer within {} ms", self.timeout.as_millis())),
        }
    }

    async fn send(&self, post: &Post) -> Result<Report, Report> {
        let target = Target::of(&post.url)?;
        let stream = self.connect(&target).await?;
        match target.is_tls {
            false => exchange(TokioIo::new(stream), &target, post).await,
            true => {
                let connector = self.tls().await?;
                let name = ServerName::try_from(target.host.clone());
                let name = name.map_err(|_| Report::refused(format!("no certificate is for {:?}", target.host)))?;
                let stream = connector.connect(name, stream).await;
                let stream = stream.map_err(|error| Report::failed(format!("TLS: {error}")))?;
                exchange(TokioIo::new(stream), &target, post).await
            }
        }
    }

    /// Connects to an address that was looked at.
    async fn connect(&self, target: &Target) -> Result<TcpStream, Report> {
        let mut last = None;
        let mut forbidden = None;
        for address in target.resolve().await? {
            if !self.allowed.has(address) {
                forbidden = Some(address);
                continue;
            }
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    self.check_other_machine(&stream)?;
                    return Ok(stream);
                }
                Err(error) => last = Some(Report::failed(format!("could not connect to {address}: {error}"))),
            }
        }
        Err(match (last, forbidden) {
            (Some(report), _) => report,
            (None, Some(address)) => {
                Report::refused(format!("{address} is not a public address, and [deliveries] allow does not name it"))
            }
            (None, None) => Report::failed(format!("{} has no address", target.host)),
        })
    }

    /// Whoever has the same address at both ends speaks to themselves, also by a public address.
    fn check_other_machine(&self, stream: &TcpStream) -> Result<(), Report> {
        let ends = stream.local_addr().and_then(|local| Ok((local, stream.peer_addr()?)));
        let (local, peer) = ends.map_err(|error| Report::failed(format!("the connection is gone: {error}")))?;
        match local.ip() == peer.ip() && !self.allowed.names(peer) {
            true => Err(Report::refused(format!("{peer} is this machine, and [deliveries] allow does not name it"))),
            false => Ok(()),
        }
    }

    async fn tls(&self) -> Result<&TlsConnector, Report> {
        let made = self.tls.get_or_try_init(|| async {
            let authorities = self.authorities.clone();
            let made = tokio::task::spawn_blocking(move || connector(authorities)).await;
            made.map_err(|error| error.to_string())?
        });
        made.await.map_err(|error| Report::failed(format!("TLS cannot be used: {error}")))
    }
}

fn connector(authorities: Option<PathBuf>) -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(native.certs);
    if let Some(path) = authorities {
        authorities::trust(&path, &mut roots)?;
    }
    if roots.is_empty() {
        return Err("no certificate authorities are known on this machine".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?;
    Ok(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
}

/// A URL in its parts.
struct Target {
    is_tls: bool,
    host: String,
    port: u16,
    /// What goes into the header `Host`.
    authority: String,
    path: String,
    /// Name and password, as the header `Authorization` has them.
    credentials: Option<HeaderValue>,
}

impl Target {
    fn of(url: &str) -> Result<Self, Report> {
        let wrong = || Report::refused("the endpoint is no URL");
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let is_tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().ok_or_else(wrong)?;
        let (user, authority_alone) = match authority.as_str().rsplit_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, authority.as_str()),
        };
        Ok(Target {
            is_tls,
            host: authority.host().trim_start_matches('[').trim_end_matches(']').to_owned(),
            port: authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 }),
            authority: authority_alone.to_owned(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            credentials: user.and_then(basic),
        })
    }

    async fn resolve(&self) -> Result<Vec<SocketAddr>, Report> {
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let found = found.map_err(|error| Report::failed(format!("could not resolve {}: {error}", self.host)))?;
        Ok(found.collect())
    }
}

fn basic(user: &str) -> Option<HeaderValue> {
    let decoded: Vec<u8> = percent_decode_str(user).collect();
    let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(decoded))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

async fn exchange<IO>(io: IO, target: &Target, post: &Post) -> Result<Report, Report>
where
    IO: Read + Write + Unpin + Send + 'static,
{
    let request = request(target, post)?;
    let broken = |error: hyper::Error| Report::failed(format!("the connection broke: {error}"));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.map_err(broken)?;
    let connection = tokio::spawn(connection);
    let answered = sender.send_request(request).await.map_err(broken);
    let report = match answered {
        Ok(answer) => Ok(read(answer).await),
        Err(report) => Err(report),
    };
    connection.abort();
    report
}

fn request(target: &Target, post: &Post) -> Result<Request<Full<Bytes>>, Report> {
    let mut request = Request::post(&target.path)
        .header(HOST, &target.authority)
        .header(CONNECTION, "close")
        .header("user-agent", "Amazon Simple Notification Service Agent")
        .header("accept-encoding", "gzip,deflate");
    for (name, value) in &post.headers {
        request = request.header(*name, value);
    }
    if let Some(credentials) = &target.credentials {
        request = request.header(AUTHORIZATION, credentials);
    }
    let body = Full::new(Bytes::from(post.body.clone()));
    request.body(body).map_err(|error| Report::refused(format!("the request cannot be made: {error}")))
}

async fn read(answer: http::Response<Incoming>) -> Report {
    let status = answer.status().as_u16();
    let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let retry_after = header(RETRY_AFTER).and_then(|after| RetryAfter::parse(after, header(DATE)));
    let outcome = Outcome::of_answer(status, retry_after);
    let is_readable = !answer.headers().contains_key(CONTENT_ENCODING);
    let said = match outcome {
        Outcome::Delivered => String::new(),
        _ if is_readable => {
            let body = Limited::new(answer.into_body(), ANSWER_MAX).collect().await;
            body.map(|body| String::from_utf8_lossy(&body.to_bytes()).trim().to_owned()).unwrap_or_default()
        }
        _ => String::new(),
    };
    Report { outcome, status: Some(status), said }
}

impl Transport for Http {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Attempt<'a> {
        let Parcel::Post(post) = parcel else { unreachable!("only requests come here") };
        Box::pin(self.post(post))
    }
}
