//! Test files for alarms: what they find, and what they say when they are wrong.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

use std::path::{Path, PathBuf};

use nepho_cli::alarm_test::{self, FileReport, TestFileError};
use nepho_cli::artefacts::Options;

/// Two alarms, one on the other, and what a test of them begins with.
const ALARMS: &str = "\
definitions:
- {AlarmName: depth, Namespace: Jobs, MetricName: Depth, Statistic: Maximum, Period: 60, EvaluationPeriods: 2,
   Threshold: 10, ComparisonOperator: GreaterThanThreshold, AlarmActions: ['arn:aws:sns:us-east-1:000000000000:ops']}
- {AlarmName: site, AlarmRule: ALARM(depth)}
- {AlarmName: short, Namespace: Jobs, MetricName: Fast, Statistic: Sum, Period: 10, EvaluationPeriods: 1,
   Threshold: 3, ComparisonOperator: GreaterThanThreshold}
- {AlarmName: wrong, Namespace: Jobs, MetricName: Depth, Statistic: Maximum, Period: 7, EvaluationPeriods: 1,
   Threshold: 3, ComparisonOperator: GreaterThanThreshold}
tests:
";

/// The lines before the tests.
const HEAD: usize = 9;

fn read(tests: &str) -> Result<FileReport, TestFileError> {
    let text = format!("{ALARMS}{tests}");
    let file = alarm_test::read_text(Path::new("t.yaml"), text.into(), &Options::default())?;
    Ok(alarm_test::run(&file))
}

/// A test with this series for `depth` and what is expected.
fn test(values: &str, rest: &str) -> String {
    format!("- input:\n  - {{namespace: Jobs, metric: Depth, values: '{values}'}}\n{rest}")
}

#[track_caller]
fn passes(tests: &str) {
    let report = read(tests).unwrap();
    assert!(report.has_passed(), "{}", report.text(true));
}

#[track_caller]
fn fails(tests: &str, expect: &str) {
    let text = read(tests).unwrap().text(false);
    assert!(text.contains(expect) && text.contains("FAILED"), "{text}");
}

/// A mistake, by its line behind the head.
#[track_caller]
fn mistake(tests: &str, line: usize, expect: &str) {
    let message = read(tests).unwrap_err().to_string();
    let place = format!("t.yaml:{}:", HEAD + line);
    assert!(message.starts_with(&place) && message.contains(expect), "{message}");
}

#[test]
fn the_alarms_of_churn_fire_and_recover() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/churn/alarms.test.yaml");
    let report = alarm_test::run(&alarm_test::read(&path, &Options::default()).unwrap());
    assert!(report.has_passed(), "{}", report.text(true));
    assert_eq!((report.alarms, report.untested.len()), (10, 0));
}

#[test]
fn the_example_of_the_documentation_passes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/alarm-tests.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let (example, _) = rest.split_once("```\n").unwrap();
    let file = alarm_test::read_text(Path::new("docs.yaml"), example.into(), &Options::default()).unwrap();
    let report = alarm_test::run(&file);
    assert!(report.has_passed(), "{}", report.text(true));
}

#[test]
fn states_are_compared_at_a_moment_and_over_a_range() {
    passes(&test(
        "1x5 20x5 1x5",
        "  expect:\n  - {at: 1m..6m, alarm: depth, state: OK}\n  - {at: 7m..10m, alarm: depth, state: ALARM}\n",
    ));
    fails(
        &test("1x5 20x5", "  expect: [{at: 1m..7m, alarm: depth, state: OK}]\n"),
        "expected OK at 1m..7m, was ALARM at 7m",
    );
    fails(
        &test("1x5 20x5", "  expect: [{at: 7m, alarm: depth, state: ALARM, reason: '*(11.0)*'}]\n"),
        "expected at 7m the reason \"*(11.0)*\", was \"Threshold Crossed: 2 datapoints [20.0 (01/01/26 00:06:00)",
    );
}

