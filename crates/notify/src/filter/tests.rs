use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Whether a policy wants a message, by its body and, where the policy is flat, by its attributes.
fn wants(policy: &Value, message: &Value) -> bool {
    let by_body =
        FilterPolicy::parse(&policy.to_string(), Scope::MessageBody).unwrap().matches_body(&message.to_string());
    if let Ok(policy) = FilterPolicy::parse(&policy.to_string(), Scope::MessageAttributes) {
        assert_eq!(policy.matches_attributes(message.as_object().unwrap()), by_body, "{policy:?} {message}");
    }
    by_body
}

#[test]
fn a_message_is_wanted_when_every_key_is_met_by_one_condition() {
    let cases = [
        (json!({}), json!({"a": 1}), true),
        (json!({"a": ["x"]}), json!({"a": "x"}), true),
        (json!({"a": ["x"]}), json!({"a": "X"}), false),
        (json!({"a": ["x"]}), json!({}), false),
        (json!({"a": ["x", "y"]}), json!({"a": "y"}), true),
        (json!({"a": ["x"], "b": [1]}), json!({"a": "x"}), false),
        (json!({"a": ["x"], "b": [1]}), json!({"a": "x", "b": 1, "c": 2}), true),
        (json!({"a": [1]}), json!({"a": 1.0}), true),
        (json!({"a": [1]}), json!({"a": "1"}), false),
        (json!({"a": ["1"]}), json!({"a": 1}), false),
        (json!({"a": [301.5]}), json!({"a": 3.015e2}), true),
        (json!({"a": [true]}), json!({"a": true}), true),
        (json!({"a": [true]}), json!({"a": "true"}), false),
        (json!({"a": [null]}), json!({"a": null}), true),
        (json!({"a": [null]}), json!({}), false),
        (json!({"a": ["x"]}), json!({"a": ["w", "x"]}), true),
        (json!({"a": ["x"]}), json!({"a": []}), false),
        (json!({"a": [{"prefix": "ba"}]}), json!({"a": "basket"}), true),
        (json!({"a": [{"prefix": "ba"}]}), json!({"a": "Basket"}), false),
        (json!({"a": [{"suffix": "ball"}]}), json!({"a": "football"}), true),
        (json!({"a": [{"equals-ignore-case": "Tennis"}]}), json!({"a": "TENNIS"}), true),
        (json!({"a": [{"wildcard": "*ball*"}]}), json!({"a": "a ball game"}), true),
        (json!({"a": [{"cidr": "10.0.0.0/24"}]}), json!({"a": "10.0.0.255"}), true),
        (json!({"a": [{"cidr": "10.0.0.0/24"}]}), json!({"a": "10.0.1.0"}), false),
        (json!({"a": [{"cidr": "0.0.0.0/0"}]}), json!({"a": "192.0.2.1"}), true),
        (json!({"a": [{"cidr": "0.0.0.0/0"}]}), json!({"a": "::1"}), false),
        (json!({"a": [{"cidr": "2001:db8::/32"}]}), json!({"a": "2001:db8:1::1"}), true),
        (json!({"a": [{"numeric": ["=", 301.5]}]}), json!({"a": 301.5}), true),
        (json!({"a": [{"numeric": ["<", 0]}]}), json!({"a": 0}), false),
        (json!({"a": [{"numeric": [">", 0, "<=", 150]}]}), json!({"a": 150}), true),
        (json!({"a": [{"numeric": [">", 0, "<=", 150]}]}), json!({"a": 0}), false),
        (json!({"a": [{"numeric": [">=", -1e9]}]}), json!({"a": 1e10}), false),
        (json!({"a": [{"exists": true}]}), json!({"a": null}), true),
        (json!({"a": [{"exists": true}]}), json!({}), false),
        (json!({"a": [{"exists": false}]}), json!({"b": 1}), true),
        (json!({"a": [{"exists": false}]}), json!({"a": 1}), false),
        (json!({"a": [{"anything-but": "x"}]}), json!({"a": "y"}), true),
        (json!({"a": [{"anything-but": "x"}]}), json!({"a": "x"}), false),
        (json!({"a": [{"anything-but": "x"}]}), json!({}), false),
        (json!({"a": [{"anything-but": [100, 500]}]}), json!({"a": 101}), true),
        (json!({"a": [{"anything-but": ["x", "y"]}]}), json!({"a": ["x", "y"]}), false),
        (json!({"a": [{"anything-but": ["x", "y"]}]}), json!({"a": ["x", "z"]}), true),
        (json!({"a": [{"anything-but": {"prefix": "order-"}}]}), json!({"a": "order-1"}), false),
        (json!({"a": [{"anything-but": {"prefix": "order-"}}]}), json!({"a": "data"}), true),
        (json!({"a": [{"anything-but": {"suffix": "ball"}}]}), json!({"a": "football"}), false),
        (json!({"a": [{"anything-but": "x"}]}), json!({"a": 3}), true),
        (json!({"a": ["x"], "$or": [{"b": [1]}, {"c": [2]}]}), json!({"a": "x", "c": 2}), true),
        (json!({"a": ["x"], "$or": [{"b": [1]}, {"c": [2]}]}), json!({"a": "x", "c": 3}), false),
        (json!({"$or": [{"b": [1]}, {"b": [2]}]}), json!({"b": 2}), true),
    ];
    for (policy, message, expected) in cases {
        assert_eq!(wants(&policy, &message), expected, "{policy} {message}");
    }
}

