//! What is put: numbers for a metric at a time.

use aws_sdk_cloudwatch::types::{MetricDatum, StandardUnit, StatisticSet};
use nepho_model::{Unit, check_number};

use crate::metric::{Metric, to_wire};
use crate::series::time_to_wire;

/// The most different values of one datum.
pub(crate) const VALUES_MAX: usize = 150;

/// Numbers for a metric. Which of them go together is for the service to say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Datum {
    pub(crate) metric: Metric,
    pub(crate) amount: Amount,
    pub(crate) unit: Option<Unit>,
    /// Now, when there is none.
    pub(crate) time: Option<jiff::Timestamp>,
    pub(crate) resolution: Option<i32>,
}

/// The numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Amount {
    pub(crate) value: Option<f64>,
    pub(crate) values: Vec<f64>,
    /// As many as values, or none when each value counts once.
    pub(crate) counts: Vec<f64>,
    pub(crate) statistics: Option<Statistics>,
}

/// The four numbers of a statistic set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Statistics {
    pub(crate) count: f64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

/// A value with how often it occurred.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CountedValue {
    pub(crate) value: f64,
    pub(crate) count: f64,
}

impl Datum {
    /// As the API has it.
    pub(crate) fn to_wire(&self) -> MetricDatum {
        let some = |numbers: &[f64]| (!numbers.is_empty()).then(|| numbers.to_vec());
        MetricDatum::builder()
            .metric_name(&self.metric.name)
            .set_dimensions(Some(to_wire(&self.metric.dimensions)))
            .set_timestamp(self.time.map(time_to_wire))
            .set_value(self.amount.value)
            .set_values(some(&self.amount.values))
            .set_counts(some(&self.amount.counts))
            .set_statistic_values(self.amount.statistics.map(Statistics::to_wire))
            .set_unit(self.unit.map(|unit| StandardUnit::from(unit.as_str())))
            .set_storage_resolution(self.resolution)
            .build()
    }
}

impl Amount {
    /// The amounts of any number of values: one value is itself, and there are at most [`VALUES_MAX`] in each.
    pub(crate) fn of(values: &[CountedValue]) -> Vec<Amount> {
        if let [CountedValue { value, count: 1.0 }] = values {
            return vec![Amount { value: Some(*value), ..Amount::default() }];
        }
        let some = |values: &[CountedValue]| Amount {
            values: values.iter().map(|counted| counted.value).collect(),
            counts: values.iter().map(|counted| counted.count).collect(),
            ..Amount::default()
        };
        values.chunks(VALUES_MAX).map(some).collect()
    }
}

impl Statistics {
    fn to_wire(self) -> StatisticSet {
        StatisticSet::builder().sample_count(self.count).sum(self.sum).minimum(self.min).maximum(self.max).build()
    }
}

/// Reads `5`, `-2.5` or `5x3`: five, three times.
pub(crate) fn parse_value(text: &str) -> Result<CountedValue, String> {
    let (value, count) = text.split_once('x').unwrap_or((text, "1"));
    let (value, count) = (number(value)?, number(count)?);
    if count <= 0.0 {
        return Err(format!("the count {count} is not above 0: 5x3 is the value 5, three times"));
    }
    Ok(CountedValue { value, count })
}

/// Reads `count=5,sum=10,min=1,max=4`, in any order; AWS's names will do as well.
pub(crate) fn parse_statistics(text: &str) -> Result<Statistics, String> {
    let expected = "expected --statistics count=5,sum=10,min=1,max=4";
    let mut found = [None; 4];
    for part in text.split(',') {
        let (name, value) = part.split_once('=').ok_or_else(|| format!("{part:?} has no '=': {expected}"))?;
        let place = match name.trim().to_lowercase().as_str() {
            "count" | "samplecount" => 0,
            "sum" => 1,
            "min" | "minimum" => 2,
            "max" | "maximum" => 3,
            _ => return Err(format!("{name:?} is none of count, sum, min and max: {expected}")),
        };
        if found[place].replace(number(value.trim())?).is_some() {
            return Err(format!("{name} is given twice: {expected}"));
        }
    }
    match found {
        [Some(count), Some(sum), Some(min), Some(max)] => Ok(Statistics { count, sum, min, max }),
        _ => Err(format!("all four are needed: {expected}")),
    }
}

fn number(text: &str) -> Result<f64, String> {
    let number: f64 =
        text.parse().map_err(|_| format!("{text:?} is no number: expected 5, -2.5, 1e3, or 5x3 for 5 three times"))?;
    check_number(number).map_err(|fault| fault.to_string())?;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_counts() {
        let counted = |value, count| Ok(CountedValue { value, count });
        assert_eq!(parse_value("5"), counted(5.0, 1.0));
        assert_eq!(parse_value("-2.5x3"), counted(-2.5, 3.0));
        assert_eq!(parse_value("1e3x0.5"), counted(1000.0, 0.5));
        for text in ["", "five", "5x", "x5", "5x0", "5x-1", "NaN", "inf", "1e200"] {
            assert!(parse_value(text).is_err(), "{text}");
        }
    }

    #[test]
    fn statistics_need_all_four() {
        let statistics = Statistics { count: 5.0, sum: 10.0, min: 1.0, max: 4.0 };
        assert_eq!(parse_statistics("count=5,sum=10,min=1,max=4"), Ok(statistics));
        assert_eq!(parse_statistics("Maximum=4, Minimum=1, Sum=10, SampleCount=5"), Ok(statistics));
        for text in ["", "count=5", "count=5,sum=10,min=1,max=x", "count=5,count=5,sum=1,min=1,max=1", "average=5"] {
            assert!(parse_statistics(text).is_err(), "{text}");
        }
    }

    #[test]
    fn many_values_are_several_amounts() {
        let values = |count: usize| vec![CountedValue { value: 1.0, count: 2.0 }; count];
        assert_eq!(Amount::of(&values(VALUES_MAX)).len(), 1);
        assert_eq!(Amount::of(&values(VALUES_MAX + 1)).len(), 2);
        let one = Amount::of(&[CountedValue { value: 7.0, count: 1.0 }]);
        assert_eq!(one, [Amount { value: Some(7.0), ..Amount::default() }]);
    }
}
