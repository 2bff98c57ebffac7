//! Mails that nobody takes, and mails that somebody is spared.

use serde_json::{Value, json};

use super::{PREFIX, Story};
use crate::receivers::Mail;
use crate::stage::TIME;

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_nobody_takes_is_kept_for_somebody_to_see() {
    let story = Story::begin().await;
    story.mails.refuse();
    let alarm = json!({"AlarmName": format!("{PREFIX}dead-letters"), "StateValue": "ALARM", "StateReason": "a drill"});
    story.stage.server.ask("SetAlarmState", &alarm).await;
    let told = story.posts.until(2).await.remove(1);
    // It answers when a message is there.
    let received = json!({ "QueueUrl": story.undelivered_url, "WaitTimeSeconds": 20 });
    let received = tokio::time::timeout(TIME, story.stage.server.sqs("ReceiveMessage", &received)).await.unwrap();
    let kept: Value = serde_json::from_str(received["Messages"][0]["Body"].as_str().unwrap()).unwrap();
    assert_eq!((&kept["MessageId"], &kept["Subject"]), (&told["MessageId"], &told["Subject"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn repeats_are_one_mail_for_who_wants_that() {
    let story = Story::begin().await;
    // Who is subscribed already is answered with the subscription there is.
    let mail = story.sns("Subscribe", include_str!("../../../plain/subscription.json"), "SubscriptionArn").await;
    let policy = json!({"deduplicationPolicy": {"windowSeconds": 3600}}).to_string();
    let policy =
        [("SubscriptionArn", mail.as_str()), ("AttributeName", "NoisePolicy"), ("AttributeValue", policy.as_str())];
    story.stage.server.sns("SetSubscriptionAttributes", &policy, "RequestId").await;
    for _ in 0..5 {
        for state in ["ALARM", "OK"] {
            let alarm =
                json!({"AlarmName": format!("{PREFIX}dead-letters"), "StateValue": state, "StateReason": "a drill"});
            story.stage.server.ask("SetAlarmState", &alarm).await;
        }
    }
    assert_eq!(story.posts.until(11).await.len(), 11);
    story.pass(61).await;
    // The question, three of this alarm, and one of each other's first state.
    let mails = story.mails.until(1 + 3 + 9).await;
    // Mails are on their way side by side, and have no order.
    let mut of_it: Vec<&Mail> = mails.iter().filter(|mail| mail.subject.contains("dead-letters")).collect();
    of_it.sort_by(|a, b| a.subject.cmp(&b.subject));
    let subject = |state: &str| format!("{state}: \"{PREFIX}dead-letters\" in US East (N. Virginia)");
    let subjects: Vec<&str> = of_it.iter().map(|mail| mail.subject.as_str()).collect();
    assert_eq!(subjects, [subject("ALARM"), subject("OK"), subject("OK") + " (8 changes)"]);
    assert!(of_it[2].text.starts_with("This message stands for 8 changes of the alarm:"), "{}", of_it[2].text);
}
