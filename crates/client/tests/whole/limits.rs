//! At each limit of a document, and one past it.

use nepho::sink::Capture;
use nepho::{Cause, Metrics, Unit, UnitOfWork};

use crate::log::Log;
use crate::{balanced, builder, decoded, stepped};

/// The documents of a unit: how many there are, how many samples they have, and what the log says.
fn documents(fill: impl FnOnce(&mut UnitOfWork<'_>)) -> (usize, usize, Vec<String>) {
    let capture = Capture::documents();
    let (metrics, mut steps) = stepped(&capture);
    let (lines, ()) = Log::of(|| {
        let mut work = metrics.unit_of_work();
        fill(&mut work);
        drop(work);
        assert!(steps.flush());
    });
    let samples = decoded(&capture).iter().map(|sample| sample.count as usize).sum();
    assert_eq!(balanced(&metrics).buffered, 0);
    (capture.texts().len(), samples, lines)
}

#[test]
fn metrics_and_values_are_split() {
    for (count, expected) in [(1, 1), (100, 1), (101, 2), (200, 2), (201, 3)] {
        let metrics = documents(|work| {
            for n in 0..count {
                work.increment(&format!("m{n}"));
            }
        });
        assert_eq!((metrics.0, metrics.1), (expected, count), "{count} metrics");
        let values = documents(|work| {
            for n in 0..count {
                work.metric("m", n as f64, Unit::None);
            }
        });
        assert_eq!((values.0, values.1), (expected, count), "{count} values");
        assert_eq!(metrics.2.len() + values.2.len(), 0, "nothing is amiss");
    }
    let both = documents(|work| {
        for n in 0..150 {
            for value in 0..150 {
                work.metric(&format!("m{n}"), f64::from(value), Unit::None);
            }
        }
    });
    assert_eq!(both.1, 150 * 150);
}

#[test]
fn one_name_in_several_units_is_in_several_documents() {
    let (count, samples, lines) = documents(|work| {
        work.metric("Size", 1.0, Unit::Bytes).metric("Size", 2.0, Unit::Kilobytes).increment("Size");
        work.high_resolution_metric("Size", 3.0, Unit::Bytes).metric("Size", 4.0, Unit::Bytes).increment("Other");
    });
    assert_eq!((count, samples, lines.len()), (4, 6, 0));
}

#[test]
fn dimensions_past_the_thirtieth_are_left_out() {
    for (own, warned) in [(29, 0), (30, 1)] {
        let (count, samples, lines) = documents(|work| {
            for n in 0..own {
                work.dimension(&format!("d{n}"), "v");
            }
            work.increment("Requests");
        });
        assert_eq!((count, samples, lines.len()), (1, 1, warned), "{lines:?}");
        assert!(lines.iter().all(|line| line.contains("d29") && line.contains("30")), "{lines:?}");
    }
}

#[test]
fn a_property_gives_way_to_a_dimension_without_making_room_for_it() {
    let (count, samples, lines) = documents(|work| {
        work.property("late", "property");
        for n in 0..29 {
            work.dimension(&format!("d{n}"), "v");
        }
        work.dimension("late", "one too many").increment("Requests");
    });
    assert_eq!((count, samples, lines.len()), (1, 1, 1), "{lines:?}");
}

#[test]
fn sets_past_the_hundredth_are_left_out() {
    for (sets, expected, warned) in [(100, 100, 0), (101, 100, 1)] {
        let (count, samples, lines) = documents(|work| {
            for n in 0..20 {
                work.dimension(&format!("d{n}"), "v");
            }
            for n in 0..sets {
                work.dimension_set(&[&format!("d{}", n % 20), &format!("d{}", (n % 20 + n / 20 + 1) % 20)]);
            }
            work.increment("Requests");
        });
        assert_eq!((count, samples, lines.len()), (1, expected, warned), "{lines:?}");
    }
}

/// A document that is too large goes out without its texts; where they are not what is large, it does not go out.
#[test]
fn a_document_has_a_megabyte_at_most() {
    const LIMIT: usize = nepho::sink::DOCUMENT_BYTES_MAX;
    let frame = {
        let capture = Capture::documents();
        let (metrics, mut steps) = stepped(&capture);
        metrics.unit_of_work().increment("Requests").property("text", "");
        steps.flush();
        capture.texts()[0].len()
    };
    for (past, warned) in [(0, 0), (1, 1)] {
        let capture = Capture::documents();
        let (metrics, mut steps) = stepped(&capture);
        let (lines, ()) = Log::of(|| {
            metrics.unit_of_work().increment("Requests").property("text", &"x".repeat(LIMIT - frame + past));
            steps.flush();
        });
        assert_eq!((decoded(&capture).len(), balanced(&metrics).delivered, lines.len()), (1, 1, warned), "{lines:?}");
        assert_eq!(capture.texts()[0].len(), if past == 0 { LIMIT } else { frame - r#","text":"""#.len() });
        assert!(lines.iter().all(|line| line.contains("text") && line.contains("1048550")), "{lines:?}");
    }
}

#[test]
fn what_is_too_large_without_any_text_is_dropped_once_and_named() {
    let capture = Capture::documents();
    let (metrics, mut steps) = stepped(&capture);
    let (lines, ()) = Log::of(|| {
        let mut work = metrics.unit_of_work();
        for n in 0..300 {
            work.property(&format!("{n}{}", "x".repeat(4000)), n);
        }
        for n in 0..150 {
            work.metric("Latency", f64::from(n), Unit::Milliseconds);
        }
        work.increment("").property("text", "a text that does not help");
        drop(work);
        assert!(steps.flush());
    });
    let accounting = balanced(&metrics);
    assert_eq!((accounting.accepted, accounting.dropped_total()), (151, 151), "{accounting:?}");
    assert_eq!(capture.texts().len(), 0);
    assert!(lines.iter().any(|line| line.contains("too_large") && line.contains("1048550")), "{lines:?}");
}

/// A unit that becomes larger than anything a document can be takes no more; samples are counted, texts are not.
#[test]
fn a_unit_has_two_megabytes_at_most() {
    let capture = Capture::documents();
    let (metrics, mut steps) = stepped(&capture);
    let (lines, ()) = Log::of(|| {
        let mut work = metrics.unit_of_work();
        work.property("huge", &"x".repeat(3 << 20)).increment("Requests");
        for n in 0..4 {
            work.property(&format!("text{n}"), &"x".repeat(600_000));
        }
        work.metric(&"m".repeat(600_000), 1.0, Unit::None);
        drop(work);
        assert!(steps.flush());
    });
    let accounting = balanced(&metrics);
    assert_eq!((accounting.accepted, accounting.delivered, accounting.dropped(Cause::TooLarge)), (2, 1, 1));
    assert_eq!(decoded(&capture).len(), 1);
    assert!(lines[0].contains("huge") && lines[0].contains("2097152"), "{lines:?}");
}

#[test]
fn a_unit_of_very_many_metrics_takes_time_in_proportion() {
    let (count, samples, _) = documents(|work| {
        for n in 0..50_000 {
            work.increment(&format!("m{n}"));
        }
    });
    assert_eq!((count, samples), (500, 50_000));
}

#[test]
fn properties_of_all_documents_stay_within_bounds() {
    let capture = Capture::documents();
    let (metrics, mut steps) = builder().sink(capture.clone()).property("huge", &*"x".repeat(2 << 20)).build_stepped();
    assert!(!metrics.set_property("", 1) && !metrics.set_property("_aws", "x") && !metrics.set_property("n", f64::NAN));
    assert!(!metrics.set_property("text", &"\u{1}".repeat(104_858 - 4)));
    assert!(metrics.set_property("text", &"\u{1}".repeat(104_857 - 4)));
    assert!(!metrics.set_property("b", ""), "there is no room left");
    assert!(metrics.set_property("text", ""), "what is there gives its room back");
    (0..99).for_each(|n| assert!(metrics.set_property(&format!("p{n}"), n)));
    assert!(!metrics.set_property("p99", 99) && metrics.set_property("p0", "again"));
    metrics.increment("Counted", &[]);
    metrics.unit_of_work().increment("Unit");
    assert!(steps.flush());
    assert_eq!(decoded(&capture).len(), 2);
    assert!(capture.texts().iter().all(|text| text.contains(r#""p0":"again""#) && text.contains(r#""p98":98"#)));
}

#[test]
fn a_namespace_of_awss_own_is_mended() {
    for (namespace, expected) in [("AWS/S3", "AWS_S3"), ("AWS", "AWS"), (":a", "_a"), (" ", "Unnamed"), ("a\0b", "a_b")]
    {
        let capture = Capture::documents();
        let (metrics, mut steps) = Metrics::builder(namespace)
            .clock(nepho::Clock::Manual(nepho::ManualClock::at(crate::START)))
            .without_own_metrics()
            .sink(capture.clone())
            .build_stepped();
        metrics.increment("Counted", &[]);
        metrics.unit_of_work().increment("Unit");
        assert!(steps.flush());
        let metrics: Vec<_> = decoded(&capture).into_iter().map(|sample| sample.metric).collect();
        assert_eq!(metrics, [format!("{expected}/Unit"), format!("{expected}/Counted")]);
    }
}

/// More shapes than are remembered, over and over.
#[test]
fn many_shapes_take_turns() {
    let capture = Capture::documents();
    let (metrics, mut steps) = stepped(&capture);
    for round in 0..3 {
        for shape in 0..700 {
            let mut work = metrics.unit_of_work();
            work.property(&format!("p{shape}"), round).metric("Shape", f64::from(shape), Unit::None);
        }
        assert!(steps.flush());
    }
    assert_eq!((capture.texts().len(), balanced(&metrics).delivered), (2100, 2100));
    let sum: f64 = decoded(&capture).iter().map(|sample| sample.sum).sum();
    assert_eq!(sum, 3.0 * 699.0 * 350.0);
    for (n, text) in capture.texts().iter().enumerate() {
        assert!(
            text.ends_with(&format!(r#""Shape":{},"Service":"web","p{}":{}}}"#, n % 700, n % 700, n / 700)),
            "{text}"
        );
    }
}
