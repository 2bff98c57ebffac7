//! The shapes of arguments that functions take.

use crate::math::types::Type;

/// One shape of arguments, and what it gives.
#[derive(Debug, Clone, Copy)]
pub(in crate::math) struct Form {
    /// For each argument, the types that it may have.
    pub(in crate::math) takes: &'static [&'static [Type]],
    /// How many of them there must be.
    pub(in crate::math) required: usize,
    pub(in crate::math) gives: Type,
    /// Whether datapoints of several series meet, which then must have one period.
    pub(in crate::math) is_together: bool,
}

pub(super) const SCALAR: &[Type] = &[Type::Scalar];
pub(super) const SERIES: &[Type] = &[Type::Series];
pub(super) const METRIC: &[Type] = &[Type::Metric];
pub(super) const ARRAY: &[Type] = &[Type::Array];
pub(super) const TEXT: &[Type] = &[Type::Text];

/// The same for a series and for each of an array.
pub(super) const EACH: &[Form] = &[Form::new(&[ARRAY], Type::Array), Form::new(&[SERIES], Type::Series)];

/// A scalar of one series, a series across an array.
pub(super) const AGGREGATE: &[Form] =
    &[Form::new(&[ARRAY], Type::Series).together(), Form::new(&[SERIES], Type::Scalar)];

impl Form {
    /// Takes all of these arguments.
    pub(super) const fn new(takes: &'static [&'static [Type]], gives: Type) -> Self {
        Form { takes, required: takes.len(), gives, is_together: false }
    }

    /// The same with the last argument optional.
    pub(super) const fn last_optional(self) -> Self {
        Form { required: self.required - 1, ..self }
    }

    /// The same with datapoints of several series meeting.
    pub(super) const fn together(self) -> Self {
        Form { is_together: true, ..self }
    }
}
