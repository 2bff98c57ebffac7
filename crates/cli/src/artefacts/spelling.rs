//! How members are called.

use std::borrow::Cow;

/// How members are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// `AlarmName`, and lists of dimensions and tags.
    Aws,
    /// `alarm_name`, maps of dimensions and tags, blocks as lists, and empty text as none.
    Terraform,
}

impl Spelling {
    /// A member of this name, which is AWS's, as it is spelled.
    pub(crate) fn of(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::Aws => Cow::Borrowed(name),
            Self::Terraform => Cow::Owned(terraform_name(name)),
        }
    }
}

/// Members that Terraform calls otherwise.
const TERRAFORM_NAMES: [(&str, &str); 4] = [
    ("EvaluateLowSampleCountPercentile", "evaluate_low_sample_count_percentiles"),
    ("MetricStat", "metric"),
    ("Metrics", "metric_query"),
    ("PromQLCriteria", "promql_criteria"),
];

/// AWS's name of a member as Terraform spells it: `OKActions` is `ok_actions`.
fn terraform_name(name: &str) -> String {
    if let Some((_, spelled)) = TERRAFORM_NAMES.iter().find(|(aws, _)| *aws == name) {
        return (*spelled).to_owned();
    }
    let letters: Vec<char> = name.chars().collect();
    let mut spelled = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let after_small = at > 0 && letters[at - 1].is_lowercase();
        let before_small = at > 0 && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_small || before_small) {
            spelled.push('_');
        }
        spelled.extend(letter.to_lowercase());
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terraform_names_are_spelled_out() {
        for (name, expect) in [
            ("AlarmName", "alarm_name"),
            ("OKActions", "ok_actions"),
            ("PromQLCriteria", "promql_criteria"),
            ("Id", "id"),
            ("SMSText", "sms_text"),
            ("EvaluateLowSampleCountPercentile", "evaluate_low_sample_count_percentiles"),
        ] {
            assert_eq!(terraform_name(name), expect);
        }
    }
}
