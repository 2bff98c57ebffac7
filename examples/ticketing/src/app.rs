//! How the parts are put together.

use std::sync::Arc;

use nepho::MetricsPort;
use tokio::net::TcpListener;

use crate::adapters::bank::LocalBank;
use crate::adapters::bookings::MemoryBookings;
use crate::adapters::hall::MemoryHall;
use crate::adapters::http;
use crate::adapters::queue::{ChannelQueue, Inbox, queue};
use crate::domain::ports::Bookings;
use crate::domain::{Consume, Pay, Reserve};

/// The use cases, on adapters that they share. Copies are cheap and are the same shop.
#[derive(Clone)]
pub struct App {
    /// Reserves seats.
    pub reserve: Reserve,
    /// Takes payments.
    pub pay: Pay,
    /// Writes tickets.
    pub consume: Consume,
    /// The seats.
    pub hall: Arc<MemoryHall>,
    /// Where the money is.
    pub bank: Arc<LocalBank>,
    /// The queue between [`pay`](App::pay) and [`consume`](App::consume).
    pub queue: ChannelQueue,
}

impl App {
    /// A shop with so many seats, and the end of its queue that somebody has to [consume](Inbox::consume).
    pub fn open(metrics: Arc<dyn MetricsPort>, seats: u32) -> (App, Inbox) {
        let hall = Arc::new(MemoryHall::new(seats));
        let bank = Arc::new(LocalBank::default());
        let bookings: Arc<dyn Bookings> = Arc::new(MemoryBookings::default());
        let (queue, inbox) = queue();
        let app = App {
            reserve: Reserve { metrics: metrics.clone(), hall: hall.clone(), bookings: bookings.clone() },
            pay: Pay {
                metrics: metrics.clone(),
                hall: hall.clone(),
                bookings: bookings.clone(),
                gateway: bank.clone(),
                queue: Arc::new(queue.clone()),
            },
            consume: Consume { metrics, bookings },
            hall,
            bank,
            queue,
        };
        (app, inbox)
    }

    /// The same shop, with another place for its metrics.
    #[must_use]
    pub fn with_metrics(&self, metrics: &Arc<dyn MetricsPort>) -> App {
        let mut app = self.clone();
        for port in [&mut app.reserve.metrics, &mut app.pay.metrics, &mut app.consume.metrics] {
            *port = Arc::clone(metrics);
        }
        app
    }
}

/// Serves the HTTP API and consumes the queue until `shutdown` resolves; then answers what has been asked, and writes
/// the tickets of what has been paid.
///
/// # Errors
/// The listener failed.
pub async fn serve(
    listener: TcpListener,
    app: App,
    inbox: Inbox,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let consumer = tokio::spawn(inbox.consume(app.consume.clone()));
    axum::serve(listener, http::router(app)).with_graceful_shutdown(shutdown).await?;
    consumer.await.map_err(std::io::Error::other)
}
