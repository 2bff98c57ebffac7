//! What an evaluation has to read, and what it sees then.

mod insights;
pub(super) mod math;
mod scalar;

use nepho_model::{Read, Timestamp, UnitSeries};

pub use insights::InsightsReading;

use super::definition::MetricAlarm;
use super::observed::{Answer, Observed};
use super::source::Source;
use super::windows::Windows;
use crate::math::BandModel;
use math::MathReading;
use scalar::ScalarReading;

/// What an evaluation has to read.
#[derive(Debug, Clone)]
pub enum Reading<'a> {
    /// The points of metrics that are known.
    Points(PointsReading<'a>),
    /// Whatever metrics a query finds.
    Insights(InsightsReading<'a>),
}

/// What an evaluation has to read of metrics that are known.
#[derive(Debug, Clone)]
pub struct PointsReading<'a> {
    time: Timestamp,
    windows: Windows,
    kind: Kind<'a>,
}

#[derive(Debug, Clone)]
enum Kind<'a> {
    Scalar(ScalarReading<'a>),
    Math(Box<MathReading<'a>>),
}

/// What has to be read to evaluate an alarm at a time, which [`evaluation_time`](super::evaluation_time) gives.
pub fn reads(alarm: &MetricAlarm, time: Timestamp) -> Reading<'_> {
    let windows = Windows::of(alarm, time);
    let kind = match alarm.source() {
        Source::Metric(metric) => Kind::Scalar(ScalarReading::new(metric, &windows)),
        Source::Math(math) => Kind::Math(Box::new(MathReading::new(math, &windows, time))),
        Source::Insights(insights) => {
            return Reading::Insights(InsightsReading::new(alarm.scope(), insights, time, windows));
        }
    };
    Reading::Points(PointsReading { time, windows, kind })
}

impl PointsReading<'_> {
    /// The reads, in the order in which [`observe`](Self::observe) wants the answers.
    pub fn reads(&self) -> &[Read] {
        match &self.kind {
            Kind::Scalar(scalar) => scalar.reads(),
            Kind::Math(math) => math.reads(),
        }
    }

    /// What the evaluation sees, with one answer for each read, or what went wrong with it, and one model for each of
    /// [`MathSource::bands`](super::MathSource::bands). Without its model a band is missing in every period.
    ///
    /// # Panics
    /// When there are fewer or more answers than reads.
    pub fn observe(&self, answers: &[Result<Vec<UnitSeries>, String>], models: &[Option<&dyn BandModel>]) -> Observed {
        assert_eq!(answers.len(), self.reads().len(), "every read has an answer");
        let answer = match answers.iter().find_map(|answer| answer.as_ref().err()) {
            Some(error) => Answer::Failed { reason: error.clone(), is_transient: true },
            None => match &self.kind {
                Kind::Scalar(scalar) => Answer::Series(scalar.data(&self.windows, answers)),
                Kind::Math(math) => math.answer(&self.windows, answers, models),
            },
        };
        Observed { time: self.time, windows: self.windows.clone(), answer, is_partial: false }
    }
}
