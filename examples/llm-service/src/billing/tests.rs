use std::sync::Arc;

use nepho::{MetricsPort, Recorded};
use serde_json::{Value, json};

use super::*;

const SECRET: &str = "whsec_test";
const NOW: u64 = 1_795_000_000;

fn checkout(event: &str, subscription: Option<&str>, user: Option<&str>, payment_status: &str) -> Value {
    let object = json!({"object": "checkout.session", "client_reference_id": user, "subscription": subscription,
        "payment_status": payment_status});
    json!({"id": event, "type": "checkout.session.completed", "data": {"object": object}})
}

fn deleted(event: &str, subscription: &str) -> Value {
    json!({"id": event, "type": "customer.subscription.deleted", "data": {"object": {"id": subscription}}})
}

/// Delivers events, each a second after the one before, and compares what became of them and what was told.
fn check(deliveries: &[(Value, Outcome)], told: &[(&str, Option<&str>, u64)]) {
    let recorded = Arc::new(Recorded::default());
    let billing = Billing::new(SECRET, Events::new(recorded.clone() as Arc<dyn MetricsPort>));
    for (now, (event, expected)) in (NOW..).zip(deliveries) {
        let body = event.to_string();
        let outcome = billing.receive(&sign(body.as_bytes(), SECRET, now), body.as_bytes(), now);
        assert_eq!(outcome.as_ref(), Ok(expected), "{body}");
    }
    let mut points: Vec<_> = recorded.points().into_iter().map(|point| point.dimensions).collect();
    points.sort();
    let expected = told.iter().flat_map(|(event, user, times)| {
        let mut dimensions = vec![("Event".to_owned(), (*event).to_owned())];
        dimensions.extend(user.map(|user| ("UserId".to_owned(), user.to_owned())));
        std::iter::repeat_n(dimensions, *times as usize)
    });
    assert_eq!(points, expected.collect::<Vec<_>>());
}

#[test]
fn what_is_told_is_what_changed() {
    use super::Ignored::{AlreadySo, Kind, NoSubscription, Unpaid};
    use Outcome::{Activated, Cancelled, Duplicate, Ignored};
    let ada = Some("ada");
    check(
        &[
            (checkout("evt_1", Some("sub_1"), ada, "paid"), Activated),
            (checkout("evt_1", Some("sub_1"), ada, "paid"), Duplicate),
            (checkout("evt_2", Some("sub_1"), ada, "paid"), Ignored(AlreadySo)),
            (checkout("evt_3", Some("sub_2"), None, "no_payment_required"), Activated),
            (checkout("evt_4", None, ada, "paid"), Ignored(NoSubscription)),
            (checkout("evt_5", Some("sub_3"), ada, "unpaid"), Ignored(Unpaid)),
            (json!({"id": "evt_6", "type": "invoice.paid", "data": {"object": {}}}), Ignored(Kind)),
            (deleted("evt_7", "sub_1"), Cancelled),
            (deleted("evt_7", "sub_1"), Duplicate),
            (deleted("evt_8", "sub_1"), Ignored(AlreadySo)),
            (checkout("evt_9", Some("sub_1"), ada, "paid"), Ignored(AlreadySo)),
            // The end arrives before the beginning.
            (deleted("evt_10", "sub_4"), Cancelled),
            (checkout("evt_11", Some("sub_4"), ada, "paid"), Ignored(AlreadySo)),
        ],
        &[
            ("new_subscription", None, 1),
            ("new_subscription", Some("ada"), 1),
            ("subscription_cancelled", None, 1),
            ("subscription_cancelled", Some("ada"), 1),
        ],
    );
}

#[test]
fn what_is_refused_changes_nothing() {
    let recorded = Arc::new(Recorded::default());
    let billing = Billing::new(SECRET, Events::new(recorded.clone() as Arc<dyn MetricsPort>));
    let body = checkout("evt_1", Some("sub_1"), Some("ada"), "paid").to_string();
    let receive = |body: &str, secret: &str, signed_at: u64| {
        billing.receive(&sign(body.as_bytes(), secret, signed_at), body.as_bytes(), NOW)
    };
    assert_eq!(receive(&body, "whsec_other", NOW), Err(Refusal::Signature(SignatureError::Mismatch)));
    assert_eq!(receive(&body, SECRET, NOW - 301), Err(Refusal::Signature(SignatureError::Stale(301))));
    for malformed in ["", "{}", r#"{"id":"evt_1","type":"checkout.session.completed","data":{"object":{}}}"#] {
        assert!(matches!(receive(malformed, SECRET, NOW), Err(Refusal::Malformed(_))), "{malformed}");
    }
    assert!(recorded.points().is_empty());

    assert_eq!(receive(&body, SECRET, NOW), Ok(Outcome::Activated));
    assert_eq!(receive(&body, SECRET, NOW), Err(Refusal::Replayed("evt_1".to_owned())));
    assert_eq!(receive(&body, SECRET, NOW + 1), Ok(Outcome::Duplicate));
    assert!(recorded.counter("EventCount").with("Event", "new_subscription").with("UserId", "ada") == 1);
    assert_eq!(recorded.points().len(), 1);
}

#[test]
fn of_many_deliveries_at_once_one_counts() {
    let recorded = Arc::new(Recorded::default());
    let billing = Billing::new(SECRET, Events::new(recorded.clone() as Arc<dyn MetricsPort>));
    let body = checkout("evt_1", Some("sub_1"), Some("ada"), "paid").to_string();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let deliver = |signed_at| billing.receive(&sign(body.as_bytes(), SECRET, signed_at), body.as_bytes(), NOW);
        let threads: Vec<_> = (NOW..NOW + 8).map(|signed_at| scope.spawn(move || deliver(signed_at))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let of = |outcome| outcomes.iter().filter(|found| **found == Ok(outcome)).count();
    assert_eq!((of(Outcome::Activated), of(Outcome::Duplicate)), (1, 7));
    assert_eq!(recorded.points().len(), 1);
}
