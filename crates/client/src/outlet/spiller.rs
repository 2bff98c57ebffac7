//! What an outlet does with what is too much for its sink.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::account::{Cause, Fate, Place};
use crate::backoff::{Backoff, Jitter};
use crate::outlet::attempt::{Attempt, Trials, Verdict, attempt};
use crate::outlet::queue::Waiting;
use crate::outlet::shared::Shared;
use crate::sink::{Form, Payload, Sink};
use crate::spill::{Appended, Spill, SpillFile};
use crate::warnings::Notice;

/// Where an outlet spills to, and how that goes.
pub(super) struct Spiller {
    target: Target,
    form: Form,
    backoff: Backoff,
    failures: u32,
    retry_at: Option<Duration>,
    is_recovered: bool,
}

enum Target {
    Nowhere,
    Sink(Box<dyn Sink>),
    File { path: PathBuf, bytes_max: u64, open: Option<(SpillFile, Trials)> },
}

/// What became of a payload that was to be spilled.
enum Spilled {
    /// Nothing is left of it.
    All,
    /// What is left of it has to wait for something to be sent.
    NoRoom,
    /// What is left of it is tried again later.
    Failed(String),
}

impl Spiller {
    pub(super) fn new(spill: Option<Spill>, form: Form, backoff: Backoff) -> Self {
        let target = match spill {
            None => Target::Nowhere,
            Some(Spill::Sink(sink)) => Target::Sink(sink),
            Some(Spill::File { path, bytes_max }) => Target::File { path, bytes_max, open: None },
        };
        Spiller { target, form, backoff, failures: 0, retry_at: None, is_recovered: false }
    }

    /// Whether something is in the file that is to be sent.
    pub(super) fn has_more(&self) -> bool {
        matches!(&self.target, Target::File { open: Some((file, _)), .. } if file.samples() > 0)
    }

    /// When a spill that failed is to be tried again.
    pub(super) fn retry_at(&self) -> Option<Duration> {
        self.retry_at
    }

    /// Forgets that a failure is to be waited for.
    pub(super) fn hurry(&mut self) {
        self.retry_at = None;
    }

    /// Takes on what an earlier process left, once.
    pub(super) fn recover(&mut self, shared: &Shared, now: Duration, jitter: &mut Jitter) {
        let is_due = self.retry_at.is_none_or(|at| now >= at);
        let Target::File { path, bytes_max, open } = &mut self.target else { return };
        // Without a file, there is none to be made before something is spilled.
        if self.is_recovered || !is_due || !path.exists() {
            self.is_recovered |= !path.exists();
            return;
        }
        let opened = opened(open, path, *bytes_max, self.form, shared).map(drop);
        self.is_recovered |= opened.is_ok();
        self.note(opened.map_err(|error| error.to_string()), shared, now, jitter);
    }

    /// Spills what waits, the oldest first. Answers when to try again, if something is left that could not be spilled.
    pub(super) fn spill_all(&mut self, shared: &Shared, now: Duration, jitter: &mut Jitter) -> Option<Duration> {
        if self.retry_at.is_some_and(|at| now < at) {
            return self.retry_at;
        }
        if let Target::Nowhere = self.target {
            return None;
        }
        while let Some(mut waiting) = shared.take_first() {
            let spilled = self.spill(&mut waiting, shared);
            let is_over = !matches!(spilled, Spilled::All);
            shared.put_back(waiting, true);
            shared.show_spill(matches!(spilled, Spilled::NoRoom));
            let outcome = if let Spilled::Failed(message) = spilled { Err(message) } else { Ok(()) };
            self.note(outcome, shared, now, jitter);
            if is_over {
                break;
            }
        }
        self.retry_at
    }

    fn spill(&mut self, waiting: &mut Waiting, shared: &Shared) -> Spilled {
        let payload = &mut waiting.payload;
        match &mut self.target {
            Target::Nowhere => Spilled::NoRoom,
            Target::Sink(sink) => divert(sink.as_mut(), payload, shared),
            Target::File { path, bytes_max, open } => {
                let file = opened(open, path, *bytes_max, self.form, shared);
                match file.and_then(|(file, _)| file.append(payload)) {
                    Ok(Appended::All) => {
                        shared.settle(Place::Memory, Fate::Spilled, payload.samples(payload.len()));
                        payload.remove_first(payload.len());
                        Spilled::All
                    }
                    Ok(Appended::Full) => Spilled::NoRoom,
                    Err(error) => Spilled::Failed(error.to_string()),
                }
            }
        }
    }

