//! The name a request goes by in its answer and in the log, and whatever else is random.

/// A new request id: a random UUID.
#[expect(clippy::disallowed_methods, reason = "this is where the server's randomness comes from")]
pub(crate) fn new() -> uuid::Uuid {
    uuid::Uuid::new_v4()
}

/// A number from 0 to 1.
pub(crate) fn fraction() -> f64 {
    f64::from((new().as_u128() >> 96) as u32) / f64::from(u32::MAX)
}

/// Bytes that nobody can guess.
pub(crate) fn secret() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    bytes
}
