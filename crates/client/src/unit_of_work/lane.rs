//! Lanes: how finished units of work come from the threads that ended them to the worker.
//!
//! A lane is a chain of segments with one writer, a thread, and one reader, the worker. The writer stores words and then
//! says how far it has come; the reader reads up to there. Nobody waits and nothing is locked. Segments come out of a
//! budget that all lanes of a client share; when it is used up, units are dropped and counted.

use std::cell::RefCell;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Words in a segment, 16 KiB; a unit that is larger gets one of its own.
const SEGMENT_WORDS: usize = 2048;
/// The most segments that are kept for later, 4 MiB.
const SPARE_MAX: usize = 256;
/// Words in front of a unit: its length with its samples, and its namespace with its time.
const HEADER_WORDS: usize = 2;
/// The largest unit, in bytes: twice what a document may be, since a document that is too large sheds properties first.
pub(super) const UNIT_BYTES_MAX: usize = 2 << 20;

#[derive(Debug)]
struct Segment {
    words: Box<[AtomicU64]>,
    /// How many words are there to read.
    written: AtomicUsize,
    next: OnceLock<Arc<Segment>>,
}

#[derive(Debug, Default)]
struct Lane {
    /// Samples ever pushed; the writer's.
    pushed: AtomicU64,
    /// Samples ever taken; the reader's.
    taken: AtomicU64,
    /// Samples for which there was no room; the writer's.
    lost: AtomicU64,
    /// Whether the writer is gone.
    is_closed: AtomicBool,
}

impl Drop for Segment {
    /// One after the other: a long chain would overflow the stack.
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(segment) = next {
            next = Arc::into_inner(segment).and_then(|mut segment| segment.next.take());
        }
    }
}

struct Writer {
    client: u32,
    lane: Arc<Lane>,
    segment: Arc<Segment>,
    at: usize,
}

#[derive(Debug)]
struct Reader {
    lane: Arc<Lane>,
    segment: Arc<Segment>,
    at: usize,
    /// Up to how many samples ever pushed it is to be drained in this round.
    until: u64,
}

thread_local! {
    /// One for each client that this thread has used.
    static WRITERS: RefCell<Vec<Writer>> = const { RefCell::new(Vec::new()) };
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.lane.is_closed.store(true, Release);
    }
}

/// All lanes of a client.
#[derive(Debug)]
pub(crate) struct Lanes {
    client: u32,
    readers: Mutex<Vec<Reader>>,
    /// Lanes that were opened since the last round: who opens one does not wait for the worker.
    newcomers: Mutex<Vec<Reader>>,
    /// Samples for which there was no room in lanes that are gone, or not even a lane.
    lost: AtomicU64,
    budget: Arc<Budget>,
}

#[derive(Debug)]
struct Budget {
    words_max: usize,
    words: AtomicUsize,
    /// Segments that have been read, for writers to use again: new memory would cost them its first touch.
    spare: Mutex<Vec<Box<[AtomicU64]>>>,
}

/// Every lane has one segment for nothing, the one its reader is in; those behind it are charged.
impl Budget {
    /// A segment to follow another.
    fn further(&self, words: usize) -> Option<Arc<Segment>> {
        let words = words.max(SEGMENT_WORDS);
        let take = |used: usize| used.checked_add(words).filter(|used| *used <= self.words_max);
        self.words.fetch_update(AcqRel, Relaxed, take).ok()?;
        Some(self.segment(words))
    }

    fn segment(&self, words: usize) -> Arc<Segment> {
        // Nobody waits for the lock: who does not get it takes new memory.
        let spare = || self.spare.try_lock().ok()?.pop();
        let spare = if words == SEGMENT_WORDS { spare() } else { None };
        let words = spare.unwrap_or_else(|| (0..words).map(|_| AtomicU64::new(0)).collect());
        Arc::new(Segment { words, written: AtomicUsize::new(0), next: OnceLock::new() })
    }

    /// The reader of a lane has come to a further segment.
    fn reached(&self, segment: &Segment) {
        self.words.fetch_sub(segment.words.len(), AcqRel);
    }

    /// Takes back a segment that has been read to its end.
    fn give_back(&self, segment: Arc<Segment>) {
        let size = segment.words.len();
        // Its writer has gone on to the next one; if it is just about to, the memory is simply freed.
        if let Some(mut segment) = Arc::into_inner(segment)
            && size == SEGMENT_WORDS
            && let Ok(mut spare) = self.spare.try_lock()
            && spare.len() < SPARE_MAX
        {
            spare.push(std::mem::take(&mut segment.words));
        }
    }
}

impl Lane {
    fn waiting(&self) -> u64 {
        let taken = self.taken.load(Acquire);
        self.pushed.load(Acquire).wrapping_sub(taken)
    }
}

