//! What does not work leaves no half-done work and no metrics of it.

use mailroom::intake::deliver;

use crate::stage::{MAILS, Stage, files};

#[tokio::test]
async fn an_answer_that_cannot_be_delivered_is_rolled_back_metrics_and_all() {
    let mut stage = Stage::open().await;
    std::fs::remove_dir(stage.outbox().join("new")).unwrap();
    deliver(&stage.inbox(), MAILS[0].0, MAILS[0].1.as_bytes()).unwrap();
    stage.mailroom.drain().await.unwrap();
    let states = stage.column("SELECT format('%s %s', state, attempts) FROM incoming_emails").await;
    assert_eq!(states, ["failed 3"]);
    assert_eq!(stage.column("SELECT count(*)::text FROM replies").await, ["0"]);
    let metrics = stage.metrics().await;
    let of_reply: Vec<&String> = metrics.iter().filter(|line| line.contains("send_reply")).collect();
    assert_eq!(of_reply, [r#"error_count {"actor":"send_reply","error_type":"Undeliverable"} 3 3"#]);
    assert!(!metrics.iter().any(|line| line.contains("\"reply\"")), "{metrics:?}");
}

#[tokio::test]
async fn without_its_tables_for_metrics_the_service_works_on() {
    let mut stage = Stage::open().await;
    sqlx::raw_sql("DROP TABLE operational_metrics").execute(&mut stage.connection).await.unwrap();
    stage.play().await;
    let states = stage.column("SELECT state FROM incoming_emails ORDER BY id").await;
    assert_eq!(states, ["answered", "answered", "answered", "ignored", "failed"]);
}

#[tokio::test]
async fn mail_that_is_delivered_twice_is_taken_in_once() {
    let mut stage = Stage::open().await;
    for _ in 0..2 {
        deliver(&stage.inbox(), MAILS[3].0, MAILS[3].1.as_bytes()).unwrap();
        stage.mailroom.drain().await.unwrap();
    }
    assert_eq!(stage.column("SELECT state FROM incoming_emails").await, ["ignored"]);
    assert!(files(&stage.inbox().join("new")).is_empty());
}
