//! A datum as JSON, for the spill file.

use std::sync::Arc;

use nepho_model::{Resolution, Timestamp, Unit};
use serde_json::{Value, json};

use crate::sink::{Datum, MetricName, Statistics};

/// The JSON object of a datum. How many samples it stands for is not in it.
pub(super) fn write(namespace: &str, datum: &Datum) -> String {
    let Statistics { count, sum, minimum, maximum } = datum.statistics;
    let resolution = match datum.resolution {
        Resolution::Second => 1,
        Resolution::Minute => 60,
    };
    json!({
        "namespace": namespace,
        "name": datum.metric.name,
        "dimensions": datum.metric.dimensions.iter().map(|(name, value)| json!([name, value])).collect::<Vec<_>>(),
        "unit": datum.unit.as_str(),
        "resolution": resolution,
        "timestamp": datum.timestamp.millis(),
        "values": datum.values.iter().map(|(value, count)| json!([value, count])).collect::<Vec<_>>(),
        "statistics": [count, sum, minimum, maximum],
    })
    .to_string()
}

/// Reads a datum of so many samples, and its namespace. None when a member is missing or means nothing.
pub(super) fn read(text: &[u8], samples: u64) -> Option<(Arc<str>, Datum)> {
    let value: Value = serde_json::from_slice(text).ok()?;
    let text = |name: &str| value.get(name)?.as_str();
    let pairs = |name: &str| -> Option<Vec<&[Value; 2]>> {
        value.get(name)?.as_array()?.iter().map(|pair| pair.as_array()?.as_slice().try_into().ok()).collect()
    };
    let dimension = |[name, value]: &[Value; 2]| Some((name.as_str()?.into(), value.as_str()?.into()));
    let weighted = |[value, count]: &[Value; 2]| Some((value.as_f64()?, count.as_f64()?));
    let [count, sum, minimum, maximum] = value.get("statistics")?.as_array()?.as_slice() else { return None };
    let datum = Datum {
        metric: Arc::new(MetricName {
            name: text("name")?.into(),
            dimensions: pairs("dimensions")?.into_iter().map(dimension).collect::<Option<_>>()?,
        }),
        unit: Unit::parse(text("unit")?)?,
        resolution: match value.get("resolution")?.as_u64()? {
            1 => Resolution::Second,
            60 => Resolution::Minute,
            _ => return None,
        },
        timestamp: Timestamp::from_millis(value.get("timestamp")?.as_i64()?),
        values: pairs("values")?.into_iter().map(weighted).collect::<Option<_>>()?,
        statistics: Statistics {
            count: count.as_f64()?,
            sum: sum.as_f64()?,
            minimum: minimum.as_f64()?,
            maximum: maximum.as_f64()?,
        },
        samples,
    };
    Some((text("namespace")?.into(), datum))
}

#[cfg(test)]
pub(crate) mod tests {
    use nepho_model::UNITS;
    use proptest::prelude::*;

    use super::*;

    fn finite() -> impl Strategy<Value = f64> {
        any::<u64>().prop_map(f64::from_bits).prop_filter("it is finite", |value| value.is_finite())
    }

    fn text() -> impl Strategy<Value = Box<str>> {
        prop::collection::vec(any::<char>(), 0..9)
            .prop_map(|characters| characters.into_iter().collect::<String>().into())
    }

    pub(crate) fn datums() -> impl Strategy<Value = Datum> {
        let name = (text(), prop::collection::vec((text(), text()), 0..4));
        let values = prop::collection::vec((finite(), finite()), 0..5);
        let kind = (prop::sample::select(&UNITS[..]), any::<bool>(), any::<i64>(), 0..1_u64 << 50);
        (name, values, kind, [finite(), finite(), finite(), finite()]).prop_map(
            |((name, dimensions), values, ((unit, _), is_fine, millis, samples), [count, sum, minimum, maximum])| {
                Datum {
                    metric: Arc::new(MetricName { name, dimensions: dimensions.into() }),
                    unit,
                    resolution: if is_fine { Resolution::Second } else { Resolution::Minute },
                    timestamp: Timestamp::from_millis(millis),
                    values,
                    statistics: Statistics { count, sum, minimum, maximum },
                    samples,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn a_datum_reads_back_exactly(namespace in text(), datum in datums()) {
            let written = write(&namespace, &datum);
            prop_assert!(!written.contains('\n'));
            let (read_namespace, read) = read(written.as_bytes(), datum.samples).unwrap();
            prop_assert_eq!(&*read_namespace, &*namespace);
            // Debug tells 0.0 and -0.0 apart, which `==` does not.
            prop_assert_eq!(format!("{read:?}"), format!("{datum:?}"));
        }
    }

    #[test]
    fn each_member_is_needed() {
        let datum = Datum {
            metric: Arc::new(MetricName {
                name: "Orders".into(),
                dimensions: [("Service".into(), "web".into())].into(),
            }),
            unit: Unit::Count,
            resolution: Resolution::Minute,
            timestamp: Timestamp::from_millis(1_767_225_600_000),
            values: vec![(1.0, 2.0)],
            statistics: Statistics { count: 2.0, sum: 2.0, minimum: 1.0, maximum: 1.0 },
            samples: 2,
        };
        let whole: Value = serde_json::from_str(&write("Shop", &datum)).unwrap();
        assert_eq!(read(whole.to_string().as_bytes(), 2), Some(("Shop".into(), datum)));
        for name in whole.as_object().unwrap().keys() {
            let mut cut = whole.clone();
            cut.as_object_mut().unwrap().remove(name);
            assert_eq!(read(cut.to_string().as_bytes(), 2), None, "without {name}");
            let mut odd = whole.clone();
            odd[name] = json!({});
            assert_eq!(read(odd.to_string().as_bytes(), 2), None, "with an odd {name}");
        }
    }
}
