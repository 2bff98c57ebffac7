//! `--dimension`: `NAME=VALUE`, and as a filter also `NAME` alone.

use std::collections::BTreeMap;

use nepho_model::{MAX_DIMENSION_VALUE, check_dimension_name};

use crate::shell;

/// A dimension of a metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Dimension {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// What metrics are to have: a dimension of this name, and of this value if one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DimensionFilter {
    pub(crate) name: String,
    pub(crate) value: Option<String>,
}

/// Reads `NAME=VALUE`. The value may hold further equals signs.
pub(crate) fn parse(text: &str) -> Result<Dimension, String> {
    let expected = "expected NAME=VALUE, as in --dimension Service=web";
    let (name, value) = text.split_once('=').ok_or_else(|| format!("no '=' in it: {expected}"))?;
    checked(name, value).map_err(|fault| format!("{fault}: {expected}"))
}

/// The dimension of this name and value.
pub(crate) fn checked(name: &str, value: &str) -> Result<Dimension, String> {
    check_dimension_name(name).map_err(|fault| format!("the name {name:?} {fault}"))?;
    if value.is_empty() || value.len() > MAX_DIMENSION_VALUE {
        return Err(format!("the value has {} of 1 to {MAX_DIMENSION_VALUE} characters", value.len()));
    }
    Ok(Dimension { name: name.to_owned(), value: value.to_owned() })
}

/// Reads `NAME=VALUE` or `NAME`.
pub(crate) fn parse_filter(text: &str) -> Result<DimensionFilter, String> {
    if text.contains('=') {
        return parse(text).map(|dimension| DimensionFilter { name: dimension.name, value: Some(dimension.value) });
    }
    check_dimension_name(text).map_err(|fault| {
        format!("the name {fault}: expected NAME or NAME=VALUE, as in --dimension Service or --dimension Service=web")
    })?;
    Ok(DimensionFilter { name: text.to_owned(), value: None })
}

/// Dimensions as people read them: `Service=web, Stage=live`.
pub(crate) fn text_of(dimensions: &[Dimension]) -> String {
    let one = |dimension: &Dimension| format!("{}={}", dimension.name, dimension.value);
    dimensions.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Dimensions as JSON has them.
pub(crate) fn map_of(dimensions: &[Dimension]) -> BTreeMap<&str, &str> {
    dimensions.iter().map(|dimension| (dimension.name.as_str(), dimension.value.as_str())).collect()
}

/// Dimensions as flags of a command that can be typed, with a space before each.
pub(crate) fn flags_of(dimensions: &[Dimension]) -> String {
    let flag = |d: &Dimension| format!(" --dimension {}", shell::quoted(&format!("{}={}", d.name, d.value)));
    dimensions.iter().map(flag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dimension(name: &str, value: &str) -> Dimension {
        Dimension { name: name.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn dimensions_are_read_and_written() {
        assert_eq!(parse("Service=web"), Ok(dimension("Service", "web")));
        assert_eq!(parse("Path=/?a=b"), Ok(dimension("Path", "/?a=b")));
        assert!(parse("Service").unwrap_err().contains("Service=web"));
        assert!(parse("=web").is_err() && parse("Service=").is_err() && parse(":a=b").is_err());
        let some = [dimension("Service", "web"), dimension("Path", "/a b")];
        assert_eq!(text_of(&some), "Service=web, Path=/a b");
        assert_eq!(flags_of(&some), " --dimension Service=web --dimension 'Path=/a b'");
    }

    #[test]
    fn filters_need_no_value() {
        assert_eq!(parse_filter("Stage"), Ok(DimensionFilter { name: "Stage".to_owned(), value: None }));
        let filter = DimensionFilter { name: "Stage".to_owned(), value: Some("live".to_owned()) };
        assert_eq!(parse_filter("Stage=live"), Ok(filter));
        assert!(parse_filter("").is_err());
    }
}
