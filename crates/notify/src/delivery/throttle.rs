//! How many deliveries an endpoint gets a second.

use nepho_model::Timestamp;

/// How long a stretch is within which deliveries are counted, in milliseconds.
const STRETCH_MS: i64 = 1000;

/// Counts the deliveries to one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Throttle {
    /// When the stretch has begun; `None` before the first delivery.
    begun: Option<Timestamp>,
    /// Deliveries in it.
    count: u32,
}

impl Throttle {
    /// Takes a place for a delivery now.
    ///
    /// # Errors
    /// There is none; a time from which on there is one.
    pub fn take(&mut self, per_second_max: u32, now: Timestamp) -> Result<(), Timestamp> {
        let end = self.begun.map(|begun| Timestamp::from_millis(begun.millis().saturating_add(STRETCH_MS)));
        match end {
            // A clock that was set back begins anew.
            Some(end) if now < end && self.begun.is_some_and(|begun| begun <= now) => match self.count < per_second_max
            {
                true => {
                    self.count += 1;
                    Ok(())
                }
                false => Err(end),
            },
            _ => {
                *self = Throttle { begun: Some(now), count: 1 };
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn places_are_given_by_the_second() {
        let mut throttle = Throttle::default();
        let taken = [0, 0, 500, 999, 1000, 1500, 1999, 2000].map(|millis| throttle.take(2, at(millis)));
        let full = |until| Err(at(until));
        assert_eq!(taken, [Ok(()), Ok(()), full(1000), full(1000), Ok(()), Ok(()), full(2000), Ok(())]);
        assert_eq!(throttle.take(2, at(-5000)), Ok(()), "a clock that was set back");
    }

    proptest! {
        #[test]
        fn no_stretch_has_more_than_it_may(
            most in 1_u32..5,
            steps in prop::collection::vec(0_i64..700, 0..60),
        ) {
            let mut throttle = Throttle::default();
            let (mut now, mut begun, mut count) = (0, None, 0);
            for step in steps {
                now += step;
                match throttle.take(most, at(now)) {
                    Ok(()) => match begun {
                        Some(start) if now < start + 1000 => count += 1,
                        _ => (begun, count) = (Some(now), 1),
                    },
                    Err(until) => {
                        prop_assert!(until > at(now) && until <= at(now + 1000));
                        prop_assert_eq!(count, most);
                    }
                }
                prop_assert!(count <= most);
            }
        }
    }
}