/// What is to be known of a unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Head {
    pub(crate) namespace: u16,
    /// Below [`IMMEDIATE`].
    pub(crate) samples: u32,
    /// In milliseconds since the epoch.
    pub(crate) timestamp: i64,
    /// Whether it is not to wait for an interval.
    pub(crate) is_immediate: bool,
}

/// The bit beside the number of samples.
const IMMEDIATE: u32 = 1 << 31;

impl Head {
    /// 48 bits of milliseconds last until the year 6429.
    #[inline]
    fn words(self, bytes: usize) -> [u64; HEADER_WORDS] {
        let immediate = if self.is_immediate { IMMEDIATE } else { 0 };
        let samples = u64::from(self.samples | immediate);
        [(bytes as u64) << 32 | samples, u64::from(self.namespace) | self.timestamp.cast_unsigned() << 16]
    }

    #[inline]
    fn read([sizes, stamp]: [u64; HEADER_WORDS]) -> (usize, Head) {
        let samples = sizes as u32;
        let head = Head {
            namespace: stamp as u16,
            samples: samples & !IMMEDIATE,
            timestamp: stamp.cast_signed() >> 16,
            is_immediate: samples & IMMEDIATE != 0,
        };
        ((sizes >> 32) as usize, head)
    }
}

#[inline]
fn samples(header: [u64; HEADER_WORDS]) -> u64 {
    header[0] & u64::from(!IMMEDIATE)
}

/// A unit as the worker gets it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit<'a> {
    pub(crate) head: Head,
    /// What [`Log`](super::log::Log) wrote.
    pub(crate) bytes: &'a [u8],
}

impl Lanes {
    /// Lanes that hold at most `bytes_max` between them.
    pub(crate) fn new(client: u32, bytes_max: usize) -> Self {
        let budget = Budget { words_max: bytes_max / 8, words: AtomicUsize::new(0), spare: Mutex::default() };
        Lanes {
            client,
            readers: Mutex::default(),
            newcomers: Mutex::default(),
            lost: AtomicU64::new(0),
            budget: Arc::new(budget),
        }
    }

    /// Hands a unit over; `false`, and its samples counted as lost, when there is no room for it.
    #[inline]
    pub(crate) fn push(&self, bytes: &[u8], head: Head) -> bool {
        let header = head.words(bytes.len());
        let pushed = WRITERS.try_with(|writers| {
            let Ok(mut writers) = writers.try_borrow_mut() else { return self.lose(header) };
            match writers.iter_mut().find(|writer| writer.client == self.client) {
                Some(writer) => writer.push(&self.budget, bytes, header),
                None => self.push_first(&mut writers, bytes, header),
            }
        });
        // A thread that is ending has no lane any more, and opens one for this unit alone.
        pushed.unwrap_or_else(|_| self.push_first(&mut Vec::new(), bytes, header))
    }

    /// Samples for which there was no room.
    pub(crate) fn lost(&self) -> u64 {
        // In the order in which a lane goes, so that none is missed.
        let of = |readers: &[Reader]| -> u64 { readers.iter().map(|reader| reader.lane.lost.load(Acquire)).sum() };
        let new = of(&self.newcomers());
        new + of(&self.readers()) + self.lost.load(Acquire)
    }

    #[cold]
    fn push_first(&self, writers: &mut Vec<Writer>, bytes: &[u8], header: [u64; HEADER_WORDS]) -> bool {
        self.open(writers).push(&self.budget, bytes, header)
    }

    /// Always `false`.
    #[cold]
    fn lose(&self, header: [u64; HEADER_WORDS]) -> bool {
        self.lost.fetch_add(samples(header), AcqRel);
        false
    }

