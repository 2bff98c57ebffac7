//! The series of an alarm that is about many.

use crate::insights::Label;

/// A series of a query with GROUP BY, by what its metrics have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contributor {
    /// AlarmContributorId: 16 hexadecimal digits.
    pub id: String,
    /// AlarmContributorAttributes: names and values, in the order of GROUP BY.
    pub attributes: Vec<(String, String)>,
}

impl Contributor {
    /// The contributor with these values of what the query groups by.
    pub fn new(labels: &[Label], values: &[String]) -> Self {
        let name = |label: &Label| match label {
            Label::Dimension(name) => name.clone(),
            Label::Account => "AWS.AccountId".to_owned(),
        };
        let attributes: Vec<_> = labels.iter().map(name).zip(values.iter().cloned()).collect();
        let parts = attributes.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
        Contributor { id: format!("{:016x}", hash(parts)), attributes }
    }
}

/// The FNV-1a hash of texts, each with its end.
pub(super) fn hash<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let bytes = texts.into_iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contributors_are_told_apart_by_names_and_values() {
        let label = |name: &str| Label::Dimension(name.to_owned());
        let of = |labels: &[Label], values: &[&str]| {
            let values: Vec<_> = values.iter().map(|value| (*value).to_owned()).collect();
            Contributor::new(labels, &values)
        };
        let one = of(&[label("Host"), Label::Account], &["a", "123456789012"]);
        let attributes = [("Host".to_owned(), "a".to_owned()), ("AWS.AccountId".to_owned(), "123456789012".to_owned())];
        assert_eq!(one.attributes, attributes);
        assert_eq!(one.id.len(), 16);
        assert_eq!(one, of(&[label("Host"), Label::Account], &["a", "123456789012"]));
        let others = [
            of(&[label("Host"), Label::Account], &["b", "123456789012"]),
            of(&[label("Hos"), Label::Account], &["ta", "123456789012"]),
            of(&[label("Host")], &["a"]),
        ];
        assert!(others.iter().all(|other| other.id != one.id));
    }
}
