//! A datum in the SDK's words.

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit, StatisticSet};

use crate::sink::Datum;

/// Values with counts give percentiles, the statistics beside them stay exact where the values are rounded.
pub(super) fn datum(datum: &Datum) -> MetricDatum {
    let dimension = |(name, value): &(Box<str>, Box<str>)| Dimension::builder().name(&**name).value(&**value).build();
    let statistics = StatisticSet::builder()
        .sample_count(datum.statistics.count)
        .sum(datum.statistics.sum)
        .minimum(datum.statistics.minimum)
        .maximum(datum.statistics.maximum)
        .build();
    let (values, counts) = datum.values.iter().copied().unzip();
    MetricDatum::builder()
        .metric_name(&*datum.metric.name)
        .set_dimensions(Some(datum.metric.dimensions.iter().map(dimension).collect()))
        .timestamp(DateTime::from_millis(datum.timestamp.millis()))
        .unit(StandardUnit::from(datum.unit.as_str()))
        .storage_resolution(datum.resolution.seconds() as i32)
        .set_values(Some(values))
        .set_counts(Some(counts))
        .statistic_values(statistics)
        .build()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use nepho_model::{Resolution, Timestamp, UNITS, Unit};

    use super::*;
    use crate::sink::{MetricName, Statistics};

    fn example(unit: Unit) -> Datum {
        let metric = MetricName { name: "Latency".into(), dimensions: Box::new([("Method".into(), "GET".into())]) };
        Datum {
            metric: Arc::new(metric),
            unit,
            resolution: Resolution::Second,
            timestamp: Timestamp::from_millis(1_777_896_000_123),
            values: vec![(1.5, 2.0), (4.0, 1.0)],
            statistics: Statistics { count: 3.0, sum: 7.125, minimum: 1.5, maximum: 4.125 },
            samples: 3,
        }
    }

    #[test]
    fn everything_of_a_datum_is_said() {
        let wire = datum(&example(Unit::Milliseconds));
        assert_eq!(wire.metric_name(), Some("Latency"));
        assert_eq!(wire.dimensions(), [Dimension::builder().name("Method").value("GET").build()]);
        assert_eq!(wire.timestamp(), Some(&DateTime::from_millis(1_777_896_000_123)));
        assert_eq!(wire.storage_resolution(), Some(1));
        assert_eq!((wire.values(), wire.counts(), wire.value()), ([1.5, 4.0].as_slice(), [2.0, 1.0].as_slice(), None));
        let set = wire.statistic_values().unwrap();
        let set = (set.sample_count(), set.sum(), set.minimum(), set.maximum());
        assert_eq!(set, (Some(3.0), Some(7.125), Some(1.5), Some(4.125)));
    }

    #[test]
    fn every_unit_is_one_of_the_sdk() {
        for (unit, name) in UNITS {
            let wire = datum(&example(unit));
            let wire = wire.unit().unwrap();
            assert_eq!(wire.as_str(), name);
            assert!(StandardUnit::values().contains(&wire.as_str()), "{name}");
        }
    }
}
