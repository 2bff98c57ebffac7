//! Calls: which of its shapes the arguments of a function have, and what some functions ask of theirs besides.

use crate::math::expression::{Expression, Kind, Node};
use crate::math::fault::ExpressionFault;
use crate::math::function::{Body, Form, Function};
use crate::math::periods::Periods;
use crate::math::types::{Type, one_of};
use crate::period::{MAX_PERIOD_SECONDS, Period};
use crate::search::parse_search;
use crate::statistic::Statistic;

use super::{BandCall, Check, Found, SearchCall, UNSAID_PERIOD, together};

impl Check<'_> {
    pub(super) fn call(
        &mut self,
        at: usize,
        node: &Node,
        function: &'static Function,
        arguments: &[&Found],
    ) -> Result<Found, ExpressionFault> {
        let position = || self.expression.position(node);
        if let Body::Unavailable(reason) = function.body {
            return Err(ExpressionFault::Unavailable { name: function.name, position: position(), reason });
        }
        let form = self.form(node, function, arguments)?;
        let periods = match function.name {
            "METRICS" => self.names.metrics(self.expression.first_text(node).unwrap_or_default()),
            "SEARCH" => self.search(at, node)?,
            "TIME_SERIES" => self.floating.clone(),
            _ => together(arguments),
        };
        if form.is_together || function.name == "TIME_SERIES" {
            periods.check_together(position)?;
        }
        let periods = if form.gives.is_series_or_array() { periods } else { Periods::None };
        Ok((form.gives, periods))
    }

    /// The shape that the arguments have.
    fn form(
        &self,
        node: &Node,
        function: &'static Function,
        arguments: &[&Found],
    ) -> Result<&'static Form, ExpressionFault> {
        let (name, mut forms) = (function.name, function.forms.iter().collect::<Vec<&'static Form>>());
        for (at, ((found, _), child)) in arguments.iter().zip(&node.children).enumerate() {
            let (number, position) = (at + 1, || self.expression.position(&self.expression.nodes()[*child]));
            if forms.iter().all(|form| form.takes.len() <= at) {
                return Err(ExpressionFault::ExtraArgument { function: name, number, position: position() });
            }
            let fits = |form: &&Form| form.takes.get(at).is_some_and(|types| types.iter().any(|one| found.fits(*one)));
            let fitting: Vec<_> = forms.iter().copied().filter(fits).collect();
            if fitting.is_empty() {
                let (found, expected) = (found.to_string(), expected(&forms, at));
                return Err(ExpressionFault::Argument {
                    function: name,
                    number,
                    position: position(),
                    found,
                    expected,
                });
            }
            forms = fitting;
        }
        forms.iter().find(|form| form.required <= arguments.len()).copied().ok_or_else(|| {
            ExpressionFault::MissingArgument {
                function: function.name,
                position: self.expression.position(node),
                number: arguments.len() + 1,
                expected: expected(&forms, arguments.len()),
            }
        })
    }

    /// What a SEARCH asks for: its arguments are written out, since metrics are looked up before anything is computed.
    fn search(&mut self, at: usize, node: &Node) -> Result<Periods, ExpressionFault> {
        let argument = |number: usize| node.children.get(number).map(|child| &self.expression.nodes()[*child]);
        let fault = |number: usize, found: String, expected: &str| ExpressionFault::Argument {
            function: "SEARCH",
            number: number + 1,
            position: argument(number).map_or(0, |node| self.expression.position(node)),
            found,
            expected: expected.to_owned(),
        };
        let text = |number: usize| match argument(number).map(|node| &node.kind) {
            Some(Kind::Text(text)) => text.as_str(),
            _ => "",
        };
        let statistic = Statistic::parse(text(1))
            .map_err(|_| fault(1, format!("'{}'", text(1)), "a statistic such as Average, Sum or p99"))?;
        let position = argument(0).map_or(0, |node| self.expression.position(node));
        let period = match argument(2).map(|node| (&node.kind, self.expression.source(node))) {
            None => self.given.or_else(|| self.names.metrics("").one()).or(Some(UNSAID_PERIOD)),
            Some((Kind::Number(seconds), _)) if seconds.fract() == 0.0 => Period::from_seconds(*seconds as i64).ok(),
            Some(_) => None,
        };
        let period = period.ok_or_else(|| {
            let found = argument(2).map_or("", |node| self.expression.source(node));
            let expected =
                format!("a period: the number 1, 5, 10, 20, 30 or a multiple of 60 up to {MAX_PERIOD_SECONDS}");
            fault(2, found.to_owned(), &expected)
        })?;
        let search = parse_search(text(0)).map_err(|fault| ExpressionFault::Search { position, fault })?;
        self.searches.push(SearchCall { node: at, search, statistic, period });
        Ok(Periods::One(period, "SEARCH".to_owned()))
    }
}

/// What any of the shapes takes at a place.
fn expected(forms: &[&Form], at: usize) -> String {
    let mut types: Vec<Type> = Vec::new();
    for one in forms.iter().filter_map(|form| form.takes.get(at)).copied().flatten() {
        if !types.contains(one) {
            types.push(*one);
        }
    }
    one_of(&types)
}

fn is_call(node: &Node, name: &str) -> bool {
    matches!(node.kind, Kind::Call(function) if function.name == name)
}

/// The bands of an expression. A model belongs to something that has a name.
pub(super) fn bands(expression: &Expression) -> Result<Vec<BandCall>, ExpressionFault> {
    let of = |(at, node): (usize, &Node)| {
        let around = &expression.nodes()[node.children[0]];
        let width = node.children.get(1).map(|child| &expression.nodes()[*child]);
        if let Some((node, Kind::Number(given))) = width.map(|node| (node, &node.kind))
            && *given <= 0.0
        {
            return Err(ExpressionFault::Argument {
                function: "ANOMALY_DETECTION_BAND",
                number: 2,
                position: expression.position(node),
                found: given.to_string(),
                expected: "a number of standard deviations above 0".to_owned(),
            });
        }
        match &around.kind {
            Kind::Id(id) => Ok(BandCall { node: at, of: id.clone() }),
            _ => Err(ExpressionFault::Argument {
                function: "ANOMALY_DETECTION_BAND",
                number: 1,
                position: expression.position(around),
                found: "computed on the spot".to_owned(),
                expected: "the id of a metric or of another expression".to_owned(),
            }),
        }
    };
    let nodes = expression.nodes().iter().enumerate();
    nodes.filter(|(_, node)| is_call(node, "ANOMALY_DETECTION_BAND")).map(of).collect()
}
