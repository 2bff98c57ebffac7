//! How tasks learn that the server stops.

use tokio::sync::watch;

/// Tells every [`Stop`] when it is dropped or [`Stopper::stop`]ped.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<bool>);

/// Resolves when the server stops.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

/// Makes the two ends.
pub(crate) fn channel() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(false);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Whether the server stops.
    pub(crate) fn is_stopped(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits for the stop.
    pub(crate) async fn stopped(&mut self) {
        // An error means that the other end is gone, which is a stop as well.
        drop(self.0.wait_for(|stopped| *stopped).await);
    }
}
