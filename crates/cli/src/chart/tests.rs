use super::*;

/// Noon of 2026-05-04.
const NOON: i64 = 1_777_896_000;

fn line(label: &str, position: usize, values: &[Option<f64>]) -> Line {
    let at = |position: usize| NOON + 60 * position as i64;
    let points = values.iter().enumerate().filter_map(|(position, value)| Some((at(position), (*value)?)));
    Line { label: label.to_owned(), position, points: points.collect(), period: 60 }
}

fn drawn(lines: &[&Line], minutes: i64, palette: Palette) -> String {
    let chart = Chart { lines, start: NOON, end: NOON + 60 * minutes, zone: &TimeZone::UTC, is_amount: false };
    format!("\n{}{}", chart.draw(60, 8, palette), chart.legend(80, palette))
}

#[test]
fn a_wave() {
    let values: Vec<_> = (0..120).map(|minute| Some(50.0 + 40.0 * (f64::from(minute) / 12.0).sin())).collect();
    insta::assert_snapshot!(drawn(&[&line("Average", 0, &values)], 120, Palette::Plain));
}

#[test]
fn gaps_and_single_points() {
    let values: Vec<_> =
        (0..60).map(|minute| (minute % 20 < 12 || minute == 35).then_some(f64::from(minute))).collect();
    insta::assert_snapshot!(drawn(&[&line("Sum", 0, &values)], 60, Palette::Plain));
}

/// It used to be as wide as it is, and the terminal cut it in two anywhere.
#[test]
fn the_legend_keeps_within_the_columns() {
    let lines = [line("Average", 0, &[Some(1.0), Some(-1234.0)]), line("SampleCount", 1, &[Some(12_345.0), Some(2.0)])];
    let chart = Chart {
        lines: &lines.each_ref(),
        start: NOON,
        end: NOON + 7 * 24 * 3600,
        zone: &TimeZone::UTC,
        is_amount: false,
    };
    let expected = "\
── Average      min -1234 at 4 May 12:01   max 1 at 4 May 12:00
   last -1234 at 4 May 12:01
── SampleCount  min 2 at 4 May 12:01   max 12.3k at 4 May 12:00
   last 2 at 4 May 12:01
";
    assert_eq!(chart.legend(65, Palette::Plain), expected);
    for columns in 40..100 {
        let legend = chart.legend(columns, Palette::Plain);
        assert!(legend.lines().all(|line| line.chars().count() <= columns), "{columns}: {legend}");
    }
}

#[test]
fn two_lines_with_colours() {
    let low: Vec<_> = (0..30).map(|minute| Some(f64::from(minute))).collect();
    let high: Vec<_> = (0..30).map(|minute| Some(f64::from(90 - minute))).collect();
    let drawn = drawn(&[&line("Average", 0, &low), &line("p99", 1, &high)], 30, Palette::Colors);
    insta::assert_snapshot!(drawn.replace('\x1b', "^"));
}

#[test]
fn one_point_and_no_point() {
    insta::assert_snapshot!(drawn(&[&line("Sum", 0, &[None, Some(3.0)]), &line("p99", 1, &[])], 3, Palette::Plain));
}

/// A period of the chart as a whole would cut the coarser line into points, or bridge the gaps of the finer one.
#[test]
fn each_line_has_its_own_period() {
    let by_the_minute = line("Sum", 0, &[Some(4.0), None, Some(4.0), None, Some(4.0)]);
    let points = [(NOON, 1.0), (NOON + 300, 2.0), (NOON + 600, 3.0)];
    let by_five = Line { label: "p99".to_owned(), position: 1, points: points.to_vec(), period: 300 };
    insta::assert_snapshot!(drawn(&[&by_the_minute, &by_five], 15, Palette::Plain));
}
