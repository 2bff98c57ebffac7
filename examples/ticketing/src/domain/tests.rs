//! The use cases, each path of them, on the adapters in memory; the metrics go to a recording.

use std::sync::Arc;

use nepho::{Recorded, Unit};

use super::ports::{Hall, Receipt, TicketQueue};
use super::*;
use crate::adapters::bank::{DECLINED_CARD, GOOD_CARD};
use crate::adapters::queue::{Inbox, QUEUE_MESSAGES_MAX};
use crate::app::App;

/// A shop with two seats.
fn shop() -> (App, Inbox, Arc<Recorded>) {
    let recorded = Arc::new(Recorded::default());
    let (app, inbox) = App::open(recorded.clone(), 2);
    (app, inbox, recorded)
}

#[test]
fn a_seat_is_booked_once() {
    let (app, _inbox, recorded) = shop();
    let booking = app.reserve.run(Seat(1), "Ada").unwrap();
    assert_eq!((booking.seat, booking.customer.as_str(), booking.state), (Seat(1), "Ada", State::Reserved));
    assert_eq!(app.reserve.run(Seat(1), "Bob"), Err(BookingError::SeatTaken));

    assert_eq!(recorded.counter("booking.attempts"), 2);
    assert_eq!(recorded.counter("booking.success"), 1);
    assert_eq!(recorded.counter("booking.failure").with("error_type", "seat_taken"), 1);
    assert_eq!(recorded.values("booking.success_rate").in_unit(Unit::Percent), [100.0, 0.0]);
    assert_eq!(recorded.counter("reservation.lock_acquired"), 2);
    assert_eq!(recorded.counter("reservation.lock_failed"), 0);
    for (name, status) in [("booking.duration", Some("success")), ("booking.duration", Some("failure"))] {
        let selected = recorded.values(name).in_unit(Unit::Milliseconds);
        assert_eq!(status.into_iter().fold(selected, |all, status| all.with("status", status)).len(), 1, "{name}");
    }
    assert_eq!(recorded.values("reservation.lock_duration").in_unit(Unit::Milliseconds).len(), 2);
}

#[test]
fn who_meets_another_at_a_seat_does_not_wait() {
    let (app, _inbox, recorded) = shop();
    let held = app.hall.try_lock(Seat(2)).unwrap();
    assert_eq!(app.reserve.run(Seat(2), "Ada"), Err(BookingError::SeatLocked));
    assert_eq!(app.reserve.run(Seat(1), "Ada").unwrap().seat, Seat(1));
    drop(held);
    assert_eq!(app.reserve.run(Seat(2), "Ada").unwrap().seat, Seat(2));

    assert_eq!(recorded.counter("booking.failure").with("error_type", "seat_locked"), 1);
    assert_eq!(recorded.counter("reservation.lock_failed").without_dimensions(), 1);
    assert_eq!(recorded.counter("reservation.lock_acquired").without_dimensions(), 2);
}

#[test]
fn a_seat_that_does_not_exist_is_not_locked() {
    let (app, _inbox, recorded) = shop();
    for seat in [0, 3] {
        assert_eq!(app.reserve.run(Seat(seat), "Ada"), Err(BookingError::UnknownSeat));
    }
    assert_eq!(recorded.counter("booking.failure").with("error_type", "unknown_seat"), 2);
    assert!(recorded.points().iter().all(|point| !point.name.starts_with("reservation.")));
}

