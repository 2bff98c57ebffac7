//! Statistics that a few wild values do not move.

/// What the median of absolute deviations is multiplied by to be the standard deviation of a normal distribution.
const NORMAL: f64 = 1.4826;

/// The middle value, or the mean of the two in the middle; 0 of none. Reorders the values.
pub(super) fn median(values: &mut [f64]) -> f64 {
    let len = values.len();
    if len == 0 {
        return 0.0;
    }
    let (below, upper, _) = values.select_nth_unstable_by(len / 2, f64::total_cmp);
    if len % 2 == 1 {
        return *upper;
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    lower + (*upper - lower) / 2.0
}

/// The standard deviation around 0, told by the median.
pub(super) fn deviation(residuals: impl Iterator<Item = f64>) -> f64 {
    NORMAL * median(&mut residuals.map(f64::abs).collect::<Vec<_>>())
}

/// The mean; 0 of none.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = values.fold((0usize, 0.0), |(count, sum), value| (count + 1, sum + value));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

/// The value that a share of the next draw falls below, for values in ascending order: as conformal prediction ranks
/// it, among one more than there are.
pub(super) fn quantile(ascending: &[f64], share: f64) -> f64 {
    let Some(last) = ascending.len().checked_sub(1) else { return 0.0 };
    let rank = (share * (ascending.len() + 1) as f64 - 1.0).clamp(0.0, last as f64);
    let (below, part) = (rank.floor() as usize, rank.fract());
    ascending[below] + part * (ascending[(below + 1).min(last)] - ascending[below])
}

/// How much a residual counts that is so many standard deviations off: all up to 4, nothing from 6 on.
pub(super) fn weight(deviations: f64) -> f64 {
    ((6.0 - deviations.abs()) / 2.0).clamp(0.0, 1.0)
}

/// How strongly residuals next to each other are alike, between 0 and 0.9.
pub(super) fn autocorrelation(residuals: &[f64]) -> f64 {
    let (mut product, mut square) = (0.0, 0.0);
    for pair in residuals.windows(2) {
        product += pair[0] * pair[1];
        square += (pair[0] * pair[0] + pair[1] * pair[1]) / 2.0;
    }
    if square > 0.0 { (product / square).clamp(0.0, 0.9) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle() {
        let cases: [(&[f64], f64); 5] =
            [(&[], 0.0), (&[3.0], 3.0), (&[9.0, 1.0], 5.0), (&[1e9, 2.0, 1.0], 2.0), (&[4.0, 1.0, 1e9, 2.0], 3.0)];
        for (values, expected) in cases {
            assert_eq!(median(&mut values.to_vec()), expected, "{values:?}");
        }
    }

    #[test]
    fn quantiles_are_of_one_draw_more() {
        let values = [1.0, 2.0, 3.0];
        for (share, expected) in [(0.0, 1.0), (0.25, 1.0), (0.5, 2.0), (0.625, 2.5), (0.75, 3.0), (1.0, 3.0)] {
            assert_eq!(quantile(&values, share), expected, "{share}");
        }
        assert_eq!(quantile(&[], 0.5), 0.0);
    }

    #[test]
    fn what_is_far_off_counts_less() {
        for (deviations, expected) in [(0.0, 1.0), (-4.0, 1.0), (5.0, 0.5), (-6.0, 0.0), (1e300, 0.0)] {
            assert_eq!(weight(deviations), expected);
        }
    }

    #[test]
    fn neighbours_are_alike_or_not() {
        assert_eq!(autocorrelation(&[1.0, -1.0, 1.0, -1.0]), 0.0);
        assert_eq!(autocorrelation(&[1.0, 1.0, 1.0]), 0.9);
        assert_eq!(autocorrelation(&[]), 0.0);
    }
}
