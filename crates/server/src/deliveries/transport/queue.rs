//! Queues of this server.

use super::{Attempt, Report, Transport};
use crate::deliveries::parcel::Parcel;

/// Puts messages into queues.
#[derive(Debug, Default)]
pub(crate) struct Queues;

impl Transport for Queues {
    fn deliver<'a>(&'a self, parcel: &'a Parcel) -> Attempt<'a> {
        let Parcel::Queue(message) = parcel else { unreachable!("only what goes to queues comes here") };
        let report = Report::refused(format!("there is no queue {}", message.queue));
        Box::pin(std::future::ready(report))
    }
}
