//! Which request goes where.

use std::sync::Arc;

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use hyper::body::Body;
use nepho_model::Scope;
use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::sigv4::{self, Credential, PayloadHash};
use nepho_protocol::value::Timestamp as WireTimestamp;
use nepho_protocol::{RequestHead, Route, Service, codec, dispatch};

use crate::api;
use crate::api::call::{Call, Reply};
use crate::clock::{Stopwatch, system_time};
use crate::config::{is_account, is_region};
use crate::http::answer::{Answer, Refusal, full, method_not_allowed};
use crate::http::body::{self, BodyError, Bounds, Held};
use crate::http::links::{self, Link};
use crate::http::{clock, deliveries, emf, explain, foreign, own, replay, tail};
use crate::instance::{Instance, to_its_end};
use crate::request_id;

/// What requests are counted under that reached no operation.
const NO_OPERATION: &str = "None";

/// Answers one request.
pub(crate) async fn answer<B>(instance: Arc<Instance>, request: Request<B>) -> Answer
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    let watch = Stopwatch::start();
    let (parts, body) = request.into_parts();
    let (operation, answer) = match (check_head(&instance, &parts), Link::of(&parts)) {
        (Err(refusal), _) => (NO_OPERATION, refusal.answer()),
        // Opened from anywhere: what the link knows is what lets it.
        (Ok(()), Some(link)) => (link.operation(), links::answer(&instance, link, &parts).await),
        (Ok(()), None) => answer_asked(&instance, &parts, body).await,
    };
    let (status, took) = (answer.status().as_u16(), watch.elapsed());
    instance.counters.request(operation, status, took);
    tracing::debug!(method = %parts.method, path = parts.uri.path(), operation, status, ?took, "answered");
    answer
}

/// Answers a request that no message has asked for.
async fn answer_asked<B>(instance: &Arc<Instance>, parts: &Parts, body: B) -> (&'static str, Answer)
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    match (foreign::fault(&parts.headers, instance.config.hosts()), own_path(parts)) {
        (Some(fault), path) => (NO_OPERATION, refuse_foreign(parts, path, fault)),
        (None, Some(path)) => (path, answer_own(instance, path, parts, body).await),
        (None, None) if is_of_no_api(parts) => (NO_OPERATION, nothing_at(parts.uri.path())),
        (None, None) => answer_aws(instance, parts, body).await,
    }
}

/// Checks the size of the request line and the headers, written as clients write them: a space where one is wanted.
fn check_head(instance: &Instance, parts: &Parts) -> Result<(), Refusal> {
    let uri = &parts.uri;
    let target = uri.scheme().map_or(0, |scheme| scheme.as_str().len() + "://".len())
        + uri.authority().map_or(0, |authority| authority.as_str().len())
        + uri.path_and_query().map_or(0, |path| path.as_str().len());
    let line = parts.method.as_str().len() + target + "  HTTP/1.1\r\n".len();
    let header = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + ": \r\n".len();
    let bytes = line + parts.headers.iter().map(header).sum::<usize>() + "\r\n".len();
    let limit = instance.config.limits.head_bytes;
    if bytes <= limit {
        return Ok(());
    }
    let message = format!("the request line and headers of {bytes} bytes exceed the limit of {limit} bytes");
    Err(Refusal::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, message))
}

/// The answer to what a browser may not do, in the form of whoever is asked.
fn refuse_foreign(parts: &Parts, path: Option<&str>, fault: String) -> Answer {
    match path {
        Some(_) => Refusal::new(StatusCode::FORBIDDEN, fault).answer(),
        None => {
            let request_id = request_id::new().to_string();
            let error = code::ACCESS_DENIED.message(fault);
            codec::encode_error(route_of(&RequestHead::from(parts)), &error, &request_id).map(full)
        }
    }
}

/// The server's own paths.
const OWN: [&str; 8] =
    ["/health", "/metrics", "/clock", "/emf", "/tail", "/deliveries", "/alarms/explain", "/alarms/replay"];

/// The path, when it is one of the server's own and no AWS client can mean it.
fn own_path(parts: &Parts) -> Option<&'static str> {
    OWN.into_iter().find(|own| *own == parts.uri.path())
}

/// Whether a request only looks at a path, as browsers and probes do: it names no operation and is not signed.
fn is_of_no_api(parts: &Parts) -> bool {
    const OF_AN_API: [&str; 3] = ["authorization", "x-amz-target", "smithy-protocol"];
    let is_parameter = |pair: &str| pair.starts_with("Action=") || pair.starts_with("X-Amz-");
    matches!(parts.method, Method::GET | Method::HEAD)
        && !OF_AN_API.into_iter().any(|name| parts.headers.contains_key(name))
        && !parts.uri.query().unwrap_or_default().split('&').any(is_parameter)
}