#[test]
fn failures_show_what_was_beside_what_should_have_been() {
    let text = read(&test("1x5 20x5", "  expect: [{at: 6m, alarm: depth, state: ALARM}]\n")).unwrap().text(false);
    assert!(text.contains("    > 6m       ALARM             OK\n"), "{text}");
    assert!(text.contains("      7m                         ALARM             Threshold Crossed: 2"), "{text}");
}

/// Of two expectations of one moment the first was once shown, whichever had failed.
#[test]
fn failures_show_the_expectation_that_failed() {
    let expect = |first: &str, second: &str| {
        let one = |(at, state): (&str, &str)| format!("  - {{at: {at}, alarm: depth, state: {state}}}\n");
        let expect = [first, second].map(|line| one(line.split_once(' ').unwrap())).concat();
        read(&test("1x5 20x5", &format!("  expect:\n{expect}"))).unwrap().text(false)
    };
    for text in [expect("1m..6m OK", "6m ALARM"), expect("6m ALARM", "1m..6m OK")] {
        assert!(text.contains("\n      1m       OK                OK                Threshold"), "{text}");
        assert!(text.contains("\n    > 6m       ALARM             OK\n"), "{text}");
    }
}

#[test]
fn composite_alarms_follow() {
    passes(&test(
        "1x5 20x5 1x5",
        "  expect:\n  - {at: 0, alarm: site, state: OK}\n  - {at: 7m, alarm: site, state: ALARM}\n  - {at: 12m, alarm: site, state: OK}\n",
    ));
}

#[test]
fn late_data_is_seen_when_it_arrives() {
    passes(&test(
        "20@+9m 20@+9m _x20",
        "  expect:\n  - {at: 9m, alarm: depth, state: INSUFFICIENT_DATA}\n  until: 20m\n",
    ));
    passes(&test(
        "1 20@+3m 20 _x20",
        "  expect:\n  - {at: 3m, alarm: depth, state: OK}\n  - {at: 4m, alarm: depth, state: ALARM}\n",
    ));
}

#[test]
fn short_periods_are_evaluated_every_ten_seconds() {
    passes(
        "- input: [{namespace: Jobs, metric: Fast, interval: 10s, values: 1x3 5x3 1x3}]\n  expect:\n  - {at: 30s, alarm: short, state: OK}\n  - {at: 40s, alarm: short, state: ALARM}\n  - {at: 1m10s, alarm: short, state: OK}\n",
    );
}

#[test]
fn notifications_are_counted_and_looked_into() {
    let sent = "  notifications:\n  - {at: 7m, alarm: depth, state: ALARM, action: '*:ops', subject: 'ALARM: \"depth\" in *', message: {OldStateValue: OK, Trigger: {Threshold: 10}}}\n";
    passes(&test("1x5 20x5", sent));
    passes(&test("1x5 20x5", "  notifications: 1\n"));
    passes(&test("1x5", "  notifications: []\n"));
    fails(&test("1x5 20x5", "  notifications: 2\n"), "expected 2 notifications, there were 1\n");
    fails(
        &test("1x5 20x5", "  notifications: []\n"),
        "nobody expected \"ALARM: \\\"depth\\\" in US East (N. Virginia)\"",
    );
    fails(
        &test("1x5 20x5", &sent.replace("old: 10", "old: 11")),
        "message.Trigger.Threshold: expected the number 11, was 10.0",
    );
    fails(&test("1x5", sent), "expected a notification at 7m, there was none at all");
}

