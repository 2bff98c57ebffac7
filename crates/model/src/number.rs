//! Which numbers a metric may have.

/// The largest magnitude of a value: CloudWatch takes -2^360 to 2^360.
// f64 has no const powi; the bits are exponent 1023 + 360, mantissa zero.
pub const MAX_MAGNITUDE: f64 = f64::from_bits((1023 + 360) << 52);

/// Why a number is no metric value.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NumberFault {
    /// Not a number, or infinite.
    #[error("value {0} is not finite")]
    NotFinite(f64),
    /// Beyond [`MAX_MAGNITUDE`].
    #[error("value {0} exceeds the magnitude limit of 2^360")]
    TooLarge(f64),
}

/// Checks that `value` is finite and within [`MAX_MAGNITUDE`]; gives it back with negative zero made zero.
///
/// # Errors
/// Names the value.
pub fn check_number(value: f64) -> Result<f64, NumberFault> {
    if !value.is_finite() {
        return Err(NumberFault::NotFinite(value));
    }
    if value.abs() > MAX_MAGNITUDE {
        return Err(NumberFault::TooLarge(value));
    }
    Ok(value + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_two_to_the_360() {
        assert_eq!(MAX_MAGNITUDE, 2f64.powi(360));
        assert_eq!(check_number(-MAX_MAGNITUDE), Ok(-MAX_MAGNITUDE));
        let past = MAX_MAGNITUDE * 1.001;
        assert_eq!(check_number(past), Err(NumberFault::TooLarge(past)));
        assert!(matches!(check_number(f64::NAN), Err(NumberFault::NotFinite(_))));
        assert_eq!(check_number(f64::INFINITY), Err(NumberFault::NotFinite(f64::INFINITY)));
    }
}
