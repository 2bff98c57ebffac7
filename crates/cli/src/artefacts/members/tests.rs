use std::path::Path;

use super::super::budget::Budget;
use super::super::source::Source;
use super::super::yaml;
use super::*;

/// Reads a text as the members of one map, and gives what was read and what was told.
#[track_caller]
fn check<T: std::fmt::Debug>(
    spelling: Spelling,
    text: &str,
    read: impl FnOnce(&mut Members<'_>) -> T,
    expect: (&str, &[&str]),
) {
    let source = Source::from_bytes(Path::new("f"), text.as_bytes().to_vec()).unwrap();
    let node = yaml::parse(&source, &Budget::default()).unwrap().remove(0);
    let report = RefCell::new(Report::default());
    let mut members = Members::of(spelling, &node, &report);
    let value = read(&mut members);
    members.finish();
    let report = report.into_inner();
    let faults = report.faults.iter().map(ToString::to_string);
    let told: Vec<_> = faults.chain(report.unresolved.iter().map(ToString::to_string)).collect();
    assert_eq!(
        (format!("{value:?}").as_str(), told.iter().map(String::as_str).collect::<Vec<_>>()),
        (expect.0, expect.1.to_vec())
    );
}

#[test]
fn integers_may_be_text() {
    let read = |members: &mut Members<'_>| members.integer("Period");
    for (text, value, told) in [
        ("Period: 60", "Some(60)", ""),
        ("Period: '60'", "Some(60)", ""),
        ("Period: 60.0", "Some(60)", ""),
        ("Period: 2147483647", "Some(2147483647)", ""),
        (
            "Period: 2147483648",
            "None",
            "f:1:9: Period: expected a whole number of at most 2147483647, found the number 2147483648",
        ),
        ("Period: 0.5", "None", "f:1:9: Period: expected a whole number of at most 2147483647, found the number 0.5"),
        ("Period: a minute", "None", "f:1:9: Period: expected a whole number, found \"a minute\""),
        ("Period: infinity", "None", "f:1:9: Period: expected a whole number, found \"infinity\""),
        ("Period: [60]", "None", "f:1:9: Period: expected a whole number, found a list"),
        ("Period: null", "None", ""),
        ("Perod: 60", "None", "f:1:1: Perod: Perod is not known here, and is left out"),
    ] {
        let told: Vec<_> = Some(told).filter(|told| !told.is_empty()).into_iter().collect();
        check(Spelling::Aws, text, read, (value, &told));
    }
}

#[test]
fn scalars_are_texts_where_text_is_wanted() {
    let read = |members: &mut Members<'_>| (members.text("A"), members.boolean("B"), members.double("C"));
    check(
        Spelling::Aws,
        "{A: 1.50, B: 'TRUE', C: '1e3'}",
        read,
        (r#"(Some("1.50"), Some(true), Some(Double(1000.0)))"#, &[]),
    );
    check(Spelling::Aws, "{A: true, B: false, C: 7}", read, (r#"(Some("true"), Some(false), Some(Double(7.0)))"#, &[]));
    check(
        Spelling::Aws,
        "{A: {}, B: 1, C: NaN}",
        read,
        (
            "(None, None, None)",
            &[
                "f:1:5: A: expected a text, found a map",
                "f:1:12: B: expected true or false, found the number 1",
                "f:1:18: C: expected a number, found \"NaN\"",
            ],
        ),
    );
}

#[test]
fn empty_lists_and_empty_texts_of_terraform_are_none() {
    let read = |members: &mut Members<'_>| (members.texts("OKActions"), members.text("Unit"));
    check(Spelling::Aws, "{OKActions: [], Unit: ''}", read, (r#"(None, Some(""))"#, &[]));
    check(Spelling::Terraform, "{ok_actions: [], unit: ''}", read, ("(None, None)", &[]));
    check(Spelling::Terraform, "{ok_actions: [a, 1]}", read, (r#"(Some(["a", "1"]), None)"#, &[]));
}

#[test]
fn dimensions_are_lists_or_maps() {
    let read = |members: &mut Members<'_>| members.dimensions().unwrap_or_default().len();
    check(Spelling::Aws, "Dimensions: [{Name: a, Value: 1}]", read, ("1", &[]));
    check(Spelling::Terraform, "dimensions: {b: 1, a: 2}", read, ("2", &[]));
    check(Spelling::Aws, "Dimensions: {a: b}", read, ("0", &["f:1:13: Dimensions: expected a list, found a map"]));
    check(
        Spelling::Aws,
        "Dimensions: [{Name: a, Vlaue: 1}, 3]",
        read,
        (
            "2",
            &[
                "f:1:35: expected a map, found the number 3",
                "f:1:24: Dimensions.member.1.Vlaue: Vlaue is not known here, and is left out",
            ],
        ),
    );
}

#[test]
fn documents_are_text_or_values() {
    let read = |members: &mut Members<'_>| members.json("P");
    check(Spelling::Aws, r#"P: '{"a":1}'"#, read, (r#"Some("{\"a\":1}")"#, &[]));
    check(Spelling::Aws, "P: {a: [1, x]}", read, (r#"Some("{\"a\":[1,\"x\"]}")"#, &[]));
}

#[test]
fn times_are_texts_or_seconds() {
    let read = |members: &mut Members<'_>| members.timestamp("T").map(Timestamp::ms);
    check(Spelling::Aws, "T: 2026-05-04T12:00:00Z", read, ("Some(1777896000000)", &[]));
    check(Spelling::Aws, "T: 1777896000", read, ("Some(1777896000000)", &[]));
    check(Spelling::Aws, "T: noon", read, ("None", &["f:1:4: T: expected a time, found \"noon\""]));
}
