//! From delivery to answer.

use nepho_operational::{Clock, Outcome, RollUp, SystemClock};
use sqlx::Connection;

use crate::stage::{Stage, files};

/// Tomorrow, or later.
struct Later(i64);

impl Clock for Later {
    fn now(&self) -> jiff::Timestamp {
        SystemClock.now().checked_add(jiff::SignedDuration::from_hours(24 * self.0)).unwrap()
    }

    async fn sleep(&self, _time: std::time::Duration) {}
}

#[tokio::test]
async fn mail_is_sorted_and_answered_and_every_step_measured() {
    let mut stage = Stage::open().await;
    stage.play().await;
    let states =
        stage.column("SELECT format('%s %s %s', state, category, attempts) FROM incoming_emails ORDER BY id").await;
    assert_eq!(states, ["answered billing 0", "answered support 0", "answered sales 0", "ignored spam 0", "failed  3"]);
    assert_eq!(files(&stage.outbox().join("new")), ["reply-1", "reply-2", "reply-3"]);
    let reply = std::fs::read_to_string(stage.outbox().join("new/reply-1")).unwrap();
    assert!(reply.contains("To: ada@example.org\r\n") && reply.contains("accounting"), "{reply}");
    assert!(files(&stage.inbox().join("new")).is_empty());
    let expected = [
        r#"error_count {"actor":"process_email","error_type":"NoSender"} 3 3"#,
        r#"processing_time_ms {"actor":"process_email","stage":"classify"} 4"#,
        r#"processing_time_ms {"actor":"process_email","stage":"parse"} 4"#,
        r#"processing_time_ms {"actor":"send_reply","stage":"compose"} 3"#,
        r#"processing_time_ms {"actor":"send_reply","stage":"deliver"} 3"#,
        r#"queue_depth {"queue":"inbound"} 9 25"#,
        r#"queue_depth {"queue":"replies"} 3 3"#,
    ];
    let metrics = stage.metrics().await;
    let fixed: Vec<&String> =
        metrics.iter().filter(|line| !line.starts_with("confidence") && !line.starts_with("token")).collect();
    assert_eq!(fixed, expected.iter().collect::<Vec<_>>());
    let counts = stage.column(
        "SELECT format('%s %s', metric_type, count(*)) FROM operational_metrics
         WHERE metric_type IN ('confidence_score', 'token_usage') GROUP BY metric_type ORDER BY 1",
    );
    assert_eq!(counts.await, ["confidence_score 4", "token_usage 7"]);
    let about = stage.column("SELECT count(*)::text FROM operational_metrics WHERE email_id IS NULL").await;
    assert_eq!(about, ["0"], "every row is about an email");
}

#[tokio::test]
async fn queues_in_which_nothing_moves_are_counted_while_the_service_runs() {
    let mut stage = Stage::open().await;
    // An answer that waits, and that somebody else's lock keeps from being taken.
    let waiting = "INSERT INTO incoming_emails (file, raw, state) VALUES ('1', '', 'sorted')";
    sqlx::raw_sql(waiting).execute(&mut stage.connection).await.unwrap();
    let mut holder = stage.database.connect().await;
    let mut holding = holder.begin().await.unwrap();
    sqlx::raw_sql("SELECT FROM incoming_emails FOR UPDATE").execute(&mut *holding).await.unwrap();
    let counted = async {
        while sqlx::query_scalar::<_, i64>("SELECT count(*) FROM operational_metrics")
            .fetch_one(&mut *holding)
            .await
            .unwrap()
            == 0
        {
            tokio::task::yield_now().await;
        }
    };
    stage.mailroom.run(counted).await;
    let expected = [r#"queue_depth {"queue":"inbound"} 1 0"#, r#"queue_depth {"queue":"replies"} 1 1"#];
    assert_eq!(stage.metrics().await, expected);
}

#[tokio::test]
async fn the_days_of_metrics_stay_when_mail_and_raw_rows_are_gone() {
    let mut stage = Stage::open().await;
    stage.play().await;
    let raw = stage.metrics().await;
    sqlx::raw_sql("DELETE FROM incoming_emails").execute(&mut stage.connection).await.unwrap();
    assert_eq!(stage.metrics().await, raw, "metrics outlive the mail");
    for days in [1, 32] {
        let rolled = RollUp::default().run(&mut stage.connection, &Later(days), None).await.unwrap();
        assert!(matches!(rolled, Outcome::Done(_)));
        let daily = stage.column(
            "SELECT format('%s %s %s', metric_type, labels_key, sum(sample_count)) FROM operational_metrics_daily
             WHERE metric_type NOT IN ('confidence_score') GROUP BY metric_type, labels_key ORDER BY 1",
        );
        let expected = [
            "error_count actor:process_email 3",
            "processing_time_ms actor:process_email 8",
            "processing_time_ms actor:send_reply 6",
            "queue_depth queue:inbound 9",
            "queue_depth queue:replies 3",
            "token_usage model:bayes-1 7",
        ];
        assert_eq!(daily.await, expected);
    }
    assert_eq!(stage.column("SELECT count(*)::text FROM operational_metrics").await, ["0"]);
}
