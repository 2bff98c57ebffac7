//! What a decoder allocates is in proportion to the bytes that are there, whatever they claim.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use nepho_protocol::Protocol;
use nepho_protocol::codec::decode;
use nepho_protocol::shapes::put_metric_data::PutMetricDataInput;

/// The system's allocator, counting what is in use and what was at most.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[expect(unsafe_code, reason = "a global allocator cannot be implemented without")]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let in_use = IN_USE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(in_use, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What one level of a list may reserve before its elements are there: serde's own caution.
const RESERVED_MAX: usize = 2 << 20;

/// How much a decoded shape may be larger than the smallest bytes that stand for it.
const GROWTH_MAX: usize = 2000;

fn peak_of(protocol: Protocol, body: &[u8]) -> usize {
    let before = IN_USE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    drop(decode::<PutMetricDataInput<'_>>(protocol, body));
    PEAK.load(Ordering::Relaxed) - before
}

/// The only test of this file, because the counters are those of the process.
#[test]
fn claims_are_not_believed() {
    let claim = |prefix: &[u8]| [prefix, b"\x9b\x00\xff\xff\xff\xff\xff\xff\xff"].concat();
    let bodies = [
        (Protocol::Cbor, claim(b"\xa1\x6aMetricData")),
        (Protocol::Cbor, claim(b"\xa1\x6aMetricData\x81\xa1\x66Values")),
        (Protocol::Cbor, b"\xbb\x00\xff\xff\xff\xff\xff\xff\xff".to_vec()),
        (Protocol::Cbor, b"\xa1\x69Namespace\x7b\x00\xff\xff\xff\xff\xff\xff\xff".to_vec()),
        (Protocol::Cbor, b"\xa1\x61x\x5b\x00\xff\xff\xff\xff\xff\xff\xff".to_vec()),
        (Protocol::Query, b"MetricData.member.10000.Values.member.10000=1".to_vec()),
        (Protocol::Json10, format!("{{\"x\":{}", "[".repeat(100_000)).into_bytes()),
    ];
    for (protocol, body) in &bodies {
        let peak = peak_of(*protocol, body);
        let limit = RESERVED_MAX.min(body.len() * GROWTH_MAX);
        assert!(peak <= limit, "{peak} bytes for {body:?}");
    }
}
