//! What the customers do: each visit follows from its number alone, so that every path is taken, in known shares.

use crate::adapters::bank::{DECLINED_CARD, GOOD_CARD};
use crate::domain::{BookingId, Seat};

/// After so many visits it begins anew.
pub const CYCLE: u64 = 20;
/// A seat that the box office holds the lock of.
pub const BOX_OFFICE: Seat = Seat(1);
/// A seat that is sold before all others.
pub const SOLD: Seat = Seat(2);
/// A seat that does not exist.
const MISSING: Seat = Seat(0);
/// A booking that does not exist.
pub const NO_BOOKING: BookingId = BookingId(0);
/// The first seat that is for sale.
const FIRST: u64 = 3;
/// So many visits beside each other rush for one seat: two of each cycle in ten cycles.
const RUSH: u64 = 10 * CYCLE;

/// One visit of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// The seat that the customer wants.
    pub seat: Seat,
    /// The card that it is paid with.
    pub card: &'static str,
    /// Whether a booking that does not exist is paid as well.
    pub pays_nothing: bool,
    /// Whether another producer puts a message into the queue that nobody can read.
    pub is_disturbed: bool,
}

impl Visit {
    /// The visit with a number.
    pub fn of(number: u64) -> Self {
        let plain = Visit { seat: seat(number), card: GOOD_CARD, pays_nothing: false, is_disturbed: false };
        match number % CYCLE {
            0 => Visit { seat: BOX_OFFICE, ..plain },
            1 => Visit { seat: MISSING, ..plain },
            2 => Visit { seat: SOLD, ..plain },
            3 => Visit { card: DECLINED_CARD, ..plain },
            4 => Visit { pays_nothing: true, ..plain },
            5 => Visit { is_disturbed: true, ..plain },
            18 | 19 => Visit { seat: seat(number - number % RUSH), ..plain },
            _ => plain,
        }
    }
}

/// The seat that is for sale to a visit alone. Those of visits that want another one are for the rush.
fn seat(number: u64) -> Seat {
    Seat(u32::try_from(FIRST + number).unwrap_or(u32::MAX))
}

/// How many seats so many visits need.
pub fn seats(visits: u32) -> u32 {
    visits.saturating_add(FIRST as u32)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn nobody_but_the_rush_meets_another() {
        let mut visitors: BTreeMap<u32, u32> = BTreeMap::new();
        for number in 0..2 * RUSH {
            *visitors.entry(Visit::of(number).seat.0).or_default() += 1;
        }
        let cycles = (2 * RUSH / CYCLE) as u32;
        for seat in [MISSING, BOX_OFFICE, SOLD] {
            assert_eq!(visitors.remove(&seat.0), Some(cycles), "{seat:?}");
        }
        for rush in [FIRST, FIRST + RUSH] {
            assert_eq!(visitors.remove(&(rush as u32)), Some(cycles), "{rush}");
        }
        assert_eq!(visitors.len() as u32, cycles * 15);
        assert!(visitors.values().all(|visits| *visits == 1));
        assert!(visitors.keys().all(|seat| *seat <= seats(2 * RUSH as u32)));
    }
}
