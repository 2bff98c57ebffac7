//! `ANOMALY_DETECTION_BAND`: what values are expected of a metric in every period of the range: an array of the lower and
//! the upper bound, so many standard deviations apart from the middle, 2 unless it says otherwise.

use nepho_model::Timestamp;

use super::form::{Form, SCALAR, SERIES};
use super::{Body, Function};
use crate::math::evaluate::{Context, EvaluationFault};
use crate::math::series::{Origin, Series};
use crate::math::types::Type;
use crate::math::value::{Arguments, Computed, Value};

/// Half the width of a band that does not say how wide it is, in standard deviations.
const DEVIATIONS: f64 = 2.0;

pub(super) const ANOMALY_DETECTION_BAND: Function = Function {
    name: "ANOMALY_DETECTION_BAND",
    forms: &[Form::new(&[SERIES, SCALAR], Type::Array).last_optional()],
    body: Body::Computed(anomaly_detection_band),
};

/// What is expected of a metric, or of an expression.
pub trait BandModel {
    /// The band in the period that begins at `time`, so many standard deviations to either side; `None` when the model
    /// cannot tell.
    fn band(&self, time: Timestamp, deviations: f64) -> Option<Band>;

    /// What there is to say when it cannot tell any band; a message on the result.
    fn remark(&self) -> Option<String> {
        None
    }
}

/// The range of values that are expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// The least that is expected.
    pub lower: f64,
    /// The most that is expected.
    pub upper: f64,
}

fn anomaly_detection_band(mut arguments: Arguments, context: &Context<'_>) -> Computed {
    let around = arguments.series();
    let deviations = match arguments.optional() {
        Some(Value::Scalar(deviations)) => deviations,
        _ => DEVIATIONS,
    };
    if deviations.is_nan() || deviations <= 0.0 {
        return Err(EvaluationFault::Deviations(deviations.to_string()));
    }
    let model = context.inputs.model(context.node)?;
    let grid = around.grid();
    let periods = grid.filled_len()?;
    context.inputs.budget().take(2 * periods as usize)?;
    let bands = (0..periods).filter_map(|slot| Some((slot, model.band(grid.time(slot), deviations)?)));
    let (lower, upper): (Vec<_>, Vec<_>) = bands.map(|(slot, band)| ((slot, band.lower), (slot, band.upper))).unzip();
    let bound = |pairs: Vec<(u32, f64)>, name: &str| {
        let origin = around
            .origin
            .as_ref()
            .map(|origin| Origin { label: format!("{} ({name})", origin.label), metric: origin.metric.clone() }.into());
        Series::of_pairs(grid, pairs).with_origin(origin)
    };
    Ok(Value::Array(vec![bound(lower, "lower"), bound(upper, "upper")]))
}

#[cfg(test)]
mod tests {
    use crate::math::cases::check;

    #[test]
    fn cases() {
        check(
            "
            m1                               1 - 3
            ANOMALY_DETECTION_BAND(m1)       ?? Function 'ANOMALY_DETECTION_BAND' has no model of m1 yet
            band                             m1 10 1
            ANOMALY_DETECTION_BAND(m1)       => m1 (lower):[8 8 8] m1 (upper):[12 12 12]
            ANOMALY_DETECTION_BAND(m1, 3)    => m1 (lower):[7 7 7] m1 (upper):[13 13 13]
            ANOMALY_DETECTION_BAND(m1, 0)    !! argument 2 of ANOMALY_DETECTION_BAND at character 28 is 0: expected a number of standard deviations above 0
            ANOMALY_DETECTION_BAND(m1, 1 - 1) ?? the deviations of ANOMALY_DETECTION_BAND are 0: expected a number above 0
            ANOMALY_DETECTION_BAND(m1, -2)   ?? the deviations of ANOMALY_DETECTION_BAND are -2: expected a number above 0
            m1 > LAST(ANOMALY_DETECTION_BAND(m1)) => 0 0 0
            ANOMALY_DETECTION_BAND(m1 * 2)   !! argument 1 of ANOMALY_DETECTION_BAND at character 24 is computed on the spot: expected the id of a metric or of another expression
            ANOMALY_DETECTION_BAND([m1])     !! argument 1 of ANOMALY_DETECTION_BAND at character 24 is an array of time series: expected a time series
            ",
        );
    }
}
