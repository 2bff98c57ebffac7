//! Operators, the grammar, and what is said about expressions that are wrong.

use super::cases::check;
use super::*;

#[test]
fn comparison_and_logic_as_documented() {
    check(
        "
        metric1                        30 20 0 0
        metric2                        20 - 20 -
        metric1 < metric2              => 0 0 1 0
        metric1 >= 30                  => 1 0 0 0
        metric1 > 15 AND metric2 > 15  => 1 0 0 0
        ",
    );
}

#[test]
fn a_missing_side_counts_as_0_and_two_missing_sides_as_nothing() {
    check(
        "
        a            6 4 - - 0
        b            2 - 5 - 0
        a + b        => 8 4 5 - 0
        a - b        => 4 4 -5 - 0
        a * b        => 12 0 0 - 0
        a / b        => 3 - 0 - -
        a ^ b        => 36 1 0 - 1
        a == b       => 0 0 0 - 1
        a != b       => 1 1 1 - 0
        a <= b       => 0 0 1 - 1
        a >= b       => 1 1 0 - 1
        a < b        => 0 0 1 - 0
        a > b        => 1 1 0 - 0
        a AND b      => 1 0 0 - 0
        a && b       => 1 0 0 - 0
        a OR b       => 1 1 1 - 0
        a || b       => 1 1 1 - 0
        -a           => -6 -4 - - 0
        ",
    );
}

#[test]
fn a_scalar_meets_a_series_where_the_series_has_values() {
    check(
        "
        a                 6 - 0 -4
        a + 1             => 7 - 1 -3
        1 - a             => -5 - 1 5
        a / 2             => 3 - 0 -2
        a / 0             => - - - -
        12 / a            => 2 - - -3
        a ^ 0.5           => 2.4494897428 - 0 -
        a ^ -1            => 0.1666666667 - - -0.25
        1 > a             => 0 - 1 1
        a AND 1           => 1 - 0 1
        a OR 0            => 1 - 0 1
        a - AVG(a)        => 5.3333333333 - -0.6666666667 -4.6666666667
        a * 1e308 * 1e308 => - - 0 -
        a + 0 / 0         => - - - -
        ",
    );
}

#[test]
fn scalars() {
    check(
        "
        none              - -
        1 + 2             => = 3
        7 / 0             => = -
        0 / 0             => = -
        -2 ^ 0.5          => = -1.4142135624
        (-2) ^ 0.5        => = -
        1 / 0 > 1         => = -
        1 / 0 OR 1        => = -
        AVG(none) == 0    => = -
        1e-36             => = 0
        2 > 1             => = 1
        2 AND 0           => = 0
        1e308 * 10        => = -
        ",
    );
}

#[test]
fn arrays_meet_scalars_and_series_one_by_one() {
    check(
        "
        m1              1 2 -
        m2              - 3 4
        s               10 - 10
        [m1, m2] * 2    => m1:[2 4 -] m2:[- 6 8]
        2 - [m1, m2]    => m1:[1 0 -] m2:[- -1 -2]
        [m1, m2] + s    => m1:[11 2 10] m2:[10 3 14]
        s / [m1, m2]    => m1:[10 0 -] m2:[- 0 2.5]
        -[m1]           => m1:[-1 -2 -]
        [m1, [m2, s]]   => m1:[1 2 -] m2:[- 3 4] s:[10 - 10]
        [m1, (m1 + m2) * 2] => m1:[1 2 -] (m1 + m2) * 2:[2 10 8]
        [m1, -m1]       => m1:[1 2 -] -m1:[-1 -2 -]
        METRICS('m') / SUM(METRICS('m')) => m1:[1 0.4 0] m2:[0 0.6 1]
        [m1] + [m2]     !! operator + at character 1 does not take an array of time series and an array of time series: aggregate one of them, as SUM(...) does, or combine the series one by one
        [m1] > 1        !! operator > at character 1 does not take an array of time series and a scalar: expected scalars or time series
        [m1] AND m2     !! operator AND at character 1 does not take an array of time series and the id of a metric: expected scalars or time series
        ",
    );
}

