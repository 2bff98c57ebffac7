//! What came of a document.

/// What a document was.
#[derive(Debug)]
pub enum Outcome<'a> {
    /// EMF: it has `_aws.CloudWatchMetrics`. Some or all of its metrics may have been refused.
    Emf(Extraction<'a>),
    /// Anything else, with the reason. For a log event that is nothing to speak of; on a socket that
    /// takes nothing but EMF it is a parsing error. The caller knows which.
    NotEmf(Rejection),
}

/// What an EMF document gave.
#[derive(Debug)]
pub struct Extraction<'a> {
    /// How many samples were pushed to the batch.
    pub samples: usize,
    /// `_aws.LogGroupName`, when it is a string.
    pub log_group: Option<&'a str>,
    /// `_aws.LogStreamName`, when it is a string.
    pub log_stream: Option<&'a str>,
    /// What was refused: at most one entry for each [`Cause`].
    pub rejections: &'a [Rejection],
}

/// Something in a document that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Why.
    pub cause: Cause,
    /// The first thing that was refused for this cause: the value and the limit, in one line.
    pub detail: String,
    /// How often the cause occurred in the document.
    pub count: u64,
}

/// Which of CloudWatch's counters a rejection belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `EMFParsingErrors`: the document is not EMF.
    Parsing,
    /// `EMFValidationErrors`: it is, but a definition or a value breaks a rule.
    Validation,
}

/// Why something was refused. `docs/decisions/emf-partial-failure.md` says what each one takes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cause {
    /// The document has more than [`MAX_DOCUMENT_BYTES`](crate::MAX_DOCUMENT_BYTES).
    DocumentTooLarge,
    /// The document is no JSON text in UTF-8.
    NotJson,
    /// Objects and arrays are nested more than [`MAX_DEPTH`](crate::MAX_DEPTH) deep.
    TooDeep,
    /// The document is JSON, but no object with `_aws.CloudWatchMetrics`.
    NotEmf,
    /// `_aws.CloudWatchMetrics` is no array.
    CloudWatchMetrics,
    /// `_aws.Timestamp` is missing, or no whole number.
    Timestamp,
    /// `_aws.Timestamp` is more than two weeks ago.
    TimestampTooOld,
    /// `_aws.Timestamp` is more than two hours ahead.
    TimestampTooNew,
    /// A directive, or a member of one, has the wrong JSON type.
    Directive,
    /// A namespace is missing or no legal name.
    Namespace,
    /// A directive defines more than [`MAX_METRICS`](crate::MAX_METRICS) metrics.
    TooManyMetrics,
    /// The document asks for more than [`MAX_SAMPLES`](crate::MAX_SAMPLES) samples, or more than
    /// [`MAX_KEY_BYTES`](crate::MAX_KEY_BYTES) of metric names and dimensions.
    TooManySamples,
    /// A metric definition is no object with a name.
    MetricDefinition,
    /// A metric name is no legal name.
    MetricName,
    /// A unit is none of CloudWatch's.
    Unit,
    /// A storage resolution is neither 1 nor 60.
    StorageResolution,
    /// A dimension set is no array of strings.
    DimensionSet,
    /// A dimension set has more than 30 keys.
    TooManyDimensions,
    /// A dimension key is no legal dimension name.
    DimensionName,
    /// The document has no member for a dimension key.
    DimensionMissing,
    /// The member for a dimension key is no string.
    DimensionNotString,
    /// The member for a dimension key is no legal dimension value.
    DimensionValue,
    /// The document has no member for a metric.
    MetricMissing,
    /// The member for a metric is neither a number, an array of numbers nor an object of values or statistics.
    MetricNotNumeric,
    /// A metric has more than [`MAX_VALUES`](crate::MAX_VALUES) values.
    TooManyValues,
    /// A metric has no values at all.
    NoValues,
    /// A value is not between -2^360 and 2^360.
    ValueOutOfRange,
    /// Counts or statistics that cannot be: lengths differ, a count is not above 0, a minimum is above its maximum.
    Distribution,
}

impl Cause {
    /// The counter of CloudWatch that it belongs to.
    pub const fn kind(self) -> Kind {
        match self {
            Cause::DocumentTooLarge
            | Cause::NotJson
            | Cause::TooDeep
            | Cause::NotEmf
            | Cause::CloudWatchMetrics
            | Cause::Timestamp => Kind::Parsing,
            _ => Kind::Validation,
        }
    }

    /// Its name in the server's own metrics and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Cause::DocumentTooLarge => "document_too_large",
            Cause::NotJson => "not_json",
            Cause::TooDeep => "too_deep",
            Cause::NotEmf => "not_emf",
            Cause::CloudWatchMetrics => "cloudwatch_metrics",
            Cause::Timestamp => "timestamp",
            Cause::TimestampTooOld => "timestamp_too_old",
            Cause::TimestampTooNew => "timestamp_too_new",
            Cause::Directive => "directive",
            Cause::Namespace => "namespace",
            Cause::TooManyMetrics => "too_many_metrics",
            Cause::TooManySamples => "too_many_samples",
            Cause::MetricDefinition => "metric_definition",
            Cause::MetricName => "metric_name",
            Cause::Unit => "unit",
            Cause::StorageResolution => "storage_resolution",
            Cause::DimensionSet => "dimension_set",
            Cause::TooManyDimensions => "too_many_dimensions",
            Cause::DimensionName => "dimension_name",
            Cause::DimensionMissing => "dimension_missing",
            Cause::DimensionNotString => "dimension_not_string",
            Cause::DimensionValue => "dimension_value",
            Cause::MetricMissing => "metric_missing",
            Cause::MetricNotNumeric => "metric_not_numeric",
            Cause::TooManyValues => "too_many_values",
            Cause::NoValues => "no_values",
            Cause::ValueOutOfRange => "value_out_of_range",
            Cause::Distribution => "distribution",
        }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Rejection {
    /// A cause that occurred once.
    pub(crate) fn once(cause: Cause, detail: String) -> Self {
        Rejection { cause, detail, count: 1 }
    }

    /// The counter of CloudWatch that it belongs to.
    pub fn kind(&self) -> Kind {
        self.cause.kind()
    }
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.cause, self.detail)?;
        if self.count > 1 { write!(f, " (and {} more)", self.count - 1) } else { Ok(()) }
    }
}

/// A cause with what to say about it.
pub(crate) type Refusal = (Cause, String);

/// Rejections on their way to the caller, one for each cause.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rejections(Vec<Rejection>);

impl Rejections {
    /// Counts a cause, and keeps what is said about it the first time.
    #[cold]
    pub(crate) fn add(&mut self, (cause, detail): Refusal) {
        match self.0.iter_mut().find(|known| known.cause == cause) {
            Some(known) => known.count += 1,
            None => self.0.push(Rejection::once(cause, detail)),
        }
    }

    /// Starts again with these.
    pub(crate) fn set(&mut self, rejections: &Rejections) {
        self.0.clone_from(&rejections.0);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn as_slice(&self) -> &[Rejection] {
        &self.0
    }
}

/// The most characters of the document that a detail quotes at once.
const MAX_QUOTED: usize = 80;

/// `text` in quotes, cut when it is long.
pub(crate) fn quoted(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// A piece of JSON as it stands in the document, cut when it is long.
pub(crate) fn shortened(json: &str) -> String {
    match json.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}...", &json[..end]),
        None => json.to_owned(),
    }
}
