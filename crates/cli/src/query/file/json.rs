//! Queries in AWS's JSON: a GetMetricData request as the AWS CLI takes it, or its list of queries alone.

use aws_sdk_cloudwatch::types::ScanBy;
use nepho_engine::{Period, QueryId, Statistic};
use nepho_model::Unit;
use serde::Deserialize;
use serde_json::Value;

use super::Contents;
use crate::dimension;
use crate::metric::{self, Metric};
use crate::moment::{self, Moment};
use crate::query::draft::Draft;
use crate::query::line::{Asked, Expression, Line};
use crate::unit;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Request {
    metric_data_queries: Vec<Query>,
    start_time: Option<Value>,
    end_time: Option<Value>,
    scan_by: Option<String>,
    max_datapoints: Option<i32>,
    label_options: Option<LabelOptions>,
    /// The AWS CLI's skeleton has one; a request begins without.
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct LabelOptions {
    timezone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Query {
    id: Option<String>,
    metric_stat: Option<MetricStat>,
    expression: Option<String>,
    label: Option<String>,
    return_data: Option<bool>,
    period: Option<i64>,
    account_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct MetricStat {
    metric: WireMetric,
    period: Option<i64>,
    stat: String,
    unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct WireMetric {
    namespace: String,
    metric_name: String,
    #[serde(default)]
    dimensions: Vec<WireDimension>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct WireDimension {
    name: String,
    value: String,
}

pub(super) fn parse(text: &str) -> Result<Contents, String> {
    if text.trim_start().starts_with('[') {
        let queries: Vec<Query> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        return Ok(Contents { queries: drafts(queries)?, ..Contents::default() });
    }
    let whole: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if whole.get("metrics").is_some() && whole.get("MetricDataQueries").is_none() {
        return Err("this is the source of a dashboard's widget; expected a GetMetricData request, or its \
                    MetricDataQueries"
            .to_owned());
    }
    // From the text once more, so that what is wrong has its line.
    let request: Request = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if request.next_token.is_some_and(|token| !token.is_empty()) {
        return Err("NextToken is set: all pages are followed from the first on, so leave it out".to_owned());
    }
    Ok(Contents {
        queries: drafts(request.metric_data_queries)?,
        start: request.start_time.map(|time| moment("StartTime", &time)).transpose()?,
        end: request.end_time.map(|time| moment("EndTime", &time)).transpose()?,
        scan_by: request.scan_by.as_deref().map(scan_by).transpose()?,
        max_datapoints: request.max_datapoints,
        label_zone: request.label_options.and_then(|options| options.timezone),
    })
}

fn moment(parameter: &str, time: &Value) -> Result<Moment, String> {
    let parsed = match time {
        Value::String(text) => moment::parse(text),
        Value::Number(number) => match number.as_f64().map(|seconds| (seconds * 1000.0).round() as i64) {
            Some(millis) => {
                jiff::Timestamp::from_millisecond(millis).map(Moment::At).map_err(|error| error.to_string())
            }
            None => Err("it is no number of seconds".to_owned()),
        },
        _ => Err("expected a time, such as \"2026-05-04T12:00:00Z\" or seconds since 1970".to_owned()),
    };
    parsed.map_err(|message| format!("{parameter} {time}: {message}"))
}

fn scan_by(text: &str) -> Result<ScanBy, String> {
    match text {
        "TimestampAscending" => Ok(ScanBy::TimestampAscending),
        "TimestampDescending" => Ok(ScanBy::TimestampDescending),
        _ => Err(format!("ScanBy {text:?}: expected TimestampAscending or TimestampDescending")),
    }
}

fn drafts(queries: Vec<Query>) -> Result<Vec<Draft>, String> {
    let named =
        |(at, query): (usize, Query)| query.draft().map_err(|message| format!("MetricDataQueries[{at}]: {message}"));
    queries.into_iter().enumerate().map(named).collect()
}

impl Query {
    fn draft(self) -> Result<Draft, String> {
        let id = self.id.as_deref().map(QueryId::parse).transpose().map_err(|fault| fault.to_string())?;
        let own_period = self.period.map(period).transpose()?;
        let (asked, period) = match (self.metric_stat, self.expression) {
            (Some(stat), None) => {
                let (asked, period) = stat.asked()?;
                if own_period.is_some_and(|own| period.is_some_and(|period| own != period)) {
                    return Err("Period differs from MetricStat.Period, which is the one that counts".to_owned());
                }
                (asked, period.or(own_period))
            }
            (None, Some(text)) => (Asked::Expression(Expression { text, offset: 0 }), own_period),
            (Some(_), Some(_)) => return Err("it has both MetricStat and Expression: expected one of them".to_owned()),
            (None, None) => return Err("it has neither MetricStat nor Expression: expected one of them".to_owned()),
        };
        let line = Line { id, asked, period, label: self.label };
        let text = match &line.asked {
            Asked::Expression(expression) => expression.text.clone(),
            Asked::Metric { .. } => line.to_string(),
        };
        let return_data = Some(self.return_data.unwrap_or(true));
        Ok(Draft { return_data, account: self.account_id, ..Draft::of_line(line, text) })
    }
}

impl MetricStat {
    fn asked(self) -> Result<(Asked, Option<Period>), String> {
        let namespace = metric::parse_namespace(&self.metric.namespace)?;
        let name = metric::parse_name(&self.metric.metric_name)?;
        let dimensions = self.metric.dimensions.iter().map(|one| dimension::checked(&one.name, &one.value));
        let dimensions: Vec<_> = dimensions.collect::<Result<_, _>>()?;
        let statistic = Statistic::parse(&self.stat).map_err(|fault| fault.to_string())?;
        let wrong = |text: &str| format!("Unit {text:?}: {}", unit::advice(text));
        let unit = self.unit.as_deref().map(|text| Unit::parse(text).ok_or_else(|| wrong(text))).transpose()?;
        let metric = Metric::new(&namespace, &name, &dimensions);
        Ok((Asked::Metric { metric, statistic: Some(statistic), unit }, self.period.map(period).transpose()?))
    }
}

fn period(seconds: i64) -> Result<Period, String> {
    Period::from_seconds(seconds).map_err(|fault| format!("Period {seconds}: {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &str = r#"{
        "MetricDataQueries": [
            {"Id": "m1", "ReturnData": false, "MetricStat": {"Stat": "Sum", "Period": 60, "Unit": "Count", "Metric": {
                "Namespace": "Shop", "MetricName": "Errors", "Dimensions": [{"Name": "Service", "Value": "web"}]}}},
            {"Id": "e1", "Expression": "m1 * 2", "Label": "twice", "Period": 60, "AccountId": "123456789012"}
        ],
        "StartTime": "2026-05-04T12:00:00Z", "EndTime": 1777899600, "ScanBy": "TimestampDescending",
        "MaxDatapoints": 100, "LabelOptions": {"Timezone": "+0200"}, "NextToken": ""
    }"#;

    #[test]
    fn a_request_is_read() {
        let asked = parse(REQUEST).unwrap();
        let [metric, expression] = &asked.queries[..] else { panic!("{asked:?}") };
        let Asked::Metric { metric: found, statistic, unit } = &metric.asked else { panic!("{metric:?}") };
        assert_eq!((found.to_string().as_str(), *unit), ("Shop Errors (Service=web)", Some(Unit::Count)));
        assert_eq!((statistic.as_ref(), metric.return_data), (Some(&Statistic::SUM), Some(false)));
        assert_eq!((expression.text.as_str(), expression.label.as_deref()), ("m1 * 2", Some("twice")));
        assert_eq!((expression.period, expression.return_data), (Some(Period::MINUTE), Some(true)));
        let at = |text: &str| Some(Moment::At(text.parse().unwrap()));
        assert_eq!((asked.start, asked.end), (at("2026-05-04T12:00:00Z"), at("2026-05-04T13:00:00Z")));
        assert_eq!((asked.scan_by, asked.max_datapoints), (Some(ScanBy::TimestampDescending), Some(100)));
        assert_eq!(asked.label_zone.as_deref(), Some("+0200"));
    }

    #[test]
    fn the_list_of_queries_alone_is_read() {
        let asked = parse(r#"[{"Expression": "SEARCH('a', 'Sum', 60)"}]"#).unwrap();
        assert_eq!((asked.queries.len(), asked.queries[0].id.clone(), asked.start), (1, None, None));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let query = |rest: &str| format!(r#"[{{"Id": "a", {rest}}}]"#);
        let stat = |rest: &str| {
            query(&format!(r#""MetricStat": {{"Metric": {{"Namespace": "a", "MetricName": "b"}}, {rest}}}"#))
        };
        let cases = [
            (query(r#""Label": "x""#), "MetricDataQueries[0]: it has neither MetricStat nor Expression"),
            (query(r#""Expresion": "a""#), "unknown field `Expresion`"),
            (stat(r#""Stat": "Sum", "Period": 61"#), "MetricDataQueries[0]: Period 61: "),
            (stat(r#""Stat": "Median""#), "\"Median\" is no statistic"),
            (stat(r#""Stat": "Sum", "Unit": "ms""#), "Unit \"ms\": CloudWatch's name for it is Milliseconds"),
            (r#"[{"Id": "A", "Expression": "a"}]"#.to_owned(), "id \"A\" is not a lowercase letter"),
            (r#"{"metrics": [["Shop", "Orders"]]}"#.to_owned(), "this is the source of a dashboard's widget"),
            (r#"{"MetricDataQueries": [], "NextToken": "x"}"#.to_owned(), "NextToken is set"),
            (r#"{"MetricDataQueries": [], "ScanBy": "x"}"#.to_owned(), "ScanBy \"x\": expected TimestampAscending or"),
            (
                r#"{"MetricDataQueries": [], "StartTime": "soon"}"#.to_owned(),
                "StartTime \"soon\": expected how long ago",
            ),
            ("{".to_owned(), "EOF while parsing"),
        ];
        for (text, expected) in cases {
            let message = parse(&text).unwrap_err();
            assert!(message.contains(expected), "{text}: {message}");
        }
    }
}
