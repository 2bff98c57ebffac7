use nepho_model::{Distribution, KnownPercentiles};
use proptest::prelude::*;

use super::*;

/// What a sketch may be off by (docs/decisions/percentiles.md).
const SKETCH_ERROR: f64 = 0.01084;

fn statistic(text: &str) -> Statistic {
    Statistic::parse(text).unwrap_or_else(|fault| panic!("{fault}"))
}

fn evaluate(text: &str, cell: &Cell) -> Option<f64> {
    statistic(text).evaluate(cell)
}

fn samples(values: &[f64]) -> Cell {
    Cell::of_values(values, &[]).unwrap()
}

#[test]
fn the_grammar_is_cloudwatchs() {
    let legal = "
        SampleCount Average Sum Minimum Maximum IQM
        p0 p1 p99 p99. p99.9 p99.9999999999 p00.5 p100 tm0 tm99 tm99.5 tm100 wm98 tc90 ts90 ts100
        TM(10%:90%) TM(:90%) TM(10%:) TM(0%:100%) TM(0.5%:99.5%) TM(:100.00%) TM(100.%:) TM(50%:50%)
        WM(10%:90%) WM(:90%) TC(10%:) TS(:99.9999999999%)
        TM(10:90) TM(:90) TM(10:) WM(0.25:1e3) TC(1E-3:) TS(:1.5e+3) TC(5:5) TC(:1e400)
        PR(10:90) PR(:90) PR(10:) PR(0.1234567890:123456789012345.1234567890)
    ";
    for text in legal.split_whitespace() {
        assert_eq!(statistic(text).to_string(), text);
    }
    let illegal = "
        average AVERAGE Mean p P p99% p100.0 p-1 p+1 p99.99999999999 p.5 p1e1 p99_E P99 o10 u10 u10.5 iqm IQM()
        tm tm100.0 TM99 TM tm() TM() TM(:) TM(%:%) TM(10%) TM(10) TM(10%:90) TM(10:90%) TM(:1e1%)
        TM(10%:90%:) TM(10%:90% TM10%:90%) tm(10%:90%) TM(10%:90%)x TM(:0.12345678901) TM(-1:5) TM(:+5)
        TM(:.5) TM(:5e) TM(:5e+) TM(:e5) TM(:inf) TM(:nan) TM(1:2:3) PR PR(:) PR(10%:90%) PR(:90%) pr90 pr(1:2) XX(1:2)
        p９ TM(:９)
    ";
    for text in illegal.split_whitespace().chain(["", " ", "p 99", " p99", "TM(10 %:90%)", "(:5)"]) {
        assert_eq!(Statistic::parse(text), Err(StatisticFault::Unknown(text.to_owned())));
    }
    for text in ["p101", "p100.1", "p999", "tm101", "TM(101%:)", "TM(:100.1%)", "TM(:10000%)", "TC(1%:101%)"] {
        let fault = Statistic::parse(text).unwrap_err();
        assert_eq!(fault.to_string(), format!("{text:?} is no statistic: a percentage is at most 100"));
    }
    for text in ["TM(90%:10%)", "WM(90:10)", "PR(2:1.5)", "TC(50.1%:50%)", "TS(1e1:9)"] {
        assert_eq!(Statistic::parse(text), Err(StatisticFault::Reversed(text.to_owned())));
    }
}

#[test]
fn a_statistic_has_at_most_50_characters() {
    let of_length = |length: usize| format!("TM(:1{})", "0".repeat(length - 6));
    assert!(Statistic::parse(&of_length(50)).is_ok());
    assert_eq!(Statistic::parse(&of_length(51)), Err(StatisticFault::TooLong(51)));
}

#[test]
fn basic_statistics_are_the_five_that_need_no_distribution() {
    for text in ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] {
        assert!(statistic(text).is_basic() && !statistic(text).needs_distribution(), "{text}");
    }
    for text in ["p50", "IQM", "tm90", "WM(:5)", "TC(:5)", "ts5", "PR(:5)"] {
        assert!(!statistic(text).is_basic() && statistic(text).needs_distribution(), "{text}");
    }
}

