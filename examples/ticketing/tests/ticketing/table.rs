//! The table of the reference application, letter for letter: metric, unit, and the dimension it has beside `Service`
//! and `Environment`.

pub(crate) const TABLE: [(&str, &str, Option<&str>); 15] = [
    ("booking.attempts", "Count", None),
    ("booking.success", "Count", None),
    ("booking.failure", "Count", Some("error_type")),
    ("booking.duration", "Milliseconds", Some("status")),
    ("booking.success_rate", "Percent", None),
    ("payment.attempts", "Count", None),
    ("payment.success", "Count", None),
    ("payment.failure", "Count", None),
    ("payment.duration", "Milliseconds", None),
    ("reservation.lock_acquired", "Count", None),
    ("reservation.lock_failed", "Count", None),
    ("reservation.lock_duration", "Milliseconds", None),
    ("consumer.messages_processed", "Count", None),
    ("consumer.errors", "Count", None),
    ("consumer.lag", "Count", None),
];
