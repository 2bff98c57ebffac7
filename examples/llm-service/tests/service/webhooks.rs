//! Billing webhooks, over HTTP.

use llm_service::clock::unix_seconds;
use serde_json::{Value, json};

use crate::expected::Expected;
use crate::stage::Stage;

fn checkout(id: &str, subscription: &str, user: Option<&str>) -> Value {
    let object = json!({"object": "checkout.session", "client_reference_id": user, "mode": "subscription",
        "payment_status": "paid", "subscription": subscription});
    json!({"id": id, "object": "event", "type": "checkout.session.completed", "data": {"object": object}})
}

fn deleted(id: &str, subscription: &str) -> Value {
    let object = json!({"id": subscription, "object": "subscription", "status": "canceled"});
    json!({"id": id, "object": "event", "type": "customer.subscription.deleted", "data": {"object": object}})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_signed_and_new_counts_once() {
    let stage = Stage::set().await;
    let stranger = stage.visitor.clone().with_secret("whsec_of_a_stranger");
    let now = unix_seconds();
    let (one, two, three) = (
        checkout("evt_1", "sub_1", Some("ada")),
        checkout("evt_2", "sub_2", None),
        checkout("evt_3", "sub_3", Some("grace")),
    );
    let (end_of_one, end_of_two) = (deleted("evt_4", "sub_1"), deleted("evt_5", "sub_2"));
    let end_of_another = deleted("evt_6", "sub_0");
    let other = json!({"id": "evt_7", "type": "invoice.paid", "data": {"object": {}}});
    let cases = [
        (&stranger, &one, now, Err("does not match")),
        (&stage.visitor, &one, now - 1000, Err("exceeds the tolerance")),
        (&stage.visitor, &one, now, Ok("activated")),
        (&stage.visitor, &one, now, Err("delivered already")),
        (&stage.visitor, &one, now + 1, Ok("duplicate")),
        (&stage.visitor, &two, now, Ok("activated")),
        (&stage.visitor, &three, now, Ok("activated")),
        (&stage.visitor, &end_of_one, now, Ok("cancelled")),
        (&stage.visitor, &end_of_one, now + 2, Ok("duplicate")),
        (&stage.visitor, &end_of_two, now, Ok("cancelled")),
        (&stage.visitor, &end_of_another, now, Ok("cancelled")),
        (&stage.visitor, &other, now, Ok("ignored")),
    ];
    for (visitor, event, signed_at, expected) in cases {
        let answer = visitor.deliver(event, signed_at).await.unwrap();
        let said: Value = serde_json::from_slice(answer.body()).unwrap();
        match expected {
            Ok(outcome) => assert_eq!((answer.status().as_u16(), &said["outcome"]), (200, &json!(outcome)), "{event}"),
            Err(part) => {
                assert_eq!(answer.status(), 400, "{event}");
                assert!(said["error"].as_str().unwrap().contains(part), "{said}");
            }
        }
    }
    let mut expected = Expected::default();
    for user in [Some("ada"), None, Some("grace")] {
        expected.event("new_subscription", user);
    }
    for user in [Some("ada"), None, None] {
        expected.event("subscription_cancelled", user);
    }
    stage.flush();
    expected.check(&stage.reader).await;
    assert_eq!(stage.metrics.accounting().delivered, 6);
}
