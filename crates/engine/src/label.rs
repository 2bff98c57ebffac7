//! What a result of GetMetricData is called.

mod default;
mod dynamic;
mod number;
mod span;
mod zone;

pub use default::default_labels;
pub use dynamic::{Label, LabelFault, LabelSubject, MAX_LABEL_VALUES};
pub use zone::{Zone, ZoneFault};
