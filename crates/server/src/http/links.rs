//! The addresses that messages carry, which are opened by whoever gets the messages: without credentials, from a mail
//! program or a page of any site. What they know (a token, the id of a subscription) is what lets them.

use std::sync::Arc;

use http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};
use nepho_notify::subscription::SubscriptionArn;
use nepho_protocol::error::{ServiceError, sns};
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::sns::confirm_subscription::ConfirmSubscriptionOutput;
use nepho_protocol::{Protocol, Route, Service, codec};

use crate::api;
use crate::deliveries::message::{MESSAGES, Message};
use crate::http::answer::{Answer, Refusal, full, text};
use crate::http::query;
use crate::instance::{Instance, to_its_end};
use crate::request_id;
use crate::topics::confirm::{By, Confirming, confirm, unsubscribe};
use crate::topics::error::TopicError;
use crate::topics::links::{
    CERTIFICATE_ENDING, CERTIFICATE_PATH, GRAPH_ENDING, GRAPH_PATH, message_of, unsubscribe_url,
};

const ROUTE: Route = Route { protocol: Protocol::Query, service: Service::Sns, query_mode: false };

/// An address that a message carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// Yes, messages may come.
    Confirm { topic: String, token: String },
    /// No more messages.
    Unsubscribe { subscription: String },
    /// What messages are signed with.
    Certificate { name: String },
    /// What an alarm watched.
    Graph { name: String },
}

impl Link {
    /// The address that a request asks for, if it is one that messages carry. With credentials it is a call like others.
    pub(crate) fn of(parts: &Parts) -> Option<Self> {
        if parts.method != Method::GET || parts.headers.contains_key(AUTHORIZATION) {
            return None;
        }
        if let Some(rest) = parts.uri.path().strip_prefix(CERTIFICATE_PATH) {
            return Some(Link::Certificate { name: rest.strip_suffix(CERTIFICATE_ENDING)?.to_owned() });
        }
        if let Some(rest) = parts.uri.path().strip_prefix(GRAPH_PATH) {
            return Some(Link::Graph { name: rest.strip_suffix(GRAPH_ENDING)?.to_owned() });
        }
        let pairs = query::pairs(parts.uri.query().filter(|_| parts.uri.path() == "/")?)?;
        let value = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        if value("X-Amz-Signature").is_some() {
            return None;
        }
        match value("Action")?.as_str() {
            "ConfirmSubscription" => Some(Link::Confirm {
                topic: value("TopicArn").unwrap_or_default(),
                token: value("Token").unwrap_or_default(),
            }),
            "Unsubscribe" => Some(Link::Unsubscribe { subscription: value("SubscriptionArn").unwrap_or_default() }),
            _ => None,
        }
    }

    /// What requests for it are counted under.
    pub(crate) const fn operation(&self) -> &'static str {
        match self {
            Link::Confirm { .. } => "ConfirmSubscription",
            Link::Unsubscribe { .. } => "Unsubscribe",
            Link::Certificate { .. } => "/certificate",
            Link::Graph { .. } => "/graphs",
        }
    }
}

