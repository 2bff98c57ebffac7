//! Texts with places that nothing fills.

use super::{Definitions, Finding, Inventory, Rule, Severity, called};
use crate::artefacts::Found;

pub(super) static RULE: Rule = Rule {
    id: "unfilled-placeholder",
    severity: Severity::Warning,
    needs_inventory: false,
    what: "A name or description with a placeholder that nothing fills.",
    why: "CloudWatch sends the text as it is written: {}, {0}, {name}, {{ $value }}, ${name} and %s reach whoever is called as they stand. In Terraform a format() is missing, in CloudFormation a !Sub.",
    fix: "Fill it where the text is made, or leave it out.",
    find,
};

fn find(rule: &'static Rule, definitions: &Definitions<'_>, _: &Inventory) -> Vec<Finding> {
    let metric = definitions.artefacts.metric_alarms.iter().flat_map(|found| {
        let (name, description) = (&found.value.alarm_name, &found.value.alarm_description);
        findings(rule, found, name.as_deref(), description.as_deref())
    });
    let composite = definitions.artefacts.composite_alarms.iter().flat_map(|found| {
        let (name, description) = (&found.value.alarm_name, &found.value.alarm_description);
        findings(rule, found, name.as_deref(), description.as_deref())
    });
    metric.chain(composite).collect()
}

fn findings<T>(rule: &'static Rule, found: &Found<T>, name: Option<&str>, description: Option<&str>) -> Vec<Finding> {
    let texts = [("AlarmName", name), ("AlarmDescription", description)];
    let finding = |(member, text): (&str, Option<&str>)| {
        // What of it is not known stands in it as a placeholder of its own.
        let is_known = !found.unresolved.iter().any(|one| one.member == member);
        let placeholder = placeholder(text.filter(|_| is_known)?)?;
        let message = format!("{placeholder} in {member} is filled by nothing");
        Some(rule.at(found, &called(found, name), member, message))
    };
    texts.into_iter().filter_map(finding).collect()
}

/// The first placeholder in a text.
fn placeholder(text: &str) -> Option<&str> {
    text.char_indices().find_map(|(at, sign)| match sign {
        '{' if text[at..].starts_with("{{") => {
            let end = text[at..].find("}}")? + 2;
            Some(&text[at..at + end])
        }
        '{' => {
            let end = text[at..].find('}')?;
            let is_dollar = text[..at].ends_with('$');
            let is_name = text[at + 1..at + end].chars().all(|c| c.is_alphanumeric() || "_.:-".contains(c));
            is_name.then(|| &text[at - usize::from(is_dollar)..=at + end])
        }
        '%' => {
            let mut behind = text[at + 1..].chars();
            let is_verb = matches!(behind.next(), Some('s' | 'd' | 'v' | 'f'));
            let ends = behind.next().is_none_or(|next| !next.is_alphanumeric());
            let is_number = text[..at].ends_with(|c: char| c.is_ascii_digit());
            (is_verb && ends && !is_number).then(|| &text[at..at + 2])
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::cases::{alarm, check};
    use super::*;

    #[test]
    fn cases() {
        check(&super::RULE, &alarm("a", "AlarmDescription: 'Above 90% of {\"json\": 1}'"), "");
        check(
            &super::RULE,
            &alarm("a", "AlarmDescription: 'Depth of {} in {stage}'"),
            "1:183 a: {} in AlarmDescription is filled by nothing",
        );
        check(
            &super::RULE,
            "- {AlarmName: '${AWS::StackName}-c', AlarmRule: ALARM(a)}\n",
            "1:15 ${AWS::StackName}-c: ${AWS::StackName} in AlarmName is filled by nothing",
        );
    }

    #[test]
    fn placeholders_are_told_from_other_signs() {
        let cases = [
            ("errors of {} in {stage}", Some("{}")),
            ("errors in {stage}", Some("{stage}")),
            ("value is {{ $value }}", Some("{{ $value }}")),
            ("${Service} is slow", Some("${Service}")),
            ("errors of %s", Some("%s")),
            ("errors of %d, at least", Some("%d")),
            ("more than 90% of", None),
            ("5%s", None),
            ("100 %solid", None),
            ("{\"team\": \"shop\"}", None),
            ("a { b } c", None),
            ("open {", None),
            ("größer als {", None),
        ];
        for (text, expected) in cases {
            assert_eq!(placeholder(text), expected, "{text}");
        }
    }
}
