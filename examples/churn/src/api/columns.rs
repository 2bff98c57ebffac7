//! Which columns are which features: asked for by itself, and at every upload.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::json;

use super::problem::Problem;
use super::query::Query;
use crate::columns::{ConfirmError, Mapped, Mapping, map};
use crate::features::{CUSTOMER_ID, FEATURES};
use crate::http::{Answer, json as answer_json};
use crate::sheet::{Sheet, SheetError};

/// `POST /columns`.
pub(super) fn answer(query: &Query, bytes: &[u8]) -> Result<Answer, Problem> {
    let sheet = Sheet::read(bytes).map_err(|error| no_sheet(&error))?;
    let mapping = mapping(&sheet, &query.below("column."))?;
    let features = FEATURES.iter().map(|feature| feature.name).zip(mapping.features);
    let places = mapping.customer_id.map(|place| (CUSTOMER_ID, place)).into_iter().chain(features);
    let columns: BTreeMap<&str, &str> = places.map(|(name, place)| (name, sheet.header[place].as_str())).collect();
    Ok(answer_json(StatusCode::OK, &json!({ "columns": columns })))
}

pub(super) fn no_sheet(error: &SheetError) -> Problem {
    let fix = "Save the table as CSV in UTF-8; GET /templates/example.csv is one.";
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("this is no CSV file: {error}"), fix)
}

/// The mapping, or a question.
pub(super) fn mapping(sheet: &Sheet<'_>, confirmed: &BTreeMap<String, String>) -> Result<Mapping, Problem> {
    let wrong = |error: ConfirmError| {
        Problem::new(StatusCode::BAD_REQUEST, error.to_string(), "Name a feature and a column of the file.")
    };
    match map(&sheet.header, confirmed).map_err(wrong)? {
        Mapped::Sure(mapping) => Ok(mapping),
        Mapped::Unsure { known, questions } => {
            let names: Vec<&str> = questions.iter().map(|question| question.feature).collect();
            let error = format!("it is not clear which columns are {}", names.join(", "));
            let fix = "Send the file again and say it: ?column.FEATURE=COLUMN for each question. A feature without candidates \
                       is missing: add its column.";
            let more = json!({ "columns": known, "questions": questions });
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error, fix).with(more))
        }
    }
}
