//! From a document to samples.

use nepho_model::{Batch, MAX_AGE_SECONDS, MAX_AHEAD_SECONDS, Timestamp};
use serde_json::{Map, Value};

use crate::cache::{Hit, Templates};
use crate::evaluation::Evaluation;
use crate::outcome::{Cause, Extraction, Outcome, Refusal, Rejection, shortened};
use crate::root::{self, Aws, not_emf};
use crate::scan::Span;
use crate::template::Template;

/// Reads EMF documents. Keep one and use it again: it remembers how the `_aws` members it has seen are
/// to be read (in about a megabyte at the most), and keeps its working memory.
#[derive(Debug, Default)]
pub struct Decoder {
    templates: Templates,
    /// The template of the last document, when it was not worth keeping.
    unkept: Box<Template>,
    evaluation: Evaluation,
}

/// What a document's `_aws` says.
struct Found {
    template: Place,
    /// `_aws.Timestamp`, or why nothing can be published.
    millis: Result<i64, Refusal>,
}

/// Where a template is.
enum Place {
    Kept(usize),
    Unkept,
}

impl Decoder {
    /// Reads one document: pushes its samples to `batch` and tells what came of it.
    ///
    /// The document may have white space around it, or Lambda's tab-separated prefix in front. It is a
    /// whole one: the caller has split a stream at its line ends. `now` bounds the timestamp.
    pub fn decode(&mut self, document: &[u8], now: Timestamp, batch: &mut Batch) -> Outcome<'_> {
        match self.find(document) {
            Ok((text, found)) => Outcome::Emf(self.extract(text, found, now, batch)),
            Err(rejection) => Outcome::NotEmf(rejection),
        }
    }

    /// Splits the document into its members and finds the template to read them by.
    fn find<'d>(&mut self, document: &'d [u8]) -> Result<(&'d str, Found), Rejection> {
        let text = root::text_of(document)?;
        let members = self.evaluation.members();
        match root::split(text, &mut self.templates, members).map_err(|fault| fault.to_rejection())? {
            Aws::Missing => Err(not_emf("the document has no member _aws")),
            Aws::NoObject => Err(not_emf("_aws is no object")),
            Aws::Known(hit) => Ok((text, Found::kept(hit))),
            Aws::Scanned(aws, timestamp) => Ok((text, self.find_scanned(text, aws, timestamp)?)),
        }
    }

    /// Finds the template of an `_aws` that is not one of the last few.
    fn find_scanned(&mut self, text: &str, aws: Span, timestamp: Option<Span>) -> Result<Found, Rejection> {
        if let Some(hit) = timestamp.and_then(|timestamp| self.templates.find(text, aws, timestamp)) {
            return Ok(Found::kept(hit));
        }
        let parsed: Map<String, Value> = serde_json::from_str(aws.of(text)).expect("the scanner has checked it");
        let (directives, millis) = match parsed.get("CloudWatchMetrics") {
            Some(Value::Array(directives)) => (directives.as_slice(), timestamp_of(&parsed)),
            Some(other) => {
                let detail = format!("CloudWatchMetrics {} is no array", shortened(&other.to_string()));
                (&[] as &[Value], Err((Cause::CloudWatchMetrics, detail)))
            }
            None => return Err(not_emf("_aws has no member CloudWatchMetrics")),
        };
        let template = Box::new(Template::compile(&parsed, directives));
        let kept = match timestamp {
            Some(timestamp) if millis.is_ok() => self.templates.keep(text, aws, timestamp, template),
            _ => Err(template),
        };
        Ok(match kept {
            Ok(hit) => Found::kept(hit),
            Err(template) => {
                self.unkept = template;
                Found { template: Place::Unkept, millis }
            }
        })
    }

    /// Makes samples of the members that the template wants.
    fn extract(&mut self, text: &str, found: Found, now: Timestamp, batch: &mut Batch) -> Extraction<'_> {
        let mut unremembered = Vec::new();
        let (template, order) = match found.template {
            Place::Kept(position) => self.templates.entry(position),
            Place::Unkept => (&*self.unkept, &mut unremembered),
        };
        let before = batch.len();
        match found.millis.and_then(|millis| check_time(millis, now)) {
            Ok(time) => self.evaluation.run(text, template, order, time, batch),
            Err(refusal) => self.evaluation.refuse(refusal),
        }
        Extraction {
            samples: batch.len() - before,
            log_group: template.log_group.as_deref(),
            log_stream: template.log_stream.as_deref(),
            rejections: self.evaluation.rejections(),
        }
    }
}

impl Found {
    fn kept(hit: Hit) -> Self {
        Found { template: Place::Kept(hit.position), millis: Ok(hit.millis) }
    }
}

fn timestamp_of(aws: &Map<String, Value>) -> Result<i64, Refusal> {
    let timestamp = aws.get("Timestamp").ok_or_else(|| (Cause::Timestamp, "Timestamp is missing".to_owned()))?;
    timestamp.as_i64().ok_or_else(|| {
        let detail = format!("Timestamp {} is no whole number of milliseconds", shortened(&timestamp.to_string()));
        (Cause::Timestamp, detail)
    })
}

/// Checks that a timestamp is one that PutMetricData would take.
fn check_time(millis: i64, now: Timestamp) -> Result<Timestamp, Refusal> {
    let time = Timestamp::from_millis(millis);
    if time < now.plus_seconds(-MAX_AGE_SECONDS) {
        let detail = format!("timestamp {millis} is more than {MAX_AGE_SECONDS} s before {}", now.millis());
        return Err((Cause::TimestampTooOld, detail));
    }
    if time > now.plus_seconds(MAX_AHEAD_SECONDS) {
        let detail = format!("timestamp {millis} is more than {MAX_AHEAD_SECONDS} s after {}", now.millis());
        return Err((Cause::TimestampTooNew, detail));
    }
    Ok(time)
}
