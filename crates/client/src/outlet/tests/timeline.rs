use nepho_model::{Resolution, Timestamp, Unit};

use super::*;
use crate::sink::{Datum, Datums, Discard, MetricName, Statistics};

/// Plays a timeline, a line each: the second, what happens, `=>`, and the breaker and the account after it. `offer` puts
/// in a payload of so many documents; another word is what the sink does with the next payload; `idle` is a pump that
/// must not send anything.
fn check(settings: Settings, timeline: &str) -> Scene {
    let mut scene = Scene::new(settings);
    play(&mut scene, timeline);
    scene
}

fn play(scene: &mut Scene, timeline: &str) {
    for line in timeline.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (step, expected) = line.split_once("=>").unwrap();
        let words: Vec<_> = step.split_whitespace().collect();
        scene.now = Duration::from_secs(words[0].parse().unwrap());
        let sends = scene.capture.sends();
        let count = || words[2].parse::<usize>().unwrap();
        let act = match words[1] {
            "offer" | "idle" => None,
            "take" => Some(Act::Take),
            "fail" => Some(Act::Fail),
            "refuse" => Some(Act::Refuse),
            "refuse-each" => Some(Act::RefuseEach(words[2..].iter().map(|word| word.parse().unwrap()).collect())),
            "part" => Some(Act::Part(count())),
            "panic" => Some(Act::Panic),
            "claim" => Some(Act::Claim(count())),
            "take-and-fail" => Some(Act::TakeAndFail),
            other => panic!("no such step: {other}"),
        };
        let is_sent = act.is_some();
        match act {
            _ if words[1] == "offer" => scene.offer(count() as u64),
            Some(act) => {
                scene.pump_with(act);
            }
            None => {
                scene.pump();
            }
        }
        assert_eq!(scene.capture.sends() - sends, usize::from(is_sent), "{line}");
        let told = format!("{} {}", scene.inlet.circuit().as_str(), scene.told());
        assert_eq!(told.trim(), expected.trim(), "{line}");
    }
}

#[test]
fn failures_open_the_breaker_and_a_probe_closes_it() {
    let scene = check(
        settings(),
        "
        0 idle    => closed
        0 offer 2 => closed buffered 2
        0 fail    => closed buffered 2
        0 fail    => closed buffered 2
        1 fail    => open buffered 2
        1 offer 1 => open buffered 3
        5 idle    => open buffered 3
       11 fail    => open buffered 3
       20 idle    => open buffered 3
       21 take    => closed delivered 1, buffered 2
       21 take    => closed delivered 3
       21 idle    => closed delivered 3
        ",
    );
    // The first failed as the probe too, and made room for another.
    assert_eq!(scene.numbers(), [3, 1, 2]);
}

#[test]
fn refusals_are_no_failures() {
    let scene = check(
        settings(),
        "
        0 offer 3         => closed buffered 3
        0 fail            => closed buffered 3
        0 fail            => closed buffered 3
        0 refuse          => closed refused 3
        0 offer 4         => closed refused 3, buffered 4
        0 refuse-each 1 3 => closed delivered 2, refused 5
        0 offer 1         => closed delivered 2, refused 5, buffered 1
        0 fail            => closed delivered 2, refused 5, buffered 1
        0 fail            => closed delivered 2, refused 5, buffered 1
        0 take            => closed delivered 3, refused 5
        ",
    );
    assert_eq!(scene.numbers(), [4, 6, 8]);
}

#[test]
fn what_came_through_is_not_sent_again() {
    let scene = check(
        settings(),
        "
        0 offer 5 => closed buffered 5
        0 fail    => closed buffered 5
        0 fail    => closed buffered 5
        0 part 2  => closed delivered 2, buffered 3
        0 fail    => closed delivered 2, buffered 3
        0 part 1  => closed delivered 3, buffered 2
        0 part 0  => closed delivered 3, buffered 2
        0 take    => closed delivered 5
        ",
    );
    assert_eq!(scene.numbers(), [1, 2, 3, 4, 5]);
}

#[test]
fn panics_are_failures() {
    let scene = check(
        settings(),
        "
        0 offer 2 => closed buffered 2
        0 panic   => closed buffered 2
        0 panic   => closed buffered 2
        0 panic   => open buffered 2
       10 take    => closed delivered 2
        ",
    );
    assert_eq!(scene.numbers(), [1, 2]);
}

