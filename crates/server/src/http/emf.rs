//! `POST /emf`: documents a line, answered when they are durable.

use std::sync::Arc;

use http::StatusCode;
use nepho_store::StoreError;
use serde::Serialize;

use crate::emf::documents::{Documents, Origin, Told};
use crate::emf::lines::{Line, hand_out};
use crate::http::answer::{Answer, Refusal, json};
use crate::instance::Instance;
use crate::own::counters::Intake;

/// What came of the documents.
#[derive(Serialize)]
struct Summary {
    /// Documents in the body.
    received: usize,
    /// Samples stored.
    stored: usize,
    /// What was refused, once for each cause.
    rejected: Vec<Told>,
}

/// Stores the documents of a body in the default scope.
pub(crate) async fn take(instance: Arc<Instance>, body: Vec<u8>) -> Result<Answer, Refusal> {
    let now = instance.clock.now();
    let read = instance.blocking(move |instance| {
        let mut documents = Documents::new(instance, Intake::EmfHttp, &instance.default_scope);
        let bytes_max = instance.config.limits.emf_line_bytes;
        for line in body.split(|byte| *byte == b'\n') {
            hand_out(line, bytes_max, &mut |line| match line {
                Line::Whole(document) => documents.read(instance, document, Origin::default(), now),
                Line::TooLong => {
                    let detail = format!("a line exceeds the limit of {bytes_max} bytes");
                    documents.refuse(instance, "line_too_long", &detail, Origin::default());
                }
            });
        }
        let (received, stored, rejected) = (documents.received(), documents.samples(), documents.take_told());
        let write = documents.write(instance, &instance.default_scope, now);
        (Summary { received, stored, rejected }, write)
    });
    let (summary, write) = read.await;
    if summary.received == 0 {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "the body has no documents: expected one EMF document a line",
        ));
    }
    if let Some(write) = write {
        write.settle(&instance).await.map_err(|error| not_stored(&error))?;
    }
    let is_refused = summary.stored == 0 && !summary.rejected.is_empty();
    Ok(json(if is_refused { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &summary))
}

fn not_stored(error: &StoreError) -> Refusal {
    let status = match error {
        StoreError::Busy { .. } | StoreError::Closed => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Refusal::new(status, "the documents could not be stored; the server's log says why")
}
