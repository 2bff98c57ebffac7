//! `GET /uploads/ID` and `GET /uploads/ID/predictions`.

use http::StatusCode;
use serde_json::json;

use super::problem::Problem;
use crate::http::{Answer, answer, json as answer_json};
use crate::records::{Records, Status, Upload};

pub(super) fn status(records: &Records, user: &str, id: &str) -> Result<Answer, Problem> {
    let Upload { file, status, .. } = find(records, user, id)?;
    let fix = match &status {
        Status::Queued => "Ask again in a moment.".to_owned(),
        Status::Completed { .. } => format!("See /uploads/{id}/predictions."),
        Status::Refused { .. } => "Put right what is listed, by row and column, and upload the file again.".to_owned(),
        Status::Failed { .. } => "Upload the file again.".to_owned(),
    };
    let mut body = json!({ "upload_id": id, "file": file, "fix": fix });
    if let (Some(body), Ok(serde_json::Value::Object(status))) = (body.as_object_mut(), serde_json::to_value(&status)) {
        body.extend(status);
    }
    Ok(answer_json(StatusCode::OK, &body))
}

pub(super) fn predictions(records: &Records, user: &str, id: &str) -> Result<Answer, Problem> {
    let upload = find(records, user, id)?;
    let found = match upload.status {
        Status::Completed { .. } => records.predictions(id).map_err(|error| unreadable(id, &error))?,
        _ => None,
    };
    let none = || Problem::new(StatusCode::CONFLICT, "there are no predictions", format!("See /uploads/{id}."));
    Ok(answer(StatusCode::OK, "text/csv; charset=utf-8", found.ok_or_else(none)?.into()))
}

/// The upload, if it is the user's: of others' not even their existence is told.
fn find(records: &Records, user: &str, id: &str) -> Result<Upload, Problem> {
    let found = records.upload(id).map_err(|error| unreadable(id, &error))?;
    let none =
        || Problem::new(StatusCode::NOT_FOUND, format!("no upload {id:?}"), "Use the id that POST /uploads gave.");
    found.filter(|upload| upload.user_id == user).ok_or_else(none)
}

fn unreadable(id: &str, error: &std::io::Error) -> Problem {
    tracing::error!(upload_id = id, "the records cannot be read: {error}");
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the records cannot be read", "Ask again in a few minutes.")
}