#[test]
fn a_booking_is_paid_once_and_gets_one_ticket() {
    let (app, mut inbox, recorded) = shop();
    let booking = app.reserve.run(Seat(1), "Ada").unwrap();
    assert_eq!(app.pay.run(booking.id, GOOD_CARD), Ok(Receipt(1)));
    assert_eq!(app.pay.run(booking.id, GOOD_CARD), Err(PaymentError::AlreadyPaid));
    assert_eq!(app.pay.run(BookingId(7), GOOD_CARD), Err(PaymentError::UnknownBooking));
    assert_eq!(app.bank.balance_cents(), u64::from(booking.price_cents));

    assert_eq!(recorded.counter("payment.attempts"), 3);
    assert_eq!(recorded.counter("payment.success"), 1);
    assert_eq!(recorded.counter("payment.failure"), 2);
    assert_eq!(recorded.values("payment.duration").in_unit(Unit::Milliseconds).len(), 3);

    inbox.consume_waiting(&app.consume);
    assert_eq!(recorded.counter("consumer.messages_processed"), 1);
    assert_eq!(recorded.counter("consumer.errors"), 0);
    assert_eq!(recorded.values("consumer.lag").in_unit(Unit::Count), [0.0]);
}

#[test]
fn a_declined_card_frees_the_seat() {
    let (app, mut inbox, recorded) = shop();
    let booking = app.reserve.run(Seat(1), "Ada").unwrap();
    assert_eq!(app.pay.run(booking.id, DECLINED_CARD), Err(PaymentError::Declined));
    assert_eq!(app.pay.run(booking.id, GOOD_CARD), Err(PaymentError::UnknownBooking));
    app.reserve.run(Seat(1), "Bob").unwrap();

    inbox.consume_waiting(&app.consume);
    assert_eq!(recorded.counter("payment.failure"), 2);
    assert_eq!(recorded.values("consumer.lag").len(), 0, "nobody gets a ticket");
}

#[test]
fn a_message_that_is_no_use_is_counted_and_left() {
    let (app, mut inbox, recorded) = shop();
    let reserved = app.reserve.run(Seat(1), "Ada").unwrap();
    let paid = app.reserve.run(Seat(2), "Bob").unwrap();
    app.pay.run(paid.id, GOOD_CARD).unwrap();
    let twice = Message { booking: paid.id };
    let messages = [b"{".to_vec(), Message { booking: BookingId(7) }.encode(), twice.encode()];
    for message in messages {
        app.queue.place().unwrap().put(message);
    }
    inbox.consume_waiting(&app.consume);
    assert_eq!(recorded.counter("consumer.messages_processed"), 1);
    assert_eq!(recorded.counter("consumer.errors"), 3);
    assert_eq!(recorded.values("consumer.lag"), [3.0, 2.0, 1.0, 0.0]);

    let cases = [
        (b"{\"booking\":\"1\"}".to_vec(), Err(ConsumeError::Malformed)),
        (Message { booking: reserved.id }.encode(), Err(ConsumeError::NotDue)),
        (twice.encode(), Err(ConsumeError::NotDue)),
        (Message { booking: BookingId(7) }.encode(), Err(ConsumeError::UnknownBooking)),
    ];
    for (message, expected) in cases {
        assert_eq!(app.consume.run(&message, 0), expected, "{}", String::from_utf8_lossy(&message));
    }
}

#[test]
fn a_full_queue_refuses_payments_before_the_card_is_charged() {
    let (app, mut inbox, recorded) = shop();
    let booking = app.reserve.run(Seat(1), "Ada").unwrap();
    for _ in 0..QUEUE_MESSAGES_MAX {
        app.queue.place().unwrap().put(Vec::new());
    }
    assert_eq!(app.pay.run(booking.id, GOOD_CARD), Err(PaymentError::QueueFull));
    assert_eq!(app.bank.balance_cents(), 0);

    inbox.consume_waiting(&app.consume);
    for _ in 1..QUEUE_MESSAGES_MAX {
        app.queue.place().unwrap().put(Vec::new());
    }
    assert!(
        app.pay.run(booking.id, GOOD_CARD).is_ok(),
        "there is one place left, and the seat is still the customer's"
    );
    assert!(app.queue.place().is_none());
    assert_eq!(recorded.counter("payment.failure"), 1);
    assert_eq!(recorded.counter("payment.success"), 1);
}