#[test]
fn nonsense_is_corrected() {
    let scene = check(
        settings(),
        "
        0 offer 2       => closed buffered 2
        0 claim 9       => closed delivered 2
        0 idle          => closed delivered 2
        0 offer 2       => closed delivered 2, buffered 2
        0 take-and-fail => closed delivered 2, buffered 2
        0 take          => closed delivered 4
        ",
    );
    assert_eq!(scene.numbers(), [3, 4, 3, 4], "at least once, when the sink takes and says that it failed");
}

#[test]
fn the_oldest_goes_when_the_queue_is_full() {
    let two =
        |bytes: usize, payloads: usize| Settings { queue_bytes_max: bytes, queue_payloads_max: payloads, ..settings() };
    let scene = check(
        two(1000, 2),
        "
        0 offer 1 => closed buffered 1
        0 offer 2 => closed buffered 3
        0 offer 4 => closed queue_full 1, buffered 6
        0 take    => closed delivered 2, queue_full 1, buffered 4
        0 fail    => closed delivered 2, queue_full 1, buffered 4
        0 fail    => closed delivered 2, queue_full 1, buffered 4
        0 fail    => open delivered 2, queue_full 1, buffered 4
        0 offer 1 => open delivered 2, queue_full 1, buffered 5
        0 offer 1 => open delivered 2, queue_full 1, breaker_open 4, buffered 2
        ",
    );
    assert_eq!(scene.inlet.load(), (8, 2));
    // A document has four bytes: at the limit, and past it.
    check(
        two(12, 100),
        "
        0 offer 1 => closed buffered 1
        0 offer 2 => closed buffered 3
        0 offer 1 => closed queue_full 1, buffered 3
        0 offer 3 => closed queue_full 4, buffered 3
        0 offer 4 => closed queue_full 4, too_large 4, buffered 3
        ",
    );
}

#[test]
fn it_comes_back_after_the_back_off_or_in_a_hurry() {
    let backoff = Backoff { first: Duration::from_secs(4), most: Duration::from_secs(60) };
    let mut scene = Scene::new(Settings { backoff, seed: 7, ..settings() });
    scene.offer(1);
    scene.pump_with(Act::Fail);
    let Next::At(at) = scene.pump() else { panic!("it waits") };
    assert!(at < Duration::from_secs(4));
    scene.now = at - Duration::from_nanos(1);
    assert_eq!((scene.pump(), scene.capture.sends()), (Next::At(at), 1));
    scene.now = at;
    scene.pump_with(Act::Fail);
    assert_eq!(scene.capture.sends(), 2);
    let Next::At(later) = scene.pump() else { panic!("it waits") };
    assert!(later > at);
    scene.inlet.hurry();
    assert_eq!((scene.pump_all(), scene.told().as_str()), (Next::Idle, "delivered 1"));
}

#[test]
fn what_only_one_payload_suffers_from_is_given_up() {
    let mut scene = Scene::new(settings());
    scene.offer(1);
    for round in 1..PAYLOAD_FAILURES_MAX {
        scene.now += Duration::from_secs(10);
        scene.pump_with(Act::Fail);
        assert_eq!(scene.told(), "buffered 1", "round {round}");
    }
    // In an outage, nothing is given up.
    for _ in 0..3 * PAYLOAD_FAILURES_MAX {
        scene.now += Duration::from_secs(10);
        scene.pump_with(Act::Fail);
    }
    assert_eq!(scene.told(), "buffered 1");
    // Another one goes through, since it gets a turn while the breaker is open.
    scene.offer(2);
    scene.now += Duration::from_secs(10);
    scene.pump_with(Act::Fail);
    scene.now += Duration::from_secs(10);
    scene.pump_with(Act::Take);
    scene.pump_with(Act::Fail);
    assert_eq!(scene.told(), "delivered 2, given_up 1");
    assert_eq!(scene.numbers(), [2, 3]);
}

#[test]
fn a_sink_without_a_name_of_its_own_still_works() {
    struct Panics(Discard);
    impl Sink for Panics {
        fn name(&self) -> &str {
            panic!("no name")
        }
        fn form(&self) -> Form {
            self.0.form()
        }
        fn send(&mut self, payload: &Payload) -> Result<(), crate::sink::SendError> {
            self.0.send(payload)
        }
    }
    let (inlet, mut outlet) = outlet(Box::new(Panics(Discard::new(Form::Datums))), settings());
    assert_eq!((inlet.name(), inlet.form()), ("a sink that panics", Form::Documents));
    inlet.offer(payload(1..=1));
    assert_eq!(outlet.pump_all(&|| Duration::ZERO), Next::Idle);
    assert_eq!(inlet.accounting().delivered, 1);
}