#[test]
fn each_family_on_ten_samples() {
    let one_to_ten = samples(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]);
    let cases = "
        SampleCount  10
        Sum          55
        Average      5.5
        Minimum      1
        Maximum      10
        p0           1
        p10          1
        p10.1        2
        p50          5
        p90          9
        p90.0000001  10
        p100         10
        tm100        5.5
        tm90         5
        tm95         5.2631578947368425
        tm0          -
        IQM          5.5
        TM(25%:75%)  5.5
        TM(10%:90%)  5.5
        TM(90%:)     10
        TM(50%:50%)  -
        TM(2:5)      4
        TM(:2)       1.5
        TM(9:)       10
        TM(20:)      -
        tc90         9
        tc95         9.5
        TC(25%:75%)  5
        TC(50%:50%)  0
        TC(2:5)      3
        TC(5:5)      0
        TC(20:)      0
        ts90         45
        TS(25%:75%)  27.5
        TS(2:5)      12
        TS(20:)      0
        wm100        5.5
        wm90         5.4
        WM(10%:90%)  5.4
        WM(20%:)     5.6
        WM(2:5)      4.1
        WM(20:)      20
        WM(:0)       0
        PR(2:5)      30
        PR(:10)      100
        PR(10:)      0
    ";
    check(&one_to_ten, cases);
}

#[test]
fn weights_may_be_fractions() {
    let cell = Cell::of_values(&[1.0, 2.0, 4.0], &[0.5, 1.0, 0.5]).unwrap();
    let cases = "
        SampleCount  2
        Average      2.25
        p25          1
        p25.1        2
        p75          2
        p75.1        4
        TM(25%:75%)  2
        tc25         0.5
        TC(1:)       1.5
        PR(:1)       25
    ";
    check(&cell, cases);
}

#[test]
fn a_statistic_set_has_percentiles_only_when_it_is_constant() {
    let spread = Cell::of_statistics(4.0, 20.0, 4.0, 6.0).unwrap();
    check(&spread, "SampleCount 4\n Average 5\n Minimum 4\n p50 -\n IQM -\n tc90 -\n ts90 -\n WM(:5) -\n PR(:5) -");
    let constant = Cell::of_statistics(4.0, 20.0, 5.0, 5.0).unwrap();
    check(&constant, "p0 5\n p50 5\n p100 5\n IQM 5\n tc75 3\n ts75 15\n WM(:4) 4\n PR(:5) 100\n PR(5:) 0");
    let mut mixed = samples(&[4.0, 5.0]);
    mixed.merge(&spread);
    check(&mixed, "Sum 29\n p50 -");
}

#[test]
fn a_percentile_that_came_with_a_cell_is_answered_and_no_other() {
    let known = KnownPercentiles::new(vec![(95.0, 7.5), (99.9, 7.9)]);
    let cell = Cell::of_statistics(4.0, 20.0, 2.0, 8.0).unwrap().with_percentiles(known);
    let cases = [("p95", Some(7.5)), ("p95.0", Some(7.5)), ("p99.9", Some(7.9)), ("p50", None), ("p94.99", None)];
    for (text, expected) in cases.into_iter().chain([("TM(10%:90%)", None), ("Average", Some(5.0))]) {
        assert_eq!(evaluate(text, &cell), expected, "{text}");
    }
}

#[test]
fn negative_values_have_no_percentiles() {
    check(&samples(&[-1.0, 2.0]), "Minimum -1\n Average 0.5\n p50 -\n TC(:5) -\n PR(0:) -");
    check(&samples(&[-1.0]), "Sum -1\n p100 -");
    check(&samples(&[0.0, 0.0, 2.0]), "p50 0\n tm50 0\n PR(:0) 66.66666666666667\n PR(0:) 33.333333333333336");
}

#[test]
fn values_beside_a_statistic_set_stay_within_its_minimum_and_maximum() {
    let set = Cell::of_statistics(10.0, 300.0, 21.0, 38.0).unwrap();
    let cell = set.with_values_of(&Cell::of_values(&[20.0, 30.0, 40.0], &[2.0, 4.0, 4.0]).unwrap());
    check(&cell, "Sum 300\n p0 21\n p1 21\n p50 30\n p99 38\n p100 38\n tm20 21");
}

#[test]
fn what_is_not_finite_is_no_datapoint() {
    check(&samples(&[1.0, 2.0]), "WM(1e400:) -\n TM(:1e400) 1.5\n TC(1e400:) 0");
}

