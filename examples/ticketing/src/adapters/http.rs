//! The HTTP API. It translates between HTTP and use cases, and measures nothing.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /bookings {"seat": 17, "customer": "Ada"}` | 201 `{"booking": 1, "price_cents": 4500}` |
//! | `POST /payments {"booking": 1, "card": "4242424242424242"}` | 200 `{"receipt": 1}` |
//! | `GET /health` | 200 `{"status": "ok"}` |
//!
//! What goes wrong is answered with a status and `{"error": "seat_taken"}`, where the word is the error's.

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::{BookingError, BookingId, PaymentError, Seat};

/// The largest body of a request. One byte more is answered with 413.
pub const BODY_BYTES_MAX: usize = 4096;

/// What a customer sends to reserve a seat.
#[derive(Debug, Serialize, Deserialize)]
pub struct BookingRequest {
    /// The seat.
    pub seat: Seat,
    /// Who wants it.
    pub customer: String,
}

/// What a customer sends to pay.
#[derive(Debug, Serialize, Deserialize)]
pub struct PaymentRequest {
    /// The booking.
    pub booking: BookingId,
    /// The number of the card.
    pub card: String,
}

type Answer = (StatusCode, Json<Value>);

/// The routes of the API.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/bookings", post(book))
        .route("/payments", post(pay))
        .route("/health", get(|| async { Json(json!({"status": "ok"})) }))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(app)
}

async fn book(State(app): State<App>, Json(request): Json<BookingRequest>) -> Answer {
    match app.reserve.run(request.seat, &request.customer) {
        Ok(booking) => {
            let answer = json!({"booking": booking.id, "price_cents": booking.price_cents});
            (StatusCode::CREATED, Json(answer))
        }
        Err(error) => {
            let status = match error {
                BookingError::UnknownSeat => StatusCode::NOT_FOUND,
                BookingError::SeatLocked | BookingError::SeatTaken => StatusCode::CONFLICT,
            };
            (status, Json(json!({"error": error.to_string()})))
        }
    }
}

async fn pay(State(app): State<App>, Json(request): Json<PaymentRequest>) -> Answer {
    match app.pay.run(request.booking, &request.card) {
        Ok(receipt) => (StatusCode::OK, Json(json!({"receipt": receipt.0}))),
        Err(error) => {
            let status = match error {
                PaymentError::UnknownBooking => StatusCode::NOT_FOUND,
                PaymentError::AlreadyPaid => StatusCode::CONFLICT,
                PaymentError::QueueFull => StatusCode::SERVICE_UNAVAILABLE,
                PaymentError::Declined => StatusCode::PAYMENT_REQUIRED,
            };
            (status, Json(json!({"error": error.to_string()})))
        }
    }
}
