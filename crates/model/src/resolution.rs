//! How finely a sample's time is kept.

/// CloudWatch's StorageResolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Resolution {
    /// High resolution: one second.
    Second,
    /// Standard resolution: one minute.
    #[default]
    Minute,
}

impl Resolution {
    /// The resolution of `seconds`, which is 1 or 60.
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        match seconds {
            1 => Some(Resolution::Second),
            60 => Some(Resolution::Minute),
            _ => None,
        }
    }

    /// The length of one time slot in seconds.
    pub const fn seconds(self) -> i64 {
        match self {
            Resolution::Second => 1,
            Resolution::Minute => 60,
        }
    }
}