/// Lines of a statistic and its value, `-` for none.
fn check(cell: &Cell, cases: &str) {
    for line in cases.lines().filter(|line| !line.trim().is_empty()) {
        let (text, expected) = line.trim().split_once(' ').expect("a statistic and a value");
        let found = evaluate(text, cell).map_or("-".to_owned(), |value| value.to_string());
        assert_eq!(found, expected.trim(), "{text} of {cell:?}");
    }
}

/// Samples that take few values, each with a whole weight.
fn few() -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop::collection::vec((0u32..1000, 1u32..6), 1..100)
}

/// So many values that the cell has a sketch, over several orders of magnitude.
fn many() -> impl Strategy<Value = Vec<f64>> {
    (prop::collection::vec(0f64..1.0, 151..400), 0f64..12.0, -3f64..6.0).prop_map(|(list, octaves, shift)| {
        list.into_iter().map(|value| 2f64.powf(value * octaves + shift) + value * 1e-9).collect()
    })
}

/// A percentage as digits and the power of ten they are to be divided by.
fn percents() -> impl Strategy<Value = (u64, u32)> {
    (0u32..4).prop_flat_map(|decimals| (0..=100 * 10u64.pow(decimals), Just(decimals)))
}

fn written((digits, decimals): (u64, u32)) -> String {
    let one = 10u64.pow(decimals);
    match decimals {
        _ if digits == 100 * one => "100".to_owned(),
        0 => digits.to_string(),
        _ => format!("{}.{:0width$}", digits / one, digits % one, width = decimals as usize),
    }
}

fn cell_of(pairs: &[(u32, u32)], scale: f64) -> Cell {
    let values: Vec<_> = pairs.iter().map(|(value, _)| f64::from(*value)).collect();
    let counts: Vec<_> = pairs.iter().map(|(_, count)| f64::from(*count) * scale).collect();
    Cell::of_values(&values, &counts).unwrap()
}

/// Every sample for itself, ascending.
fn listed(pairs: &[(u32, u32)]) -> Vec<u32> {
    let mut list: Vec<_> =
        pairs.iter().flat_map(|(value, count)| std::iter::repeat_n(*value, *count as usize)).collect();
    list.sort_unstable();
    list
}

/// The percentile by counting, in whole numbers.
fn counted<T: Copy>(list: &[T], (digits, decimals): (u64, u32)) -> T {
    let rank = (digits * list.len() as u64).div_ceil(100 * 10u64.pow(decimals));
    list[rank.max(1) as usize - 1]
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
}

