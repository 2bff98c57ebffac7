use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;
use crate::sink::SendError;

/// A capture that remembers when it does not tell the truth.
struct Watched {
    capture: Capture,
    lies: Arc<Mutex<Lies>>,
}

/// In samples.
#[derive(Default, Clone, Copy)]
struct Lies {
    /// Taken, and said that they were not: they will come twice.
    untold: u64,
    /// Not taken, and said that they were.
    claimed: u64,
}

impl Sink for Watched {
    fn name(&self) -> &str {
        "watched"
    }
    fn form(&self) -> Form {
        Form::Documents
    }
    fn send(&mut self, payload: &Payload) -> Result<(), SendError> {
        let before = self.capture.samples();
        let sent = self.capture.send(payload);
        let taken = self.capture.samples() - before;
        let told = match &sent {
            Ok(()) => payload.len() as u64,
            Err(error) => error.delivered.min(payload.len() - error.refused.len()) as u64,
        };
        let mut lies = self.lies.lock().unwrap();
        lies.untold += taken.saturating_sub(told);
        lies.claimed += told.saturating_sub(taken);
        sent
    }
}

#[derive(Debug, Clone)]
enum Op {
    Offer(u64),
    Pump,
    Advance(u64),
    Hurry,
    Sink(Act),
    Stand(Act),
}

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Take),
        4 => Just(Act::Fail),
        1 => Just(Act::Refuse),
        1 => prop::collection::btree_set(0..3_usize, 0..3).prop_map(|each| Act::RefuseEach(each.into_iter().collect())),
        2 => (0..4_usize).prop_map(Act::Part),
        1 => Just(Act::TakeAndFail),
        1 => Just(Act::Panic),
        1 => (0..9_usize).prop_map(Act::Claim),
    ]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        6 => (0..6_u64).prop_map(Op::Offer),
        8 => Just(Op::Pump),
        3 => (0..800_u64).prop_map(Op::Advance),
        1 => Just(Op::Hurry),
        6 => acts().prop_map(Op::Sink),
        2 => acts().prop_map(Op::Stand),
    ];
    prop::collection::vec(op, 1..120)
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Nowhere,
    Sink,
    File(u64),
}

fn places() -> impl Strategy<Value = Place> {
    prop_oneof![Just(Place::Nowhere), Just(Place::Sink), (0..400_u64).prop_map(Place::File)]
}

/// Documents that a capture refuses by their index must be there.
fn fits(act: &Act, documents: u64) -> bool {
    !matches!(act, Act::RefuseEach(each) if each.last().is_some_and(|last| *last as u64 >= documents))
}

const BYTES_MAX: usize = 60;
const PAYLOADS_MAX: usize = 5;

fn build(place: Place, path: &Path, stand: &Watched) -> Settings {
    let spill = match place {
        Place::Nowhere => None,
        Place::Sink => Some(Spill::sink(Watched { capture: stand.capture.clone(), lies: stand.lies.clone() })),
        Place::File(bytes_max) => Some(Spill::File { path: path.to_owned(), bytes_max }),
    };
    Settings {
        queue_bytes_max: BYTES_MAX,
        queue_payloads_max: PAYLOADS_MAX,
        breaker: Breaker { failures: 2, open_for: Duration::from_secs(1) },
        backoff: Backoff { first: Duration::from_millis(100), most: Duration::from_millis(400) },
        spill,
        seed: 1,
        ..Settings::default()
    }
}

proptest! {
    #[test]
    fn the_account_balances_at_each_step_and_is_true_at_the_end(ops in ops(), place in places()) {
        let folder = tempfile::tempdir().unwrap();
        let watched = || Watched { capture: Capture::documents(), lies: Arc::default() };
        let (first, stand) = (watched(), watched());
        let (capture, lies) = (first.capture.clone(), first.lies.clone());
        let (inlet, outlet) = outlet(Box::new(first), build(place, &folder.path().join("spill"), &stand));
        let mut scene = Scene { capture, inlet, outlet, now: Duration::ZERO, offered: 0 };
        for op in ops {
            match op {
                Op::Offer(documents) => scene.offer(documents),
                Op::Pump => {
                    scene.pump();
                }
                Op::Advance(millis) => scene.now += Duration::from_millis(millis),
                Op::Hurry => scene.inlet.hurry(),
                // An index that is not there would make the capture itself panic, which is tested as such.
                Op::Sink(act) if fits(&act, 1) => {
                    scene.capture.then(act);
                }
                Op::Stand(act) if fits(&act, 1) => {
                    stand.capture.then(act);
                }
                Op::Sink(_) | Op::Stand(_) => {}
            }
            scene.balance();
            let (bytes, payloads) = scene.inlet.load();
            prop_assert!(bytes <= BYTES_MAX && payloads <= PAYLOADS_MAX);
        }
        // All is well again: everything that is left comes through.
        for _ in 0..400 {
            scene.now += Duration::from_secs(1);
            scene.pump_all();
        }
        let accounting = scene.balance();
        prop_assert_eq!(accounting.buffered, 0, "{}", scene.told());
        let (first, second) = (*lies.lock().unwrap(), *stand.lies.lock().unwrap());
        let taken = scene.capture.samples() + stand.capture.samples();
        prop_assert_eq!(accounting.delivered + first.untold + second.untold, taken + first.claimed + second.claimed);
        let mut seen = BTreeMap::new();
        for number in numbers(&scene.capture).into_iter().chain(numbers(&stand.capture)) {
            *seen.entry(number).or_insert(0) += 1;
        }
        let doubled: u64 = seen.values().map(|times| times - 1).sum();
        prop_assert!(doubled <= first.untold + second.untold, "{doubled} came twice");
    }
}
