use super::*;
use crate::FaultCode::{self, InvalidParameterValue, LimitExceeded, MissingParameter, Validation};

fn refused(parameters: Parameters) -> Vec<(FaultCode, String)> {
    let faults = CompositeAlarm::new(&scope(), parameters).expect_err("a fault");
    faults.iter().map(|fault| (fault.code(), fault.to_string())).collect()
}

fn check(change: impl FnOnce(&mut Parameters), code: FaultCode, message: &str) {
    let mut parameters = parameters("Site", "ALARM(a)");
    change(&mut parameters);
    assert_eq!(refused(parameters), [(code, message.to_owned())]);
}

#[test]
fn what_is_put_is_what_is_there() {
    let mut parameters = parameters("Site \"ü\"", "ALARM(a)");
    parameters.alarm_description = Some("what for".to_owned());
    parameters.insufficient_data_actions = vec![format!("{TOPIC}-data")];
    let mut site = CompositeAlarm::new(&scope(), parameters).unwrap();
    assert_eq!(site.name(), "Site \"ü\"");
    assert_eq!(site.arn(), "arn:aws:cloudwatch:us-east-1:123456789012:alarm:Site \"ü\"");
    assert_eq!((site.description(), site.rule().text(), site.suppressor()), (Some("what for"), "ALARM(a)", None));
    assert_eq!(site.actions(AlarmState::Ok), [format!("{TOPIC}-ok")]);
    assert_eq!(site.actions(AlarmState::Alarm), [TOPIC]);
    assert_eq!(site.actions(AlarmState::InsufficientData), [format!("{TOPIC}-data")]);
    assert!(site.actions_enabled());
    site.set_actions_enabled(false);
    assert!(!site.actions_enabled());
    assert_eq!(site.scope(), &scope());
}