/// An alarm on a band around the load of a minute, and a test of it with so many times seven minutes of data from before
/// its start, then a minute as ever, one that is not, and another as ever.
fn band(times: usize, state: &str) -> String {
    let before = 7 * times;
    format!(
        "\
definitions:
- AlarmName: odd
  ThresholdMetricId: band
  ComparisonOperator: LessThanLowerOrGreaterThanUpperThreshold
  EvaluationPeriods: 1
  TreatMissingData: ignore
  AlarmActions: ['arn:aws:sns:us-east-1:000000000000:ops']
  Metrics:
  - {{Id: m1, ReturnData: true, MetricStat: {{Metric: {{Namespace: Shop, MetricName: Load}}, Period: 60, Stat: Average}}}}
  - {{Id: band, ReturnData: true, Expression: 'ANOMALY_DETECTION_BAND(m1, 3)'}}
- {{AlarmName: site, AlarmRule: ALARM(odd)}}
tests:
- input:
  - {{namespace: Shop, metric: Load, from: -{before}m, values: '(100+1x7)x{times} 102 400 103'}}
  expect:
  - {{at: 1m, alarm: odd, state: {state}}}
  - {{at: 2m, alarm: odd, state: ALARM, reason: 'Thresholds Crossed: 1 datapoint [400.0 *'}}
  - {{at: 2m, alarm: site, state: ALARM}}
  - {{at: 3m, alarm: odd, state: OK}}
  notifications: 1
"
    )
}

#[test]
fn alarms_on_bands_learn_from_what_the_test_gives() {
    let report = |times: usize, state: &str| {
        let file = alarm_test::read_text(Path::new("t.yaml"), band(times, state).into(), &Options::default()).unwrap();
        alarm_test::run(&file)
    };
    let two_days = 412;
    for times in [two_days, 1440] {
        assert!(report(times, "OK").has_passed(), "{}", report(times, "OK").text(false));
    }
    let few = report(two_days - 1, "OK").text(false);
    let expected = "t.yaml:16:5: there is no band at 1m: There is too little data for an anomaly detection model: 2878 \
                    datapoints over 47 hours; at least 24 over 48 hours are needed. Give its series from before the start, as \
                    with from: -7d.\n";
    assert!(few.contains(expected), "{few}");
    // That nothing is known yet may be what is meant.
    let unknown = report(two_days - 1, "INSUFFICIENT_DATA").text(false);
    assert!(!unknown.contains("t.yaml:16:5") && unknown.contains("t.yaml:17:5: there is no band at 2m"), "{unknown}");
}

#[test]
fn mute_rules_keep_notifications_until_their_windows_end() {
    let folder = tempfile::tempdir().unwrap();
    let template = "Resources:\n  Quiet:\n    Type: AWS::CloudWatch::AlarmMuteRule\n    Properties:\n      Name: quiet\n      Rule: {Schedule: {Expression: 'at(2026-01-01T00:03)', Duration: PT20M}}\n      MuteTargets: {AlarmNames: [depth]}\n";
    std::fs::write(folder.path().join("mute.yaml"), template).unwrap();
    let path = folder.path().join("t.yaml");
    let tests = test(
        "1x5 20x30",
        "  notifications: [{at: 23m, alarm: depth, message: {ActionExecutedAfterMuteWindow: true}}]\n",
    );
    std::fs::write(&path, format!("alarms: mute.yaml\n{ALARMS}{tests}")).unwrap();
    let report = alarm_test::run(&alarm_test::read(&path, &Options::default()).unwrap());
    assert!(report.has_passed(), "{}", report.text(false));
}

#[test]
fn series_of_a_query_are_told_one_by_one_when_a_window_ends() {
    // The runner once told of the alarm as a whole, as the server did before it.
    let template = "Resources:\n  Quiet:\n    Type: AWS::CloudWatch::AlarmMuteRule\n    Properties:\n      Name: quiet\n      Rule: {Schedule: {Expression: 'at(2026-01-01T00:02)', Duration: PT3M}}\n      MuteTargets: {AlarmNames: [hosts]}\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mute.yaml"), template).unwrap();
    let path = folder.path().join("t.yaml");
    let text = "\
alarms: mute.yaml
definitions:
- AlarmName: hosts
  Metrics: [{Id: q, Period: 60, Expression: SELECT SUM(Load) FROM Shop GROUP BY Host}]
  EvaluationPeriods: 1
  Threshold: 5
  ComparisonOperator: GreaterThanThreshold
  AlarmActions: ['arn:aws:sns:us-east-1:000000000000:ops']
  OKActions: ['arn:aws:sns:us-east-1:000000000000:ops']
