//! What is found and given between the stages of a request: metrics of searches, models of bands.

use nepho_engine::math::{Band, BandModel};
use nepho_engine::{Answers, FoundMetrics, MAX_FOUND_METRICS, Message, finish, finish_with, prepare};
use nepho_model::{Metric, Timestamp};

use crate::text::{NOON, STORED, lines, read_all, request, scope, searched, written};

#[test]
fn searches_find_their_metrics_between_preparing_and_planning() {
    let queries = "
        m1 60 Sum Shop Orders hidden
        e1 = SEARCH('{Shop,Host} Errors', 'Sum')
        e2 = SUM(e1) / m1
        e3 = SEARCH('{Shop,Host} Errors', 'Maximum', 300) ; label=most of
        e4 = SEARCH('{Shop,Host}', 'Sum') ; label=${PROP('Dim.Host')}: ${PROP('MetricName')} ${PROP('Stat')}
        e5 = SEARCH('nothing', 'Sum')
        e6 = MAX(e5)
        e7 = SEARCH('unused', 'Sum') ; hidden
    ";
    let stored = "
        Shop Orders Count 0=10 1=10
        Shop Errors{Host=a} Count 0=1 1=2
        Shop Errors{Host=b} Count 1=3
        Shop Retries{Host=b} Count 1=1
    ";
    let expected = "
        e1 [a Errors] Complete 1=2 0=1
        e1 [b Errors] Complete 1=3
        e2 [e2] Complete 1=0.5 0=0.1
        e3 [most of a Errors] Complete 0=2
        e3 [most of b Errors] Complete 0=3
        e4 [a: Errors Sum] Complete 1=2 0=1
        e4 [b: Errors Sum] Complete 1=3
        e4 [b: Retries Sum] Complete 1=1
        e6 [e6] Complete
    ";
    assert_eq!(written(&searched(request(queries), stored)), lines(expected));
    let prepared = prepare(request(queries), &scope(), NOON).unwrap();
    let searches: Vec<_> =
        prepared.searches().iter().map(|one| (one.statistic.as_str(), one.period.seconds())).collect();
    assert_eq!(searches, [("Sum", 60), ("Maximum", 300), ("Sum", 60), ("Sum", 60)]);
}

#[test]
fn searches_share_reads_and_bring_in_no_more_than_their_limits() {
    let metric = |at: usize| Metric::new("Shop", &format!("M{at}"), &[]).unwrap();
    let found =
        |from: usize, count: usize| FoundMetrics { metrics: (from..from + count).map(metric).collect(), is_cut: false };
    let planned = |searches: usize, found: &dyn Fn(usize) -> FoundMetrics| {
        let all: Vec<_> = (0..searches).map(|at| format!("e{at} = SEARCH('Shop', 'Sum', 60)")).collect();
        let prepared = prepare(request(&all.join("\n")), &scope(), NOON).unwrap();
        let plan = prepared.plan((0..searches).map(found).collect()).unwrap();
        let answer = finish(&plan, &read_all(plan.reads(), ""));
        (plan.reads().len(), answer.results.len(), answer.messages)
    };
    let too_many =
        Message { code: "MaxMetricsExceeded", value: "Maximum number of allowed metrics exceeded".to_owned() };
    assert_eq!(planned(2, &|_| found(0, 3)), (3, 6, vec![]));
    assert_eq!(planned(1, &|_| found(0, 500)), (500, 500, vec![]));
    assert_eq!(planned(1, &|_| found(0, 501)), (500, 500, vec![too_many.clone()]));
    assert_eq!(planned(1, &|_| FoundMetrics { is_cut: true, ..found(0, 3) }), (3, 3, vec![too_many.clone()]));
    assert_eq!(planned(20, &|at| found(500 * at, 500)), (MAX_FOUND_METRICS, MAX_FOUND_METRICS, vec![]));
    assert_eq!(planned(21, &|at| found(500 * at, 500)), (MAX_FOUND_METRICS, MAX_FOUND_METRICS, vec![too_many]));
}

struct Tenfold;

impl BandModel for Tenfold {
    fn band(&self, time: Timestamp, deviations: f64) -> Option<Band> {
        let minute = ((time.seconds() - NOON.seconds()) / 60) as f64;
        (minute < 2.0).then_some(Band { lower: minute - deviations, upper: minute + deviations })
    }
}

#[test]
fn bands_come_from_the_models_that_are_given() {
    let queries = "
        m1 60 Sum Shop Errors hidden label=errors
        e1 = m1 * 2 ; hidden
        band = ANOMALY_DETECTION_BAND(m1, 5)
        e2 = m1 > LAST(ANOMALY_DETECTION_BAND(e1))
    ";
    let prepared = prepare(request(queries), &scope(), NOON).unwrap();
    let uses: Vec<_> = prepared.bands().iter().map(|band| format!("{} of {}", band.id, band.of)).collect();
    assert_eq!(uses, ["band of m1", "e2 of e1"]);
    let plan = prepared.plan(vec![]).unwrap();
    let stored = read_all(plan.reads(), STORED);
    let expected = "
        band [errors (lower)] Complete 1=-4 0=-5
        band [errors (upper)] Complete 1=6 0=5
        e2 [e2] InternalError | InternalError: Function 'ANOMALY_DETECTION_BAND' has no model of e1 yet
    ";
    assert_eq!(
        written(&finish_with(
            &plan,
            &Answers { reads: &stored, models: &[Some(&Tenfold), None], ..Answers::default() }
        )),
        lines(expected)
    );
    let answer = finish_with(
        &plan,
        &Answers { reads: &stored, models: &[Some(&Tenfold), Some(&Tenfold)], ..Answers::default() },
    );
    assert_eq!(written(&answer)[2], "e2 [e2] Complete 3=1 1=0 0=0");
}
