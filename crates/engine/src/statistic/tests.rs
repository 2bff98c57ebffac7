use nepho_model::Distribution;
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
        average AVERAGE Mean p P p99% p100.0 p101 p999 p-1 p+1 p99.99999999999 p.5 p1e1 p99_E P99 o10 u10 u10.5 iqm IQM()
        tm tm100.0 TM99 TM tm() TM() TM(:) TM(%:%) TM(10%) TM(10) TM(10%:90) TM(10:90%) TM(101%:) TM(:100.1%) TM(:1e1%)
        TM(:10000%) TM(10%:90%:) TM(10%:90% TM10%:90%) tm(10%:90%) TM(10%:90%)x TM(:0.12345678901) TM(-1:5) TM(:+5)
        TM(:.5) TM(:5e) TM(:5e+) TM(:e5) TM(:inf) TM(:nan) TM(1:2:3) PR PR(:) PR(10%:90%) PR(:90%) pr90 pr(1:2) XX(1:2)
        p９ TM(:９)
    ";
    for text in illegal.split_whitespace().chain(["", " ", "p 99", " p99", "TM(10 %:90%)", "(:5)"]) {
        assert_eq!(Statistic::parse(text), Err(StatisticFault::Unknown(text.to_owned())));
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
