//! `llm-service demo`

use std::time::Duration;

use clap::Args;
use http::Uri;
use llm_service::events::{self, Business};
use llm_service::http::{Answer, ClientError};
use llm_service::methods::{METHODS, Method};
use llm_service::read_back::Reader;
use llm_service::service::{LATENCY, LATENCY_NAMESPACE};
use llm_service::stand_in::{Act, LanguageModel, Said};
use llm_service::visitor::{Visitor, model_time};
use serde_json::{Value, json};

use super::Failure;
use super::sent::Sent;
use super::setting::{MODEL, SECRET, Setting};

/// How often metrics leave: here once, when the service stops.
const INTERVAL: Duration = Duration::from_secs(60);
/// Who uses the service.
const USER: &str = "ada";
/// A signature so old is refused.
const STALE_SECONDS: u64 = 600;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where `nepho serve` is.
    #[arg(long, env = "NEPHO_ENDPOINT", default_value = "http://127.0.0.1:4582")]
    endpoint: Uri,
}

pub(crate) async fn run(Arguments { endpoint }: Arguments) -> Result<(), Failure> {
    let setting = Setting::prepare(&endpoint).await?;
    let endpoint = endpoint.to_string();
    let service = setting.serve(&endpoint, INTERVAL).await?;
    let visitor = Visitor::new(service.origin(), SECRET);
    let mut sent = Sent::default();
    use_methods(&visitor, &setting.model, &mut sent).await.map_err(|error| unanswered(&error))?;
    deliver_webhooks(&visitor, &mut sent).await.map_err(|error| unanswered(&error))?;

    let reader = Reader::new(&endpoint, sent.begun);
    let unread = |error| Failure::Unreachable(format!("{endpoint} does not tell what it stores: {error}"));
    let before = sent.read_back(&reader).await.map_err(unread)?;
    service.stop().await.map_err(Failure::unreachable("the service"))?;
    let after = sent.read_back(&reader).await.map_err(unread)?;
    let differing = sent.print(&before, &after);
    println!("\nLook yourself: nepho list {LATENCY_NAMESPACE}; nepho get {LATENCY_NAMESPACE} {LATENCY} --stat p50,p99");
    if differing == 0 { Ok(()) } else { Err(Failure::Check(format!("{differing} metrics are not what was sent"))) }
}

/// Calls each method once with a good answer, and once each with what can go wrong.
async fn use_methods(visitor: &Visitor, model: &LanguageModel, sent: &mut Sent) -> Result<(), ClientError> {
    let (good, bad) = (Act::new(20, Said::Good), |said| Act::new(20, said));
    for method in &METHODS {
        call(visitor, model, method, &[good], sent).await?;
    }
    let method = &METHODS[0];
    call(visitor, model, method, &[bad(Said::Broken), good], sent).await?;
    call(visitor, model, method, &[bad(Said::Chatty), good], sent).await?;
    call(visitor, model, method, &[bad(Said::Broken), bad(Said::OtherForm)], sent).await?;
    call(visitor, model, method, &[bad(Said::Status(503))], sent).await?;
    call(visitor, model, method, &[bad(Said::Status(429))], sent).await
}

async fn call(
    visitor: &Visitor,
    model: &LanguageModel,
    method: &Method,
    acts: &[Act],
    sent: &mut Sent,
) -> Result<(), ClientError> {
    model.act(acts);
    let answer = visitor.call(method, Some(USER)).await?;
    let said: Vec<_> = acts.iter().map(|act| format!("{:?}", act.said)).collect();
    println!("{:34} model: {:20} -> {}", method.name, said.join(", "), answer.status());
    if let Some(time) = model_time(&answer) {
        let dimensions = [("Method", method.name), ("Model", MODEL)];
        sent.add(LATENCY_NAMESPACE, LATENCY, &dimensions, "Milliseconds", time);
    }
    if answer.status().is_success() && method.name == "generate_artifacts" {
        tell(sent, Business::ArtifactGenerated);
    }
    Ok(())
}

/// Delivers a subscription's life, and what must not count.
async fn deliver_webhooks(visitor: &Visitor, sent: &mut Sent) -> Result<(), ClientError> {
    // Ids of this run alone, as the billing service's would be.
    let (now, id) = (sent.begun, |name: &str| format!("{name}_{}", sent.begun));
    let checkout = json!({"id": id("evt_1"), "type": "checkout.session.completed", "data": {"object":
        {"client_reference_id": USER, "subscription": id("sub"), "payment_status": "paid"}}});
    let deleted = json!({"id": id("evt_2"), "type": "customer.subscription.deleted", "data": {"object":
        {"id": id("sub"), "status": "canceled"}}});
    let stranger = visitor.clone().with_secret("whsec_guessed");
    show("signed by a stranger", &checkout, &stranger.deliver(&checkout, now).await?);
    show("signed long ago", &checkout, &visitor.deliver(&checkout, now - STALE_SECONDS).await?);
    show("good", &checkout, &visitor.deliver(&checkout, now).await?);
    tell(sent, Business::NewSubscription);
    show("the same again", &checkout, &visitor.deliver(&checkout, now).await?);
    show("signed anew", &checkout, &visitor.deliver(&checkout, now + 1).await?);
    show("good", &deleted, &visitor.deliver(&deleted, now).await?);
    tell(sent, Business::SubscriptionCancelled);
    Ok(())
}

fn tell(sent: &mut Sent, event: Business) {
    let dimensions = [("Event", event.as_str()), ("UserId", USER)];
    sent.add(events::NAMESPACE, events::METRIC, &dimensions, "Count", 1.0);
}

fn show(how: &str, event: &Value, answer: &Answer) {
    let body = String::from_utf8_lossy(answer.body());
    println!("{:34} {how:27} -> {} {body}", event["type"].as_str().unwrap_or_default(), answer.status());
}

fn unanswered(error: &ClientError) -> Failure {
    Failure::Unreachable(format!("the service does not answer: {error}"))
}
