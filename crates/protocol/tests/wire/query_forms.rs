//! Forms that query clients may send, and bounds on them.

use nepho_protocol::ServiceError;
use nepho_protocol::codec::query::{INDEX_MAX, KEY_DEPTH_MAX, PAIRS_MAX, from_slice};
use nepho_protocol::shapes::put_metric_data::PutMetricDataInput;
use nepho_protocol::shapes::tags::UntagResourceInput;

fn keys(form: &str) -> Result<Vec<String>, ServiceError> {
    let input: UntagResourceInput = from_slice(form.as_bytes())?;
    Ok(input.tag_keys.unwrap_or_default())
}

#[test]
fn lists_are_ordered_by_number() {
    for (form, expect) in [
        ("TagKeys.member.10=c&TagKeys.member.9=b&TagKeys.member.1=a", &["a", "b", "c"][..]),
        ("TagKeys=", &[]),
        ("TagKeys", &[]),
        ("TagKeys=&TagKeys.member.1=a", &["a"]),
        ("TagKeys%2Emember%2e1=a+b%26", &["a b&"]),
        ("&&TagKeys.member.1=a=b&", &["a=b"]),
        ("TagKeysX.member.1=z&TagKeys.member.1=a&TagKeys-.b=1", &["a"]),
        ("Unknown.member.1a=z&Unknown.member.9=y&Unknown.member.10=x&TagKeys.member.2=a", &["a"]),
    ] {
        assert_eq!(keys(form).unwrap(), expect, "{form}");
    }
}

#[test]
fn wrong_forms_are_refused_with_the_member_and_what_was_found() {
    let deep = vec!["a"; KEY_DEPTH_MAX + 1].join(".");
    for (form, code, message) in [
        ("TagKeys.member.0=a", "MalformedInput", "TagKeys: expected an index from 1 to 10000, found `0`"),
        ("TagKeys.member.01=a", "MalformedInput", "TagKeys: expected an index from 1 to 10000, found `01`"),
        ("TagKeys.member.10001=a", "MalformedInput", "TagKeys: expected an index from 1 to 10000, found `10001`"),
        (
            "TagKeys.member.99999999999999999999=a",
            "MalformedInput",
            "TagKeys: expected an index from 1 to 10000, found `99999999999999999999`",
        ),
        ("TagKeys.1=a", "MalformedInput", "TagKeys: expected only `member` below a list, found `1`"),
        ("TagKeys=a", "MalformedInput", "TagKeys: invalid value: string \"a\", expected members"),
        (
            "TagKeys.member.1=a&TagKeys.member.1=b",
            "MalformedInput",
            "TagKeys.member.1: key TagKeys.member.1 is given twice",
        ),
        (
            "TagKeys.member.1.Key=a",
            "MalformedInput",
            "TagKeys.member.1: expected a value, found members such as `TagKeys.member.1.Key`",
        ),
        ("ResourceARN=%FF", "MalformedQueryString", "form is not UTF-8"),
        (&deep, "MalformedQueryString", "key exceeds the limit of 16 parts: a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a"),
    ] {
        let error = keys(form).unwrap_err();
        assert_eq!(error.code.query, code, "{form}");
        assert_eq!(error.message.as_deref(), Some(message), "{form}");
    }
}

#[test]
fn the_limits_themselves_are_allowed() {
    let deep = vec!["a"; KEY_DEPTH_MAX].join(".");
    assert_eq!(keys(&deep).unwrap(), Vec::<String>::new());
    let far = format!("TagKeys.member.{INDEX_MAX}=a");
    assert_eq!(keys(&far).unwrap(), ["a"]);
    assert!(keys(&"&a".repeat(PAIRS_MAX)).is_ok());
    assert!(keys(&"&a".repeat(PAIRS_MAX + 1)).is_err());
}

#[test]
fn a_structure_without_members_is_one_empty_key() {
    let input: PutMetricDataInput<'_> =
        from_slice(b"MetricData.member.1=&MetricData.member.2.StatisticValues=").unwrap();
    let data = input.metric_data.unwrap();
    assert_eq!(data.len(), 2);
    assert!(data[1].statistic_values.is_some());
}
