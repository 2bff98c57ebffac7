//! Outlets on a clock that the tests move, with a capture for a sink.

mod faults;
mod property;
mod said;
mod stop;
mod timeline;

use super::*;
use crate::account::Accounting;
use crate::sink::{Act, Capture, Documents, Payload};

/// How long a test waits at most for what must happen.
const SOON: Duration = Duration::from_secs(30);

/// An outlet and what is around it.
struct Scene {
    capture: Capture,
    inlet: Inlet,
    outlet: Outlet,
    now: Duration,
    /// Documents that were offered: each has one sample, and its number as text.
    offered: u64,
}

impl Scene {
    fn new(settings: Settings) -> Self {
        let capture = Capture::documents();
        let (inlet, outlet) = outlet(Box::new(capture.clone()), settings);
        Scene { capture, inlet, outlet, now: Duration::ZERO, offered: 0 }
    }

    /// Offers one payload of so many documents.
    fn offer(&mut self, documents: u64) {
        let first = self.offered + 1;
        self.offered += documents;
        self.inlet.offer(payload(first..=self.offered));
        self.balance();
    }

    fn pump(&mut self) -> Next {
        let now = self.now;
        let next = self.outlet.pump(&|| now);
        self.balance();
        next
    }

    fn pump_all(&mut self) -> Next {
        loop {
            match self.pump() {
                Next::Now => {}
                next => return next,
            }
        }
    }

    /// Does this with the next payload.
    fn pump_with(&mut self, act: Act) -> Next {
        self.capture.then(act);
        self.pump()
    }

    /// The account, which must balance.
    fn balance(&self) -> Accounting {
        let accounting = self.inlet.accounting();
        assert_eq!(accounting.accepted, self.offered);
        assert_eq!(accounting.accepted, accounting.delivered + accounting.dropped_total() + accounting.buffered);
        accounting
    }

    /// The account in words: what is not zero.
    fn told(&self) -> String {
        let accounting = self.balance();
        let named = [("delivered", accounting.delivered), ("diverted", accounting.diverted)];
        let kept = [("buffered", accounting.buffered), ("spilled", accounting.spilled)];
        let causes = accounting.causes().map(|(cause, samples)| (cause.as_str(), samples));
        let all = named.into_iter().chain(causes).chain(kept).filter(|(_, samples)| *samples > 0);
        all.map(|(name, samples)| format!("{name} {samples}")).collect::<Vec<_>>().join(", ")
    }

    /// The numbers of the documents that came through.
    fn numbers(&self) -> Vec<u64> {
        numbers(&self.capture)
    }
}

fn numbers(capture: &Capture) -> Vec<u64> {
    capture.texts().iter().map(|text| text.trim_start_matches('0').parse().unwrap()).collect()
}

/// Documents of one sample and four bytes, newline included.
fn payload(numbers: impl Iterator<Item = u64>) -> Payload {
    let mut documents = Documents::default();
    for number in numbers {
        documents.push(1, |text| text.extend_from_slice(format!("{number:03}").as_bytes()));
    }
    Payload::Documents(documents)
}

/// No jitter, and a breaker that opens at the third failure for ten seconds.
fn settings() -> Settings {
    Settings {
        breaker: Breaker { failures: 3, open_for: Duration::from_secs(10) },
        backoff: Backoff { first: Duration::ZERO, most: Duration::ZERO },
        ..Settings::default()
    }
}
