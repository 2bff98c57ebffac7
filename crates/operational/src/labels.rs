//! Labels: what a sample is about, beside its type.

use crate::fault::Fault;
use crate::metric_type::MetricType;

/// Labels of one sample.
pub const LABELS_MAX: usize = 10;
/// The longest name of a label, in characters.
pub const LABEL_NAME_LENGTH_MAX: usize = 32;
/// The longest label with its name, in characters: `actor:process_email` goes into `labels_key`, a `varchar(100)`.
pub const LABELS_KEY_LENGTH_MAX: usize = 100;

/// Checks the name of a label.
pub(crate) fn check_name(label: &str) -> Result<(), Fault> {
    let is_allowed = |found: char| found.is_ascii_alphanumeric() || "_-.".contains(found);
    if label.is_empty() || label.len() > LABEL_NAME_LENGTH_MAX || !label.chars().all(is_allowed) {
        return Err(Fault::LabelName { label: label.chars().take(LABEL_NAME_LENGTH_MAX).collect() });
    }
    Ok(())
}

/// Writes labels as a JSON object, in the order in which the type has them; `None` when there are none.
///
/// The order matters: the first label is what daily rows are kept by, also for whoever does not know the type.
pub(crate) fn to_json(metric_type: &MetricType, labels: &[(&str, &str)]) -> Result<Option<String>, Fault> {
    check(metric_type, labels)?;
    if labels.is_empty() {
        return Ok(None);
    }
    let mut json = String::from("{");
    for name in metric_type.labels() {
        let Some((_, value)) = labels.iter().find(|(given, _)| given == name) else { continue };
        if json.len() > 1 {
            json.push(',');
        }
        push_quoted(&mut json, name);
        json.push(':');
        push_quoted(&mut json, value);
    }
    json.push('}');
    Ok(Some(json))
}

/// Most labels have nothing to escape; a batch has many.
fn push_quoted(json: &mut String, text: &str) {
    match text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        true => json.push_str(&serde_json::to_string(text).expect("text is always JSON")),
        false => {
            json.push('"');
            json.push_str(text);
            json.push('"');
        }
    }
}

fn check(metric_type: &MetricType, labels: &[(&str, &str)]) -> Result<(), Fault> {
    let of = || metric_type.name().to_owned();
    if labels.len() > LABELS_MAX {
        return Err(Fault::TooManyLabels { metric_type: of(), count: labels.len() });
    }
    for (position, (label, value)) in labels.iter().enumerate() {
        let named = || ((*label).to_owned(), of());
        if !metric_type.labels().iter().any(|known| known == label) {
            let ((label, metric_type), allowed) = (named(), allowed(metric_type));
            return Err(Fault::UnknownLabel { metric_type, label, allowed });
        }
        if labels[..position].iter().any(|(earlier, _)| earlier == label) {
            let (label, metric_type) = named();
            return Err(Fault::RepeatedLabel { metric_type, label });
        }
        if value.is_empty() {
            let (label, metric_type) = named();
            return Err(Fault::EmptyLabel { metric_type, label });
        }
        if let Some(found) = value.chars().find(|found| found.is_control()) {
            let (label, metric_type) = named();
            return Err(Fault::Control { metric_type, label, found });
        }
        let length = label.len() + 1 + value.chars().count();
        if length > LABELS_KEY_LENGTH_MAX {
            let (label, metric_type) = named();
            let value = value.chars().take(LABELS_KEY_LENGTH_MAX).collect();
            return Err(Fault::LongLabel { metric_type, label, value, length });
        }
    }
    Ok(())
}

fn allowed(metric_type: &MetricType) -> String {
    match metric_type.labels() {
        [] => "no labels".to_owned(),
        labels => labels.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(labels: &[(&str, &str)], expected: Result<Option<&str>, &str>) {
        let metric_type = MetricType::new("processing_time_ms", &["actor", "stage"]).unwrap();
        let json = to_json(&metric_type, labels).map_err(|fault| fault.to_string());
        match expected {
            Ok(expected) => assert_eq!(json, Ok(expected.map(str::to_owned))),
            Err(expected) => {
                let fault = json.unwrap_err();
                assert!(fault.contains(expected), "{fault}");
            }
        }
    }

    #[test]
    fn labels_are_written_in_the_order_of_their_type() {
        check(&[], Ok(None));
        check(&[("stage", "parse")], Ok(Some(r#"{"stage":"parse"}"#)));
        check(&[("stage", "parse"), ("actor", "a")], Ok(Some(r#"{"actor":"a","stage":"parse"}"#)));
        check(&[("actor", "a\"}'; --\\")], Ok(Some(r#"{"actor":"a\"}'; --\\"}"#)));
    }

    #[test]
    fn a_name_has_up_to_32_characters_of_a_few_kinds() {
        for name in ["a", "error_type", "A-1.b", &"n".repeat(LABEL_NAME_LENGTH_MAX)] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", "no label", "a:b", "größe", "a\0", &"n".repeat(LABEL_NAME_LENGTH_MAX + 1)] {
            assert!(matches!(check_name(name), Err(Fault::LabelName { .. })), "{name}");
        }
    }

    #[test]
    fn what_is_wrong_with_labels_is_named() {
        let at_the_limit = "x".repeat(LABELS_KEY_LENGTH_MAX - "actor:".len());
        check(&[("actor", &at_the_limit)], Ok(Some(&format!(r#"{{"actor":"{at_the_limit}"}}"#))));
        let past_it = "ü".repeat(LABELS_KEY_LENGTH_MAX - "actor:".len() + 1);
        check(&[("actor", &past_it)], Err("has 101 characters, more than the limit of 100"));
        check(&[("queue", "q")], Err("label \"queue\" is unknown; the type has actor, stage"));
        check(&[("actor", "")], Err("label \"actor\" is empty"));
        check(&[("actor", "a\0")], Err("label \"actor\" contains the control character '\\0'"));
        check(&[("actor", "a"), ("actor", "b")], Err("label \"actor\" is given twice"));
        check(&[("actor", "a"); LABELS_MAX + 1], Err("11 labels, more than the limit of 10"));
    }

    proptest! {
        #[test]
        fn whatever_is_taken_reads_back_as_it_was(actor in "\\PC{1,94}", stage in "\\PC{1,94}") {
            let metric_type = MetricType::new("t", &["actor", "stage"]).unwrap();
            if let Ok(json) = to_json(&metric_type, &[("actor", &actor), ("stage", &stage)]) {
                let read: std::collections::BTreeMap<String, String> = serde_json::from_str(&json.unwrap()).unwrap();
                prop_assert_eq!((&read["actor"], &read["stage"]), (&actor, &stage));
            }
        }
    }
}
