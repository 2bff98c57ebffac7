//! What missing datapoints count as.

/// TreatMissingData.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TreatMissingData {
    /// As bad ones.
    Breaching,
    /// As good ones.
    NotBreaching,
    /// The state stays what it is.
    Ignore,
    /// As nothing: without any datapoint there is nothing to tell.
    Missing,
}

impl TreatMissingData {
    /// All of them, in the order in which CloudWatch's error names them.
    pub const ALL: [TreatMissingData; 4] = [
        TreatMissingData::Breaching,
        TreatMissingData::NotBreaching,
        TreatMissingData::Ignore,
        TreatMissingData::Missing,
    ];

    /// CloudWatch's name of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            TreatMissingData::Breaching => "breaching",
            TreatMissingData::NotBreaching => "notBreaching",
            TreatMissingData::Ignore => "ignore",
            TreatMissingData::Missing => "missing",
        }
    }

    /// The treatment of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        TreatMissingData::ALL.into_iter().find(|treatment| treatment.as_str() == name)
    }

    /// What state reasons say of datapoints that stand in for missing ones; of the treatments that let any do so.
    pub(super) const fn filler_words(self) -> Option<&'static str> {
        match self {
            TreatMissingData::Breaching => Some("Breaching"),
            TreatMissingData::NotBreaching => Some("NonBreaching"),
            TreatMissingData::Ignore | TreatMissingData::Missing => None,
        }
    }
}

impl std::fmt::Display for TreatMissingData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_cloudwatch() {
        for treatment in TreatMissingData::ALL {
            assert_eq!(TreatMissingData::parse(treatment.as_str()), Some(treatment));
        }
        assert_eq!(TreatMissingData::parse("Breaching"), None);
    }
}