fn nothing_at(path: &str) -> Answer {
    let message = format!("there is nothing at {path}; there are {}, and AWS's APIs with POST at /", OWN.join(", "));
    Refusal::new(StatusCode::NOT_FOUND, message).answer()
}

async fn answer_own<B>(instance: &Arc<Instance>, path: &str, parts: &Parts, body: B) -> Answer
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    let answer = match (path, &parts.method) {
        ("/health", &Method::GET | &Method::HEAD) => Ok(own::health(instance).await),
        ("/metrics", &Method::GET | &Method::HEAD) => Ok(own::metrics(instance).await),
        ("/health" | "/metrics", method) => Ok(method_not_allowed(path, method, "GET")),
        ("/tail", &Method::GET) => tail(instance, parts),
        ("/tail", method) => Ok(method_not_allowed(path, method, "GET")),
        ("/deliveries", &Method::GET) => list_deliveries(instance, parts).await,
        ("/deliveries", method) => Ok(method_not_allowed(path, method, "GET")),
        ("/alarms/explain", &Method::GET) => explain(instance, parts).await,
        ("/alarms/explain", method) => Ok(method_not_allowed(path, method, "GET")),
        ("/alarms/replay", &Method::POST) => replay(instance, parts, body).await,
        ("/clock", &Method::GET) => authorize(instance, parts, b"").map(|_| clock::read(instance)),
        ("/clock", &Method::POST) => move_clock(instance, parts, body).await,
        ("/clock", method) => Ok(method_not_allowed(path, method, "GET, POST")),
        ("/emf", &Method::POST) => take_emf(instance, parts, body).await,
        (_, method) => Ok(method_not_allowed(path, method, "POST")),
    };
    answer.unwrap_or_else(|refusal| refusal.answer())
}

fn tail(instance: &Instance, parts: &Parts) -> Result<Answer, Refusal> {
    let scope = authorize(instance, parts, b"")?;
    tail::follow(instance, scope, parts.uri.query().unwrap_or_default())
}

async fn list_deliveries(instance: &Arc<Instance>, parts: &Parts) -> Result<Answer, Refusal> {
    let scope = authorize(instance, parts, b"")?;
    deliveries::list(instance, scope, parts.uri.query().unwrap_or_default()).await
}

async fn explain(instance: &Arc<Instance>, parts: &Parts) -> Result<Answer, Refusal> {
    let scope = authorize(instance, parts, b"")?;
    explain::explain(instance, scope, parts.uri.query().unwrap_or_default()).await
}

async fn replay<B>(instance: &Arc<Instance>, parts: &Parts, body: B) -> Result<Answer, Refusal>
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    let sent = read_own(instance, parts, body, instance.config.limits.api_body_bytes).await?;
    let scope = authorize(instance, parts, &sent.bytes)?;
    replay::answer(instance, scope, &sent.bytes).await
}

async fn move_clock<B>(instance: &Arc<Instance>, parts: &Parts, body: B) -> Result<Answer, Refusal>
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    let bytes = instance.config.limits.api_body_bytes;
    let sent = read_own(instance, parts, body, bytes).await?;
    authorize(instance, parts, &sent.bytes)?;
    to_its_end(clock::set(instance.clone(), sent.bytes)).await
}

async fn take_emf<B>(instance: &Arc<Instance>, parts: &Parts, body: B) -> Result<Answer, Refusal>
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    let bytes = instance.config.limits.emf_body_bytes;
    let sent = read_own(instance, parts, body, bytes).await?;
    authorize(instance, parts, &sent.bytes)?;
    let limit = instance.config.limits.decompressed_bytes;
    let documents = body::decompress(sent.bytes, &parts.headers, limit).map_err(|error| refusal(&error))?;
    to_its_end(emf::take(instance.clone(), documents)).await
}

/// Reads the body of a request to one of the server's own paths, unless its head tells already who may not ask.
async fn read_own<'a, B>(instance: &'a Instance, parts: &Parts, body: B, bytes: usize) -> Result<Held<'a>, Refusal>
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    let head = RequestHead::from(parts);
    match screen(instance, &head, &own_services(&head)) {
        Ok(()) => read(instance, body, bytes).await.map_err(|error| refusal(&error)),
        Err(error) => {
            discard(instance, body).await;
            Err(unauthorized(&error))
        }
    }
}

