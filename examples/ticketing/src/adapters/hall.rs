//! Seats in memory.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use crate::domain::Seat;
use crate::domain::ports::{Hall, LockError, LockedSeat};

/// What the seats of the first category cost, in cents.
const FRONT_CENTS: u32 = 9_000;
/// What the others cost.
const BACK_CENTS: u32 = 4_500;
/// How many of ten seats in a row are of the first category.
const FRONT_OF_TEN: u32 = 3;

/// Seats in memory, each behind a lock of its own: customers of different seats never meet.
#[derive(Debug)]
pub struct MemoryHall {
    seats: Vec<Mutex<IsTaken>>,
}

type IsTaken = bool;

struct Locked<'a> {
    is_taken: MutexGuard<'a, IsTaken>,
    seat: Seat,
}

impl MemoryHall {
    /// A hall of so many seats, numbered from 1, all free.
    pub fn new(seats: u32) -> Self {
        MemoryHall { seats: (0..seats).map(|_| Mutex::default()).collect() }
    }

    fn lock_of(&self, seat: Seat) -> Option<&Mutex<IsTaken>> {
        self.seats.get(seat.0.checked_sub(1)? as usize)
    }
}

impl Hall for MemoryHall {
    fn try_lock(&self, seat: Seat) -> Result<Box<dyn LockedSeat + '_>, LockError> {
        let is_taken = match self.lock_of(seat).ok_or(LockError::Unknown)?.try_lock() {
            Ok(is_taken) => is_taken,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Err(LockError::Contended),
        };
        Ok(Box::new(Locked { is_taken, seat }))
    }

    fn free(&self, seat: Seat) {
        if let Some(lock) = self.lock_of(seat) {
            *lock.lock().unwrap_or_else(PoisonError::into_inner) = false;
        }
    }
}

impl LockedSeat for Locked<'_> {
    fn is_taken(&self) -> bool {
        *self.is_taken
    }

    fn take(&mut self) {
        *self.is_taken = true;
    }

    fn price_cents(&self) -> u32 {
        if self.seat.0 % 10 < FRONT_OF_TEN { FRONT_CENTS } else { BACK_CENTS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_had_by_one_at_a_time() {
        let hall = MemoryHall::new(2);
        let error = |seat| hall.try_lock(Seat(seat)).err();
        let mut held = hall.try_lock(Seat(1)).unwrap();
        assert_eq!([error(0), error(1), error(2), error(3)], {
            [Some(LockError::Unknown), Some(LockError::Contended), None, Some(LockError::Unknown)]
        });
        held.take();
        drop(held);
        assert!(hall.try_lock(Seat(1)).unwrap().is_taken());
        hall.free(Seat(1));
        assert!(!hall.try_lock(Seat(1)).unwrap().is_taken());
    }
}
