//! The customers: each one a connection, a loop of visits, and counts of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::StatusCode;
use serde_json::Value;
use tokio::task::JoinSet;

use super::client::{Failure, HttpClient};
use super::counts::Counts;
use super::visit::{NO_BOOKING, SOLD, Visit};
use crate::adapters::bank::GOOD_CARD;
use crate::adapters::http::{BookingRequest, PaymentRequest};
use crate::adapters::queue::ChannelQueue;
use crate::domain::ports::TicketQueue;
use crate::domain::{BookingId, Seat};

/// Sells the first seat, then makes so many visits, by so many customers at the same time.
pub(super) async fn run(
    address: SocketAddr,
    queue: &ChannelQueue,
    visits: u32,
    customers: u32,
) -> Result<Counts, Failure> {
    let mut first = Customer::connect(address, queue).await?;
    first.visit(&Visit { seat: SOLD, card: GOOD_CARD, pays_nothing: false, is_disturbed: false }).await?;
    let next = Arc::new(AtomicU64::new(0));
    let mut running = JoinSet::new();
    for _ in 0..customers {
        let mut customer = Customer::connect(address, queue).await?;
        let next = Arc::clone(&next);
        running.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= u64::from(visits) {
                    return Ok::<_, Failure>(customer.counts);
                }
                customer.visit(&Visit::of(number)).await?;
            }
        });
    }
    let mut counts = first.counts;
    while let Some(ended) = running.join_next().await {
        counts.add(&ended.map_err(|error| Failure::new(error.to_string()))??);
    }
    Ok(counts)
}

struct Customer {
    http: HttpClient,
    queue: ChannelQueue,
    counts: Counts,
}

impl Customer {
    async fn connect(address: SocketAddr, queue: &ChannelQueue) -> Result<Self, Failure> {
        let http = HttpClient::connect(address, address.to_string()).await?;
        Ok(Customer { http, queue: queue.clone(), counts: Counts::default() })
    }

    async fn visit(&mut self, visit: &Visit) -> Result<(), Failure> {
        if visit.is_disturbed && self.disturb() {
            self.counts.disturbances += 1;
        }
        if let Some(booking) = self.book(visit.seat).await? {
            self.pay(booking, visit.card).await?;
        }
        if visit.pays_nothing {
            self.pay(NO_BOOKING, visit.card).await?;
        }
        Ok(())
    }

    fn disturb(&self) -> bool {
        let place = self.queue.place();
        place.map(|place| place.put(b"no message of ours".to_vec())).is_some()
    }

    async fn book(&mut self, seat: Seat) -> Result<Option<BookingId>, Failure> {
        let request = BookingRequest { seat, customer: "Ada".to_owned() };
        self.counts.bookings += 1;
        let (status, answer) = self.post("/bookings", &request).await?;
        if status == StatusCode::CREATED {
            self.counts.booked += 1;
            return Ok(answer["booking"].as_u64().map(BookingId));
        }
        let word = answer["error"].as_str().ok_or_else(|| strange(status, &answer))?;
        *self.counts.refused.entry(word.to_owned()).or_default() += 1;
        Ok(None)
    }

    async fn pay(&mut self, booking: BookingId, card: &str) -> Result<(), Failure> {
        let request = PaymentRequest { booking, card: card.to_owned() };
        self.counts.payments += 1;
        let (status, answer) = self.post("/payments", &request).await?;
        match status {
            StatusCode::OK => self.counts.paid += 1,
            _ if answer["error"].is_string() => {}
            _ => return Err(strange(status, &answer)),
        }
        Ok(())
    }

    async fn post(&mut self, path: &str, request: &impl serde::Serialize) -> Result<(StatusCode, Value), Failure> {
        let body = serde_json::to_vec(request).map_err(|error| Failure::new(error.to_string()))?;
        self.http.post(path, body).await
    }
}

fn strange(status: StatusCode, answer: &Value) -> Failure {
    Failure::new(format!("the service answered {status} {answer}"))
}