#[test]
fn bodies_may_be_nested() {
    let policy =
        json!({"Trigger": {"Namespace": ["Shop"], "Dimensions": {"name": ["Host"], "value": [{"prefix": "web"}]}}});
    let message = |name: &str, value: &str| json!({"Trigger": {"Namespace": "Shop", "Dimensions": [{"name": "Zone", "value": "a"}, {"name": name, "value": value}]}});
    assert!(wants(&policy, &message("Host", "web-1")));
    assert!(!wants(&policy, &message("Host", "db-1")), "of one object both members have to fit");
    assert!(!wants(&policy, &json!({"Trigger": "Shop"})));
    let absent = json!({"a": {"b": [{"exists": false}]}});
    assert!(wants(&absent, &json!({})));
    assert!(!wants(&absent, &json!({"a": {"b": 1}})));
    let policy = FilterPolicy::parse(r#"{"a": ["x"]}"#, Scope::MessageBody).unwrap();
    for message in ["", "x", "[]", "{\"a\": \"x\"", "null"] {
        assert!(!policy.matches_body(message), "{message}");
    }
    assert!(FilterPolicy::parse("{}", Scope::MessageBody).unwrap().matches_body("plain"));
}

#[test]
fn what_is_no_policy_is_refused() {
    let nested = "Filter policy scope MessageAttributes does not support nested filter policy";
    let cases = [
        (json!([1]), "failed to parse JSON. The policy is no object."),
        (json!({"a": "x"}), "\"a\" must be an object or an array"),
        (json!({"a": []}), "Empty arrays are not allowed"),
        (json!({"a": {"b": ["x"]}}), nested),
        (json!({"a": [["x"]]}), "Match value must be String, number, true, false, or null"),
        (json!({"a": [{}]}), "Only one key allowed in match expression"),
        (json!({"a": [{"prefix": "x", "suffix": "y"}]}), "Only one key allowed in match expression"),
        (json!({"a": [{"begins": "x"}]}), "Unrecognized match type begins"),
        (json!({"a": [{"prefix": 1}]}), "prefix match pattern must be a string"),
        (json!({"a": [{"exists": "yes"}]}), "exists match pattern must be either true or false."),
        (json!({"a": [{"numeric": "=1"}]}), "numeric match pattern must be an array"),
        (json!({"a": [{"numeric": []}]}), "Invalid member in numeric match: ]"),
        (json!({"a": [{"numeric": ["<"]}]}), "Value of < must be numeric"),
        (json!({"a": [{"numeric": ["!", 1]}]}), "Unrecognized numeric range operator"),
        (json!({"a": [{"numeric": [">", 5, "<", 5]}]}), "Bottom must be less than top"),
        (json!({"a": [{"numeric": ["<", 5, ">", 1]}]}), "Too many elements in numeric expression"),
        (
            json!({"a": [1e10]}),
            "the number 10000000000.0 is not between -1000000000 and 1000000000, or has more than 5 decimals",
        ),
        (
            json!({"a": [{"wildcard": "****"}]}),
            "wildcard match pattern must be a string with at most 3 wildcards, and a backslash only before * and \\",
        ),
        (
            json!({"a": [{"cidr": "10.0.0.0/33"}]}),
            "cidr match pattern must be an address and the length of a prefix, such as 10.0.0.0/24",
        ),
        (json!({"$or": [{"a": [1]}]}), "\"$or\" must be an array of at least 2 objects"),
        (
            json!({"a": [1], "b": [1], "c": [1], "d": [1], "e": [1], "f": [1]}),
            "Filter policy can not have more than 5 keys",
        ),
    ];
    for (policy, expected) in cases {
        let fault = FilterPolicy::parse(&policy.to_string(), Scope::MessageAttributes).unwrap_err();
        assert_eq!(fault.to_string(), expected, "{policy}");
    }
    assert!(matches!(FilterPolicy::parse("{", Scope::MessageBody), Err(FilterFault::Json(_))));
}

#[test]
fn limits_are_met_and_not_passed() {
    let values = |count: usize| (0..count).collect::<Vec<_>>();
    let parse = |policy: Value, scope| FilterPolicy::parse(&policy.to_string(), scope).map(|_| ());
    let flat = |a: usize, b: usize| parse(json!({"a": values(a), "b": values(b)}), Scope::MessageAttributes);
    assert_eq!(flat(10, 15), Ok(()));
    assert_eq!(flat(151, 1), Err(FilterFault::TooComplex(151)));
    // The guide's own sum: (4 x 3) x (3 x 2) x (3 x 1).
    let guide = json!({"a": {"b": {"c": values(4)}}, "d": {"e": values(3)}, "f": values(3)});
    assert_eq!(parse(guide, Scope::MessageBody), Err(FilterFault::TooComplex(216)));
    let deep = |depth: usize| (1..depth).fold(json!({"a": [1]}), |inner, _| json!({"a": inner}));
    assert_eq!(parse(deep(MAX_DEPTH), Scope::MessageBody), Ok(()));
    assert_eq!(parse(deep(MAX_DEPTH + 1), Scope::MessageBody), Err(FilterFault::TooDeep));
    let long = |length: usize| format!("{}{{}}", " ".repeat(length - 2));
    assert!(FilterPolicy::parse(&long(MAX_POLICY), Scope::MessageBody).is_ok());
    assert_eq!(
        FilterPolicy::parse(&long(MAX_POLICY + 1), Scope::MessageBody),
        Err(FilterFault::TooLong(MAX_POLICY + 1))
    );
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(
        text in r#"(\{|\}|\[|\]|:|,|"a"|"\$or"|"prefix"|"numeric"|"anything-but"|"exists"|">"|1|true|null){0,24}|\PC{0,40}"#,
        message in r#"\{"a": ("x"|1|\[1, "x"\]|\{"a": 1\}|null)\}|\PC{0,20}"#
    ) {
        for scope in [Scope::MessageAttributes, Scope::MessageBody] {
            if let Ok(policy) = FilterPolicy::parse(&text, scope) {
                policy.matches_body(&message);
            }
        }
    }
}
