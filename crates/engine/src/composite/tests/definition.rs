use super::*;
use crate::FaultCode::{self, InvalidParameterValue, LimitExceeded, Validation};
use crate::alarm::{MAX_ACTION, MAX_ACTIONS, MAX_ALARM_DESCRIPTION, MAX_ALARM_NAME};
use crate::{Fault, Faults};

#[track_caller]
fn check(change: impl FnOnce(&mut Parameters), code: FaultCode, message: &str) {
    let mut parameters = parameters("Site", "ALARM(a)");
    change(&mut parameters);
    let faults = CompositeAlarm::new(&scope(), parameters).expect_err("a fault");
    assert_eq!((faults.code(), faults.to_string()), (code, message.to_owned()));
}

/// What the model does not allow.
fn violation(value: Option<&str>, member: &str, constraint: &str) -> String {
    let value = value.map_or("null".to_owned(), |value| format!("'{value}'"));
    format!(
        "1 validation error detected: Value {value} at '{member}' failed to satisfy constraint: Member must {constraint}"
    )
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
fn texts_have_limits() {
    let of = |length: usize| "ü".repeat(length);
    let topic = |length: usize| format!("{:x<length$}", "arn:aws:sns:us-east-1:123456789012:");
    let fits = Parameters {
        alarm_name: Some(of(MAX_ALARM_NAME)),
        alarm_description: Some(of(MAX_ALARM_DESCRIPTION)),
        ok_actions: vec![topic(MAX_ACTION)],
        actions_suppressor: Some(of(MAX_SUPPRESSOR)),
        actions_suppressor_wait_period: Some(1),
        actions_suppressor_extension_period: Some(1),
        ..parameters("", &format!("ALARM({})", of(MAX_RULE - "ALARM()".len())))
    };
    assert!(CompositeAlarm::new(&scope(), fits).is_ok());
    type Set = fn(&mut Parameters, String);
    let cases: [(&str, usize, Set); 5] = [
        ("alarmName", MAX_ALARM_NAME, |p, text| p.alarm_name = Some(text)),
        ("alarmDescription", MAX_ALARM_DESCRIPTION, |p, text| p.alarm_description = Some(text)),
        ("alarmRule", MAX_RULE, |p, text| p.alarm_rule = Some(text)),
        ("oKActions.2.member", MAX_ACTION, |p, text| p.ok_actions.push(text)),
        ("actionsSuppressor", MAX_SUPPRESSOR, |p, text| p.actions_suppressor = Some(text)),
    ];
    for (member, limit, set) in cases {
        let constraint = format!("have length less than or equal to {limit}");
        check(|p| set(p, of(limit + 1)), Validation, &violation(Some(&of(limit + 1)), member, &constraint));
        if member != "alarmDescription" {
            let constraint = "have length greater than or equal to 1";
            check(|p| set(p, String::new()), Validation, &violation(Some(""), member, constraint));
        }
    }
    check(|p| p.alarm_name = None, Validation, &violation(None, "alarmName", "not be null"));
    check(
        |p| p.alarm_name = Some("a\tb".to_owned()),
        InvalidParameterValue,
        "The parameter AlarmName contains control characters.",
    );
}

#[test]
fn rules_that_are_none() {
    let blank = "AlarmRule must not contain leading or trailing whitespace or be null";
    check(|p| p.alarm_rule = None, Validation, blank);
    check(|p| p.alarm_rule = Some("ALARM(a)\n".to_owned()), Validation, blank);
    check(|p| p.alarm_rule = Some("()".to_owned()), Validation, "Error in AlarmRule [Unsupported token ')' at char 1]");
    let own = "A composite alarm cannot have a child relation with itself via its AlarmRule";
    check(|p| p.alarm_rule = Some("OK(a) OR ALARM(Site)".to_owned()), Validation, own);
    check(
        |p| p.alarm_rule = Some("ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:Site)".to_owned()),
        Validation,
        own,
    );
}

#[test]
fn actions_notify_and_do_not_operate() {
    let mut full = parameters("Site", "ALARM(a)");
    full.alarm_actions = vec![TOPIC.to_owned(); MAX_ACTIONS];
    full.ok_actions = vec![
        "arn:aws:lambda:us-east-1:123456789012:function:page:live".to_owned(),
        "arn:aws:ssm:us-east-1:123456789012:opsitem:3#CATEGORY=Security".to_owned(),
        "arn:aws:ssm-incidents::123456789012:responseplan/fire".to_owned(),
        "arn:aws:aiops:us-east-1:123456789012:investigation-group:a".to_owned(),
    ];
    let site = CompositeAlarm::new(&scope(), full).unwrap();
    assert_eq!(site.check_regions(), Ok(()));
    let more = vec![TOPIC.to_owned(); MAX_ACTIONS + 1];
    let message = |list| format!("The collection {list} must not have a size greater than 5.");
    check(|p| p.ok_actions = more.clone(), InvalidParameterValue, &message("OKActions"));
    check(|p| p.alarm_actions = more.clone(), InvalidParameterValue, &message("AlarmActions"));
    check(|p| p.insufficient_data_actions = more.clone(), InvalidParameterValue, &message("InsufficientDataActions"));
    check(|p| p.alarm_actions.push("ops".to_owned()), Validation, "Invalid arn syntax: ops");
    for arn in [
        "arn:aws:automate:us-east-1:ec2:stop",
        "arn:aws:swf:us-east-1:123456789012:action/actions/AWS_EC2.InstanceId.Stop/1.0",
        "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:id:autoScalingGroupName/g:policyName/p",
    ] {
        let message =
            format!("The action {arn} is not supported: composite alarms have no EC2 and no Auto Scaling actions");
        check(|p| p.insufficient_data_actions.push(arn.to_owned()), Validation, &message);
    }
}

#[test]
fn actions_are_in_the_same_region() {
    let mut elsewhere = parameters("Site", "ALARM(a)");
    elsewhere.ok_actions = vec!["arn:aws:sns:us-west-2:123456789012:ops".to_owned()];
    let faults = CompositeAlarm::new(&scope(), elsewhere).unwrap().check_regions().unwrap_err();
    assert_eq!(faults.code(), Validation);
    assert_eq!(faults.to_string(), "Invalid region us-west-2 specified. Only us-east-1 is supported.");
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
    check(with("Site", Some(1), Some(1)), Validation, "A composite alarm cannot be its own ActionsSuppressor");
}

#[test]
fn all_faults_are_told() {
    let two = Parameters { alarm_description: Some("x".repeat(MAX_ALARM_DESCRIPTION + 1)), ..Parameters::default() };
    let faults = CompositeAlarm::new(&scope(), two).unwrap_err().to_string();
    let first = "2 validation errors detected: Value null at 'alarmName' failed to satisfy constraint: Member must not be \
                 null; Value 'xxx";
    assert!(faults.starts_with(first), "{faults}");
    let lines = Parameters { actions_suppressor: Some("S".to_owned()), ..parameters("Site", " ") };
    assert_eq!(
        CompositeAlarm::new(&scope(), lines).unwrap_err().to_string(),
        "AlarmRule must not contain leading or trailing whitespace or be null\n\
         ActionsSuppressorWaitPeriod must not be null\n\
         ActionsSuppressorExtensionPeriod must not be null"
    );
    let both = Faults(vec![
        CompositeFault::OwnChild,
        CompositeFault::Model(crate::alarm::Violation {
            value: None,
            member: "alarmName".to_owned(),
            constraint: crate::alarm::Constraint::NotNull,
        }),
    ]);
    assert!(both.to_string().starts_with("1 validation error detected: Value null at 'alarmName'"));
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
