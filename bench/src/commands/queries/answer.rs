//! Answers of both servers in one form, so that they can be compared.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Outcome;
use crate::http::Connection;

/// Sums of the same numbers in another order differ by less than this part of them.
const ROUNDING: f64 = 1e-9;

/// Points by time, for each label.
pub(super) type Answer = BTreeMap<String, BTreeMap<i64, f64>>;

/// Sends a request; anything but success is an error.
pub(super) fn ask(connection: &mut Connection, request: &[u8]) -> Outcome<()> {
    match connection.call(request)? {
        200 => Ok(()),
        status => Err(format!("status {status}: {}", String::from_utf8_lossy(connection.body())).into()),
    }
}

/// The answer of GetMetricData to the request that was sent last.
pub(super) fn of_nepho(connection: &Connection) -> Outcome<Answer> {
    let body: Value = serde_json::from_slice(&connection.whole_body())?;
    let mut answer = Answer::new();
    for result in list(&body["MetricDataResults"])? {
        let label = result["Label"].as_str().ok_or("a result has no label")?;
        if result["StatusCode"] != "Complete" {
            return Err(format!("{label} is not complete: {}", result["Messages"]).into());
        }
        let points = list(&result["Timestamps"])?.iter().zip(list(&result["Values"])?);
        let point = |(time, value): (&Value, &Value)| Some((time.as_f64()? as i64, value.as_f64()?));
        let points = points.map(point).collect::<Option<_>>().ok_or("a datapoint is no number")?;
        answer.insert(label.to_owned(), points);
    }
    Ok(answer)
}

/// VictoriaMetrics' answer to the query that was sent last, by the value of a label.
pub(super) fn of_victoria(connection: &Connection, label: &str) -> Outcome<Answer> {
    let body: Value = serde_json::from_slice(&connection.whole_body())?;
    let mut answer = Answer::new();
    for result in list(&body["data"]["result"])? {
        let label = result["metric"][label].as_str().ok_or("a result lacks the label")?;
        let point = |point: &Value| Some((point[0].as_f64()? as i64, point[1].as_str()?.parse().ok()?));
        let points = list(&result["values"])?.iter().map(point).collect::<Option<_>>();
        answer.insert(label.to_owned(), points.ok_or("a value is no number")?);
    }
    Ok(answer)
}

fn list(value: &Value) -> Outcome<&[Value]> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| format!("expected a list, found {value}").into())
}

/// Makes sure that an answer has so many series of so many points.
pub(super) fn check_size(answer: &Answer, series: usize, points: usize) -> Outcome<()> {
    if answer.len() != series {
        return Err(format!("expected {series} series, found {}", answer.len()).into());
    }
    match answer.iter().find(|(_, found)| found.len() != points) {
        Some((label, found)) => Err(format!("expected {points} points of {label}, found {}", found.len()).into()),
        None => Ok(()),
    }
}

/// Makes sure that two answers say the same.
pub(super) fn check_equal(one: &Answer, other: &Answer) -> Outcome<()> {
    check_within(one, other)?;
    check_within(other, one)
}

/// Makes sure that all that `part` says, `whole` says as well.
pub(super) fn check_within(part: &Answer, whole: &Answer) -> Outcome<()> {
    for (label, points) in part {
        let others = whole.get(label).ok_or_else(|| format!("one of the answers lacks {label}"))?;
        for (time, value) in points {
            let other = others.get(time).ok_or_else(|| format!("one of the answers lacks {label} at {time}"))?;
            if (value - other).abs() > ROUNDING * value.abs() {
                return Err(format!("{label} at {time}: {value} is not {other}").into());
            }
        }
    }
    Ok(())
}
