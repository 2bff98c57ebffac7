//! All queries of a call, put together: ids, periods, and which of them are shown.

use std::collections::HashSet;

use aws_sdk_cloudwatch::types::MetricDataQuery;
use nepho_engine::insights::is_insights;
use nepho_engine::math::Expression;
use nepho_engine::{Period, QueryId, Statistic};

use super::draft::Draft;
use super::line::Asked;
use crate::series::{self, seconds_to_wire};

/// What queries get that leave something open.
#[derive(Debug, Clone)]
pub(super) struct Defaults {
    pub(super) statistic: Statistic,
    pub(super) period: Period,
    /// Whether all are shown, also what expressions are made of.
    pub(super) shows_all: bool,
}

/// The queries of a call.
#[derive(Debug, PartialEq)]
pub(super) struct Request {
    pub(super) queries: Vec<Query>,
}

/// A query with everything that it is sent with.
#[derive(Debug, PartialEq)]
pub(super) struct Query {
    pub(super) id: String,
    /// Whether somebody gave it this id.
    pub(super) has_own_id: bool,
    pub(super) asked: Asked,
    /// That of its datapoints as far as the request tells.
    pub(super) period: Option<Period>,
    /// Whether the period is sent. That of a metric always is.
    sends_period: bool,
    pub(super) label: Option<String>,
    pub(super) is_shown: bool,
    /// The account that owns the metrics, where that is another.
    pub(super) account: Option<String>,
    statistic: Statistic,
    /// What was typed.
    pub(super) text: String,
}

impl Request {
    /// Gives every query what it lacks.
    ///
    /// # Errors
    /// When two have the same id.
    pub(super) fn of(drafts: Vec<Draft>, defaults: &Defaults) -> Result<Self, String> {
        let mut ids = HashSet::new();
        for id in drafts.iter().filter_map(|draft| draft.id.as_ref()) {
            if !ids.insert(id.to_string()) {
                return Err(format!("two queries have the id {id}: an id is the name of one"));
            }
        }
        let used = used(&drafts);
        let free = |position: usize| {
            let mut ids = std::iter::once(format!("q{position}")).chain((1..).map(|n| format!("q{position}_{n}")));
            ids.find(|id| !drafts.iter().any(|draft| draft.id.as_ref().is_some_and(|own| own.as_str() == id)))
        };
        let auto: Vec<_> = (1..=drafts.len()).map(|position| free(position).expect("there is no end of ids")).collect();
        let query = |(draft, auto): (Draft, String)| {
            let is_used = draft.id.as_ref().is_some_and(|id| used.contains(id.as_str()));
            let is_shown = defaults.shows_all || draft.return_data.unwrap_or(!is_used);
            Query::of(draft, auto, is_shown, defaults)
        };
        let mut queries: Vec<_> = drafts.into_iter().zip(auto).map(query).collect();
        share_period(&mut queries);
        Ok(Request { queries })
    }

    /// As the API has it.
    pub(super) fn to_wire(&self) -> Vec<MetricDataQuery> {
        self.queries.iter().map(Query::to_wire).collect()
    }

    /// The queries whose results are wanted.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Query> {
        self.queries.iter().filter(|query| query.is_shown)
    }

    /// The query with this id.
    pub(super) fn find(&self, id: &str) -> Option<&Query> {
        self.queries.iter().find(|query| query.id == id)
    }

    /// Whether a label has dynamic parts, some of which are times.
    pub(super) fn has_label_with_times(&self) -> bool {
        self.queries.iter().filter_map(|query| query.label.as_deref()).any(|label| label.contains("${"))
    }

    /// The longest period that is known.
    pub(super) fn longest_period(&self) -> Option<Period> {
        self.queries.iter().filter_map(|query| query.period).max_by_key(|period| period.seconds())
    }
}

/// The ids that expressions use.
fn used(drafts: &[Draft]) -> HashSet<String> {
    let ids = || drafts.iter().filter_map(|draft| Some((draft.id.as_ref()?.as_str(), &draft.asked)));
    let mut used = HashSet::new();
    for expression in drafts.iter().filter_map(|draft| expression(&draft.asked)) {
        used.extend(expression.ids().map(str::to_owned));
        for part in expression.metrics_calls() {
            let is_meant = |(id, asked): &(&str, &Asked)| matches!(asked, Asked::Metric { .. }) && id.contains(part);
            used.extend(ids().filter(is_meant).map(|(id, _)| id.to_owned()));
        }
    }
    used
}

/// The metric math of a query, as far as it can be read here. What cannot is for the service to judge.
fn expression(asked: &Asked) -> Option<Expression> {
    match asked {
        Asked::Expression(expression) if !is_insights(&expression.text) => Expression::parse(&expression.text).ok(),
        _ => None,
    }
}

/// Expressions over metrics have the period of those, when that is one.
fn share_period(queries: &mut [Query]) {
    let mut periods = queries.iter().filter(|query| matches!(query.asked, Asked::Metric { .. })).map(|one| one.period);
    let Some(first) = periods.next().flatten() else { return };
    if periods.all(|period| period == Some(first)) {
        for query in queries.iter_mut().filter(|query| query.period.is_none()) {
            query.period = Some(first);
        }
    }
}

