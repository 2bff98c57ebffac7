//! One measurement on its way into the table.

use std::time::Duration;

use jiff::Timestamp;

use crate::confidence::Thresholds;
use crate::email_id::EmailId;
use crate::fault::Fault;
use crate::labels;
use crate::metric_type::{self, Catalogue, MetricType};

/// The largest magnitude of a value, 2^360: what CloudWatch takes, and what the table's constraint lets in.
// f64 has no const powi; the bits are exponent 1023 + 360, mantissa zero.
pub const MAGNITUDE_MAX: f64 = f64::from_bits((1023 + 360) << 52);

/// The earliest time of a sample.
pub const TIME_MIN: Timestamp = Timestamp::UNIX_EPOCH;
/// The first time that is too late for a sample: the year 3000.
pub const TIME_END: Timestamp = Timestamp::constant(32_503_680_000, 0);

/// A value of a metric type, with labels.
///
/// ```
/// use nepho_operational::Sample;
///
/// let sample = Sample::new("processing_time_ms", 12.5).label("actor", "process_email").label("stage", "parse");
/// assert_eq!(sample.value, 12.5);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sample<'a> {
    /// Its type, which the recorder's catalogue has to know.
    pub metric_type: &'a str,
    /// What was measured.
    pub value: f64,
    /// Names and values of labels that the type has; not all of them have to be given.
    pub labels: Vec<(&'a str, &'a str)>,
    /// The email it is about.
    pub email: Option<EmailId>,
    /// When it was measured; at the beginning of the transaction when `None`.
    pub recorded_at: Option<Timestamp>,
}

impl<'a> Sample<'a> {
    /// A sample without labels.
    pub fn new(metric_type: &'a str, value: f64) -> Self {
        Sample { metric_type, value, labels: Vec::new(), email: None, recorded_at: None }
    }

    /// How many messages wait in a queue.
    pub fn queue_depth(queue: &'a str, depth: u64) -> Self {
        Sample::new(metric_type::QUEUE_DEPTH, depth as f64).label("queue", queue)
    }

    /// How long an actor took for a stage.
    pub fn processing_time(actor: &'a str, stage: &'a str, time: Duration) -> Self {
        let millis = time.as_secs_f64() * 1000.0;
        Sample::new(metric_type::PROCESSING_TIME_MS, millis).label("actor", actor).label("stage", stage)
    }

    /// An error of an actor.
    pub fn error(actor: &'a str, error_type: &'a str) -> Self {
        Sample::new(metric_type::ERROR_COUNT, 1.0).label("actor", actor).label("error_type", error_type)
    }

    /// Tokens that a model used for an operation.
    pub fn token_usage(model: &'a str, operation: &'a str, tokens: u64) -> Self {
        Sample::new(metric_type::TOKEN_USAGE, tokens as f64).label("model", model).label("operation", operation)
    }

    /// How sure a classification is.
    ///
    /// # Errors
    /// [`Fault::Confidence`], when `score` is not between 0 and 1.
    pub fn confidence(score: f64, thresholds: &Thresholds) -> Result<Self, Fault> {
        Ok(Sample::new(metric_type::CONFIDENCE_SCORE, score).label("bucket", thresholds.bucket(score)?))
    }

    /// With a label more.
    #[must_use]
    pub fn label(mut self, name: &'a str, value: &'a str) -> Self {
        self.labels.push((name, value));
        self
    }

    /// About this email.
    #[must_use]
    pub fn email(mut self, email: impl Into<EmailId>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Measured at this time.
    #[must_use]
    pub fn at(mut self, recorded_at: Timestamp) -> Self {
        self.recorded_at = Some(recorded_at);
        self
    }

    /// The sample's type and its labels as JSON, when all of it may be recorded.
    pub(crate) fn check<'c>(&self, catalogue: &'c Catalogue) -> Result<(&'c MetricType, Option<String>), Fault> {
        let metric_type = catalogue.get(self.metric_type)?;
        let of = || self.metric_type.to_owned();
        if !self.value.is_finite() {
            return Err(Fault::NotFinite { metric_type: of(), value: self.value });
        }
        if self.value.abs() > MAGNITUDE_MAX {
            return Err(Fault::TooLarge { metric_type: of(), value: self.value });
        }
        if let Some(time) = self.recorded_at.filter(|time| !(TIME_MIN..TIME_END).contains(time)) {
            return Err(Fault::Time { metric_type: of(), time });
        }
        Ok((metric_type, labels::to_json(metric_type, &self.labels)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_finite_and_at_most_2_to_the_360() {
        let check = |value: f64| {
            let sample = Sample::new("queue_depth", value);
            sample.check(&Catalogue::default()).map(|_| ()).map_err(|fault| fault.to_string())
        };
        assert_eq!(MAGNITUDE_MAX, 2f64.powi(360));
        for value in [0.0, -1.5, f64::MIN_POSITIVE, MAGNITUDE_MAX, -MAGNITUDE_MAX] {
            assert_eq!(check(value), Ok(()), "{value}");
        }
        let past = MAGNITUDE_MAX * (1.0 + f64::EPSILON);
        assert_eq!(check(past), Err(format!("queue_depth: value {past} exceeds the magnitude limit of 2^360")));
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(check(value), Err(format!("queue_depth: value {value} is not finite")));
        }
    }

    #[test]
    fn a_time_is_between_the_years_1970_and_3000() {
        let check = |time: &str| {
            let sample = Sample::new("queue_depth", 1.0).at(time.parse().unwrap());
            sample.check(&Catalogue::default()).map(|_| ()).map_err(|fault| fault.to_string())
        };
        for time in ["1970-01-01T00:00:00Z", "2999-12-31T23:59:59.999999999Z"] {
            assert_eq!(check(time), Ok(()), "{time}");
        }
        for time in ["1969-12-31T23:59:59.999999999Z", "3000-01-01T00:00:00Z"] {
            let fault = format!("queue_depth: time {time} is not within 1970-01-01T00:00:00Z and 3000-01-01T00:00:00Z");
            assert_eq!(check(time), Err(fault));
        }
    }

    #[test]
    fn the_five_have_their_types_values_and_labels() {
        let confidence = Sample::confidence(0.95, &Thresholds::default()).unwrap();
        let cases = [
            (Sample::queue_depth("inbound", 3), "queue_depth", 3.0, r#"{"queue":"inbound"}"#),
            (
                Sample::processing_time("process_email", "parse", Duration::from_micros(1500)),
                "processing_time_ms",
                1.5,
                r#"{"actor":"process_email","stage":"parse"}"#,
            ),
            (Sample::error("reply", "Timeout"), "error_count", 1.0, r#"{"actor":"reply","error_type":"Timeout"}"#),
            (Sample::token_usage("m1", "reply", 80), "token_usage", 80.0, r#"{"model":"m1","operation":"reply"}"#),
            (confidence, "confidence_score", 0.95, r#"{"bucket":"high"}"#),
        ];
        for (sample, metric_type, value, labels) in cases {
            let catalogue = Catalogue::default();
            let (found, json) = sample.check(&catalogue).unwrap();
            assert_eq!((found.name(), sample.value, json.as_deref()), (metric_type, value, Some(labels)));
        }
    }
}