#[test]
fn what_is_spilled_to_a_file_comes_later_the_oldest_first() {
    let folder = tempfile::tempdir().unwrap();
    let spill = || Some(Spill::file(folder.path().join("spill")));
    let timeline = "
        0 offer 2 => closed buffered 2
        0 offer 1 => closed buffered 3
        0 fail    => closed buffered 3
        0 fail    => closed buffered 3
        0 fail    => open buffered 3
        0 idle    => open buffered 3, spilled 3
        0 offer 2 => open buffered 5, spilled 3
        1 idle    => open buffered 5, spilled 5
       10 fail    => open buffered 5, spilled 5
    ";
    let mut scene = check(Settings { spill: spill(), ..settings() }, timeline);
    play(
        &mut scene,
        "
       20 part 1  => closed delivered 1, buffered 4, spilled 4
       20 offer 1 => closed delivered 1, buffered 5, spilled 4
       20 take    => closed delivered 2, buffered 4, spilled 4
       20 take    => closed delivered 6
       20 idle    => closed delivered 6
        ",
    );
    // The breaker opened with the first payload, so that it went behind the second.
    assert_eq!(scene.numbers(), [3, 6, 1, 2, 4, 5]);
    assert_eq!(scene.pump(), Next::Idle);
}

#[test]
fn what_an_earlier_process_spilled_is_taken_on() {
    let folder = tempfile::tempdir().unwrap();
    let spill = || Some(Spill::file(folder.path().join("spill")));
    let timeline = "
        0 offer 2 => closed buffered 2
        0 fail    => closed buffered 2
        0 fail    => closed buffered 2
        0 fail    => open buffered 2
        0 idle    => open buffered 2, spilled 2
    ";
    drop(check(Settings { spill: spill(), ..settings() }, timeline));
    let mut scene = Scene::new(Settings { spill: spill(), ..settings() });
    // Those of the earlier process, which are accounted for when the file is opened.
    scene.inlet.offer(payload(3..=3));
    scene.offered = 3;
    scene.pump();
    assert_eq!(scene.told(), "delivered 1, buffered 2, spilled 2");
    scene.pump_all();
    assert_eq!((scene.told().as_str(), scene.numbers()), ("delivered 3", vec![3, 1, 2]));
}

#[test]
fn a_full_spill_file_leaves_the_rest_in_the_queue() {
    let folder = tempfile::tempdir().unwrap();
    // The header, and a record: 8 + 1 + 1 + 1 + 1 + 1 + 3 + 1 bytes.
    let spill = Some(Spill::File { path: folder.path().join("spill"), bytes_max: 34 + 2 * 17 });
    let scene = check(
        Settings { spill, queue_payloads_max: 2, ..settings() },
        "
        0 offer 1 => closed buffered 1
        0 fail    => closed buffered 1
        0 fail    => closed buffered 1
        0 fail    => open buffered 1
        0 idle    => open buffered 1, spilled 1
        0 offer 1 => open buffered 2, spilled 1
        0 idle    => open buffered 2, spilled 2
        0 offer 1 => open buffered 3, spilled 2
        0 idle    => open buffered 3, spilled 2
        0 offer 1 => open buffered 4, spilled 2
        0 offer 1 => open spill_full 1, buffered 4, spilled 2
       10 take    => closed delivered 2, spill_full 1, buffered 2
       10 take    => closed delivered 3, spill_full 1, buffered 1
       10 take    => closed delivered 4, spill_full 1
        ",
    );
    assert_eq!(scene.numbers(), [1, 2, 4, 5]);
}

#[test]
fn a_spill_file_that_cannot_be_used_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("spill");
    let backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(1) };
    let mut scene = Scene::new(Settings { spill: Some(Spill::file(&path)), backoff, ..settings() });
    scene.offer(1);
    for _ in 0..3 {
        scene.now += Duration::from_secs(1);
        scene.pump_with(Act::Fail);
    }
    let Next::At(at) = scene.pump() else { panic!("it waits for the spill") };
    assert!(at < scene.now + Duration::from_secs(1));
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    assert_eq!((scene.pump(), scene.told().as_str()), (Next::At(at), "buffered 1"));
    scene.now = at;
    scene.pump();
    assert_eq!(scene.told(), "buffered 1, spilled 1");
}

