//! Counts what each thread allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, with a count for each thread: no thread waits for another's.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static COUNTED: Cell<Allocated> = const { Cell::new(Allocated { times: 0, bytes: 0 }) };
}

/// How often memory was asked for, and how much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Allocated {
    pub(crate) times: u64,
    pub(crate) bytes: u64,
}

impl Allocated {
    /// What this thread has allocated since it began.
    pub(crate) fn by_this_thread() -> Allocated {
        COUNTED.get()
    }

    /// Both together.
    pub(crate) fn and(self, other: Allocated) -> Allocated {
        Allocated { times: self.times + other.times, bytes: self.bytes + other.bytes }
    }

    /// What was allocated after `earlier`.
    pub(crate) fn since(self, earlier: Allocated) -> Allocated {
        Allocated { times: self.times - earlier.times, bytes: self.bytes - earlier.bytes }
    }
}

fn count(bytes: usize) {
    // A thread that is ending has no count any more; nothing is measured there.
    let _ = COUNTED.try_with(|counted| {
        let Allocated { times, bytes: before } = counted.get();
        counted.set(Allocated { times: times + 1, bytes: before + bytes as u64 });
    });
}

#[expect(unsafe_code, reason = "an allocator is unsafe by its trait; every call goes to the system's as it came")]
// SAFETY: all four methods pass their arguments on to `System`, which keeps the contract.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promise about `layout` is the one that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: `pointer` came from `System` with this layout, because every method here asks `System`.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as for `realloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn counts_what_this_thread_allocates_and_no_other() {
        let before = Allocated::by_this_thread();
        black_box(Vec::<u8>::with_capacity(100));
        assert_eq!(Allocated::by_this_thread().since(before), Allocated { times: 1, bytes: 100 });

        let before = Allocated::by_this_thread();
        let mut grows = black_box(Vec::<u8>::with_capacity(8));
        grows.reserve_exact(black_box(64));
        assert_eq!(Allocated::by_this_thread().since(before), Allocated { times: 2, bytes: 72 });
    }
}