proptest! {
    #[test]
    fn percentiles_are_what_counting_gives(pairs in few(), percent in percents()) {
        let expected = f64::from(counted(&listed(&pairs), percent));
        prop_assert_eq!(evaluate(&format!("p{}", written(percent)), &cell_of(&pairs, 1.0)), Some(expected));
    }

    #[test]
    fn a_common_factor_of_the_weights_does_not_matter(pairs in few(), percent in percents(), scale in 0.001f64..1000.0) {
        let text = format!("p{}", written(percent));
        prop_assert_eq!(evaluate(&text, &cell_of(&pairs, scale)), evaluate(&text, &cell_of(&pairs, 1.0)));
    }

    #[test]
    fn trimmed_statistics_are_what_counting_gives(pairs in few(), a in 0u64..=100, b in 0u64..=100) {
        let (from, to) = (a.min(b), a.max(b));
        let list = listed(&pairs);
        // In hundredths of a sample, so that every cut is a whole number.
        let (n, cut) = (list.len() as u64, |percent: u64| percent * list.len() as u64);
        let inside = |at: u64| ((at + 1) * 100).min(cut(to)).saturating_sub((at * 100).max(cut(from)));
        let sum: u64 = list.iter().zip(0..).map(|(value, at)| u64::from(*value) * inside(at)).sum();
        let (weight, sum) = ((cut(to) - cut(from)) as f64 / 100.0, sum as f64 / 100.0);
        let cell = cell_of(&pairs, 1.0);
        let of = |name: &str| evaluate(&format!("{name}({from}%:{to}%)"), &cell);
        prop_assert!(close(of("TC").unwrap(), weight));
        prop_assert!(close(of("TS").unwrap(), sum));
        prop_assert_eq!(of("TM").is_some(), from < to);
        prop_assert!(of("TM").is_none_or(|mean| close(mean, sum / weight)));
        let at = |percent| f64::from(counted(&list, (percent, 0)));
        let moved = at(from) * cut(from) as f64 / 100.0 + sum + at(to) * (n as f64 - cut(to) as f64 / 100.0);
        prop_assert!(close(of("WM").unwrap(), moved / n as f64));
    }

    #[test]
    fn ranges_of_values_are_what_counting_gives(pairs in few(), a in 0u32..1100, b in 0u32..1100) {
        let (from, to) = (a.min(b), a.max(b));
        let (list, cell) = (listed(&pairs), cell_of(&pairs, 1.0));
        let inside: Vec<_> = list.iter().filter(|value| (from + 1..=to).contains(value)).collect();
        let (count, sum) = (inside.len() as f64, inside.into_iter().sum::<u32>() as f64);
        let moved: u32 = list.iter().map(|value| *value.clamp(&from, &to)).sum();
        let of = |name: &str| evaluate(&format!("{name}({from}:{to})"), &cell);
        prop_assert_eq!(of("TC"), Some(count));
        prop_assert_eq!(of("TS"), Some(sum));
        prop_assert_eq!(of("TM"), (count > 0.0).then_some(sum / count));
        prop_assert_eq!(of("WM"), Some(f64::from(moved) / list.len() as f64));
        prop_assert_eq!(of("PR"), Some(100.0 * count / list.len() as f64));
    }

    #[test]
    fn a_sketch_tells_percentiles_within_its_error(mut list in many(), percent in percents()) {
        let cell = samples(&list);
        prop_assert!(matches!(cell.distribution(), Distribution::Sketch(_)));
        list.sort_unstable_by(f64::total_cmp);
        let expected = counted(&list, percent);
        let found = evaluate(&format!("p{}", written(percent)), &cell).unwrap();
        prop_assert!((found - expected).abs() <= SKETCH_ERROR * expected, "{found} is told for {expected}");
    }

    #[test]
    fn percentiles_rise_from_minimum_to_maximum(list in many(), few in few(), a in percents(), b in percents()) {
        for cell in [samples(&list), cell_of(&few, 0.7)] {
            let of = |percent| evaluate(&format!("p{}", written(percent)), &cell).unwrap();
            let is_less = a.0 * 10u64.pow(b.1) <= b.0 * 10u64.pow(a.1);
            let (lower, upper) = if is_less { (of(a), of(b)) } else { (of(b), of(a)) };
            prop_assert!(cell.min() <= lower && lower <= upper && upper <= cell.max());
            prop_assert_eq!((of((0, 0)), of((100, 0))), (cell.min(), cell.max()));
        }
    }

    #[test]
    fn means_lie_between_minimum_and_maximum(list in many(), few in few(), a in 0u32..=100, b in 0u32..=100) {
        for cell in [samples(&list), cell_of(&few, 0.7)] {
            for name in ["TM", "WM"] {
                let mean = evaluate(&format!("{name}({}%:{}%)", a.min(b), a.max(b)), &cell);
                let is_within = |mean| cell.min() * (1.0 - 1e-12) <= mean && mean <= cell.max() * (1.0 + 1e-12);
                prop_assert!(mean.is_none_or(is_within), "{name} is {mean:?}");
            }
        }
    }

    #[test]
    fn parts_add_up_to_the_whole(list in many(), few in few(), at in 0u32..1000, percent in 0u32..=100) {
        for cell in [samples(&list), cell_of(&few, 0.7)] {
            let both = |name: &str, cut: &str| {
                let of = |range: String| evaluate(&format!("{name}({range})"), &cell).unwrap();
                of(format!(":{cut}")) + of(format!("{cut}:"))
            };
            let (value, percent) = (at.to_string(), format!("{percent}%"));
            prop_assert!(close(both("TC", &value), cell.count()));
            prop_assert!(close(both("TC", &percent), cell.count()));
            prop_assert!(close(both("PR", &value), 100.0));
            let all = evaluate("ts100", &cell).unwrap();
            prop_assert!(close(both("TS", &value), all));
            prop_assert!(close(both("TS", &percent), all));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(p|tm|TM\\(|PR\\()?[0-9.:%eE+)-]{0,50}") {
        if let Ok(statistic) = Statistic::parse(&text) {
            prop_assert_eq!(statistic.as_str(), text);
            statistic.evaluate(&samples(&[1.0, 2.0, 3.0]));
        }
    }
}
