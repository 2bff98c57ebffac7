//! Which of CloudWatch's error codes a fault has.

/// The code that CloudWatch answers a fault with. The wire's spelling and status of each is `nepho-protocol`'s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultCode {
    /// `ValidationError`.
    Validation,
    /// `InvalidParameterValue`.
    InvalidParameterValue,
    /// `InvalidParameterCombination`.
    InvalidParameterCombination,
    /// `MissingParameter`.
    MissingParameter,
    /// `InvalidFormat`.
    InvalidFormat,
    /// `LimitExceeded`.
    LimitExceeded,
    /// `ResourceNotFound`.
    ResourceNotFound,
}
