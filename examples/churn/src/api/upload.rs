//! `POST /uploads`: a file is stored, recorded, and put into the queue.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::problem::Problem;
use super::query::Query;
use super::{Api, columns, read};
use crate::http::{Answer, BodyError, json as answer_json};
use crate::measures::Table;
use crate::pipeline::Pipeline;
use crate::queue::{Priority, Task};
use crate::records::{Status, Upload};
use crate::sheet::Sheet;

/// The longest name of a file, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// An upload that has been looked at.
struct Accepted {
    id: String,
    user: String,
    file: String,
    priority: Priority,
    columns: BTreeMap<String, String>,
    bytes: Bytes,
}

pub(super) async fn answer(
    api: Arc<Api>,
    user: String,
    query: &Query,
    body: Result<Bytes, BodyError>,
) -> Result<Answer, Problem> {
    let pipeline = &api.0;
    let watch = pipeline.clock.start();
    let upload = accept(pipeline, &user, query, body)?;
    let id = upload.id.clone();
    let taking = tokio::spawn(take(pipeline.clone(), upload));
    match taking.await {
        Ok(Ok(())) => {
            pipeline.measures.api.succeeded(&user, watch.elapsed());
            let body = json!({ "upload_id": id, "status": "queued", "see": format!("/uploads/{id}") });
            Ok(answer_json(StatusCode::ACCEPTED, &body))
        }
        Ok(Err(problem)) => Err(problem),
        Err(panic) => {
            pipeline.measures.api.unexpected(&user);
            tracing::error!(upload_id = id, "the upload failed: {panic}");
            Err(Problem::ours("the upload failed", &id))
        }
    }
}

/// Looks at what comes in.
fn accept(pipeline: &Pipeline, user: &str, query: &Query, body: Result<Bytes, BodyError>) -> Result<Accepted, Problem> {
    let wrong = |error: String, fix: &str| Problem::new(StatusCode::BAD_REQUEST, error, fix);
    let file = query.get("file").unwrap_or_default();
    if file.is_empty() || file.len() > NAME_BYTES_MAX {
        let error = format!("a file's name has 1 to {NAME_BYTES_MAX} bytes, and this one has {}", file.len());
        return Err(wrong(error, "Name the file: ?file=customers.csv"));
    }
    let name = query.get("priority").unwrap_or(Priority::default().name());
    let priority =
        Priority::parse(name).ok_or_else(|| wrong(format!("no priority {name:?}"), "Say low, normal or high."))?;
    let bytes = read(body).inspect_err(|_| pipeline.measures.api.unread(user))?;
    let reject = |problem: Problem| {
        pipeline.measures.api.rejected(user);
        problem
    };
    if !file.to_ascii_lowercase().ends_with(".csv") {
        let error = format!("{file:?} is no CSV file");
        let fix = "Save the table as CSV; GET /templates/example.csv is one.";
        return Err(reject(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error, fix)));
    }
    let sheet = Sheet::read(&bytes).map_err(|error| reject(columns::no_sheet(&error)))?;
    pipeline.measures.api.arrived(user, bytes.len());
    let confirmed = query.below("column.");
    columns::mapping(&sheet, &confirmed)?;
    let (user, file) = (user.to_owned(), file.to_owned());
    Ok(Accepted { id: new_id(), user, file, priority, columns: confirmed, bytes })
}

#[expect(clippy::disallowed_methods, reason = "an upload is named by chance, so that nobody can guess another one")]
fn new_id() -> String {
    Uuid::new_v4().to_string()
}

/// Stores, records and sends; what does not get that far is taken back.
async fn take(pipeline: Pipeline, accepted: Accepted) -> Result<(), Problem> {
    let Accepted { id, user, file, priority, columns, bytes } = accepted;
    let key = format!("uploads/{id}.csv");
    let upload = Upload { id: id.clone(), user_id: user.clone(), file, columns, status: Status::Queued };
    let task = Task { upload_id: id.clone(), user_id: user, s3_file_path: key.clone(), priority };
    let (kept, of) = (upload.clone(), pipeline.clone());
    let keeping = tokio::task::spawn_blocking(move || keep(&of, &kept, &key, &bytes));
    // A panic goes on: it is what nobody has thought of.
    keeping.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
    if let Err(error) = pipeline.queue.send(&task).await {
        pipeline.measures.api.unsent(&task.user_id);
        tracing::warn!(upload_id = id, "{error}");
        let status = Status::Failed { reason: "the queue did not take it".to_owned() };
        tidied(pipeline.records.update(&upload, status));
        tidied(pipeline.storage.remove(&task.s3_file_path));
        return Err(Problem::ours("the upload could not be queued", &id));
    }
    pipeline.measures.api.sent();
    Ok(())
}

fn keep(pipeline: &Pipeline, upload: &Upload, key: &str, bytes: &[u8]) -> Result<(), Problem> {
    let watch = pipeline.clock.start();
    if let Err(error) = pipeline.storage.put(key, bytes) {
        pipeline.measures.api.unstored(&upload.user_id);
        tracing::warn!(upload_id = upload.id, "the file could not be stored: {error}");
        return Err(Problem::ours("the file could not be stored", &upload.id));
    }
    pipeline.measures.api.stored(bytes.len(), watch.elapsed());
    if let Err(error) = pipeline.records.insert(upload) {
        pipeline.measures.database.write_failed(Table::Uploads);
        tracing::warn!(upload_id = upload.id, "the upload could not be recorded: {error}");
        tidied(pipeline.storage.remove(key));
        return Err(Problem::ours("the upload could not be recorded", &upload.id));
    }
    Ok(())
}

/// What cannot be taken back is left behind: it does no harm, and somebody can see why it is there.
fn tidied(done: io::Result<()>) {
    if let Err(error) = done {
        tracing::warn!("something is left of an upload that failed: {error}");
    }
}
