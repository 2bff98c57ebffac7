//! Tables of cases: series and expressions in, series out, as text.
//!
//! ```text
//! m1           1 - 3             a metric: a value or `-` for each period
//! found        a:[1 2] b:[3 -]   what the next SEARCH finds
//! band         m1 10 1           a model of m1: middle and deviation
//! period       300               of the metrics from here on, in seconds
//! start        2026-05-31T23:58:00Z
//! m1 + 1       => 2 - 4          a series
//! AVG(m1)      => = 2            a scalar; `-` where there is none
//! [m1, -m1]    => [1 - 3] [-1 - -3]     an array; with labels: `m1:[1 - 3] -m1:[-1 - -3]`
//! ABS()        !! what is wrong with the expression
//! FILL(m1, 0)  ?? why it cannot be evaluated
//! ```

use std::collections::HashMap;

use super::{
    Band, BandModel, Budget, EvaluationFault, Expression, Grid, Inputs, Named, Names, Origin, Periods, Series, Type,
    Value, check as check_expression, evaluate,
};
use crate::period::Period;

/// Runs a table.
pub(super) fn check(text: &str) {
    let mut table = Table::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let case = ["=>", "!!", "??"].into_iter().find_map(|mark| Some((mark, line.split_once(mark)?)));
        match case {
            None => table.define(line),
            Some((mark, (expression, expected))) => table.check(mark, expression.trim(), expected.trim()),
        }
    }
}

struct Table {
    start: jiff::Timestamp,
    period: Period,
    periods: usize,
    metrics: Vec<(String, String)>,
    found: Vec<String>,
    models: HashMap<String, Middle>,
    named: HashMap<String, Named>,
    budget: Budget,
    /// For each node of the expression that is checked.
    searches: Vec<usize>,
    bands: Vec<(usize, String)>,
}

struct Middle(f64, f64);

impl BandModel for Middle {
    fn band(&self, _: nepho_model::Timestamp, deviations: f64) -> Option<Band> {
        let half = deviations * self.1;
        Some(Band { lower: self.0 - half, upper: self.0 + half })
    }
}

impl Default for Table {
    fn default() -> Self {
        Table {
            start: "2026-05-04T12:00:00Z".parse().unwrap(),
            period: Period::from_seconds(60).unwrap(),
            periods: 0,
            metrics: Vec::new(),
            found: Vec::new(),
            models: HashMap::new(),
            named: HashMap::new(),
            budget: Budget::whole(),
            searches: Vec::new(),
            bands: Vec::new(),
        }
    }
}

impl Table {
    fn define(&mut self, line: &str) {
        let (name, rest) = line.split_once(char::is_whitespace).unwrap();
        let rest = rest.trim();
        match name {
            "start" => self.start = rest.parse().unwrap(),
            "period" => self.period = Period::from_seconds(rest.parse().unwrap()).unwrap(),
            "found" => self.found.push(rest.to_owned()),
            "band" => {
                let words: Vec<_> = rest.split_whitespace().collect();
                self.models.insert(words[0].to_owned(), Middle(words[1].parse().unwrap(), words[2].parse().unwrap()));
            }
            _ => {
                self.periods = self.periods.max(rest.split_whitespace().count());
                self.metrics.push((name.to_owned(), rest.to_owned()));
            }
        }
        let named = |(name, _): &(String, String)| {
            (name.clone(), Named { gives: Type::Metric, periods: Periods::One(self.period, name.clone()) })
        };
        self.named = self.metrics.iter().map(named).collect();
    }

    fn check(&mut self, mark: &str, text: &str, expected: &str) {
        let answer = self.answer(text, expected.contains(":["));
        let (found_mark, found) = match &answer {
            Ok(found) => ("=>", found),
            Err((mark, fault)) => (*mark, fault),
        };
        assert_eq!((found_mark, found.as_str()), (mark, expected), "{text}");
    }

