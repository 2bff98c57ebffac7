//! The promise that a write is durable.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::error::StoreError;

/// Resolves when what was appended is on disk and can be read, or could not be stored.
///
/// Dropping it changes nothing about the write.
#[derive(Debug)]
pub struct Receipt(oneshot::Receiver<Result<(), StoreError>>);

/// The other end of a [`Receipt`]. When it is dropped, the receipt says that the store is closed.
#[derive(Debug)]
pub struct Acknowledge(oneshot::Sender<Result<(), StoreError>>);

impl Receipt {
    /// A receipt that is still open, and what settles it.
    pub fn open() -> (Acknowledge, Receipt) {
        let (sender, receiver) = oneshot::channel();
        (Acknowledge(sender), Receipt(receiver))
    }

    /// A receipt that is settled already.
    pub fn settled(outcome: Result<(), StoreError>) -> Self {
        let (acknowledge, receipt) = Receipt::open();
        acknowledge.settle(outcome);
        receipt
    }

    /// Blocks the thread until the write is settled. Not for use inside an asynchronous task.
    ///
    /// # Errors
    /// Why the samples were not stored.
    pub fn wait(self) -> Result<(), StoreError> {
        self.0.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl Acknowledge {
    /// Settles the receipt; nobody may be waiting for it any more.
    pub fn settle(self, outcome: Result<(), StoreError>) {
        drop(self.0.send(outcome));
    }
}

impl Future for Receipt {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|outcome| outcome.unwrap_or(Err(StoreError::Closed)))
    }
}
