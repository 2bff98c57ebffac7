//! A sink for tests: keeps what it is sent, and behaves as badly as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::sink::{Datum, Form, Payload, Rest, SendError, Sink};

/// Keeps what it is sent, for a test to look at, and behaves as badly as it is told.
///
/// A clone is the same capture: one goes to the client, the other stays with the test.
///
/// ```
/// use nepho::sink::{Act, Capture, Documents, Payload, Sink};
///
/// let capture = Capture::documents();
/// let mut sink = capture.clone();
/// capture.then(Act::Fail);
///
/// let mut documents = Documents::default();
/// documents.push(1, |text| text.extend_from_slice(b"{}"));
/// let payload = Payload::Documents(documents);
/// assert!(sink.send(&payload).is_err());
/// assert!(sink.send(&payload).is_ok());
/// assert_eq!(capture.texts(), ["{}"]);
/// ```
#[derive(Debug, Clone)]
pub struct Capture {
    form: Form,
    shared: Arc<Shared>,
}

/// What a [`Capture`] does with a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Takes it.
    Take,
    /// Fails without taking anything; trying again may help.
    Fail,
    /// Refuses it.
    Refuse,
    /// Refuses these of its documents or datums (indexes in ascending order), and takes the others.
    RefuseEach(Vec<usize>),
    /// Takes so many from its beginning, then fails.
    Part(usize),
    /// Takes it, and says that it failed: it will come twice.
    TakeAndFail,
    /// Waits until [`Capture::release`], then takes it.
    Hang,
    /// Panics.
    Panic,
    /// Takes nothing, and says that so many are delivered, however many there are.
    Claim(usize),
}

#[derive(Debug, Default)]
struct Shared {
    kept: Mutex<Kept>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Kept {
    payloads: Vec<Payload>,
    count: usize,
    sends: usize,
    acts: VecDeque<Act>,
    always: Option<Act>,
    hanging: usize,
    released: usize,
}

impl Default for Capture {
    fn default() -> Self {
        Capture::documents()
    }
}

impl Capture {
    /// The most documents or datums that it keeps. It refuses more.
    pub const KEPT_MAX: usize = 100_000;

    /// One that takes EMF documents.
    pub fn documents() -> Self {
        Capture { form: Form::Documents, shared: Arc::default() }
    }

    /// One that takes data of PutMetricData.
    pub fn datums() -> Self {
        Capture { form: Form::Datums, shared: Arc::default() }
    }

    /// What it does with a coming payload: each call is about one more.
    pub fn then(&self, act: Act) -> &Self {
        self.kept().acts.push_back(act);
        self
    }

    /// What it does with each payload that nothing else was said about. At first, it takes them.
    pub fn always(&self, act: Act) -> &Self {
        self.kept().always = Some(act);
        self
    }

    /// Lets those payloads go on that hang now.
    pub fn release(&self) {
        let mut kept = self.kept();
        kept.released = kept.hanging;
        drop(kept);
        self.shared.changed.notify_all();
    }

    /// What was taken, as it came.
    pub fn payloads(&self) -> Vec<Payload> {
        self.kept().payloads.clone()
    }

    /// The documents that were taken.
    pub fn texts(&self) -> Vec<String> {
        let kept = self.kept();
        let documents = kept.payloads.iter().filter_map(|payload| match payload {
            Payload::Documents(documents) => Some(documents),
            Payload::Datums(_) => None,
        });
        let texts = documents.flat_map(|documents| documents.iter());
        texts.map(|text| String::from_utf8_lossy(text).into_owned()).collect()
    }

    /// The data that were taken, each with its namespace.
    pub fn data(&self) -> Vec<(Arc<str>, Datum)> {
        let kept = self.kept();
        let datums = kept.payloads.iter().filter_map(|payload| match payload {
            Payload::Datums(datums) => Some(datums),
            Payload::Documents(_) => None,
        });
        datums.flat_map(|d| d.datums.iter().map(|datum| (d.namespace.clone(), datum.clone()))).collect()
    }

