//! DescribeAlarmsForMetric.

use nepho_engine::alarm::ScalarMetric;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::describe_alarms_for_metric::{DescribeAlarmsForMetricInput, DescribeAlarmsForMetricOutput};

use crate::alarms::describe;
use crate::api::call::{Call, Reply};
use crate::api::metric::metric;
use crate::api::violations::Violations;

/// Describes the alarms on exactly one metric.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: DescribeAlarmsForMetricInput = call.decode(body)?;
    let mut violations = Violations::default();
    let (namespace, name) = (input.namespace.as_deref(), input.metric_name.as_deref());
    let wanted = metric("", namespace, name, input.dimensions.as_deref(), &mut violations);
    violations.check()?;
    let statistic = |scalar: &ScalarMetric, wanted: &Option<String>, is_extended: bool| {
        wanted.as_deref().is_none_or(|name| scalar.statistic().as_str() == name && scalar.is_extended == is_extended)
    };
    let is_wanted = |scalar: &ScalarMetric| {
        Some(scalar.metric()) == wanted.as_ref()
            && statistic(scalar, &input.statistic, false)
            && statistic(scalar, &input.extended_statistic, true)
            && input.period.is_none_or(|period| scalar.stat.period.seconds() == i64::from(period))
            && input.unit.as_deref().is_none_or(|unit| scalar.unit().is_some_and(|own| own.as_str() == unit))
    };
    let alarms = call.instance.alarms.look(&call.scope, |alarms| {
        let entries = alarms.metric.values().filter(|entry| entry.alarm.source().metric().is_some_and(is_wanted));
        entries.map(describe::metric).collect()
    });
    Ok(call.encode(&DescribeAlarmsForMetricOutput { metric_alarms: Some(alarms) }))
}