    fn answer(&mut self, text: &str, has_labels: bool) -> Result<String, (&'static str, String)> {
        let expression = Expression::parse(text).map_err(|fault| ("!!", fault.to_string()))?;
        let checked = check_expression(&expression, self, None).map_err(|fault| ("!!", fault.to_string()))?;
        self.searches = checked.searches.iter().map(|search| search.node).collect();
        self.bands = checked.bands.iter().map(|band| (band.node, band.of.clone())).collect();
        let value = evaluate(&expression, self, self.grid()).map_err(|fault| ("??", fault.to_string()))?;
        Ok(match &value {
            Value::Scalar(value) if value.is_nan() => "= -".to_owned(),
            Value::Scalar(value) => format!("= {}", number(*value)),
            Value::Series(series) => self.written(series),
            Value::Array(all) => {
                let one = |series: &Series| {
                    let label = series.origin.as_ref().map_or("", |origin| &origin.label);
                    let label = if has_labels { format!("{label}:") } else { String::new() };
                    format!("{label}[{}]", self.written(series))
                };
                all.iter().map(one).collect::<Vec<_>>().join(" ")
            }
            other => format!("{other:?}"),
        })
    }

    fn grid(&self) -> Grid {
        let start = nepho_model::Timestamp::from_millis(self.start.as_millisecond());
        let end = start.plus_seconds(self.periods as i64 * self.period.seconds());
        Grid::new(start, end, self.period).unwrap()
    }

    fn written(&self, series: &Series) -> String {
        let mut words = vec!["-".to_owned(); self.periods];
        for (slot, value) in series.pairs() {
            words[slot as usize] = number(value);
        }
        words.join(" ")
    }

    fn series(&self, label: &str, values: &str) -> Series {
        let values = values.split_whitespace().enumerate();
        let pairs = values.filter_map(|(at, value)| Some((at as u32, value.parse().ok()?)));
        let series = Series::of_pairs(self.grid(), pairs);
        series.with_origin(Some(Origin { label: label.to_owned(), metric: None }.into()))
    }
}

impl Names for Table {
    fn get(&self, id: &str) -> Option<&Named> {
        self.named.get(id)
    }

    fn all(&self) -> Vec<&str> {
        Vec::new()
    }

    fn metrics(&self, part: &str) -> Periods {
        let metrics = self.metrics.iter().filter(|(name, _)| name.contains(part));
        metrics.fold(Periods::None, |all, (name, _)| all.and(&self.named[name].periods))
    }
}

impl Inputs for Table {
    fn value(&self, id: &str) -> Result<Value, EvaluationFault> {
        let (name, values) = self.metrics.iter().find(|(name, _)| name == id).unwrap();
        Ok(Value::Series(self.series(name, values)))
    }

    fn metrics(&self, part: &str) -> Result<Vec<Series>, EvaluationFault> {
        let metrics = self.metrics.iter().filter(|(name, _)| name.contains(part));
        Ok(metrics.map(|(name, values)| self.series(name, values)).collect())
    }

    fn found(&self, node: usize) -> Result<Vec<Series>, EvaluationFault> {
        let at = self.searches.iter().position(|search| *search == node).unwrap();
        let series = self.found[at].split(']').filter_map(|one| one.trim().split_once(":["));
        Ok(series.map(|(label, values)| self.series(label, values)).collect())
    }

    fn model(&self, node: usize) -> Result<&dyn BandModel, EvaluationFault> {
        let (_, of) = self.bands.iter().find(|(band, _)| *band == node).unwrap();
        let model = self.models.get(of).map(|model| model as &dyn BandModel);
        model.ok_or_else(|| EvaluationFault::NoModel(of.clone()))
    }

    fn budget(&self) -> &Budget {
        &self.budget
    }
}

/// Rounded to what does not depend on the order of operations.
fn number(value: f64) -> String {
    let scale = if value.abs() < 1e5 { 1e10 } else { 10.0 };
    format!("{}", (value * scale).round() / scale + 0.0)
}
