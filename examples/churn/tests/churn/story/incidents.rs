//! What goes wrong, one after the other, and how it ends.

use std::collections::BTreeMap;

use churn::columns::{Mapped, map};
use churn::customers;
use churn::model::{Model, synthetic};
use churn::queue::{Priority, Task};
use churn::sheet::Sheet;
use serde_json::json;

use super::{Story, example};
use crate::stage::USER;

/// Four uploads in five minutes fail, and go on failing.
pub(super) async fn a_broken_storage(story: &mut Story) {
    story.stage.pipeline.storage.faults().set("put", "the disk is full").unwrap();
    story.bad(4, ("API", "S3UploadFailure")).await;
    story.until("s3-upload-failures", "ALARM", 3).await;
    for _ in 0..4 {
        story.pass(5).await;
        story.bad(1, ("API", "S3UploadFailure")).await;
    }
    story.until("upload-success-rate", "ALARM", 5).await;
    story.stage.pipeline.storage.faults().clear("put").unwrap();
    story.good(&example()).await;
    story.work(1).await;
    story.until("s3-upload-failures", "OK", 15).await;
    story.until("upload-success-rate", "OK", 60).await;
}

/// Six predictions cannot be recorded.
pub(super) async fn a_broken_database(story: &mut Story) {
    let faults = story.stage.pipeline.records.faults().clone();
    faults.set("predictions-insert", "too many connections").unwrap();
    story.good(&example()).await;
    story.good(&example()).await;
    assert_eq!(story.stage.work().await, 6, "both are tried three times");
    story.count("Database", "DatabaseWriteError", 6);
    story.until("database-write-errors", "ALARM", 3).await;
    faults.clear("predictions-insert").unwrap();
    story.until("database-write-errors", "OK", 40).await;
    look_after_dead_letters(story, 2).await;
}

/// Files come in, and nobody works.
pub(super) async fn a_stopped_worker(story: &mut Story) {
    for _ in 0..11 {
        story.good(&example()).await;
    }
    story.until("queue-depth", "ALARM", 8).await;
    story.until("oldest-message-age", "ALARM", 20).await;
    story.work(11).await;
    story.until("queue-depth", "OK", 15).await;
    story.until("oldest-message-age", "OK", 15).await;
}

/// A task for a file that is not there, once in each of three windows of ten minutes.
pub(super) async fn a_poisoned_message(story: &mut Story) {
    let task = Task {
        upload_id: "0d4f7f0c-6d0e-4b6c-9a53-3b6a7f8f2c11".to_owned(),
        user_id: USER.to_owned(),
        s3_file_path: "uploads/none.csv".to_owned(),
        priority: Priority::Normal,
    };
    for _ in 0..3 {
        story.stage.pipeline.queue.send(&task).await.unwrap();
        assert_eq!(story.stage.work().await, 3);
        story.count("Worker", "S3DownloadFailure", 3);
        story.until("dead-letters", "ALARM", 5).await;
        story.pass(7).await;
    }
    story.until("worker-error-rate", "ALARM", 3).await;
    look_after_dead_letters(story, 3).await;
    story.until("worker-error-rate", "OK", 60).await;
}

/// What the runbook says: they are read, and gone.
async fn look_after_dead_letters(story: &Story, expected: u64) {
    story.until("dead-letters", "ALARM", 5).await;
    let url = &story.stage.dead_letters_url;
    assert_eq!(story.stage.server.depth(url).await, expected);
    story.stage.server.sqs("PurgeQueue", &json!({ "QueueUrl": url })).await;
    story.until("dead-letters", "OK", 10).await;
}

/// The storage takes six minutes for each file.
pub(super) async fn a_slow_worker(story: &mut Story) {
    story.stage.pipeline.storage.faults().set("get", "slow 360").unwrap();
    for _ in 0..3 {
        story.good(&example()).await;
        story.work(1).await;
        story.pass(8).await;
    }
    story.until("slow-worker", "ALARM", 3).await;
    story.stage.pipeline.storage.faults().clear("get").unwrap();
    story.until("slow-worker", "OK", 60).await;
}

/// Customers about whom nothing can be said.
pub(super) async fn an_unsure_model(story: &mut Story) {
    let model = story.stage.load(&story.stage.model()).unwrap();
    let file = synthetic::file(5, 2000, false);
    let (header, rows) = file.split_once('\n').unwrap();
    let alone = |row: &str| format!("{header}\n{row}\n");
    let unsure: Vec<&str> = rows.lines().filter(|row| confidence(&model, &alone(row)) < 0.55).collect();
    assert!(unsure.len() > 10, "{}", unsure.len());
    let file = alone(&unsure.join("\n"));
    for _ in 0..3 {
        story.good(&file).await;
        story.work(1).await;
        story.pass(8).await;
    }
    story.until("model-confidence-low", "ALARM", 3).await;
    story.good(&example()).await;
    story.work(1).await;
    story.until("model-confidence-low", "OK", 60).await;
}

fn confidence(model: &Model, file: &str) -> f64 {
    let sheet = Sheet::read(file.as_bytes()).unwrap();
    let Ok(Mapped::Sure(mapping)) = map(&sheet.header, &BTreeMap::new()) else { panic!("{file}") };
    model.predict(&customers::read(&sheet, &mapping).unwrap()[0]).confidence()
}

/// A worker starts with a model that somebody has changed.
pub(super) async fn a_damaged_model(story: &mut Story) {
    let path = story.stage.model().join("model.json");
    let model = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, model.replacen("\"base\": ", "\"base\": 1", 1)).unwrap();
    assert!(story.stage.load(&story.stage.model()).is_err());
    story.count("MLPipeline", "ModelLoadError", 1);
    story.until("model-load-failures", "ALARM", 3).await;
    std::fs::write(&path, model).unwrap();
    assert!(story.stage.load(&story.stage.model()).is_ok());
    story.until("model-load-failures", "OK", 15).await;
}
