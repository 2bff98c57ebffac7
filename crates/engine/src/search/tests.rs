use nepho_model::search::{Condition, Pattern, Phrase, Place, Search, Term};
use nepho_model::{Metric, Scope};
use proptest::prelude::*;

use super::*;

/// A search as text: `{schema}`, then conditions in prefix form, exact patterns in quotes.
fn shown(search: &Search) -> String {
    let schema = search.schema.as_ref().map(|schema| match schema.dimensions() {
        None => format!("{{{}}} ", schema.namespace()),
        Some(names) => format!("{{{}|{}}} ", schema.namespace(), names.join("|")),
    });
    format!("{}{}", schema.unwrap_or_default(), shown_condition(&search.condition))
}

fn shown_condition(condition: &Condition) -> String {
    let list = |name: &str, list: &[Condition]| {
        format!("{name}({})", list.iter().map(shown_condition).collect::<Vec<_>>().join(" "))
    };
    match condition {
        Condition::All(all) => list("all", all),
        Condition::Any(any) => list("any", any),
        Condition::Not(one) => list("not", std::slice::from_ref(one)),
        Condition::Term(Term { place, pattern }) => {
            let place = match place {
                Place::Anywhere => String::new(),
                Place::Dimension(name) => format!("[{name}]="),
                place => format!("{place:?}="),
            };
            match pattern {
                Pattern::Exact(text) => format!("{place}{text:?}"),
                Pattern::Phrase(phrase) => format!("{place}{}", phrase.words().collect::<Vec<_>>().join(".")),
            }
        }
    }
}

