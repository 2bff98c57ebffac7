use std::sync::mpsc::channel;

use super::*;

#[test]
fn a_closed_outlet_sends_what_is_left_and_takes_nothing_more() {
    let mut scene = Scene::new(settings());
    scene.offer(1);
    scene.offer(2);
    scene.inlet.close(Duration::from_secs(5));
    scene.offer(4);
    assert_eq!(scene.told(), "closed 4, buffered 3");
    assert_eq!((scene.pump_all(), scene.told().as_str()), (Next::Finished, "delivered 3, closed 4"));
}

#[test]
fn a_closed_outlet_tries_until_its_time_is_over() {
    let backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(1) };
    let breaker = Breaker { failures: 100, open_for: Duration::from_secs(10) };
    let mut scene = Scene::new(Settings { backoff, breaker, ..settings() });
    scene.capture.always(Act::Fail);
    scene.offer(3);
    scene.pump();
    let until = Duration::from_secs(5);
    scene.inlet.close(until);
    // The back-off is not waited for the first time.
    scene.pump();
    assert_eq!(scene.capture.sends(), 2);
    loop {
        match scene.pump() {
            Next::Now => {}
            Next::At(at) => {
                assert!(at > scene.now && at <= until);
                scene.now = at;
            }
            Next::Finished => break,
            Next::Idle => panic!("it has something to do"),
        }
    }
    assert!(scene.capture.sends() > 5);
    assert_eq!((scene.now, scene.told().as_str()), (until, "shutdown 3"));
}

#[test]
fn a_closed_outlet_does_not_wait_for_a_breaker() {
    let mut scene = Scene::new(settings());
    scene.capture.always(Act::Fail);
    scene.offer(3);
    for _ in 0..3 {
        scene.pump();
    }
    assert_eq!(scene.inlet.circuit().as_str(), "open");
    scene.inlet.close(Duration::from_secs(5));
    assert_eq!((scene.pump_all(), scene.told().as_str()), (Next::Finished, "shutdown 3"));
    assert_eq!(scene.capture.sends(), 4, "once more, since it may have come back");
}

#[test]
fn what_is_left_at_the_end_is_spilled() {
    let folder = tempfile::tempdir().unwrap();
    let spill = || Some(Spill::file(folder.path().join("spill")));
    let mut scene = Scene::new(Settings { spill: spill(), ..settings() });
    scene.capture.always(Act::Fail);
    scene.offer(3);
    scene.inlet.close(Duration::ZERO);
    assert_eq!((scene.pump_all(), scene.told().as_str()), (Next::Finished, "buffered 3, spilled 3"));
    drop(scene);
    let mut scene = Scene::new(Settings { spill: spill(), ..settings() });
    scene.offered = 3;
    scene.outlet.pump_all(&|| Duration::ZERO);
    assert_eq!((scene.told().as_str(), scene.numbers()), ("delivered 3", vec![1, 2, 3]));
}

#[test]
fn a_thread_sends_what_comes_until_it_is_closed() {
    let Scene { capture, inlet, outlet, .. } = Scene::new(settings());
    let thread = std::thread::spawn(move || outlet.run(&|| Duration::ZERO));
    inlet.offer(payload(1..=2));
    assert!(capture.wait_for_samples(2, SOON));
    capture.then(Act::Fail);
    inlet.offer(payload(3..=3));
    assert!(capture.wait_for_samples(3, SOON));
    assert!(!inlet.wait_until_finished(Duration::ZERO));
    inlet.close(Duration::MAX);
    assert!(inlet.wait_until_finished(SOON));
    thread.join().unwrap();
    assert_eq!((inlet.accounting().delivered, numbers(&capture)), (3, vec![1, 2, 3]));
}

#[test]
fn a_sink_that_hangs_holds_up_nobody() {
    let Scene { capture, inlet, outlet, .. } = Scene::new(Settings { queue_payloads_max: 3, ..settings() });
    capture.always(Act::Hang);
    let (ended, has_ended) = channel();
    std::thread::spawn(move || {
        outlet.run(&|| Duration::ZERO);
        ended.send(()).unwrap();
    });
    inlet.offer(payload(1..=1));
    assert!(capture.wait_for_sends(1, SOON));
    // One on its way, two that wait, one that has to go.
    (2..=4).for_each(|number| inlet.offer(payload(number..=number)));
    let accounting = inlet.accounting();
    assert_eq!((accounting.buffered, accounting.dropped(Cause::QueueFull)), (3, 1));
    inlet.close(Duration::ZERO);
    assert!(!inlet.wait_until_finished(Duration::ZERO));
    inlet.abandon();
    let given_up = inlet.accounting();
    assert_eq!((given_up.buffered, given_up.dropped(Cause::Shutdown)), (0, 3));
    // It comes back: that is too late, and changes nothing.
    while has_ended.try_recv().is_err() {
        capture.release();
        std::thread::yield_now();
    }
    assert_eq!((inlet.accounting(), numbers(&capture)), (given_up, vec![1]));
}