    /// The oldest of what was spilled into a file, and how it did so far.
    pub(super) fn first(
        &mut self,
        shared: &Shared,
        now: Duration,
        jitter: &mut Jitter,
    ) -> Option<(&Payload, &mut Trials)> {
        if self.retry_at.is_some_and(|at| now < at) {
            return None;
        }
        let Target::File { open: Some((file, _)), .. } = &mut self.target else { return None };
        let first = file.first().map(|first| first.is_some());
        let lost = file.take_lost();
        shared.settle(Place::Spill, Fate::Dropped(Cause::SpillDamaged), lost);
        if lost > 0 {
            let detail = format_args!("{lost} samples are not in the spill file any more");
            shared.warnings.dropped(Cause::SpillDamaged, &shared.name, detail);
        }
        let is_there = *first.as_ref().unwrap_or(&false);
        self.note(first.map(drop).map_err(|error| error.to_string()), shared, now, jitter);
        let Target::File { open: Some((file, trials)), .. } = &mut self.target else { return None };
        file.first().ok().flatten().filter(|_| is_there).map(|payload| (payload, trials))
    }

    /// Forgets what an attempt with the oldest of what was spilled has settled, which is so many samples.
    pub(super) fn remove(&mut self, tried: &Attempt, samples: u64, shared: &Shared) {
        let Target::File { open: Some((file, trials)), .. } = &mut self.target else { return };
        if !tried.has_progress() {
            return;
        }
        if tried.verdict == Verdict::Done {
            *trials = Trials::default();
        }
        shared.show_spill(false);
        if let Err(error) = file.remove(&tried.refused, tried.delivered, samples) {
            let detail = format_args!("what was sent could not be written down, and may be sent again: {error}");
            shared.warnings.notice(Notice::SpillFailed, &shared.name, detail);
        }
    }

    /// Waits after a failure, and not after a success.
    fn note(&mut self, outcome: Result<(), String>, shared: &Shared, now: Duration, jitter: &mut Jitter) {
        let Err(message) = outcome else {
            (self.failures, self.retry_at) = (0, None);
            return;
        };
        self.failures = self.failures.saturating_add(1);
        self.retry_at = Some(now.saturating_add(self.backoff.delay(self.failures, jitter.draw())));
        let place = match &self.target {
            Target::File { path, .. } => format!("file {}", path.display()),
            _ => "sink".to_owned(),
        };
        let detail = format_args!("its spill {place} cannot be used: {message}");
        shared.warnings.notice(Notice::SpillFailed, &shared.name, detail);
    }
}

/// The open file; when it is opened, what is in it is accounted for.
fn opened<'a>(
    open: &'a mut Option<(SpillFile, Trials)>,
    path: &Path,
    bytes_max: u64,
    form: Form,
    shared: &Shared,
) -> io::Result<&'a mut (SpillFile, Trials)> {
    if open.is_none() {
        let file = SpillFile::open(path, bytes_max, form)?;
        shared.ledger.accept(Place::Spill, file.samples());
        if file.skipped() > 0 {
            let detail = format_args!("{} lines of its spill file {} were skipped", file.skipped(), path.display());
            shared.warnings.notice(Notice::SpillSkipped, &shared.name, detail);
        }
        *open = Some((file, Trials::default()));
    }
    open.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
}

/// Sends a payload to the sink that stands in, and leaves what it does not take.
fn divert(sink: &mut dyn Sink, payload: &mut Payload, shared: &Shared) -> Spilled {
    if sink.form() != payload.form() {
        return Spilled::Failed(format!("it does not take what {} does", shared.name));
    }
    let tried = attempt(sink, payload, shared);
    let samples = tried.samples(payload);
    shared.settle(Place::Memory, Fate::Dropped(Cause::Refused), samples.refused);
    shared.settle(Place::Memory, Fate::Diverted, samples.delivered);
    tried.remove_from(payload);
    match tried.verdict {
        Verdict::Done => Spilled::All,
        Verdict::Failed => Spilled::Failed(tried.message),
    }
}
