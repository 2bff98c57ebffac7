use nepho_model::AlarmState;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::parser::FOUND_MAX;
use super::*;

/// A rule in prefix form, so that what belongs together is seen.
fn shown(expression: &Expression) -> String {
    let list = |name: &str, several: &[Expression]| {
        format!("{name}[{}]", several.iter().map(shown).collect::<Vec<_>>().join(" "))
    };
    match expression {
        Expression::Constant(value) => value.to_string(),
        Expression::InState(state, alarm) => format!("{state}:{alarm}"),
        Expression::AtLeast(AtLeast { threshold, is_negated, state, alarms }) => {
            let not = if *is_negated { "not-" } else { "" };
            let alarms: Vec<_> = alarms.iter().map(AlarmRef::as_str).collect();
            format!("{threshold}-{not}{state}:{}", alarms.join("|"))
        }
        Expression::Not(one) => list("not", std::slice::from_ref(one)),
        Expression::All(all) => list("all", all),
        Expression::Any(any) => list("any", any),
    }
}

#[test]
fn what_a_rule_says() {
    let cases = [
        ("ALARM(CPU)", "ALARM:CPU"),
        ("TRUE", "true"),
        ("FALSE", "false"),
        ("false", "false"),
        ("true", "true"),
        ("OK(a) AND INSUFFICIENT_DATA(b)", "all[OK:a INSUFFICIENT_DATA:b]"),
        ("ALARM(a) OR OK(b) OR ALARM(c)", "any[ALARM:a OK:b ALARM:c]"),
        ("ALARM(a) OR OK(b) AND ALARM(c)", "any[ALARM:a all[OK:b ALARM:c]]"),
        ("ALARM(a) AND OK(b) OR ALARM(c)", "any[all[ALARM:a OK:b] ALARM:c]"),
        ("(ALARM(a) OR OK(b)) AND ALARM(c)", "all[any[ALARM:a OK:b] ALARM:c]"),
        ("NOT ALARM(a) AND OK(b)", "all[not[ALARM:a] OK:b]"),
        ("NOT (ALARM(a) AND OK(b))", "not[all[ALARM:a OK:b]]"),
        ("NOT(ALARM(a))", "not[ALARM:a]"),
        ("NOT NOT TRUE", "not[not[true]]"),
        ("((ALARM(a)))", "ALARM:a"),
        (
            "(NOT (ALARM(\"arn:aws:cloudwatch:us-east-1:123456789012:alarm:a\")))",
            "not[ALARM:arn:aws:cloudwatch:us-east-1:123456789012:alarm:a]",
        ),
        ("ALARM (\"a b\")", "ALARM:a b"),
        ("ALARM\n(\n a\t)", "ALARM:a"),
        (r#"ALARM("a \"b\" (c), d")"#, r#"ALARM:a "b" (c), d"#),
        (r#"ALARM("C:\temp x")"#, r"ALARM:C:\temp x"),
        (r#"ALARM("a\\")"#, r"ALARM:a\"),
        (r#"ALARM(a"b)"#, "ALARM:a\"b"),
        ("ALARM(ALARM) AND OK(AND)", "all[ALARM:ALARM OK:AND]"),
        ("ALARM(größe)", "ALARM:größe"),
        ("AT_LEAST(2, ALARM, (a, b, c, d))", "2-ALARM:a|b|c|d"),
        ("AT_LEAST(50%, OK, (a, b))", "50%-OK:a|b"),
        ("AT_LEAST(100%,NOT INSUFFICIENT_DATA,(a,\"b c\"))", "100%-not-INSUFFICIENT_DATA:a|b c"),
        ("AT_LEAST ( 1 , NOT OK , ( a ) )", "1-not-OK:a"),
        (
            "AT_LEAST(2, ALARM, (AZ1, AZ2, AZ3)) AND NOT ALARM(Maintenance)",
            "all[2-ALARM:AZ1|AZ2|AZ3 not[ALARM:Maintenance]]",
        ),
        ("NOT AT_LEAST(1%, ALARM, (a))", "not[1%-ALARM:a]"),
    ];
    for (text, expected) in cases {
        match AlarmRule::parse(text) {
            Ok(rule) => {
                assert_eq!(shown(rule.expression()), expected, "{text}");
                assert_eq!(rule.text(), text);
            }
            Err(fault) => panic!("{text}: {fault}"),
        }
    }
}

#[test]
fn how_a_rule_is_written_out() {
    let cases = [
        ("((ALARM(a)) OR (OK(b) AND (TRUE)))", "ALARM(a) OR OK(b) AND TRUE"),
        ("(ALARM(a) OR OK(b)) AND NOT (NOT (false))", "(ALARM(a) OR OK(b)) AND NOT NOT FALSE"),
        ("NOT (ALARM(a) AND OK(b))", "NOT (ALARM(a) AND OK(b))"),
        ("(ALARM(a) OR OK(b)) OR OK(c)", "(ALARM(a) OR OK(b)) OR OK(c)"),
        (r#"ALARM("plain") AND ALARM("a b\"\\")"#, r#"ALARM(plain) AND ALARM("a b\"\\")"#),
        ("AT_LEAST(02,NOT OK,(a,b))", "AT_LEAST(2, NOT OK, (a, b))"),
    ];
    for (text, expected) in cases {
        assert_eq!(AlarmRule::parse(text).unwrap().to_string(), expected, "{text}");
    }
}

#[test]
fn alarms_of_a_rule_are_named_once() {
    let rule = "OK(b) AND (ALARM(a) OR AT_LEAST(1, OK, (c, b))) AND \
                ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a)";
    let names: Vec<_> = AlarmRule::parse(rule).unwrap().children().iter().map(AlarmRef::to_string).collect();
    assert_eq!(names, ["b", "a", "c"]);
}

#[test]
fn what_is_wrong_with_a_rule() {
    let begins = "must be: '(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA";
    let states = "must be: NOT, ALARM, OK, or INSUFFICIENT_DATA";
    let count = "must be: a number of alarms from 1 or a percentage from 1% to 100%";
    let name = "must be: the name or the ARN of an alarm";
    let cases = [
        // What CloudWatch is known to have said, letter for letter.
        ("()", "Unsupported token ')' at char 1".to_owned()),
        (
            "(ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:SampleQueue Oldest Age Alarm) OR ALARM(b))",
            "Unsupported token 'Oldest' at char 67, must be: ')'".to_owned(),
        ),
        // The rest.
        ("ALRM(a)", format!("Unsupported token 'ALRM' at char 0, {begins}; did you mean ALARM?")),
        ("alarm(a)", format!("Unsupported token 'alarm' at char 0, {begins}; did you mean ALARM?")),
        (
            "INSUFICIENT_DATA(a)",
            format!("Unsupported token 'INSUFICIENT_DATA' at char 0, {begins}; did you mean INSUFFICIENT_DATA?"),
        ),
        ("ATLEAST(1, OK, (a))", format!("Unsupported token 'ATLEAST' at char 0, {begins}; did you mean AT_LEAST?")),
        ("CPUTooHigh", format!("Unsupported token 'CPUTooHigh' at char 0, {begins}")),
        ("\"a\"", format!("Unsupported token '\"a\"' at char 0, {begins}")),
        ("ALARM(a) AND AND OK(b)", format!("Unsupported token 'AND' at char 13, {begins}")),
        (", ALARM(a)", "Unsupported token ',' at char 0".to_owned()),
        (
            "ALARM(a) and OK(b)",
            "Unsupported token 'and' at char 9, must be: 'AND' or 'OR'; did you mean AND?".to_owned(),
        ),
        ("ALARM(a) OK(b)", "Unsupported token 'OK' at char 9, must be: 'AND' or 'OR'; did you mean OR?".to_owned()),
        ("ALARM(a))", "Unsupported token ')' at char 8, must be: 'AND' or 'OR'".to_owned()),
        ("(ALARM(a)", "Unexpected end at char 9, must be: ')', 'AND' or 'OR'".to_owned()),
        ("(ALARM(a) &&", "Unsupported token '&&' at char 10, must be: ')', 'AND' or 'OR'".to_owned()),
        ("ALARM(a) OR", format!("Unexpected end at char 11, {begins}")),
        ("ALARM", "Unexpected end at char 5, must be: '('".to_owned()),
        ("ALARM a", "Unsupported token 'a' at char 6, must be: '('".to_owned()),
        ("ALARM()", format!("Unsupported token ')' at char 6, {name}")),
        ("ALARM(\"\")", format!("Unsupported token '\"\"' at char 6, {name}")),
        ("ALARM(\"a", "Quote at char 6 is not closed".to_owned()),
        ("ALARM(\"a\\\")", "Quote at char 6 is not closed".to_owned()),
        ("ALARM(größe) x", "Unsupported token 'x' at char 13, must be: 'AND' or 'OR'".to_owned()),
        ("AT_LEAST 2", "Unsupported token '2' at char 9, must be: '('".to_owned()),
        ("AT_LEAST(0, ALARM, (a))", format!("Unsupported token '0' at char 9, {count}")),
        ("AT_LEAST(-1, ALARM, (a))", format!("Unsupported token '-1' at char 9, {count}")),
        ("AT_LEAST(+1, ALARM, (a))", format!("Unsupported token '+1' at char 9, {count}")),
        ("AT_LEAST(0%, ALARM, (a))", format!("Unsupported token '0%' at char 9, {count}")),
        ("AT_LEAST(101%, ALARM, (a))", format!("Unsupported token '101%' at char 9, {count}")),
        ("AT_LEAST(50.5%, ALARM, (a))", format!("Unsupported token '50.5%' at char 9, {count}")),
        ("AT_LEAST(50 %, ALARM, (a))", "Unsupported token '%' at char 12, must be: ','".to_owned()),
        ("AT_LEAST(4294967296, ALARM, (a))", format!("Unsupported token '4294967296' at char 9, {count}")),
        ("AT_LEAST(2, ALARM, (a))", "AT_LEAST at char 0 asks for 2 of 1 distinct alarms".to_owned()),
        ("AT_LEAST(2, ALARM, (a, a))", "AT_LEAST at char 0 asks for 2 of 1 distinct alarms".to_owned()),
        ("AT_LEAST(1, ALRM, (a))", format!("Unsupported token 'ALRM' at char 12, {states}; did you mean ALARM?")),
        (
            "AT_LEAST(1, NOT TRUE, (a))",
            "Unsupported token 'TRUE' at char 16, must be: ALARM, OK, or INSUFFICIENT_DATA".to_owned(),
        ),
        ("AT_LEAST(1, ALARM, a)", "Unsupported token 'a' at char 19, must be: '('".to_owned()),
        ("AT_LEAST(1, ALARM, ())", format!("Unsupported token ')' at char 20, {name}")),
        ("AT_LEAST(1, ALARM, (a b))", "Unsupported token 'b' at char 22, must be: ',' or ')'".to_owned()),
        ("AT_LEAST(1, ALARM(a), OK(b))", "Unsupported token '(' at char 17, must be: ','".to_owned()),
    ];
    for (text, expected) in cases {
        let fault = AlarmRule::parse(text).expect_err(text);
        assert_eq!(fault.to_string(), format!("Error in AlarmRule [{expected}]"), "{text}");
    }
    for text in ["", " ", " ALARM(a)", "ALARM(a)\n"] {
        assert_eq!(AlarmRule::parse(text), Err(RuleFault::Blank), "{text:?}");
    }
    let long = format!("ALARM(a) {}", "x".repeat(FOUND_MAX + 1));
    let cut = format!("Unsupported token '{}...' at char 9", "x".repeat(FOUND_MAX));
    assert!(AlarmRule::parse(&long).unwrap_err().to_string().contains(&cut));
}

fn several(count: usize, operator: &str, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect::<Vec<_>>().join(operator)
}

#[test]
fn a_rule_has_limits() {
    let rule = |length: usize| format!("ALARM({})", "ü".repeat(length - "ALARM()".len()));
    assert!(AlarmRule::parse(&rule(MAX_RULE)).is_ok());
    assert_eq!(AlarmRule::parse(&rule(MAX_RULE + 1)), Err(RuleFault::TooLong(MAX_RULE + 1)));

    let children = |count| several(count, " OR ", |at| format!("ALARM(a{at})"));
    assert!(AlarmRule::parse(&children(MAX_RULE_CHILDREN)).is_ok());
    let fault = AlarmRule::parse(&children(MAX_RULE_CHILDREN + 1)).unwrap_err();
    assert_eq!(fault.to_string(), "Error in AlarmRule [The rule has 101 distinct alarms, more than the limit of 100]");

    let nots = |depth| format!("{}TRUE", "NOT ".repeat(depth));
    let groups = |depth| format!("{}TRUE{}", "(".repeat(depth), ")".repeat(depth));
    for deep in [&nots as &dyn Fn(usize) -> String, &groups] {
        assert!(AlarmRule::parse(&deep(MAX_RULE_DEPTH)).is_ok());
        assert!(matches!(AlarmRule::parse(&deep(MAX_RULE_DEPTH + 1)), Err(RuleFault::TooDeep(_))));
    }
    assert_eq!(AlarmRule::parse(&groups(MAX_RULE_DEPTH + 1)), Err(RuleFault::TooDeep(MAX_RULE_DEPTH)));
}

#[test]
fn references_constants_and_groups_are_elements() {
    let alarms = |count| several(count, " OR ", |at| format!("ALARM(a{})", at % MAX_RULE_CHILDREN));
    let constants = |count| several(count, " AND ", |_| "TRUE".to_owned());
    let groups = |count: usize| several(count / 2, " AND ", |_| "(TRUE)".to_owned());
    let listed = |count: usize| {
        let list = several(count / 10, ",", |at| format!("a{at}"));
        several(10, " OR ", |_| format!("AT_LEAST(1,OK,({list}))"))
    };
    for (rule, more) in [
        (alarms(MAX_RULE_ELEMENTS), alarms(MAX_RULE_ELEMENTS + 1)),
        (constants(MAX_RULE_ELEMENTS), constants(MAX_RULE_ELEMENTS + 1)),
        (groups(MAX_RULE_ELEMENTS), format!("{} AND TRUE", groups(MAX_RULE_ELEMENTS))),
        (listed(MAX_RULE_ELEMENTS), format!("{} AND TRUE", listed(MAX_RULE_ELEMENTS))),
    ] {
        assert!(AlarmRule::parse(&rule).is_ok());
        assert_eq!(AlarmRule::parse(&more), Err(RuleFault::TooManyElements(MAX_RULE_ELEMENTS + 1)));
    }
}

fn state() -> impl Strategy<Value = AlarmState> {
    select(AlarmState::ALL.to_vec())
}

fn reference() -> impl Strategy<Value = AlarmRef> {
    let odd = [r"\", "\"", r#"\""#, " ", "(", "a,b", "NOT", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a b"];
    prop_oneof![select(odd.to_vec()).prop_map(str::to_owned), "[a-z]{1,3}", ".{1,8}"].prop_map(AlarmRef::new)
}

fn at_least() -> impl Strategy<Value = Expression> {
    let alarms = prop::collection::vec(reference(), 1..4);
    (alarms, any::<bool>(), state(), 1u32..101, any::<prop::sample::Index>()).prop_map(
        |(alarms, is_negated, state, percent, count)| {
            let mut at_least = AtLeast { threshold: Threshold::Percent(percent), is_negated, state, alarms };
            if percent % 2 == 0 {
                let count = count.index(at_least.distinct().len()) + 1;
                at_least.threshold = Threshold::Count(u32::try_from(count).unwrap());
            }
            Expression::AtLeast(at_least)
        },
    )
}

fn expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Expression::Constant),
        (state(), reference()).prop_map(|(state, alarm)| Expression::InState(state, alarm)),
        at_least(),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        let several = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            inner.prop_map(|one| Expression::Not(Box::new(one))),
            several.clone().prop_map(Expression::All),
            several.prop_map(Expression::Any),
        ]
    })
}

fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "ALARM",
        "OK",
        "INSUFFICIENT_DATA",
        "NOT",
        "NOT",
        "TRUE",
        "AT_LEAST",
        "AND",
        "OR",
        "(",
        "(",
        ")",
        ")",
        ",",
        "a",
        "\"",
        "\\",
        "2",
        "50%",
        " ",
        " ",
        "ALARM(a)",
        "AT_LEAST(1, OK, (a, b))",
    ];
    prop_oneof![9 => select(pieces.to_vec()).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_written_out_is_read_as_it_was(expression in expression()) {
        let text = expression.to_string();
        let rule = AlarmRule::parse(&text).map_err(|fault| TestCaseError::fail(format!("{text}: {fault}")))?;
        prop_assert_eq!(rule.expression(), &expression);
        prop_assert_eq!(rule.to_string(), text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = AlarmRule::parse(&text);
    }

    #[test]
    fn any_pieces_are_read_or_refused(pieces in prop::collection::vec(piece(), 0..60), is_spaced in any::<bool>()) {
        let text = pieces.join(if is_spaced { " " } else { "" });
        match AlarmRule::parse(&text) {
            Ok(rule) => {
                let again = AlarmRule::parse(&rule.to_string()).unwrap();
                prop_assert_eq!(again.expression(), rule.expression());
            }
            Err(fault) => prop_assert!(!fault.to_string().is_empty()),
        }
    }

    #[test]
    fn what_is_too_much_is_refused(piece in piece(), count in 1usize..6000) {
        let text = piece.repeat(count);
        if AlarmRule::parse(&text).is_ok() {
            prop_assert!(text.chars().count() <= MAX_RULE);
        }
    }
}