    /// How many samples were taken.
    pub fn samples(&self) -> u64 {
        self.kept().payloads.iter().map(|payload| payload.samples(payload.len())).sum()
    }

    /// How often something was sent to it, whatever came of it.
    pub fn sends(&self) -> usize {
        self.kept().sends
    }

    /// Forgets what was taken.
    pub fn clear(&self) {
        let mut kept = self.kept();
        (kept.payloads, kept.count) = (Vec::new(), 0);
    }

    /// Waits until so many samples were taken. Answers whether they were, in that time.
    pub fn wait_for_samples(&self, samples: u64, timeout: Duration) -> bool {
        self.wait(timeout, |kept| {
            kept.payloads.iter().map(|payload| payload.samples(payload.len())).sum::<u64>() >= samples
        })
    }

    /// Waits until something was sent to it so many times. Answers whether it was, in that time.
    pub fn wait_for_sends(&self, sends: usize, timeout: Duration) -> bool {
        self.wait(timeout, |kept| kept.sends >= sends)
    }

    fn wait(&self, timeout: Duration, is_so: impl Fn(&Kept) -> bool) -> bool {
        let kept = self.kept();
        let waited = self.shared.changed.wait_timeout_while(kept, timeout, |kept| !is_so(kept));
        let (kept, _) = waited.unwrap_or_else(PoisonError::into_inner);
        is_so(&kept)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.shared.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_act(&self) -> Act {
        let mut kept = self.kept();
        kept.sends += 1;
        let next = kept.acts.pop_front();
        let act = next.or_else(|| kept.always.clone()).unwrap_or(Act::Take);
        drop(kept);
        self.shared.changed.notify_all();
        act
    }

    fn hang(&self) {
        let mut kept = self.kept();
        kept.hanging += 1;
        let mine = kept.hanging;
        let waited = self.shared.changed.wait_while(kept, |kept| kept.released < mine);
        drop(waited);
    }

    /// Keeps a payload, or refuses it all when there is no room.
    fn keep(&self, payload: Payload) -> Result<(), SendError> {
        let mut kept = self.kept();
        let count = kept.count + payload.len();
        if count > Capture::KEPT_MAX {
            return Err(SendError::refused(format!("capture of {count} exceeds the limit of {}", Capture::KEPT_MAX)));
        }
        kept.count = count;
        kept.payloads.push(payload);
        drop(kept);
        self.shared.changed.notify_all();
        Ok(())
    }
}

impl Sink for Capture {
    fn name(&self) -> &str {
        "capture"
    }

    fn form(&self) -> Form {
        self.form
    }