tests:
- input:
  - {namespace: Shop, metric: Load, dimensions: {Host: a}, values: 9 1x5}
  - {namespace: Shop, metric: Load, dimensions: {Host: b}, values: 1 9x5}
  notifications:
  - {at: 1m, state: ALARM, message: {AlarmContributorAttributes: {Host: a}}}
  - {at: 5m, state: OK, message: {AlarmContributorAttributes: {Host: a}, ActionExecutedAfterMuteWindow: true}}
  - {at: 5m, state: ALARM, message: {AlarmContributorAttributes: {Host: b}, ActionExecutedAfterMuteWindow: true}}
";
    std::fs::write(&path, text).unwrap();
    let report = alarm_test::run(&alarm_test::read(&path, &Options::default()).unwrap());
    assert!(report.has_passed(), "{}", report.text(false));
}

#[test]
fn alarms_that_nobody_tests_are_known() {
    let report = read(&test("1", "  expect: [{at: 1m, alarm: depth, state: OK}]\n")).unwrap();
    let untested: Vec<_> = report.untested.iter().map(|one| one.alarm.as_str()).collect();
    assert_eq!(untested, ["short", "site", "wrong"]);
    assert!(report.text(true).contains("1 of 4 alarms are tested\n  not tested: short (t.yaml:5:3)"));
}

#[test]
fn reports_are_written_for_continuous_integration() {
    let tests = test("1x9", "  name: a <b>\n  expect: [{at: 1m, alarm: depth, state: ALARM}]\n");
    let xml = alarm_test::junit(&[read(&tests).unwrap()]);
    assert!(xml.contains("<testsuite name=\"t.yaml\" tests=\"1\" failures=\"1\">"), "{xml}");
    assert!(xml.contains("<testcase classname=\"t.yaml\" name=\"a &lt;b&gt;\">"), "{xml}");
    assert!(xml.contains("expected ALARM at 1m, was OK at 1m"), "{xml}");
}

#[test]
fn mistakes_are_told_with_their_places() {
    let expect = "  expect: [{at: 1m, alarm: depth, state: OK}]\n";
    mistake(&test("1 two", expect), 2, "values: character 3: found \"two\", expected a value");
    mistake(
        &test("1", "  expect: [{at: 1m, alarm: deph, state: OK}]\n"),
        3,
        "there is no alarm deph: did you mean depth?",
    );
    mistake(&test("1", "  expect: [{at: 1m, alarm: wrong, state: OK}]\n"), 3, "wrong (t.yaml:7:3) cannot be put: ");
    mistake(
        &test("1", "  expect: [{at: 1m, alarm: depth, state: Alarm}]\n"),
        3,
        "expected OK, ALARM or INSUFFICIENT_DATA, found \"Alarm\"",
    );
    mistake(&test("1", "  expect: [{at: 90, alarm: depth, state: OK}]\n"), 3, "expected a length of time such as 90s");
    mistake(&test("1", "  expect: [{at: 9m..1m, alarm: depth, state: OK}]\n"), 3, "9m..1m ends before it begins");
    mistake(&test("1", "  expect: [{at: 1m, alarm: depth}]\n"), 3, "an expectation has no state");
    mistake(&test("1", "  expekt: []\n"), 3, "a test has no \"expekt\": did you mean expect?");
    mistake(&test("1", ""), 1, "a test expects something");
    mistake(
        &test("1", "  until: 1m\n  expect: [{at: 2m, alarm: depth, state: OK}]\n"),
        4,
        "the test ends at 1m already",
    );
    mistake(&test("1", "  notifications: many\n"), 3, "expected a list of them, or how many there are; found \"many\"");
    mistake(
        &test("1", "  start: noon\n  expect: []\n"),
        3,
        "expected a time such as 2026-05-04T12:00:00Z, found \"noon\"",
    );
    mistake(
        "- input: [{namespace: Jobs, metric: Deth, values: 1}]\n",
        1,
        "no alarm reads Jobs Deth: did you mean Jobs Depth?",
    );
    mistake(
        "- input: [{namespace: Jobs, metric: Depth, unit: Cont, values: 1}]\n",
        1,
        "unit: there is no \"Cont\": did you mean Count?",
    );
    mistake(
        "- input: [{namespace: Jobs, metric: Depth, interval: 0, values: 1}]\n",
        1,
        "interval: expected at least 1s",
    );
    mistake("- input: [{metric: Depth, values: 1}]\n", 1, "an input has no namespace");
    mistake("- 7\n", 1, "expected a test, a map of name, start");
}

