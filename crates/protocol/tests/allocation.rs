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

/// What a body of a megabyte may take at most, whatever it holds.
const PEAK_MAX: usize = 64 << 20;

/// What a body of a few bytes may take at most: lists reserve room for some elements.
const SMALL_PEAK_MAX: usize = 1 << 20;

const MEGABYTE: usize = 1 << 20;

fn peak_of(protocol: Protocol, body: &[u8]) -> usize {
    let before = IN_USE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    drop(decode::<PutMetricDataInput<'_>>(protocol, body));
    PEAK.load(Ordering::Relaxed) - before
}

fn check(bodies: &[(Protocol, Vec<u8>)], limit: usize) {
    for (protocol, body) in bodies {
        let peak = peak_of(*protocol, body);
        let begin = String::from_utf8_lossy(&body[..body.len().min(40)]);
        assert!(peak <= limit, "{peak} bytes for {protocol:?} {begin}");
    }
}

/// The only test of this file, because the counters are those of the process.
#[test]
fn memory_is_bounded_by_the_body() {
    claims_are_not_believed();
    small_elements_do_not_add_up();
}

fn claims_are_not_believed() {
    let claim = |prefix: &[u8], kind: u8| [prefix, &[kind], b"\x00\xff\xff\xff\xff\xff\xff\xff"].concat();
    let bodies = [
        (Protocol::Cbor, claim(b"", 0xbb)),
        (Protocol::Cbor, claim(b"\xa1\x6aMetricData", 0x9b)),
        (Protocol::Cbor, claim(b"\xa1\x6aMetricData\x81\xa1\x66Values", 0x9b)),
        (Protocol::Cbor, claim(b"\xa1\x69Namespace", 0x7b)),
        (Protocol::Cbor, claim(b"\xa1\x61x", 0x5b)),
        (Protocol::Query, b"MetricData.member.10000.Values.member.10000=1".to_vec()),
    ];
    check(&bodies, SMALL_PEAK_MAX);
}

fn small_elements_do_not_add_up() {
    let cbor = |prefix: &[u8], byte: u8| [prefix, &vec![byte; MEGABYTE]].concat();
    let json = |prefix: &str, element: &str| [prefix, &element.repeat(MEGABYTE / element.len())].concat().into_bytes();
    let bodies = [
        (Protocol::Cbor, cbor(b"\xa1\x6aMetricData\x9f", 0xa0)),
        (Protocol::Cbor, cbor(b"\xa1\x6aMetricData\x81\xa1\x66Values\x9f", 0x00)),
        (Protocol::Cbor, cbor(b"\xa1\x70EntityMetricData\x9f", 0xa0)),
        (Protocol::Cbor, cbor(b"\xa1\x61x", 0x81)),
        (Protocol::Json10, json("{\"MetricData\":[", "{},")),
        (Protocol::Json10, json("{\"MetricData\":[{\"Values\":[", "1,")),
        (Protocol::Json10, json("{\"EntityMetricData\":[", "{\"MetricData\":[{},{},{},{},{},{},{},{}]},")),
        (Protocol::Json10, json("{\"x\":", "[")),
        (Protocol::Query, json("", "&a")),
        (Protocol::Query, json("", "&MetricData.member.1.Dimensions.member.1")),
    ];
    check(&bodies, PEAK_MAX);
}
