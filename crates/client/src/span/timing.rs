//! What a span carries while it is timed.

use std::fmt::{self, Debug, Write};
use std::time::Duration;

use nepho_model::MAX_DIMENSION_VALUE;
use tracing::field::{Field, Visit};

use super::METRIC_FIELD;

/// The most bytes of a field's value that are kept: enough for the longest value of a dimension in any script, and for
/// one that is to be cut to be seen as too long.
const VALUE_BYTES_MAX: usize = 4 * MAX_DIMENSION_VALUE + 1;

/// The timings of a span, one for each layer.
#[derive(Debug)]
pub(super) struct Timings(Vec<Timing>);

impl Timings {
    pub(super) fn of_one(timing: Timing) -> Self {
        Timings(vec![timing])
    }

    pub(super) fn push(&mut self, timing: Timing) {
        self.0.push(timing);
    }

    pub(super) fn of(&mut self, layer: u64) -> Option<&mut Timing> {
        self.0.iter_mut().find(|timing| timing.layer == layer)
    }

    pub(super) fn take(&mut self, layer: u64) -> Option<Timing> {
        let at = self.0.iter().position(|timing| timing.layer == layer)?;
        Some(self.0.swap_remove(at))
    }
}

/// The timing of one span by one layer.
#[derive(Debug)]
pub(super) struct Timing {
    layer: u64,
    start: Duration,
    /// How often it is entered at this moment.
    depth: u32,
    /// When it was entered while it was not.
    since: Duration,
    busy: Duration,
    metric: Option<Box<str>>,
    /// Values of fields that become dimensions, with the field's place among them.
    values: Vec<(usize, String)>,
}

impl Timing {
    pub(super) fn new(layer: u64, start: Duration) -> Self {
        Timing { layer, start, depth: 0, since: start, busy: Duration::ZERO, metric: None, values: Vec::new() }
    }

    /// Takes those fields that are asked for. The latest value of each counts.
    pub(super) fn read(&mut self, fields: &[Box<str>], visit: impl FnOnce(&mut dyn Visit)) {
        visit(&mut Reading { timing: self, fields });
    }

    pub(super) fn enter(&mut self, now: Duration) {
        if self.depth == 0 {
            self.since = now;
        }
        self.depth += 1;
    }

    pub(super) fn exit(&mut self, now: Duration) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 {
            self.busy += now.saturating_sub(self.since);
        }
    }

    pub(super) fn busy(&self) -> Duration {
        self.busy
    }

    pub(super) fn total(&self, now: Duration) -> Duration {
        now.saturating_sub(self.start)
    }

    pub(super) fn metric(&self) -> Option<&str> {
        self.metric.as_deref()
    }

    /// The values of fields, each with its place among those that were asked for.
    pub(super) fn fields(&self) -> impl Iterator<Item = (usize, &str)> {
        self.values.iter().map(|(at, value)| (*at, value.as_str()))
    }

    fn set(&mut self, at: usize, value: String) {
        match self.values.iter_mut().find(|(known, _)| *known == at) {
            Some((_, known)) => *known = value,
            None => self.values.push((at, value)),
        }
    }
}

struct Reading<'a> {
    timing: &'a mut Timing,
    fields: &'a [Box<str>],
}

impl Reading<'_> {
    fn place(&self, field: &Field) -> Option<usize> {
        self.fields.iter().position(|name| **name == *field.name())
    }
}

impl Visit for Reading<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == METRIC_FIELD {
            self.timing.metric = Some(value.into());
        }
        if let Some(at) = self.place(field) {
            self.timing.set(at, beginning(value, VALUE_BYTES_MAX).to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if let Some(at) = self.place(field) {
            let mut text = Bounded(String::new());
            // An error says that there is more, or that it cannot be written: what there is will do.
            let _ = write!(text, "{value:?}");
            self.timing.set(at, text.0);
        }
    }
}

/// Text that ends when it is too long, however long its source goes on.
struct Bounded(String);

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let taken = beginning(text, VALUE_BYTES_MAX - self.0.len());
        self.0.push_str(taken);
        if taken.len() == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

/// The beginning of a text, of so many bytes at most.
fn beginning(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn busy_is_when_anybody_is_in() {
        let seconds = Duration::from_secs;
        let mut timing = Timing::new(0, seconds(1));
        for (is_entered, at) in [(true, 2), (true, 3), (false, 5), (false, 6), (true, 10), (false, 11)] {
            if is_entered { timing.enter(seconds(at)) } else { timing.exit(seconds(at)) }
        }
        assert_eq!((timing.busy(), timing.total(seconds(20))), (seconds(5), seconds(19)));
    }

    #[test]
    fn values_are_kept_up_to_their_bound() {
        let written = |text: &str| {
            let mut bounded = Bounded(String::new());
            let is_whole = bounded.write_str(text).is_ok();
            (bounded.0.len(), is_whole)
        };
        let ascii = |bytes| "a".repeat(bytes);
        assert_eq!(written(&ascii(VALUE_BYTES_MAX)), (VALUE_BYTES_MAX, true));
        assert_eq!(written(&ascii(VALUE_BYTES_MAX + 1)), (VALUE_BYTES_MAX, false));
        // Four bytes each: the last one has no room for all of its own.
        assert_eq!(written(&"\u{1F980}".repeat(MAX_DIMENSION_VALUE + 1)), (4 * MAX_DIMENSION_VALUE, false));
        assert_eq!(beginning(&ascii(VALUE_BYTES_MAX + 1), VALUE_BYTES_MAX).len(), VALUE_BYTES_MAX);
    }
}
