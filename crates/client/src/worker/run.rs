//! The worker's thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::own;
use super::pump::Pump;
use crate::account::Cause;
use crate::clock;
use crate::core::{Core, Gate};

/// How long the worker sleeps at most, so that a wake-up that was missed does no harm.
pub(super) const NAP_MAX: Duration = Duration::from_secs(1);
/// How long it lets units of work gather while they come in: they leave in larger pieces, and nobody has to wake it.
const TICK: Duration = Duration::from_millis(20);
/// After so many ticks without a unit it sleeps until it is woken.
const IDLE_TICKS: u32 = 5;

/// How often it looks whether the threads of several sinks are done, while somebody waits for that.
const LOOK: Duration = Duration::from_millis(1);

/// Starts the thread, and one for each sink when there are several.
///
/// # Errors
/// The system has no thread to give.
pub(crate) fn spawn(core: &Arc<Core>, mut pump: Pump) -> std::io::Result<()> {
    let start: Instant = clock::steady();
    pump.send_off(start);
    let thread = std::thread::Builder::new().name("nepho".to_owned()).spawn(move || run(pump, start))?;
    core.signal.is_run_by(thread.thread().clone());
    Ok(())
}

fn run(mut pump: Pump, start: Instant) {
    own::claim();
    let elapsed = || start.elapsed();
    let core = Arc::clone(&pump.core);
    let _ending = Ending(Arc::clone(&core));
    let (mut idle_ticks, mut hurried, mut is_closed) = (0, 0, false);
    loop {
        let (stopping, wish) = (core.signal.stopping(), core.signal.wished());
        // What a wish asks for is collected once, and sent as soon as it goes.
        let hurry = (stopping.is_some() && !is_closed) || wish > hurried;
        let round = pump.round(&elapsed, hurry);
        if hurry && round.is_all {
            hurried = wish;
        }
        if round.is_drained {
            core.signal.flushed(hurried);
        }
        if let Some(left) = stopping {
            if !is_closed {
                pump.close(elapsed().saturating_add(left));
                is_closed = true;
                continue;
            }
            if pump.is_finished() || left.is_zero() {
                return core.signal.stopped(pump.is_finished());
            }
        }
        if core.lanes.is_filling() {
            continue;
        }
        idle_ticks = if round.was_busy { 0 } else { idle_ticks + 1 };
        let is_idle = idle_ticks > IDLE_TICKS;
        let is_waited_for = stopping.is_some() || core.signal.is_waited_for();
        let longest = if is_waited_for {
            LOOK
        } else if is_idle {
            NAP_MAX
        } else {
            TICK
        };
        // What was wished for meanwhile has unparked this thread already.
        core.signal.sleep(round.next.min(longest), is_idle && !is_waited_for);
    }
}

/// Should the worker ever panic, nobody is to wait for it, and what comes is counted as dropped.
struct Ending(Arc<Core>);

impl Drop for Ending {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.turn(Gate::Open, Gate::Closed);
            self.0.turn(Gate::Refusing, Gate::Closed);
            self.0.signal.stopped(false);
            self.0.warnings.dropped(Cause::Closed, "this client", format_args!("its worker panicked"));
        }
    }
}
