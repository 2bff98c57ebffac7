//! Datapoints, as an alarm's reason lists them.

/// A datapoint in a reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Datapoint {
    /// The value.
    pub value: f64,
    /// When, as the reason has it: `03/07/25 08:34:06`.
    pub at: String,
}

/// The datapoints that a reason lists, the newest first: `[22.0 (13/01/23 10:20:00), 21.5 (13/01/23 10:19:00)]`.
pub fn datapoints_in(reason: &str) -> Vec<Datapoint> {
    let listed = reason.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    let Some((listed, _)) = listed else { return Vec::new() };
    listed.split("), ").filter_map(one).collect()
}

fn one(text: &str) -> Option<Datapoint> {
    let (value, at) = text.split_once(" (")?;
    let value: f64 = value.trim().parse().ok().filter(|value: &f64| value.is_finite())?;
    Some(Datapoint { value, at: at.trim_end_matches(')').to_owned() })
}

/// Values as a line of blocks, the first on the left.
pub fn sparkline(values: &[f64]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let block = |value: &f64| {
        // Values that are all the same are a line in the middle.
        let share = if most > least { (value - least) / (most - least) } else { 0.5 };
        BLOCKS[(share * 7.0).round() as usize % BLOCKS.len()]
    };
    values.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reasons_list_datapoints() {
        let reason = "Threshold Crossed: 2 out of the last 2 datapoints [22.0 (13/01/23 10:20:00), 1.5E7 (13/01/23 10:19:00)] \
                      were greater than the threshold (10.0) (minimum 2 datapoints for OK -> ALARM transition).";
        let found = datapoints_in(reason);
        let told: Vec<_> = found.iter().map(|one| (one.value, one.at.as_str())).collect();
        assert_eq!(told, [(22.0, "13/01/23 10:20:00"), (1.5e7, "13/01/23 10:19:00")]);
        for other in ["", "testing", "no datapoints were received", "[]", "[x (y)]", "]["] {
            assert_eq!(datapoints_in(other), [], "{other}");
        }
    }

    #[test]
    fn values_become_blocks() {
        assert_eq!(sparkline(&[1.0, 2.0, 3.0, 8.0]), "▁▂▃█");
        assert_eq!(sparkline(&[5.0, 5.0]), "▅▅");
        assert_eq!(sparkline(&[]), "");
    }

    proptest! {
        #[test]
        fn every_value_has_a_block(values in prop::collection::vec(-1e300..1e300_f64, 0..50)) {
            prop_assert_eq!(sparkline(&values).chars().count(), values.len());
        }

        #[test]
        fn any_text_is_read(text in "(?s)[\\[\\](), 0-9.E/:-]{0,80}") {
            datapoints_in(&text);
        }
    }
}