#[test]
fn precedence() {
    let pairs = [
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("1 - 2 - 3", "(1 - 2) - 3"),
        ("8 / 4 / 2", "(8 / 4) / 2"),
        ("8 / 4 * 2", "(8 / 4) * 2"),
        ("2 ^ 3 ^ 2", "2 ^ (3 ^ 2)"),
        ("-2 ^ 2", "-(2 ^ 2)"),
        ("2 ^ -1 ^ 2", "2 ^ (-(1 ^ 2))"),
        ("2 ^ -1 * 3", "(2 ^ (-1)) * 3"),
        ("-2 * 3", "(-2) * 3"),
        ("--2", "-(-2)"),
        ("2 - -2", "2 - (-2)"),
        ("1 + 1 > 1 * 1", "(1 + 1) > (1 * 1)"),
        ("3 > 2 > 1", "(3 > 2) > 1"),
        ("1 == 2 < 3", "(1 == 2) < 3"),
        ("1 OR 0 AND 0", "1 OR (0 AND 0)"),
        ("0 AND 0 == 0", "0 AND (0 == 0)"),
        ("1 || 0 && 0", "1 || (0 && 0)"),
        ("-1 < 0 AND 1", "((-1) < 0) AND 1"),
    ];
    for (plain, grouped) in pairs {
        assert_eq!(shape(plain), shape(grouped), "{plain}");
    }
}

/// The nodes of an expression without their places.
fn shape(text: &str) -> String {
    let expression = Expression::parse(text).unwrap();
    let nodes: Vec<_> = expression.nodes().iter().map(|node| format!("{:?} {:?}", node.kind, node.children)).collect();
    nodes.join(", ")
}