async fn read<B>(instance: &Instance, body: B, bytes: usize) -> Result<Held<'_>, BodyError>
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    let limits = &instance.config.limits;
    let room = &instance.body_room;
    body::read(body, &Bounds { bytes, discard: limits.discard_bytes, time: limits.body_time(), room }).await
}

/// Reads a body for nothing but that the client, which may still be sending, gets to read the answer.
async fn discard<B>(instance: &Instance, body: B)
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    drop(read(instance, body, 0).await);
}

/// What is wrong with a body, for the server's own paths.
fn refusal(error: &BodyError) -> Refusal {
    let status = match error {
        BodyError::TooLarge { .. } | BodyError::TooLargeDecompressed { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        BodyError::TooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
        BodyError::Crowded { .. } => StatusCode::SERVICE_UNAVAILABLE,
        BodyError::Encoding(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        BodyError::CutOff(_) | BodyError::NotGzip(_) => StatusCode::BAD_REQUEST,
    };
    Refusal::new(status, error.to_string())
}

/// Lets a request to one of the server's own paths pass: with credentials configured it has to be signed, for
/// whichever service. Answers whose it is.
fn authorize(instance: &Instance, parts: &Parts, sent: &[u8]) -> Result<Scope, Refusal> {
    let head = RequestHead::from(parts);
    let caller = identify(instance, &head, sent, &own_services(&head));
    caller.map(|caller| caller.scope).map_err(|error| unauthorized(&error))
}

/// For which services a request to the server's own paths may be signed: for the one it is.
fn own_services(head: &RequestHead<'_>) -> Vec<String> {
    sigv4::scope(head).into_iter().map(|scope| scope.service).collect()
}

fn unauthorized(error: &ServiceError) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, error.to_string())
}

/// Refuses a request whose signature cannot be right whatever its body is: before the body is held in memory.
fn screen(instance: &Instance, head: &RequestHead<'_>, services: &[impl AsRef<str>]) -> Result<(), ServiceError> {
    match identify(instance, head, b"", services) {
        // That of an empty body, which is not what was signed.
        Err(error) if error.code == code::INVALID_SIGNATURE => Ok(()),
        outcome => outcome.map(drop),
    }
}

/// Who asks.
struct Caller {
    scope: Scope,
    access_key: Option<String>,
}

/// Finds out who asks, and whether it is true when credentials are configured. Signatures are judged by the
/// machine's time, also when the server's clock is moved by hand: clients sign with theirs.
fn identify(
    instance: &Instance,
    head: &RequestHead<'_>,
    sent: &[u8],
    services: &[impl AsRef<str>],
) -> Result<Caller, ServiceError> {
    let credentials = &instance.config.credentials;
    if credentials.is_empty() {
        return unverified(instance, head);
    }
    let lookup = |id: &str| {
        let key = credentials.find(id)?;
        Some(Credential { secret_key: key.secret.clone(), session_token: key.session_token.clone(), expires: None })
    };
    let now = WireTimestamp::from_ms(system_time().millis());
    let services: Vec<_> = services.iter().map(AsRef::as_ref).collect();
    let identity = sigv4::verify(head, PayloadHash::of(sent), lookup, now, &services)?;
    let key = credentials.find(&identity.access_key).expect("the signature was verified with this key");
    let scope = Scope::new(&key.account, identity.region);
    Ok(Caller { scope, access_key: Some(identity.access_key) })
}

/// Believes what a request says: the Region of its scope, and as account the access key when it looks like one.
fn unverified(instance: &Instance, head: &RequestHead<'_>) -> Result<Caller, ServiceError> {
    let default = &instance.default_scope;
    let Some(claimed) = sigv4::scope(head) else {
        return Ok(Caller { scope: default.clone(), access_key: None });
    };
    if !is_region(&claimed.region) {
        return Err(code::INVALID_SIGNATURE.message("Credential should be scoped to a valid region."));
    }
    let account = if is_account(&claimed.access_key) { &claimed.access_key } else { &default.account };
    Ok(Caller { scope: Scope::new(account, claimed.region), access_key: Some(claimed.access_key) })
}