#[test]
fn what_a_search_asks() {
    let cases = [
        (r#"{AWS/EC2,InstanceId} MetricName="CPUUtilization""#, r#"{AWS/EC2|InstanceId} MetricName="CPUUtilization""#),
        (r#" { AWS/EC2 , InstanceId } , network "#, "{AWS/EC2|InstanceId} network"),
        ("{AWS/EC2}", "{AWS/EC2} all()"),
        ("{AWS/EC2},", "{AWS/EC2} all()"),
        (r#"{"My Namespace", "Dimension@Name"}, "a""#, r#"{My Namespace|Dimension@Name} "a""#),
        (r#"{Shop,Zone,Host,"Zone"}"#, "{Shop|Host|Zone} all()"),
        ("network packets", "all(network packets)"),
        ("network AND packets", "all(network packets)"),
        ("network and packets", "all(network and packets)"),
        ("a OR b c OR d", "any(a all(b c) d)"),
        ("(a OR b) c", "all(any(a b) c)"),
        ("(EC2 OR EBS) AND MetricName=ReadOps", "all(any(EC.2 EBS) MetricName=Read.Ops)"),
        ("NOT Namespace=AWS", "not(Namespace=AWS)"),
        ("NOT a NOT b", "all(not(a) not(b))"),
        ("NOT NOT a", "not(not(a))"),
        ("a AND NOT (b OR c)", "all(a not(any(b c)))"),
        (
            r#"MetricName="Errors" OR (MetricName="Invocations" AND (ProjectA OR ProjectB))"#,
            r#"any(MetricName="Errors" all(MetricName="Invocations" any(Project.A Project.B)))"#,
        ),
        ("InstanceType=micro", "[InstanceType]=micro"),
        (r#"InstanceType = "t2.micro""#, r#"[InstanceType]="t2.micro""#),
        (r#""LoadBalancer"=("a" OR b) c"#, r#"all(any([LoadBalancer]="a" [LoadBalancer]=b) c)"#),
        (r#""Namespace"="a""#, r#"[Namespace]="a""#),
        (r#"Namespace=("a" OR "b")"#, r#"any(Namespace="a" Namespace="b")"#),
        ("metricname=a", "[metricname]=a"),
        ("host=(NOT a)", "not([host]=a)"),
        (":aws.AccountId = 444455556666", r#"Account="444455556666""#),
        (r#":aws.AccountId="444455556666" a"#, r#"all(Account="444455556666" a)"#),
        (":aws.AccountId = 'LOCAL'", "all()"),
        (":aws.AccountId=(LOCAL OR 444455556666)", r#"any(all() Account="444455556666")"#),
        (r#""Europe\\France Traffic\(Network\)""#, r#""Europe\\France Traffic(Network)""#),
        (r#""Bytes\"Input\"""#, r#""Bytes\"Input\"""#),
        (r#""a (b)""#, r#""a (b)""#),
        ("'it is'", r#""it is""#),
        (r#""AND""#, r#""AND""#),
        ("network/errors network+errors", "all(network.errors network.errors)"),
        ("sachiel- web*", "all(sachiel web)"),
        ("a,b", "a.b"),
        ("größe", "größe"),
    ];
    for (text, expected) in cases {
        match parse_search(text) {
            Ok(search) => assert_eq!(shown(&search), expected, "{text}"),
            Err(fault) => panic!("{text}: {fault}"),
        }
    }
}

#[test]
fn what_is_wrong_and_where() {
    let term = "expected a term, a name in double quotes, NOT or `(`";
    let value = "expected what the property has to be, or several of that in parentheses";
    let cases = [
        ("", "the search is empty: it needs a schema such as {AWS/EC2,InstanceId}, a term, or both".to_owned()),
        ("   ", "the search is empty: it needs a schema such as {AWS/EC2,InstanceId}, a term, or both".to_owned()),
        ("AND a", format!("at character 1: found `AND`, {term}")),
        ("a OR", format!("at character 5: found the end, {term}")),
        ("a AND OR b", format!("at character 7: found `OR`, {term}")),
        ("a NOT", format!("at character 6: found the end, {term}")),
        ("()", format!("at character 2: found `)`, {term}")),
        ("ü (a b", "at character 7: found the end, expected `)`, AND, OR or another term; it closes the `(` at character 3".to_owned()),
        ("a) b", "at character 2: found `)`, expected AND, OR, another term or the end".to_owned()),
        ("a {b}", "at character 3: found `{`, expected AND, OR, another term or the end".to_owned()),
        ("{}", "at character 2: found `}`, expected the namespace".to_owned()),
        ("{", "at character 2: found the end, expected the namespace".to_owned()),
        ("{a,}", "at character 4: found `}`, expected the name of a dimension".to_owned()),
        ("{a", "at character 3: found the end, expected `,` or `}`".to_owned()),
        (
            "{My Namespace, a}",
            "at character 5: found `Namespace,`, expected `,` or `}`; a name with spaces in it stands in double quotes"
                .to_owned(),
        ),
        ("{a} {b}", format!("at character 5: found `{{`, {term}")),
        ("MetricName=", format!("at character 12: found the end, {value}")),
        ("MetricName=AND", format!("at character 12: found `AND`, {value}")),
        ("=a", format!("at character 1: found `=`, {term}")),
        (
            "Host=(a OR Zone=b)",
            "at character 16: found `=`, expected `)`, AND, OR or another value of the same property".to_owned(),
        ),
        (
            ":aws.Account=1",
            "at character 1: found `:aws.Account`, expected MetricName, Namespace, :aws.AccountId or the name of a \
             dimension"
                .to_owned(),
        ),
        (
            "Host=*",
            "at character 6: found `*`, expected a term with a letter or a digit in it; there are no wildcards: a term \
             finds every name that has it among its words"
                .to_owned(),
        ),
        ("\"\"", "at character 1: found `\"\"`, expected a name".to_owned()),
        ("a \"b", "at character 5: found the end, expected `\"`; it closes the quote at character 3".to_owned()),
        (
            r#""C:\temp""#,
            "at character 4: found `\\t`, expected a backslash only before `\"`, `'`, `\\`, `(` or `)`; a backslash that \
             is part of the name is written twice"
                .to_owned(),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_search(text).map(|search| shown(&search)).unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn limits() {
    let longest = "ü".repeat(MAX_SEARCH);
    assert!(parse_search(&longest).is_ok());
    assert_eq!(parse_search(&format!("{longest}a")), Err(SearchFault::TooLong(MAX_SEARCH + 1)));
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse_search(&nested(MAX_SEARCH_DEPTH)).is_ok());
    let position = MAX_SEARCH_DEPTH + 1;
    assert_eq!(parse_search(&nested(MAX_SEARCH_DEPTH + 1)), Err(SearchFault::TooDeep { position }));
    assert!(parse_search(&format!("{}a", "NOT ".repeat(MAX_SEARCH_DEPTH))).is_ok());
    assert!(parse_search(&format!("{}a", "NOT ".repeat(MAX_SEARCH_DEPTH + 1))).is_err());
}

#[test]
fn the_guides_examples_find_what_the_guide_says() {
    let scope = Scope::new("111122223333", "us-east-1");
    let metrics: Vec<_> = [
        ("AWS/EC2", "CPUUtilization", &[("InstanceId", "i-1234567890123456")][..]),
        ("AWS/EC2", "CPUUtilization", &[("InstanceId", "i-0987654321098765")]),
        ("AWS/EC2", "CPUUtilization", &[("InstanceType", "t2.micro")]),
        ("AWS/EC2", "CPUUtilization", &[("InstanceType", "c3.4xlarge")]),
        ("AWS/EC2", "NetworkPacketsIn", &[("InstanceId", "i-1234567890123456")]),
        ("AWS/EC2", "DiskReadOps", &[("InstanceId", "i-1234567890123456")]),
        ("AWS/EBS", "VolumeReadOps", &[("VolumeId", "vol-1"), ("Project", "ProjectA")]),
        ("AWS/Lambda", "Errors", &[("FunctionName", "orders")]),
        ("AWS/Lambda", "Invocations", &[("FunctionName", "orders")]),
        ("AWS/Lambda", "Invocations", &[("FunctionName", "ProjectA-mail")]),
        ("AWS/NetworkELB", "ConsumedLCUs", &[("LoadBalancer", "net/a/1")]),
        ("AWS/NetworkELB", "ActiveFlowCount", &[("LoadBalancer", "net/a/1")]),
        ("My Shop", "ConnectionErrors", &[]),
    ]
    .iter()
    .map(|(namespace, name, dimensions)| Metric::new(namespace, name, dimensions).unwrap())
    .collect();
    // search, positions in the list
    let cases: &[(&str, &[usize])] = &[
        (r#"{AWS/EC2,InstanceId} MetricName="CPUUtilization""#, &[0, 1]),
        (r#"{AWS/EC2,InstanceType} MetricName="CPUUtilization""#, &[2, 3]),
        (r#"{AWS/EC2} MetricName="CPUUtilization""#, &[0, 1, 2, 3]),
        (r#"{AWS/EC2,InstanceType} InstanceType=micro MetricName="CPUUtilization""#, &[2]),
        (r#"InstanceType="t2.micro" Namespace="AWS/EC2""#, &[2]),
        (r#"{AWS/EC2,InstanceId} network packets"#, &[4]),
        (r#"{AWS/EC2,InstanceId} MetricName="CPUUtilization" NOT i-1234567890123456"#, &[1]),
        ("NOT Namespace=AWS", &[12]),
        ("(EC2 OR EBS) AND MetricName=ReadOps", &[5, 6]),
        ("(EC2 OR EBS) AND ReadOps AND ProjectA", &[6]),
        (
            r#"{AWS/Lambda,FunctionName} MetricName="Errors" OR (MetricName="Invocations" AND (ProjectA OR ProjectB))"#,
            &[7, 9],
        ),
        (r#"{AWS/NetworkELB, LoadBalancer} "ConsumedLCUs" OR flow"#, &[10, 11]),
        ("Errors", &[7, 12]),
        (r#""Errors""#, &[7]),
        (r#"{"My Shop"}, errors"#, &[12]),
        (r#":aws.AccountId="444455556666""#, &[]),
        (":aws.AccountId = LOCAL flow", &[11]),
    ];
    for (text, expected) in cases {
        let search = parse_search(text).unwrap();
        let found = metrics.iter().enumerate().filter(|(_, metric)| search.matches(&scope, metric.key()));
        assert_eq!(found.map(|(at, _)| at).collect::<Vec<_>>(), *expected, "{text}");
    }
}

/// A condition and one way to write it.
fn written(condition: &Condition) -> String {
    let join = |list: &[Condition], by: &str| list.iter().map(written).collect::<Vec<_>>().join(by);
    match condition {
        Condition::All(all) => format!("({})", join(all, " ")),
        Condition::Any(any) => format!("({})", join(any, " OR ")),
        Condition::Not(one) => format!("NOT {}", written(one)),
        Condition::Term(Term { place, pattern }) => {
            let quoted = |text: &str| {
                let escaped: String =
                    text.chars().flat_map(|c| ['\\', c].into_iter().skip(usize::from(!"\"\\()".contains(c)))).collect();
                format!("\"{escaped}\"")
            };
            let place = match place {
                Place::Dimension(name) => format!("{}=", quoted(name)),
                Place::MetricName => "MetricName=".to_owned(),
                Place::Namespace => "Namespace = ".to_owned(),
                _ => String::new(),
            };
            match pattern {
                Pattern::Exact(text) => place + &quoted(text),
                Pattern::Phrase(phrase) => place + &phrase.words().collect::<Vec<_>>().join("-"),
            }
        }
    }
}

fn conditions() -> impl Strategy<Value = Condition> {
    let place = prop_oneof![
        Just(Place::Anywhere),
        Just(Place::Namespace),
        Just(Place::MetricName),
        "[a-z\"\\\\ ()=]{1,4}".prop_map(Place::Dimension),
    ];
    let pattern = prop_oneof![
        "[a-zA-Z\"\\\\ (){}=,é']{1,6}".prop_map(Pattern::Exact),
        "[a-z]{1,3}(-[A-Z]{1,3}){0,2}".prop_map(|text| Pattern::Phrase(Phrase::parse(&text).expect("it has letters"))),
    ];
    let term = (place, pattern).prop_map(|(place, pattern)| Condition::Term(Term { place, pattern }));
    term.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Condition::Any),
            inner.prop_map(|one| Condition::Not(Box::new(one))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(condition in conditions()) {
        let text = written(&condition);
        if text.chars().count() <= MAX_SEARCH {
            prop_assert_eq!(parse_search(&text).map(|search| search.condition), Ok(condition), "{}", text);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in r#"[{}()="'\\, a-bAé]{0,60}|(NOT |AND |OR |\(|\)|[a-z]+=?|"x" ){0,40}|\PC{0,80}"#) {
        let search = parse_search(&text);
        if let Err(SearchFault::Unexpected(unexpected)) = &search {
            prop_assert!((1..=text.chars().count() + 1).contains(&unexpected.position));
        }
        if let Ok(search) = search {
            let metric = Metric::new("a", "b", &[("a", "AbA")]).unwrap();
            search.matches(&Scope::new("a", "b"), metric.key());
        }
    }
}
