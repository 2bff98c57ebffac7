//! From Metrics to what an alarm is about.

use nepho_model::{Metric, Scope, Timestamp, Unit};

use super::fault::{AlarmFault, MetricsFault};
use super::parameters::{QueryParameters, StatParameters};
use super::source::{
    AlarmQuery, InsightsSource, MAX_EXPRESSIONS, MAX_METRIC_STATS, MAX_METRICS, MathSource, Source as AlarmSource,
};
use crate::insights::{is_insights, parse_insights};
use crate::label::Label;
use crate::math::{Expression, ExpressionFault, Type};
use crate::period::Period;
use crate::prepare::{Prepared, prepare};
use crate::query::{DataRequest, ExpressionQuery, MetricStat, Query, QueryId, Source};
use crate::request_error::DataError;
use crate::statistic::Statistic;

/// The function whose value is a band.
const BAND: &str = "ANOMALY_DETECTION_BAND";

/// The shortest and the longest period of a band, in seconds.
const BAND_PERIODS: std::ops::RangeInclusive<i64> = 60..=3600;

/// The shortest period of a query of Metrics Insights, in seconds.
const MIN_INSIGHTS_PERIOD: i64 = crate::insights::MIN_INSIGHTS_PERIOD;

/// The lists of PutMetricAlarm.
pub(super) struct MetricsList<'a> {
    pub(super) scope: &'a Scope,
    pub(super) metrics: &'a [QueryParameters],
    /// ThresholdMetricId.
    pub(super) band: Option<&'a str>,
}

impl MetricsList<'_> {
    /// What the alarm is about. How long it looks at that is not known yet, so the plan is for one period.
    pub(super) fn source(&self) -> Result<AlarmSource, AlarmFault> {
        self.check_size()?;
        let queries = self.metrics.iter().map(alarm_query).collect::<Result<Vec<_>, _>>()?;
        let main = self.main(&queries)?;
        if let Some(insights) = queries.iter().find(|query| expression(query).is_some_and(is_insights)) {
            let id = insights.query.id.to_string();
            return match queries.len() {
                1 => Ok(AlarmSource::Insights(Box::new(insights_source(insights)?))),
                _ => Err(AlarmFault::Metrics(MetricsFault::InsightsBeside(id))),
            };
        }
        if let Some(query) = queries.iter().find(|query| calls(query, "SEARCH")) {
            return Err(AlarmFault::Search(query.query.id.to_string()));
        }
        Ok(AlarmSource::Math(Box::new(self.math_source(queries, main)?)))
    }

    fn check_size(&self) -> Result<(), AlarmFault> {
        let metrics = self.metrics.iter().filter(|query| query.metric_stat.is_some()).count();
        let expressions = self.metrics.iter().filter(|query| query.expression.is_some()).count();
        let fault = match self.metrics.len() {
            count if count > MAX_METRICS => MetricsFault::TooMany(count),
            _ if metrics > MAX_METRIC_STATS => MetricsFault::TooManyMetrics(metrics),
            _ if expressions > MAX_EXPRESSIONS => MetricsFault::TooManyExpressions(expressions),
            _ => return Ok(()),
        };
        Err(fault.into())
    }

    /// Which of the queries is compared: the one that returns data, apart from the band.
    fn main(&self, queries: &[AlarmQuery]) -> Result<usize, AlarmFault> {
        let returned: Vec<_> = (0..queries.len()).filter(|at| queries[*at].query.return_data).collect();
        let Some(band) = self.band else {
            return match returned[..] {
                [main] => Ok(main),
                _ => Err(AlarmFault::OneReturnsData),
            };
        };
        match band_position(queries, band) {
            None => Err(AlarmFault::NoBand(band.to_owned())),
            Some(band) => match returned[..] {
                [main, other] | [other, main] if other == band => Ok(main),
                _ => Err(AlarmFault::TwoReturnData),
            },
        }
    }

    fn math_source(&self, queries: Vec<AlarmQuery>, main: usize) -> Result<MathSource, AlarmFault> {
        let epoch = Timestamp::from_seconds(0);
        let asked = queries.iter().map(|query| query.query.clone()).collect();
        let request = DataRequest::new(asked, epoch, epoch.plus_seconds(1));
        let prepared = prepare(request, self.scope, epoch).map_err(|error| of_data_error(&error))?.starting_exactly();
        let band = self.band.and_then(|band| band_position(&queries, band));
        let period = period(&queries[main], &prepared, main);
        check_periods(&queries, main, period)?;
        check_series(&queries, &prepared, main)?;
        if band.is_some() && !BAND_PERIODS.contains(&period.seconds()) {
            return Err(MetricsFault::BandPeriod(period.seconds()).into());
        }
        let plan = prepared.plan(Vec::new()).map_err(|error| of_data_error(&error))?;
        Ok(MathSource { queries, main, band, period, plan })
    }
}

fn of_data_error(error: &DataError) -> AlarmFault {
    match error {
        DataError::Expressions(errors)
            if errors.0.iter().any(|error| matches!(error.fault, ExpressionFault::NoPeriod)) =>
        {
            AlarmFault::Null("Period")
        }
        _ => MetricsFault::Expressions(error.to_string()).into(),
    }
}