    fn send(&mut self, payload: &Payload) -> Result<(), SendError> {
        let told = || "it was told so".to_owned();
        let retry = |delivered| SendError { refused: Vec::new(), delivered, rest: Rest::Retry, message: told() };
        match self.next_act() {
            Act::Take => self.keep(payload.clone()),
            Act::Fail => Err(retry(0)),
            Act::Refuse => Err(SendError::refused(told())),
            Act::RefuseEach(refused) => {
                let mut taken = payload.clone();
                taken.remove_each(&refused);
                let delivered = taken.len();
                self.keep(taken)?;
                Err(SendError { refused, delivered, rest: Rest::Refused, message: told() })
            }
            Act::Part(count) => {
                let delivered = count.min(payload.len());
                self.keep(first(payload, delivered))?;
                Err(retry(delivered))
            }
            Act::TakeAndFail => {
                self.keep(payload.clone())?;
                Err(retry(0))
            }
            Act::Hang => {
                self.hang();
                self.keep(payload.clone())
            }
            Act::Panic => panic!("it was told so"),
            Act::Claim(delivered) => Err(retry(delivered)),
        }
    }
}

/// The first `count` documents or datums of a payload.
fn first(payload: &Payload, count: usize) -> Payload {
    let mut first = payload.clone();
    let rest: Vec<_> = (count..payload.len()).collect();
    first.remove_each(&rest);
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Documents;

    const SOON: Duration = Duration::from_secs(20);

    fn payload(texts: &[&str]) -> Payload {
        let mut documents = Documents::default();
        texts.iter().for_each(|text| documents.push(2, |out| out.extend_from_slice(text.as_bytes())));
        Payload::Documents(documents)
    }

    /// What is kept, and what is answered: refused, delivered and the rest.
    fn check(act: &Act, kept: &[&str], answer: Result<(), (&[usize], usize, Rest)>) {
        let mut capture = Capture::default();
        capture.then(act.clone());
        let sent = capture.send(&payload(&["a", "b", "c"]));
        let sent = sent.map_err(|error| (error.refused, error.delivered, error.rest));
        assert_eq!(sent, answer.map_err(|(refused, delivered, rest)| (refused.to_vec(), delivered, rest)), "{act:?}");
        assert_eq!(capture.texts(), kept, "{act:?}");
        assert_eq!((capture.samples(), capture.sends()), (2 * kept.len() as u64, 1), "{act:?}");
    }

    #[test]
    fn it_does_what_it_is_told() {
        check(&Act::Take, &["a", "b", "c"], Ok(()));
        check(&Act::Fail, &[], Err((&[], 0, Rest::Retry)));
        check(&Act::Refuse, &[], Err((&[], 0, Rest::Refused)));
        check(&Act::RefuseEach(vec![0, 2]), &["b"], Err((&[0, 2], 1, Rest::Refused)));
        check(&Act::Part(2), &["a", "b"], Err((&[], 2, Rest::Retry)));
        check(&Act::Part(9), &["a", "b", "c"], Err((&[], 3, Rest::Retry)));
        check(&Act::TakeAndFail, &["a", "b", "c"], Err((&[], 0, Rest::Retry)));
        check(&Act::Claim(9), &[], Err((&[], 9, Rest::Retry)));
    }

    #[test]
    fn what_it_always_does_comes_after_what_is_next() {
        let mut capture = Capture::default();
        capture.always(Act::Fail).then(Act::Take);
        let sent = [(); 3].map(|()| capture.send(&payload(&["a"])).is_ok());
        assert_eq!(sent, [true, false, false]);
        capture.clear();
        assert!(capture.payloads().is_empty());
    }

    #[test]
    fn it_hangs_until_it_is_released() {
        let capture = Capture::default();
        capture.then(Act::Hang);
        let mut sink = capture.clone();
        let thread = std::thread::spawn(move || sink.send(&payload(&["a"])));
        assert!(capture.wait_for_sends(1, SOON));
        assert_eq!(capture.samples(), 0);
        // It may not have come to hang yet: only those that do are released.
        while capture.samples() == 0 {
            capture.release();
            std::thread::yield_now();
        }
        assert_eq!(thread.join().unwrap(), Ok(()));
        assert!(capture.wait_for_samples(2, SOON) && !capture.wait_for_samples(3, Duration::ZERO));
    }

    #[test]
    fn it_panics_and_goes_on() {
        let mut capture = Capture::default();
        capture.then(Act::Panic);
        let mut sink = capture.clone();
        let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| sink.send(&payload(&["a"]))));
        assert!(sent.is_err());
        assert_eq!(capture.send(&payload(&["a"])), Ok(()));
    }

    #[test]
    fn it_keeps_as_much_as_its_limit() {
        let mut capture = Capture::default();
        assert_eq!(capture.send(&payload(&["a"; Capture::KEPT_MAX])), Ok(()));
        let error = capture.send(&payload(&["a"])).unwrap_err();
        assert_eq!(
            (error.rest, error.to_string().as_str()),
            (Rest::Refused, "capture of 100001 exceeds the limit of 100000")
        );
        assert_eq!(capture.texts().len(), Capture::KEPT_MAX);
    }
}
