//! The life of one delivery, from when it is due to where it ends.
//!
//! A delivery is tried at its endpoint until the endpoint takes it, refuses it, or all retries are used up; what is not
//! delivered goes to the dead-letter queue of its subscription, if there is one. [`Delivery::step`] is told what came of an
//! attempt, and says what is next.
//!
//! ```
//! use nepho_model::Timestamp;
//! use nepho_notify::delivery::{Delivery, Outcome, Terms};
//! use nepho_notify::retry::RetryPolicy;
//!
//! let terms = Terms { retries: RetryPolicy::HTTP, has_dead_letter_queue: false };
//! let now = Timestamp::from_seconds(1_767_225_600);
//! let waiting = Delivery::new(now).step(&terms, Outcome::of_status(503), now, 0.0);
//! assert_eq!(waiting, Delivery::Waiting { attempts: 1, due: now.plus_seconds(20) });
//! let done = waiting.step(&terms, Outcome::of_status(200), now.plus_seconds(20), 0.0);
//! assert_eq!(done, Delivery::Delivered { attempts: 2 });
//! ```

mod lanes;
mod life;
mod outcome;
mod throttle;

pub use lanes::{
    Destination, Full, IN_FLIGHT_OF_ENDPOINT_MAX, IN_FLIGHT_OF_FAILING_MAX, IN_FLIGHT_OF_HTTP_MAX,
    IN_FLIGHT_OF_MAIL_MAX, IN_FLIGHT_OF_QUEUES_MAX, LaneRules, Lanes, WAITING_MAX,
};
pub use life::{Delivery, JITTER_SHARE, Terms};
pub use outcome::Outcome;
pub use throttle::Throttle;
