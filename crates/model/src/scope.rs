//! Whose metrics: the account and Region that everything is kept by.

/// An account in a Region. One scope never sees another's metrics.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    /// The 12-digit account id.
    pub account: String,
    /// The Region's name, such as `us-east-1`.
    pub region: String,
}

impl Scope {
    /// The scope of `account` in `region`.
    pub fn new(account: impl Into<String>, region: impl Into<String>) -> Self {
        Scope { account: account.into(), region: region.into() }
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.account, self.region)
    }
}