/// Does what an address is for.
pub(crate) async fn answer(instance: &Arc<Instance>, link: Link, parts: &Parts) -> Answer {
    let is_person =
        parts.headers.get(ACCEPT).is_some_and(|types| types.as_bytes().windows(9).any(|w| w == b"text/html"));
    let done = to_its_end(follow(instance.clone(), link.clone())).await;
    let request_id = request_id::new().to_string();
    let reply = match (link, done) {
        (Link::Certificate { .. }, Ok(Done::Certificate(pem))) => {
            return text(StatusCode::OK, "application/x-pem-file", pem);
        }
        (Link::Graph { .. }, Ok(Done::Drawn(svg))) => return picture(svg),
        (Link::Graph { name }, Ok(_)) => {
            return Refusal::new(StatusCode::NOT_FOUND, format!("there is no picture {name:?} (any more)")).answer();
        }
        (Link::Certificate { name }, _) => {
            return Refusal::new(StatusCode::NOT_FOUND, format!("there is no certificate {name:?}")).answer();
        }
        (_, Ok(Done::Confirmed(arn))) if is_person => return confirmed_page(&instance.base_url, &arn),
        (_, Ok(Done::Confirmed(arn))) => {
            let output = ConfirmSubscriptionOutput { subscription_arn: Some(arn.to_string()) };
            codec::encode(ROUTE, "ConfirmSubscription", &output, &request_id)
        }
        (_, Ok(_)) if is_person => {
            return page(StatusCode::OK, "Unsubscribed", "No more messages will come from this subscription.");
        }
        (_, Ok(_)) => codec::encode(ROUTE, "Unsubscribe", &NoOutput, &request_id),
        (_, Err(error)) => {
            let error = told(instance, error);
            let status = StatusCode::from_u16(error.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            if is_person {
                return page(status, "That did not work", error.message.as_deref().unwrap_or_default());
            }
            codec::encode_error(ROUTE, &error, &request_id)
        }
    };
    reply.map(full)
}

enum Done {
    Confirmed(SubscriptionArn),
    Unsubscribed,
    Certificate(String),
    Drawn(String),
    Nothing,
}

fn graph(instance: &Instance, name: &str) -> Result<Done, TopicError> {
    let Some(key) = message_of(name) else { return Ok(Done::Nothing) };
    let value = instance.records.get(MESSAGES, &key.to_string())?;
    let message = value.map(|value| Message::read(key, &value)).transpose()?;
    let Some((message, alarm)) = message.and_then(|message| message.alarm.clone().map(|alarm| (message, alarm))) else {
        return Ok(Done::Nothing);
    };
    let drawn = instance.alarms.graph(instance, &message.key.scope, &alarm, message.key.published)?;
    Ok(drawn.map_or(Done::Nothing, |graph| Done::Drawn(graph.to_svg())))
}

/// A picture, which loads and runs nothing wherever it is shown.
fn picture(svg: String) -> Answer {
    let mut answer = text(StatusCode::OK, "image/svg+xml", svg);
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
    answer.headers_mut().insert("content-security-policy", policy);
    answer
}

async fn follow(instance: Arc<Instance>, link: Link) -> Result<Done, TopicError> {
    let now = instance.clock.now();
    instance
        .blocking(move |instance| match link {
            Link::Confirm { topic, token } => {
                let confirming =
                    Confirming { topic: &topic, token: &token, is_authenticated: false, is_owner_only: false };
                confirm(instance, confirming, now).map(Done::Confirmed)
            }
            Link::Unsubscribe { subscription } => {
                let arn = SubscriptionArn::parse(&subscription)?;
                unsubscribe(instance, &arn, By::Link, now).map(|()| Done::Unsubscribed)
            }
            Link::Certificate { name } => {
                let signer = instance.signer()?;
                match signer.name() == name {
                    true => Ok(Done::Certificate(signer.certificate().to_owned())),
                    false => Ok(Done::Nothing),
                }
            }
            Link::Graph { name } => graph(instance, &name),
        })
        .await
}

fn told(instance: &Instance, error: TopicError) -> ServiceError {
    match error {
        TopicError::Refused(refusal) => api::refused(refusal),
        other => {
            instance.fault(&other.to_string());
            sns::INTERNAL_ERROR.message("The store has failed; the server's log says why.")
        }
    }
}

fn confirmed_page(base_url: &str, arn: &SubscriptionArn) -> Answer {
    let link = unsubscribe_url(base_url, arn);
    let said = format!("Messages of {} will come from now on. To stop them, open {link}", arn.topic);
    page(StatusCode::OK, "Subscription confirmed", &said)
}

/// A page for a person, without anything that could be run or loaded.
fn page(status: StatusCode, title: &str, said: &str) -> Answer {
    let (title, said) = (escaped(title), escaped(said));
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><h1>{title}</h1><p>{said}</p></html>\n"
    );
    let mut answer = text(status, "text/html; charset=utf-8", body);
    let policy = HeaderValue::from_static("default-src 'none'");
    answer.headers_mut().insert("content-security-policy", policy);
    answer
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn link(method: Method, uri: &str, header: Option<(&str, &str)>) -> Option<Link> {
        let mut request = Request::builder().method(method).uri(uri);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        Link::of(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn only_what_messages_carry_is_a_link() {
        let confirm = "/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:r:a:t&Token=ab";
        let expected = Link::Confirm { topic: "arn:aws:sns:r:a:t".to_owned(), token: "ab".to_owned() };
        assert_eq!(link(Method::GET, confirm, None), Some(expected));
        let unsubscribe = Link::Unsubscribe { subscription: "arn:aws:sns:r:a:t:i".to_owned() };
        let uri = "/?Action=Unsubscribe&SubscriptionArn=arn%3Aaws%3Asns%3Ar%3Aa%3At%3Ai";
        assert_eq!(link(Method::GET, uri, None), Some(unsubscribe));
        let certificate = Link::Certificate { name: "00ff".to_owned() };
        assert_eq!(link(Method::GET, "/SimpleNotificationService-00ff.pem", None), Some(certificate));
        assert_eq!(link(Method::GET, "/graphs/eA.svg", None), Some(Link::Graph { name: "eA".to_owned() }));
        assert_eq!(link(Method::POST, confirm, None), None);
        assert_eq!(link(Method::GET, confirm, Some(("authorization", "AWS4-HMAC-SHA256 x"))), None);
        assert_eq!(link(Method::GET, &format!("{confirm}&X-Amz-Signature=00"), None), None);
        for other in ["/", "/?Action=DeleteTopic", "/health?Action=Unsubscribe", "/SimpleNotificationService-00ff"] {
            assert_eq!(link(Method::GET, other, None), None, "{other}");
        }
    }

    #[test]
    fn pages_show_texts_as_texts() {
        assert_eq!(escaped("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }
}