    #[cold]
    fn open<'w>(&self, writers: &'w mut Vec<Writer>) -> &'w mut Writer {
        // Lanes of clients that are gone: nobody else holds them.
        writers.retain(|writer| Arc::strong_count(&writer.lane) > 1);
        let segment = self.budget.segment(SEGMENT_WORDS);
        let lane = Arc::new(Lane::default());
        self.newcomers().push(Reader { lane: Arc::clone(&lane), segment: Arc::clone(&segment), at: 0, until: 0 });
        writers.push(Writer { client: self.client, lane, segment, at: 0 });
        writers.last_mut().expect("one was just pushed")
    }

    /// Begins a round: what comes in from now on is not drained in it, so that it ends, and no lane holds up another.
    pub(crate) fn begin_round(&self) {
        let mut readers = self.readers();
        readers.append(&mut self.newcomers());
        readers.iter_mut().for_each(|reader| reader.until = reader.lane.pushed.load(Acquire));
    }

    /// Takes what was there when the round began, lane by lane, until `take` says that it is enough; whether there is
    /// more.
    pub(crate) fn drain(&self, scratch: &mut Vec<u8>, mut take: impl FnMut(Unit<'_>) -> bool) -> bool {
        let mut readers = self.readers();
        let mut is_enough = false;
        readers.retain_mut(|reader| {
            let was_closed = reader.lane.is_closed.load(Acquire);
            while !is_enough
                && reader.is_before_its_end()
                && reader.next(&self.budget, scratch, |unit| is_enough = !take(unit))
            {}
            let is_done = was_closed && reader.lane.waiting() == 0;
            if is_done {
                self.lost.fetch_add(reader.lane.lost.load(Acquire), AcqRel);
                reader.reach_the_end(&self.budget);
            }
            !is_done
        });
        is_enough
    }

    /// How many samples wait.
    pub(crate) fn waiting(&self) -> u64 {
        let of = |readers: &[Reader]| -> u64 { readers.iter().map(|reader| reader.lane.waiting()).sum() };
        // One lock after the other: a round takes them in another order.
        let new = of(&self.newcomers());
        new + of(&self.readers())
    }

    /// Whether so much waits that the worker had better not rest.
    pub(crate) fn is_filling(&self) -> bool {
        self.budget.words.load(Relaxed) > self.budget.words_max / 16
    }

    pub(super) fn bytes_max(&self) -> usize {
        self.budget.words_max * 8
    }

    fn readers(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn newcomers(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.newcomers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    #[inline]
    fn push(&mut self, budget: &Budget, bytes: &[u8], header: [u64; HEADER_WORDS]) -> bool {
        let words = bytes.len().div_ceil(8) + HEADER_WORDS;
        if self.at + words > self.segment.words.len() && !self.extend(budget, words) {
            // A plain addition: a caller that is too fast already has nothing to spare for an atomic one.
            self.lane.lost.store(self.lane.lost.load(Relaxed) + samples(header), Release);
            return false;
        }
        let room = &self.segment.words[self.at..self.at + words];
        room[0].store(header[0], Relaxed);
        room[1].store(header[1], Relaxed);
        let (chunks, rest) = bytes.as_chunks::<8>();
        for (word, chunk) in room[HEADER_WORDS..].iter().zip(chunks) {
            word.store(u64::from_le_bytes(*chunk), Relaxed);
        }
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            room[words - 1].store(u64::from_le_bytes(last), Relaxed);
        }
        self.at += words;
        self.lane.pushed.store(self.lane.pushed.load(Relaxed) + samples(header), Release);
        self.segment.written.store(self.at, Release);
        if self.segment.words.len() > SEGMENT_WORDS {
            // It is as large as this unit, and must not stay with an idle thread.
            self.extend(budget, SEGMENT_WORDS);
        }
        true
    }

    #[cold]
    fn extend(&mut self, budget: &Budget, words: usize) -> bool {
        let Some(next) = budget.further(words) else { return false };
        let before = std::mem::replace(&mut self.segment, Arc::clone(&next));
        let is_first = before.next.set(next).is_ok();
        debug_assert!(is_first, "only the writer extends");
        self.at = 0;
        true
    }
}

impl Reader {
    /// Passes over segments that nothing came into.
    fn reach_the_end(&mut self, budget: &Budget) {
        while let Some(next) = self.segment.next.get().map(Arc::clone) {
            budget.reached(&next);
            self.segment = next;
        }
    }

    fn is_before_its_end(&self) -> bool {
        self.lane.taken.load(Relaxed) < self.until
    }

    /// Gives the next unit to `take`, if there is one.
    fn next(&mut self, budget: &Budget, scratch: &mut Vec<u8>, take: impl FnOnce(Unit<'_>)) -> bool {
        if self.at == self.segment.written.load(Acquire) {
            // Once there is a next segment, nothing more comes into this one; but it may have come before.
            let Some(next) = self.segment.next.get().map(Arc::clone) else { return false };
            if self.at == self.segment.written.load(Acquire) {
                budget.reached(&next);
                budget.give_back(std::mem::replace(&mut self.segment, next));
                self.at = 0;
                return self.next(budget, scratch, take);
            }
        }
        let word = |at: usize| self.segment.words[self.at + at].load(Relaxed);
        let (length, head) = Head::read([word(0), word(1)]);
        let end = self.at + HEADER_WORDS + length.div_ceil(8);
        scratch.clear();
        for word in &self.segment.words[self.at + HEADER_WORDS..end] {
            scratch.extend_from_slice(&word.load(Relaxed).to_le_bytes());
        }
        self.at = end;
        take(Unit { head, bytes: &scratch[..length] });
        self.lane.taken.store(self.lane.taken.load(Relaxed) + u64::from(head.samples), Release);
        true
    }
}
