//! Sparklines: a line of a few characters.

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One character for each value, from the least to the greatest of them; a space where there is none. When all are
/// the same, they are shown in the middle.
pub(crate) fn sparkline(values: &[Option<f64>]) -> String {
    let known = || values.iter().flatten().copied();
    let (least, greatest) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let level = |value: f64| {
        if greatest > least {
            let share = (value / 2.0 - least / 2.0) / (greatest / 2.0 - least / 2.0);
            LEVELS[(share * (LEVELS.len() - 1) as f64).round() as usize]
        } else {
            LEVELS[3]
        }
    };
    values.iter().map(|value| value.map_or(' ', level)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_heights() {
        let line = |values: &[f64]| sparkline(&values.iter().map(|value| Some(*value)).collect::<Vec<_>>());
        assert_eq!(line(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]), "▁▂▃▄▅▆▇█");
        assert_eq!(line(&[-10.0, 10.0]), "▁█");
        assert_eq!(line(&[5.0, 5.0]), "▄▄");
        assert_eq!(line(&[f64::MIN, f64::MAX]), "▁█");
        assert_eq!(sparkline(&[None, Some(1.0), None, Some(2.0)]), " ▁ █");
        assert_eq!(sparkline(&[None]), " ");
    }
}