#[test]
fn what_cannot_be_read_is_named_with_its_place() {
    check(
        r#"
        m1          1 2
        m1 +        !! unexpected end at character 5: expected a number, a string, an id, a function, '-', '(' or '['
        * 2         !! unexpected '*' at character 1: expected a number, a string, an id, a function, '-', '(' or '['
        m1 m1       !! unexpected 'm1' at character 4: expected an operator or the end
        m1 and m1   !! unexpected 'and' at character 4: expected an operator or the end, did you mean 'AND'?
        5m1         !! unexpected 'm1' at character 2: expected an operator or the end
        (m1         !! unexpected end at character 4: expected an operator or ')'
        (m1]        !! unexpected ']' at character 4: expected an operator or ')'
        m1)         !! unexpected ')' at character 3: expected an operator or the end
        [m1         !! unexpected end at character 4: expected an operator, ',' or ']'
        [m1,]       !! unexpected ']' at character 5: expected a number, a string, an id, a function, '-', '(' or '['
        []          !! unexpected ']' at character 2: expected a number, a string, an id, a function, '-', '(' or '['
        AVG(m1      !! unexpected end at character 7: expected an operator, ',' or ')'
        AVG(m1 m1)  !! unexpected 'm1' at character 8: expected an operator, ',' or ')'
        AVG(,m1)    !! unexpected ',' at character 5: expected a number, a string, an id, a function, '-', '(' or '['
        m1 + ABS    !! unexpected end at character 9: expected '(' behind the name of a function
        + m1        !! unexpected '+' at character 1: expected a number, a string, an id, a function, '-', '(' or '['
        m1 AND OR 1 !! unexpected 'OR' at character 8: expected a number, a string, an id, a function, '-', '(' or '['
        m1 % 2      !! unexpected '%' at character 4: expected a number, a string, an id, a function or an operator
        m1 = 2      !! unexpected '=' at character 4: expected a number, a string, an id, a function or an operator, did you mean '=='?
        m1 & m1     !! unexpected '&' at character 4: expected a number, a string, an id, a function or an operator, did you mean '&&'?
        m1 + ß      !! unexpected 'ß' at character 6: expected a number, a string, an id, a function or an operator
        'ü' + 'a    !! the string at character 7 has no closing '
        . + 1       !! unexpected '.' at character 1: expected a number, a string, an id, a function or an operator
        m1 + 1e309  !! the number 1e309 at character 6 is too large
        AVGG(m1)    !! Function 'AVGG' not found at character 1, did you mean 'AVG'?
        1 + avg(m1) !! Function 'avg' not found at character 5, did you mean 'AVG'?
        ANOMALY_DETECTOR(m1) !! Function 'ANOMALY_DETECTOR' not found at character 1
        "#,
    );
}

#[test]
fn what_does_not_go_together_is_named_with_its_place() {
    check(
        "
        m1            1 2
        m2            1 2
        m1 + 'a'      !! operator + at character 1 does not take the id of a metric and a string: expected scalars, time series, or an array of time series with either
        1 + m1 * AVG  !! operator * at character 5 does not take the id of a metric and AVG: expected scalars, time series, or an array of time series with either
        1 > 'a'       !! operator > at character 1 does not take a scalar and a string: expected scalars or time series
        -'a'          !! operator - at character 1 does not take a string: expected a scalar, a time series or an array of time series
        [m1, 5]       !! the element at character 6 is a scalar: expected a time series or an array of them
        ['a', m1]     !! the element at character 7 is the id of a metric: expected a string, as the first is one
        m3 + 1        !! Id 'm3' not found at character 1
        ",
    );
}

#[test]
fn the_result_is_a_series_or_an_array() {
    let said = |gives| check_result(gives).map_err(|fault| fault.to_string());
    for gives in [Type::Series, Type::Metric, Type::Array] {
        assert_eq!(said(gives), Ok(()));
    }
    let cases = [
        (
            Type::Scalar,
            "the result is a scalar: expected a time series or an array of time series, which TIME_SERIES(...) makes of \
             a scalar",
        ),
        (Type::Text, "the result is a string: expected a time series or an array of time series"),
        (Type::Texts, "the result is an array of strings: expected a time series or an array of time series"),
    ];
    for (gives, expected) in cases {
        assert_eq!(said(gives), Err(expected.to_owned()));
    }
}

#[test]
fn an_expression_has_at_most_2048_characters() {
    let of_length = |length: usize| format!("'{}'", "ü".repeat(length - 2));
    assert!(Expression::parse(&of_length(MAX_EXPRESSION)).is_ok());
    assert_eq!(Expression::parse(&of_length(MAX_EXPRESSION + 1)), Err(ExpressionFault::TooLong(MAX_EXPRESSION + 1)));
    for empty in ["", " ", "\n\t"] {
        assert_eq!(Expression::parse(empty), Err(ExpressionFault::Empty));
    }
}

#[test]
fn nesting_is_bounded_whatever_it_is_made_of() {
    let wholes: [(&str, &str, &str); 5] =
        [("(", "1", ")"), ("-", "1", ""), ("[", "m1", "]"), ("ABS(", "m1", ")"), ("2^", "1", "")];
    for (open, inner, close) in wholes {
        let nested = |depth: usize| format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
        assert!(Expression::parse(&nested(MAX_NESTING)).is_ok(), "{open}");
        let fault = Expression::parse(&nested(MAX_NESTING + 1)).unwrap_err();
        assert_eq!(fault, ExpressionFault::TooDeep(open.len() * (MAX_NESTING + 1) + 1), "{open}");
    }
    // A chain is not nested.
    let chain = format!("1{}", "-1".repeat((MAX_EXPRESSION - 1) / 2));
    check(&format!("{chain} => = {}", 1 - (MAX_EXPRESSION as i64 - 1) / 2));
}

#[test]
fn an_array_has_at_most_500_series() {
    let table = |count: usize| format!("m 1\n [{}]", vec!["m"; count].join(","));
    let whole = "[1] ".repeat(MAX_SERIES);
    check(&format!("{} => {}", table(MAX_SERIES), whole.trim_end()));
    check(&format!("{} ?? an array of 501 time series exceeds the limit of 500", table(MAX_SERIES + 1)));
}

#[test]
fn a_value_for_each_period_is_made_for_a_million_of_them() {
    let grid = |periods: u32| {
        let start = nepho_model::Timestamp::from_seconds(0);
        let period = crate::Period::from_seconds(1).unwrap();
        Grid::new(start, start.plus_seconds(i64::from(periods)), period).unwrap()
    };
    assert_eq!(
        Series::of_every_period(grid(MAX_FILLED_PERIODS), f64::from).unwrap().len(),
        MAX_FILLED_PERIODS as usize
    );
    let fault = Series::of_every_period(grid(MAX_FILLED_PERIODS + 1), f64::from).unwrap_err();
    assert_eq!(fault, EvaluationFault::RangeTooLong { periods: MAX_FILLED_PERIODS + 1, seconds: 1 });
}

#[test]
fn a_grid_has_at_most_as_many_periods_as_its_positions_have_numbers() {
    let start = nepho_model::Timestamp::from_seconds(0);
    let period = crate::Period::from_seconds(1).unwrap();
    let grid = |seconds: i64| Grid::new(start, start.plus_seconds(seconds), period);
    assert!(grid(i64::from(u32::MAX)).is_some());
    assert!(grid(i64::from(u32::MAX) + 1).is_none());
    assert!(grid(i64::MAX).is_none());
}
