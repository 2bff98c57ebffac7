//! Shapes as a query client writes them.

use serde::Serialize;
use serde_json::Value;

/// Writes a shape as a query client would. Members that are maps are known by their names.
pub(crate) fn form(shape: &impl Serialize) -> String {
    let mut pairs = Vec::new();
    flatten(&serde_json::to_value(shape).unwrap(), "", &mut pairs);
    pairs.join("&")
}

fn flatten(value: &Value, key: &str, pairs: &mut Vec<String>) {
    let below = |part: &str| match key {
        "" => part.to_owned(),
        _ => format!("{key}.{part}"),
    };
    let is_map = key.ends_with("Attributes");
    match value {
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                flatten(item, &below(&format!("member.{}", index + 1)), pairs);
            }
        }
        Value::Object(members) if !members.is_empty() && is_map => {
            for (index, (name, member)) in members.iter().enumerate() {
                let entry = below(&format!("entry.{}", index + 1));
                pairs.push(format!("{entry}.key={}", escape(name)));
                flatten(member, &format!("{entry}.value"), pairs);
            }
        }
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                flatten(member, &below(name), pairs);
            }
        }
        Value::Array(_) | Value::Object(_) => pairs.push(format!("{key}=")),
        Value::String(text) => pairs.push(format!("{key}={}", escape(text))),
        other => pairs.push(format!("{key}={}", escape(&other.to_string()))),
    }
}

fn escape(text: &str) -> String {
    let escaped = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
    escaped.to_string().replace("%20", "+")
}