/// That no alarm reads the series is what comes of it, and was once all that was said.
#[test]
fn an_alarm_that_is_refused_is_the_mistake_that_comes_first() {
    let refused = |definition: &str, input: &str| {
        let members = "EvaluationPeriods: 1, Threshold: 3, ComparisonOperator: GreaterThanThreshold";
        let text = format!(
            "definitions:\n- {{AlarmName: fine, Namespace: Jobs, MetricName: Age, Statistic: Sum, Period: 60, {members}}}\n\
             - {{AlarmName: mail, {definition}, {members}}}\ntests:\n- input: [{{{input}, values: 1}}]\n  expect: []\n"
        );
        alarm_test::read_text(Path::new("t.yaml"), text.into(), &Options::default()).unwrap_err().to_string()
    };
    let input = "namespace: Jobs, metric: Depth, dimensions: {Queue: mail}";
    let first = "t.yaml:3:3: mail cannot be put: Period must be 10, 20, 30 or a multiple of 60; so no alarm reads Jobs Depth \
                 Queue=mail (t.yaml:5:11)";
    let alone = "Namespace: Jobs, MetricName: Depth, Statistic: Sum, Period: 45";
    assert_eq!(refused(alone, input), first);
    let metric = "MetricStat: {Metric: {Namespace: Jobs, MetricName: Depth}, Stat: Sum, Period: 45}";
    let told = refused(&format!("Metrics: [{{Id: m, {metric}}}]"), input);
    assert!(told.starts_with("t.yaml:3:3: mail cannot be put: "), "{told}");
    let told = refused("Metrics: [{Id: q, Period: 45, Expression: SELECT SUM(Depth) FROM Jobs}]", input);
    assert!(told.starts_with("t.yaml:3:3: mail cannot be put: "), "{told}");
    assert_eq!(
        refused(alone, "namespace: Jobs, metric: Ages"),
        "t.yaml:5:11: no alarm reads Jobs Ages: did you mean Jobs Age?"
    );
}

#[test]
fn variables_are_those_of_the_artefacts() {
    let text =
        format!("variables: {{stage: live}}\n{ALARMS}{}", test("1", "  expect: [{at: 1m, alarm: depth, state: OK}]\n"));
    let error = alarm_test::read_text(Path::new("t.yaml"), text.into(), &Options::default()).unwrap_err().to_string();
    assert_eq!(
        error,
        "t.yaml:1:20: variables: there is no variable or parameter stage: the files have none (those of a plan have \
         their values already)"
    );
}

#[test]
fn tests_are_bounded() {
    passes(&test("1", "  until: 31d\n  expect: [{at: 1m, alarm: depth, state: OK}]\n"));
    let expect = "the test takes 31d1s, which is not within the limit of 31d";
    mistake(&test("1", "  until: 31d1s\n  expect: [{at: 1m, alarm: depth, state: OK}]\n"), 1, expect);
}

#[test]
fn files_that_cannot_be_read_are_another_error() {
    let read = |text: &str| alarm_test::read_text(Path::new("t.yaml"), text.into(), &Options::default()).unwrap_err();
    assert!(matches!(read("a: ["), TestFileError::Unreadable(_)));
    let error = read("alarms: nowhere\ntests: []\n");
    assert_eq!(error.to_string(), "t.yaml:1:9: alarms: there is no nowhere");
    assert!(read("tests: []\n").to_string().contains("there are no alarms"));
}