#[test]
fn a_suppressor_has_two_periods() {
    let site = suppressed("Site", "ALARM(a)", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:S", 0, i32::MAX);
    let suppressor = site.suppressor().unwrap();
    assert_eq!(suppressor.alarm.name(), "S");
    assert_eq!((suppressor.wait_seconds, suppressor.extension_seconds), (0, 2_147_483_647));
}

#[test]
fn names_and_descriptions_have_limits() {
    let of = |length| Some("ü".repeat(length));
    let fits = Parameters {
        alarm_name: of(MAX_ALARM_NAME),
        alarm_description: of(MAX_ALARM_DESCRIPTION),
        ..parameters("", "ALARM(a)")
    };
    assert!(CompositeAlarm::new(&scope(), fits).is_ok());
    check(|p| p.alarm_name = None, MissingParameter, "The parameter AlarmName is required.");
    check(|p| p.alarm_name = of(0), InvalidParameterValue, "The parameter AlarmName must be longer than 0 characters.");
    check(
        |p| p.alarm_name = of(MAX_ALARM_NAME + 1),
        InvalidParameterValue,
        "The parameter AlarmName must be shorter than 256 characters.",
    );
    check(
        |p| p.alarm_name = Some("a\tb".to_owned()),
        InvalidParameterValue,
        "The parameter AlarmName contains control characters.",
    );
    check(
        |p| p.alarm_description = of(MAX_ALARM_DESCRIPTION + 1),
        InvalidParameterValue,
        "The parameter AlarmDescription must be shorter than 1025 characters.",
    );
}

#[test]
fn rules_that_are_none() {
    let blank = "AlarmRule must not contain leading or trailing whitespace or be null";
    check(|p| p.alarm_rule = None, Validation, blank);
    check(|p| p.alarm_rule = Some("ALARM(a)\n".to_owned()), Validation, blank);
    check(|p| p.alarm_rule = Some("()".to_owned()), Validation, "Error in AlarmRule [Unsupported token ')' at char 1]");
    check(
        |p| p.alarm_rule = Some("x".repeat(MAX_RULE + 1)),
        InvalidParameterValue,
        "The parameter AlarmRule must be shorter than 10241 characters.",
    );
    let own = "A composite alarm cannot have a child relation with itself via its AlarmRule";
    check(|p| p.alarm_rule = Some("OK(a) OR ALARM(Site)".to_owned()), Validation, own);
    check(
        |p| p.alarm_rule = Some("ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:Site)".to_owned()),
        Validation,
        own,
    );
}

#[test]
fn actions_have_a_limit() {
    let mut full = parameters("Site", "ALARM(a)");
    full.alarm_actions = vec![TOPIC.to_owned(); MAX_ACTIONS];
    assert!(CompositeAlarm::new(&scope(), full).is_ok());
    let more = vec![TOPIC.to_owned(); MAX_ACTIONS + 1];
    let message = |list| format!("The collection {list} must not have a size greater than 5.");
    check(|p| p.ok_actions = more.clone(), InvalidParameterValue, &message("OKActions"));
    check(|p| p.alarm_actions = more.clone(), InvalidParameterValue, &message("AlarmActions"));
    check(|p| p.insufficient_data_actions = more.clone(), InvalidParameterValue, &message("InsufficientDataActions"));
    check(
        |p| p.ok_actions.push(String::new()),
        InvalidParameterValue,
        "The parameter OKActions.member.2 must be longer than 0 characters.",
    );
    check(|p| p.alarm_actions.push("ops".to_owned()), Validation, "Invalid ARN: ops");
    check(
        |p| p.alarm_actions.push("arn:aws:automate:us-east-1:ec2:stop".to_owned()),
        Validation,
        "The action arn:aws:automate:us-east-1:ec2:stop is not supported: composite alarms have no EC2 and no Auto \
         Scaling actions",
    );
}

#[test]
fn suppressors_that_are_none() {
    let with = |suppressor: &str, wait, extension| {
        let suppressor = Some(suppressor.to_owned());
        move |p: &mut Parameters| {
            p.actions_suppressor = suppressor;
            p.actions_suppressor_wait_period = wait;
            p.actions_suppressor_extension_period = extension;
        }
    };
    check(with("S", None, Some(1)), Validation, "ActionsSuppressorWaitPeriod must not be null");
    check(with("S", Some(1), None), Validation, "ActionsSuppressorExtensionPeriod must not be null");
    check(
        with("S", Some(-1), Some(1)),
        InvalidParameterValue,
        "The value -1 for parameter ActionsSuppressorWaitPeriod is invalid.",
    );
    check(
        |p| p.actions_suppressor_wait_period = Some(1),
        Validation,
        "ActionsSuppressorWaitPeriod requires an ActionSuppressor",
    );
    check(
        |p| p.actions_suppressor_extension_period = Some(1),
        Validation,
        "ActionsSuppressorExtensionPeriod requires an ActionSuppressor",
    );
    let reference = "ActionsSuppressor must be a valid CloudWatch Alarm ARN or an Alarm name";
    check(with("arn:aws:sns:us-east-1:123456789012:ops", Some(1), Some(1)), Validation, reference);
    check(with("", Some(1), Some(1)), Validation, reference);
    check(with("Site", Some(1), Some(1)), Validation, "A composite alarm cannot be its own ActionsSuppressor");
}

#[test]
fn all_faults_are_told() {
    let parameters = Parameters { actions_suppressor: Some("S".to_owned()), ..Parameters::default() };
    assert_eq!(
        refused(parameters),
        [
            (MissingParameter, "The parameter AlarmName is required.".to_owned()),
            (Validation, "AlarmRule must not contain leading or trailing whitespace or be null".to_owned()),
            (Validation, "ActionsSuppressorWaitPeriod must not be null".to_owned()),
            (Validation, "ActionsSuppressorExtensionPeriod must not be null".to_owned()),
        ]
    );
}

#[test]
fn what_an_alarm_names_has_to_exist_here() {
    let exists = |name: &str| matches!(name, "a" | "b" | "S");
    let check = |alarm: &CompositeAlarm, expected: &str| {
        let fault = alarm.check_references(&exists).err();
        assert!(fault.as_ref().is_none_or(|fault| fault.code() == Validation));
        assert_eq!(fault.map(|fault| fault.to_string()).unwrap_or_default(), expected);
    };
    check(&alarm("Site", "ALARM(a) OR OK(\"arn:aws:cloudwatch:us-east-1:123456789012:alarm:b\")"), "");
    check(
        &alarm("Site", "ALARM(x)"),
        "Could not save the composite alarm as alarms [x] in the alarm rule do not exist",
    );
    let foreign = "arn:aws:cloudwatch:us-west-2:123456789012:alarm:a";
    check(
        &alarm("Site", &format!("ALARM(x) OR OK(a) OR ALARM({foreign}) OR OK(x)")),
        &format!("Could not save the composite alarm as alarms [x, {foreign}] in the alarm rule do not exist"),
    );
    check(&suppressed("Site", "ALARM(a)", "S", 1, 1), "");
    check(
        &suppressed("Site", "ALARM(a)", "T", 1, 1),
        "Could not save the composite alarm as the ActionsSuppressor T does not exist",
    );
}

#[test]
fn a_child_has_so_many_parents() {
    let mut graph = AlarmGraph::default();
    for at in 0..MAX_PARENTS - 1 {
        graph.insert(&alarm(&format!("p{at}"), "ALARM(a)"));
    }
    let last = alarm("last", "OK(b) OR ALARM(a)");
    assert_eq!(graph.check_parents(&last), Ok(()));
    graph.insert(&last);
    assert_eq!(graph.check_parents(&last), Ok(()), "it is put again");
    let fault = graph.check_parents(&alarm("more", "OK(b) OR ALARM(a)")).unwrap_err();
    assert_eq!(fault.code(), LimitExceeded);
    assert_eq!(fault.to_string(), "The alarm a would be in the rules of more than 150 composite alarms.");
}
