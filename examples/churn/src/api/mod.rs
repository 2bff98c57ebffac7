//! The upload API.
//!
//! | request | answer |
//! | --- | --- |
//! | `GET /templates` | the files to begin with |
//! | `GET /templates/NAME` | one of them |
//! | `POST /columns?column.FEATURE=COLUMN` | which columns of the file in the body are which features, or what has to be asked |
//! | `POST /uploads?file=NAME&priority=P&column.FEATURE=COLUMN` | 202 with the id of the upload |
//! | `GET /uploads/ID` | where the upload is, and what is wrong with the file by row and column |
//! | `GET /uploads/ID/predictions` | the predictions, with their explanations |
//! | `GET /health` | 200 |
//!
//! The user is in the header `x-user-id`, and sees no upload of another one.

mod columns;
mod problem;
mod query;
mod upload;
mod uploads;

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode};
use serde_json::json;

use crate::http::{Answer, BodyError, answer, json as answer_json};
use crate::pipeline::Pipeline;
use crate::template::{TEMPLATES, Template};
use problem::Problem;
use query::Query;

/// The upload API.
#[derive(Debug)]
pub struct Api(pub Pipeline);

impl Api {
    /// Answers a request.
    pub async fn answer(self: Arc<Self>, head: Parts, body: Result<Bytes, BodyError>) -> Answer {
        self.route(&head, body).await.unwrap_or_else(|problem| problem.answer())
    }

    async fn route(self: Arc<Self>, head: &Parts, body: Result<Bytes, BodyError>) -> Result<Answer, Problem> {
        let path: Vec<&str> = head.uri.path().trim_matches('/').split('/').collect();
        let query = Query::parse(head.uri.query());
        match (&head.method, path.as_slice()) {
            (&Method::GET, ["health"]) => Ok(answer_json(StatusCode::OK, &json!({"status": "ok"}))),
            (&Method::GET, ["templates"]) => Ok(templates()),
            (&Method::GET, ["templates", name]) => template(name),
            (&Method::POST, ["columns"]) => columns::answer(&query, &read(body)?),
            (&Method::POST, ["uploads"]) => upload::answer(self, user(head)?, &query, body).await,
            (&Method::GET, ["uploads", id]) => uploads::status(&self.0.records, &user(head)?, id),
            (&Method::GET, ["uploads", id, "predictions"]) => uploads::predictions(&self.0.records, &user(head)?, id),
            _ => Err(Problem::new(
                StatusCode::NOT_FOUND,
                "there is nothing here",
                "See GET /templates and POST /uploads.",
            )),
        }
    }
}

/// The longest name of a user, in bytes.
const USER_BYTES_MAX: usize = 256;

fn user(head: &Parts) -> Result<String, Problem> {
    let user = head.headers.get("x-user-id").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if user.is_empty() || user.len() > USER_BYTES_MAX {
        let fix = format!("Send the header x-user-id, with 1 to {USER_BYTES_MAX} bytes.");
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "nobody is logged in", fix));
    }
    Ok(user.to_owned())
}

fn read(body: Result<Bytes, BodyError>) -> Result<Bytes, Problem> {
    body.map_err(|error| {
        let status = match error {
            BodyError::Long => StatusCode::PAYLOAD_TOO_LARGE,
            BodyError::Late => StatusCode::REQUEST_TIMEOUT,
            BodyError::Broken(_) => StatusCode::BAD_REQUEST,
        };
        Problem::new(status, error.to_string(), "Split the file, or send it again over a better connection.")
    })
}

fn templates() -> Answer {
    let of =
        |one: &Template| json!({"name": one.name, "meaning": one.meaning, "path": format!("/templates/{}", one.name)});
    answer_json(StatusCode::OK, &json!({ "templates": TEMPLATES.iter().map(of).collect::<Vec<_>>() }))
}

fn template(name: &str) -> Result<Answer, Problem> {
    let missing = || Problem::new(StatusCode::NOT_FOUND, format!("no template {name:?}"), "See GET /templates.");
    let template = Template::find(name).ok_or_else(missing)?;
    Ok(answer(StatusCode::OK, "text/csv; charset=utf-8", template.text().into()))
}