impl Query {
    fn of(draft: Draft, auto: String, is_shown: bool, defaults: &Defaults) -> Self {
        let Draft { id, asked, period: given, label, account, text, .. } = draft;
        let (period, sends_period) = match &asked {
            Asked::Metric { .. } => (Some(given.unwrap_or(defaults.period)), true),
            Asked::Expression(expression) => match given {
                Some(period) => (Some(period), true),
                None => period_of(&expression.text, defaults.period),
            },
        };
        let statistic = match &asked {
            Asked::Metric { statistic: Some(statistic), .. } => statistic.clone(),
            _ => defaults.statistic.clone(),
        };
        let (has_own_id, id) = (id.is_some(), id.as_ref().map_or(auto, QueryId::to_string));
        Query { id, has_own_id, asked, period, sends_period, label, is_shown, account, statistic, text }
    }

    fn to_wire(&self) -> MetricDataQuery {
        let period = self.period.filter(|_| self.sends_period);
        let mut query = match &self.asked {
            Asked::Metric { metric, unit, .. } => {
                let query = series::Query { metric, statistic: &self.statistic, unit: *unit };
                query.to_wire(&self.id, period.expect("a metric has a period"))
            }
            Asked::Expression(expression) => MetricDataQuery::builder()
                .id(&self.id)
                .expression(&expression.text)
                .set_period(period.map(seconds_to_wire))
                .build(),
        };
        query.label.clone_from(&self.label);
        query.account_id.clone_from(&self.account);
        query.return_data = Some(self.is_shown);
        query
    }
}

/// The period of an expression that gives none, and whether it has to be sent. What is computed of other queries has
/// theirs; what finds its metrics by itself and does not say a period needs one.
fn period_of(text: &str, default: Period) -> (Option<Period>, bool) {
    if is_insights(text) {
        return (Some(default), true);
    }
    let Ok(expression) = Expression::parse(text) else { return (None, false) };
    let named = expression.search_periods().flatten().next();
    if let Some(seconds) = named {
        return (Period::from_seconds(seconds as i64).ok(), false);
    }
    let stands_alone = expression.ids().next().is_none() && expression.metrics_calls().next().is_none();
    match stands_alone && (expression.has_call("SEARCH") || expression.has_call("TIME_SERIES")) {
        true => (Some(default), true),
        false => (None, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::line::Line;

    fn request(lines: &[&str], shows_all: bool) -> Result<Request, String> {
        let draft = |text: &&str| Draft::of_line(Line::parse(text).unwrap(), (*text).to_owned());
        let defaults =
            Defaults { statistic: Statistic::AVERAGE, period: Period::from_seconds(300).unwrap(), shows_all };
        Request::of(lines.iter().map(draft).collect(), &defaults)
    }

    /// Id, period and whether it is sent, and `hidden`, of each query.
    fn check(lines: &[&str], expected: &[&str]) {
        let request = request(lines, false).unwrap();
        let shown = |query: &Query| {
            let period = query.period.map_or("?".to_owned(), |period| period.seconds().to_string());
            let sent = if query.sends_period { "sent" } else { "known" };
            let hidden = if query.is_shown { "" } else { " hidden" };
            format!("{} {period} {sent}{hidden}", query.id)
        };
        assert_eq!(request.queries.iter().map(shown).collect::<Vec<_>>(), expected, "{lines:?}");
    }

    #[test]
    fn what_expressions_use_is_hidden() {
        check(
            &["a = Shop Errors Sum 1m", "b = Shop Orders Sum 1m", "100 * a / b", "Shop Latency p99"],
            &["a 60 sent hidden", "b 60 sent hidden", "q3 ? known", "q4 300 sent"],
        );
        check(&["a = Shop Errors", "x = a * 2", "x + 1"], &["a 300 sent hidden", "x 300 known hidden", "q3 300 known"]);
        check(
            &["e1 = Shop Errors", "o1 = Shop Orders", "SUM(METRICS('e'))", "Shop Latency"],
            &["e1 300 sent hidden", "o1 300 sent", "q3 300 known", "q4 300 sent"],
        );
        let all = request(&["a = Shop Errors", "a * 2"], true).unwrap();
        assert!(all.queries.iter().all(|query| query.is_shown));
    }

    #[test]
    fn expressions_have_a_period_where_they_need_one() {
        check(&["SELECT AVG(x) FROM Shop"], &["q1 300 sent"]);
        check(&["SEARCH('a', 'Sum')"], &["q1 300 sent"]);
        check(&["SEARCH('a', 'Sum', 60)"], &["q1 60 known"]);
        check(&["TIME_SERIES(5)"], &["q1 300 sent"]);
        check(&["SEARCH('a', 'Sum', 60) period:1h"], &["q1 3600 sent"]);
        check(&["a = Shop Errors 1m", "SEARCH('a', 'Sum') / a"], &["a 60 sent hidden", "q2 60 known"]);
        check(&["FUTURE_FUNCTION(1)"], &["q1 ? known"]);
    }

    #[test]
    fn ids_are_made_up_where_there_are_none() {
        check(
            &["q2 = Shop Errors", "Shop Orders", "q2_1 = Shop X"],
            &["q2 300 sent", "q2_2 300 sent", "q2_1 300 sent"],
        );
        assert!(
            request(&["a = Shop Errors", "a = Shop Orders"], false).unwrap_err().contains("two queries have the id a")
        );
    }
}
