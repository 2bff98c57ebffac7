//! The worker's thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::pump::Pump;
use crate::clock;
use crate::core::Core;

/// How long the worker sleeps at most, so that a wake-up that was missed does no harm.
pub(super) const NAP_MAX: Duration = Duration::from_secs(1);
/// How long it lets units of work gather while they come in: they leave in larger pieces, and nobody has to wake it.
const TICK: Duration = Duration::from_millis(20);
/// After so many ticks without a unit it sleeps until it is woken.
const IDLE_TICKS: u32 = 5;

/// Starts the thread.
///
/// # Errors
/// The system has no thread to give.
pub(crate) fn spawn(core: &Arc<Core>, pump: Pump) -> std::io::Result<()> {
    let thread = std::thread::Builder::new().name("nepho".to_owned()).spawn(move || run(pump))?;
    core.signal.is_run_by(thread.thread().clone());
    Ok(())
}

fn run(mut pump: Pump) {
    let start: Instant = clock::steady();
    let core = Arc::clone(&pump.core);
    let (mut idle_ticks, mut hurried) = (0, 0);
    loop {
        let (is_stopping, wish) = (core.signal.is_stopping(), core.signal.wished());
        // What a wish asks for is collected once, and tried until it is done or nobody waits for it any more.
        let hurry = is_stopping || wish > hurried;
        hurried = wish;
        let round = pump.round(start.elapsed(), core.clock.now(), hurry);
        if round.is_drained {
            core.signal.flushed(wish);
            if is_stopping {
                return core.signal.stopped(true);
            }
        }
        if core.signal.is_abandoned() {
            return core.signal.stopped(false);
        }
        idle_ticks = if round.was_busy { 0 } else { idle_ticks + 1 };
        let is_idle = idle_ticks > IDLE_TICKS;
        let nap = round.next.min(if is_idle { NAP_MAX } else { TICK });
        // What was wished for meanwhile has unparked this thread already.
        core.signal.sleep(nap, is_idle);
    }
}
