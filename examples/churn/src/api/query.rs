//! The parameters of a request.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

/// The parameters of a request, by name.
#[derive(Debug, Default)]
pub(super) struct Query(BTreeMap<String, String>);

impl Query {
    pub(super) fn parse(text: Option<&str>) -> Self {
        let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = text.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        Query(pairs.map(|(name, value)| (decode(name), decode(value))).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All whose names begin so, by the rest of their names.
    pub(super) fn below(&self, prefix: &str) -> BTreeMap<String, String> {
        let rest = |(name, value): (&String, &String)| Some((name.strip_prefix(prefix)?.to_owned(), value.clone()));
        self.0.iter().filter_map(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded() {
        let query = Query::parse(Some("file=my%20file+1.csv&column.contract=Vertrag+%C3%9C&flag&priority="));
        assert_eq!((query.get("file"), query.get("priority")), (Some("my file 1.csv"), Some("")));
        assert_eq!(query.below("column."), BTreeMap::from([("contract".to_owned(), "Vertrag Ü".to_owned())]));
        assert_eq!(Query::parse(None).get("file"), None);
    }
}
