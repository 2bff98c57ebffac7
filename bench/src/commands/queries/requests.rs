//! What is asked.

use serde_json::{Value, json};

use super::load::{Family, HOSTS, NAMESPACE, SERVICES};
use crate::http::{aws_request, json_headers};

/// A range of time in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) start: i64,
    pub(super) end: i64,
}

impl Range {
    /// The periods of a minute in it.
    pub(super) const fn minutes(self) -> usize {
        ((self.end - self.start) / 60) as usize
    }
}

/// One GetMetricData.
fn get_metric_data(range: Range, queries: &[Value]) -> Vec<u8> {
    let body = json!({ "StartTime": range.start, "EndTime": range.end, "MetricDataQueries": queries });
    aws_request(&json_headers("GetMetricData"), "/", body.to_string().as_bytes())
}

/// An expression alone.
pub(super) fn expression(range: Range, text: &str) -> Vec<u8> {
    get_metric_data(range, &[json!({ "Id": "e", "Expression": text, "Period": 60 })])
}

/// AVG of so many of a family's metrics, each of them named.
pub(super) fn average_of_named(range: Range, family: &Family, metrics: usize) -> Vec<u8> {
    let named = |number: usize| {
        let (service, host) = family.member(number * SERVICES.len());
        let dimensions = json!([{ "Name": "Service", "Value": service }, { "Name": "Host", "Value": host }]);
        let metric = json!({ "Namespace": NAMESPACE, "MetricName": family.name, "Dimensions": dimensions });
        let stat = json!({ "Metric": metric, "Period": 60, "Stat": "Average" });
        json!({ "Id": format!("m{number}"), "MetricStat": stat, "ReturnData": false })
    };
    let mut queries: Vec<_> = (0..metrics.min(HOSTS)).map(named).collect();
    queries.push(json!({ "Id": "e", "Expression": "AVG(METRICS())" }));
    get_metric_data(range, &queries)
}

/// The sum over the hosts of each service, which is what the results are called.
pub(super) fn sum_by_service(range: Range, family: &Family) -> Vec<u8> {
    let sum = |(number, service): (usize, &&str)| {
        let search = search_of_service(family, service, "Sum");
        json!({ "Id": format!("s{number}"), "Label": service, "Expression": format!("SUM({search})") })
    };
    get_metric_data(range, &SERVICES.iter().enumerate().map(sum).collect::<Vec<_>>())
}

/// The same from VictoriaMetrics. Its answer has points at both ends of the range; `nocache` has it compute them anew
/// each time, as ours does.
pub(super) fn victorias_sum_by_service(range: Range, family: &Family) -> Vec<u8> {
    let (Range { start, end }, sums) = (range, family.victoria);
    let query = format!("query=sum+by+(service)+({sums})&start={start}&end={}&step=60&nocache=1", end - 60);
    format!("GET /api/v1/query_range?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}

/// The SEARCH for a service's metrics.
pub(super) fn search_of_service(family: &Family, service: &str, statistic: &str) -> String {
    let schema = format!("{{{NAMESPACE},Service,Host}}");
    format!(r#"SEARCH('{schema} MetricName="{}" Service="{service}"', '{statistic}', 60)"#, family.name)
}
