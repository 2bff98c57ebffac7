//! Buckets: numbers as dimensions, without a series for each number.
//!
//! A file's size or a count of rows says much about how long something took, and as a dimension it would make a new
//! metric for every value there is. The label of a bucket makes a handful.
//!
//! ```
//! use nepho::bucket::{self, Buckets, Upper};
//!
//! assert_eq!(bucket::file_size_mb(7.2), "5-10MB");
//! assert_eq!(bucket::rows(1_000), "1K-10K");
//!
//! const BASKET: Buckets = Buckets::new(&[(Upper::UpTo(1.0), "single"), (Upper::UpTo(5.0), "few")], "many");
//! assert_eq!(BASKET.label(3.0), "few");
//! assert_eq!(BASKET.label(5.5), "many");
//! ```

/// Ranges of numbers, each with a label.
///
/// It is made once, as a `const` where its bounds are known, and costs a comparison for each range at most.
#[derive(Debug, Clone, Copy)]
pub struct Buckets {
    bounded: &'static [(Upper, &'static str)],
    above: &'static str,
}

/// Where a range ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Upper {
    /// At numbers less than this one: the number itself is in the next range.
    Below(f64),
    /// At this number, which is still in it.
    UpTo(f64),
}

impl Upper {
    const fn bound(self) -> f64 {
        match self {
            Upper::Below(bound) | Upper::UpTo(bound) => bound,
        }
    }

    fn holds(self, number: f64) -> bool {
        match self {
            Upper::Below(bound) => number < bound,
            Upper::UpTo(bound) => number <= bound,
        }
    }
}

impl Buckets {
    /// Ranges in ascending order, each from the end of the one before it, and the label of what is above them all. The
    /// first one has no lower end.
    ///
    /// # Panics
    /// The bounds do not ascend, or one is no number. In a `const` that is an error of the compiler.
    pub const fn new(bounded: &'static [(Upper, &'static str)], above: &'static str) -> Self {
        let mut at = 0;
        while at < bounded.len() {
            let bound = bounded[at].0.bound();
            assert!(!bound.is_nan(), "a bound is a number");
            assert!(at == 0 || bounded[at - 1].0.bound() < bound, "bounds ascend");
            at += 1;
        }
        Buckets { bounded, above }
    }

    /// The label of the range that holds `number`. What is no number (NaN) is in the last one.
    pub fn label(&self, number: f64) -> &'static str {
        let found = self.bounded.iter().find(|(upper, _)| upper.holds(number));
        found.map_or(self.above, |(_, label)| label)
    }

    /// Every label there is, in ascending order.
    pub fn labels(&self) -> impl Iterator<Item = &'static str> {
        self.bounded.iter().map(|(_, label)| *label).chain([self.above])
    }
}

/// The buckets of [`file_size_mb`].
pub const FILE_SIZE_MB: Buckets = Buckets::new(
    &[
        (Upper::Below(1.0), "< 1MB"),
        (Upper::Below(5.0), "1-5MB"),
        (Upper::Below(10.0), "5-10MB"),
        (Upper::UpTo(50.0), "10-50MB"),
    ],
    "> 50MB",
);

/// The buckets of [`rows`].
pub const ROWS: Buckets = Buckets::new(
    &[
        (Upper::Below(100.0), "< 100"),
        (Upper::Below(1_000.0), "100-1000"),
        (Upper::Below(10_000.0), "1K-10K"),
        (Upper::UpTo(100_000.0), "10K-100K"),
    ],
    "> 100K",
);

/// The bucket of a file's size in megabytes, of whatever kind the metric beside it counts in:
///
/// | label | from | to |
/// | --- | --- | --- |
/// | `< 1MB` | | less than 1 |
/// | `1-5MB` | 1 | less than 5 |
/// | `5-10MB` | 5 | less than 10 |
/// | `10-50MB` | 10 | 50 |
/// | `> 50MB` | more than 50 | |
pub fn file_size_mb(megabytes: f64) -> &'static str {
    FILE_SIZE_MB.label(megabytes)
}

/// The bucket of a number of rows:
///
/// | label | from | to |
/// | --- | --- | --- |
/// | `< 100` | | 99 |
/// | `100-1000` | 100 | 999 |
/// | `1K-10K` | 1000 | 9999 |
/// | `10K-100K` | 10,000 | 100,000 |
/// | `> 100K` | 100,001 | |
pub fn rows(rows: u64) -> &'static str {
    ROWS.label(rows as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_the_buckets_of_the_upload_pipeline() {
        let cases = [
            (-1.0, "< 1MB"),
            (0.0, "< 1MB"),
            (0.999_999, "< 1MB"),
            (1.0, "1-5MB"),
            (4.999_999, "1-5MB"),
            (5.0, "5-10MB"),
            (9.999_999, "5-10MB"),
            (10.0, "10-50MB"),
            (50.0, "10-50MB"),
            (50.000_001, "> 50MB"),
            (f64::INFINITY, "> 50MB"),
            (f64::NAN, "> 50MB"),
        ];
        for (megabytes, expected) in cases {
            assert_eq!(file_size_mb(megabytes), expected, "{megabytes}");
        }
    }

    #[test]
    fn rows_are_in_the_buckets_of_the_upload_pipeline() {
        let cases = [
            (0, "< 100"),
            (99, "< 100"),
            (100, "100-1000"),
            (999, "100-1000"),
            (1_000, "1K-10K"),
            (9_999, "1K-10K"),
            (10_000, "10K-100K"),
            (100_000, "10K-100K"),
            (100_001, "> 100K"),
            (u64::MAX, "> 100K"),
        ];
        for (number, expected) in cases {
            assert_eq!(rows(number), expected, "{number}");
        }
    }

    #[test]
    fn labels_are_all_there_can_be() {
        assert!(FILE_SIZE_MB.labels().eq(["< 1MB", "1-5MB", "5-10MB", "10-50MB", "> 50MB"]));
        assert!(ROWS.labels().eq(["< 100", "100-1000", "1K-10K", "10K-100K", "> 100K"]));
        assert!(Buckets::new(&[], "all").labels().eq(["all"]));
    }

    #[test]
    fn bounds_ascend() {
        const CASES: [&[(Upper, &str)]; 3] = [
            &[(Upper::Below(2.0), "a"), (Upper::Below(1.0), "b")],
            &[(Upper::Below(1.0), "a"), (Upper::UpTo(1.0), "b")],
            &[(Upper::UpTo(f64::NAN), "a")],
        ];
        for bounded in CASES {
            assert!(std::panic::catch_unwind(|| Buckets::new(bounded, "above")).is_err(), "{bounded:?}");
        }
    }
}