async fn answer_aws<B>(instance: &Arc<Instance>, parts: &Parts, body: B) -> (&'static str, Answer)
where
    B: Body + Unpin,
    B::Error: std::fmt::Display,
{
    let request_id = request_id::new().to_string();
    let head = RequestHead::from(parts);
    if let Err(error) = screen(instance, &head, &Service::ALL.map(Service::signing_name)) {
        discard(instance, body).await;
        return (NO_OPERATION, codec::encode_error(route_of(&head), &error, &request_id).map(full));
    }
    // The place is kept until the answer.
    let Held { bytes: sent, place: _place } = match read(instance, body, body_limit(instance, &head)).await {
        Ok(held) => held,
        Err(error) => return (NO_OPERATION, refuse_body(&head, &error, &request_id)),
    };
    let mut operation = NO_OPERATION;
    let reply = match called(instance, &head, sent, &request_id) {
        Ok((found, call, input)) => {
            operation = found.name;
            let route = call.route;
            let reply = found.answer(call, input).await;
            reply.unwrap_or_else(|error| {
                tracing::debug!(operation, request_id, "refused: {error}");
                codec::encode_error(route, &error, &request_id)
            })
        }
        Err((route, error)) => {
            tracing::debug!(request_id, "refused: {error}");
            codec::encode_error(route, &error, &request_id)
        }
    };
    (operation, reply.map(full))
}

/// Which body limit holds, as far as the head tells.
fn body_limit(instance: &Instance, head: &RequestHead<'_>) -> usize {
    let limits = &instance.config.limits;
    match route_of(head).service {
        Service::Logs => limits.logs_body_bytes,
        Service::Sqs => limits.sqs_body_bytes,
        _ => limits.api_body_bytes,
    }
}

/// How to answer a request whose body is not known (yet).
fn route_of(head: &RequestHead<'_>) -> Route {
    match dispatch::dispatch(head, b"") {
        Ok(call) => call.route,
        Err(refusal) => refusal.route,
    }
}

type Called = (&'static api::Operation, Call, Vec<u8>);

/// From a request to the operation it calls, with its input.
fn called(
    instance: &Arc<Instance>,
    head: &RequestHead<'_>,
    sent: Vec<u8>,
    request_id: &str,
) -> Result<Called, (Route, ServiceError)> {
    let early = |error| (route_of(head), error);
    let services = Service::ALL.map(Service::signing_name);
    let caller = identify(instance, head, &sent, &services).map_err(early)?;
    let limit = instance.config.limits.decompressed_bytes;
    let plain = body::decompress(sent, head.headers, limit).map_err(|error| early(body_fault(&error)))?;
    let (route, operation, copied) = {
        let call = dispatch::dispatch(head, &plain).map_err(|refusal| (refusal.route, refusal.error))?;
        let operation = api::find(call.route.service, &call.operation);
        let operation = operation.ok_or_else(|| (call.route, call.unknown_operation()))?;
        // The input of a GET is its query string.
        let copied = (!std::ptr::eq(call.input, plain.as_slice())).then(|| call.input.to_vec());
        (call.route, operation, copied)
    };
    let call = Call {
        instance: instance.clone(),
        route,
        operation: operation.name,
        scope: caller.scope,
        access_key: caller.access_key,
        now: instance.clock.now(),
        path: head.path.to_owned(),
        host: host_of(instance, head),
        request_id: request_id.to_owned(),
        is_emf_format: head.header("x-amzn-logs-format").is_some_and(|format| format.eq_ignore_ascii_case("json/emf")),
    };
    Ok((operation, call, copied.unwrap_or(plain)))
}

/// By what name the client calls this server.
fn host_of(instance: &Instance, head: &RequestHead<'_>) -> String {
    head.header("host").map_or_else(|| instance.config.listen.to_string(), str::to_owned)
}

fn refuse_body(head: &RequestHead<'_>, error: &BodyError, request_id: &str) -> Answer {
    let mut reply: Reply = codec::encode_error(route_of(head), &body_fault(error), request_id);
    // The rest of the body may still be on its way; it must not be taken for the next request.
    reply.headers_mut().insert(http::header::CONNECTION, HeaderValue::from_static("close"));
    reply.map(full)
}

/// What is wrong with a body, in AWS's words.
fn body_fault(error: &BodyError) -> ServiceError {
    let code = match error {
        BodyError::TooLarge { .. } | BodyError::TooLargeDecompressed { .. } => code::REQUEST_ENTITY_TOO_LARGE,
        BodyError::TooSlow { .. } => code::REQUEST_TIMEOUT,
        BodyError::Crowded { .. } => code::SERVICE_UNAVAILABLE,
        BodyError::CutOff(_) => code::REQUEST_ABORTED,
        BodyError::NotGzip(_) | BodyError::Encoding(_) => code::MALFORMED_HTTP_REQUEST,
    };
    code.message(error.to_string())
}