fn alarm_query(parameters: &QueryParameters) -> Result<AlarmQuery, AlarmFault> {
    let text = parameters.id.clone().unwrap_or_default();
    let fault = |fault: String| AlarmFault::Metrics(MetricsFault::Element { id: text.clone(), fault });
    let id = QueryId::parse(&text).map_err(|error| fault(error.to_string()))?;
    let period = |seconds: i32| period_of(seconds).ok_or(AlarmFault::Period(seconds));
    let source = match (&parameters.metric_stat, &parameters.expression) {
        (Some(stat), None) => {
            if parameters.period.is_some() {
                return Err(fault("a metric has its period in MetricStat".to_owned()));
            }
            Source::Metric(metric_stat(stat, &fault)?)
        }
        (None, Some(text)) => {
            let period = parameters.period.map(period).transpose()?;
            Source::Expression(ExpressionQuery { text: text.clone(), period })
        }
        (Some(_), Some(_)) => return Err(fault("it has both MetricStat and Expression".to_owned())),
        (None, None) => return Err(fault("it has neither MetricStat nor Expression".to_owned())),
    };
    let label = parameters.label.as_deref().map(Label::parse).transpose().map_err(|error| fault(error.to_string()))?;
    let return_data = parameters.return_data.unwrap_or(true);
    let query = Query { id, source, label, return_data };
    Ok(AlarmQuery { query, label: parameters.label.clone(), account_id: parameters.account_id.clone() })
}

fn metric_stat(stat: &StatParameters, fault: &dyn Fn(String) -> AlarmFault) -> Result<MetricStat, AlarmFault> {
    let required = |name: &str, value: &Option<String>| {
        value.clone().ok_or_else(|| fault(format!("MetricStat.Metric.{name} is missing")))
    };
    let (namespace, name) = (required("Namespace", &stat.namespace)?, required("MetricName", &stat.metric_name)?);
    let seconds = stat.period.unwrap_or_default();
    Ok(MetricStat {
        metric: metric(&namespace, &name, &stat.dimensions)?,
        period: period_of(seconds).ok_or(AlarmFault::Period(seconds))?,
        statistic: Statistic::parse(stat.stat.as_deref().unwrap_or_default())
            .map_err(|error| fault(error.to_string()))?,
        unit: stat.unit.as_deref().and_then(Unit::parse),
    })
}

/// A metric of names that may not be names.
pub(super) fn metric(namespace: &str, name: &str, dimensions: &[(String, String)]) -> Result<Metric, AlarmFault> {
    let dimensions: Vec<_> = dimensions.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(Metric::new(namespace, name, &dimensions)?)
}

/// A period that an alarm can have: not all that GetMetricData knows.
pub(super) fn period_of(seconds: i32) -> Option<Period> {
    let is_legal = seconds >= 60 || matches!(seconds, 10 | 20 | 30);
    Period::from_seconds(seconds.into()).ok().filter(|_| is_legal)
}

fn expression(query: &AlarmQuery) -> Option<&str> {
    match &query.query.source {
        Source::Expression(expression) => Some(&expression.text),
        Source::Metric(_) => None,
    }
}

fn calls(query: &AlarmQuery, function: &str) -> bool {
    let parsed = expression(query).and_then(|text| Expression::parse(text).ok());
    parsed.is_some_and(|expression| expression.call_position(function).is_some())
}

fn band_position(queries: &[AlarmQuery], id: &str) -> Option<usize> {
    queries.iter().position(|query| query.query.id.as_str() == id && calls(query, BAND))
}

fn insights_source(element: &AlarmQuery) -> Result<InsightsSource, AlarmFault> {
    let id = element.query.id.to_string();
    let Source::Expression(ExpressionQuery { text, period }) = &element.query.source else {
        unreachable!("a query of Metrics Insights is an expression")
    };
    let fault = |fault: String| MetricsFault::Element { id: id.clone(), fault };
    let query = parse_insights(text).map_err(|error| fault(error.to_string()))?;
    let period = period.ok_or(AlarmFault::Null("Period"))?;
    if period.seconds() < MIN_INSIGHTS_PERIOD {
        return Err(fault(format!("period of {} seconds is below {MIN_INSIGHTS_PERIOD}", period.seconds())).into());
    }
    Ok(InsightsSource { element: element.clone(), query, period })
}

/// The period of what is compared.
fn period(query: &AlarmQuery, prepared: &Prepared, main: usize) -> Period {
    let of_expression = || prepared.expressions[main].as_ref().map(|expression| expression.period());
    query.query.metric().map(|stat| stat.period).or_else(of_expression).unwrap_or(Period::MINUTE)
}

/// Every metric has the period of what is compared.
fn check_periods(queries: &[AlarmQuery], main: usize, period: Period) -> Result<(), AlarmFault> {
    let mut metrics = queries.iter().filter_map(|query| Some((query, query.query.metric()?.period)));
    match metrics.find(|(_, other)| *other != period) {
        None => Ok(()),
        Some((query, other)) => Err(MetricsFault::Periods {
            first: queries[main].query.id.to_string(),
            first_seconds: period.seconds(),
            second: query.query.id.to_string(),
            second_seconds: other.seconds(),
        }
        .into()),
    }
}

/// What is compared is one series.
fn check_series(queries: &[AlarmQuery], prepared: &Prepared, main: usize) -> Result<(), AlarmFault> {
    let gives = prepared.expressions[main].as_ref().map(|expression| expression.checked.gives);
    match gives {
        Some(Type::Array) => Err(MetricsFault::Array(queries[main].query.id.to_string()).into()),
        _ => Ok(()),
    }
}

impl From<MetricsFault> for AlarmFault {
    fn from(fault: MetricsFault) -> Self {
        AlarmFault::Metrics(fault)
    }
}