#[test]
fn another_sink_takes_what_the_first_cannot() {
    let second = Capture::documents();
    let settings = || Settings { spill: Some(Spill::sink(second.clone())), ..settings() };
    second.then(Act::Part(1)).then(Act::Take).then(Act::RefuseEach(vec![0]));
    let scene = check(
        settings(),
        "
        0 offer 2 => closed buffered 2
        0 fail    => closed buffered 2
        0 fail    => closed buffered 2
        0 fail    => open buffered 2
        0 idle    => open delivered 1, diverted 1, buffered 1
        1 idle    => open delivered 2, diverted 2
        1 offer 2 => open delivered 2, diverted 2, buffered 2
        1 idle    => open delivered 3, diverted 3, refused 1
       10 idle    => half_open delivered 3, diverted 3, refused 1
       10 offer 1 => half_open delivered 3, diverted 3, refused 1, buffered 1
       10 take    => closed delivered 4, diverted 3, refused 1
        ",
    );
    assert_eq!((scene.numbers(), numbers(&second)), (vec![5], vec![1, 2, 4]));
}

#[test]
fn a_stand_in_of_another_form_is_not_used() {
    let second = Capture::datums();
    check(
        Settings { spill: Some(Spill::sink(second.clone())), ..settings() },
        "
        0 offer 2 => closed buffered 2
        0 fail    => closed buffered 2
        0 fail    => closed buffered 2
        0 fail    => open buffered 2
        0 idle    => open buffered 2
       10 take    => closed delivered 2
        ",
    );
    assert_eq!(second.sends(), 0);
}

#[test]
fn a_spilled_payload_that_alone_fails_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut scene = Scene::new(Settings { spill: Some(Spill::file(folder.path().join("spill"))), ..settings() });
    scene.offer(2);
    for _ in 0..3 {
        scene.pump_with(Act::Fail);
    }
    scene.pump();
    assert_eq!(scene.told(), "buffered 2, spilled 2");
    scene.now += Duration::from_secs(10);
    scene.pump_with(Act::Fail);
    for round in 2..=PAYLOAD_FAILURES_MAX {
        scene.now += Duration::from_secs(10);
        scene.offer(1);
        scene.pump_with(Act::Take);
        assert!(scene.told().ends_with("spilled 2"), "round {round}: {}", scene.told());
        scene.pump_with(Act::Fail);
    }
    assert_eq!(scene.told(), "delivered 9, given_up 2");
    assert_eq!(scene.pump_all(), Next::Idle);
}

#[test]
fn a_spill_file_that_somebody_emptied_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spill");
    let mut scene = Scene::new(Settings { spill: Some(Spill::file(&path)), ..settings() });
    scene.offer(2);
    for _ in 0..3 {
        scene.pump_with(Act::Fail);
    }
    scene.pump();
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(0).unwrap();
    scene.now += Duration::from_secs(10);
    scene.pump_all();
    assert_eq!(scene.told(), "spill_damaged 2");
}

#[test]
fn what_was_spilled_keeps_the_pace_too() {
    let folder = tempfile::tempdir().unwrap();
    let spill = Some(Spill::file(folder.path().join("spill")));
    let capture = Capture::datums();
    let pace = Settings { spill, calls_per_minute_max: Some(4), ..settings() };
    let (inlet, mut outlet) = outlet(Box::new(capture.clone()), pace);
    let datums = |namespace: &str| {
        let metric = Arc::new(MetricName { name: "Orders".into(), dimensions: [].into() });
        let statistics = Statistics { count: 1.0, sum: 1.0, minimum: 1.0, maximum: 1.0 };
        let (unit, resolution, timestamp) = (Unit::Count, Resolution::Minute, Timestamp::from_millis(0));
        let datum = Datum { metric, unit, resolution, timestamp, values: vec![(1.0, 1.0)], statistics, samples: 1 };
        Payload::Datums(Datums { namespace: namespace.into(), datums: vec![datum] })
    };
    let mut pump = |second| outlet.pump_all(&|| Duration::from_secs(second));
    // One request for each namespace.
    ["a", "b", "c"].iter().for_each(|namespace| inlet.offer(datums(namespace)));
    for _ in 0..3 {
        capture.then(Act::Fail);
    }
    assert_eq!((pump(0), inlet.accounting().spilled), (Next::At(Duration::from_secs(10)), 3));
    assert_eq!((pump(10), inlet.accounting().spilled), (Next::At(Duration::from_secs(61)), 2));
    assert_eq!((pump(61), inlet.accounting().delivered), (Next::Idle, 3));
}
