//! Templates.

use hcl_edit::expr::Expression;
use hcl_edit::template::{Directive, Element, ForDirective, IfDirective, Strip, Template};
use hcl_edit::{Span, Spanned};

use super::evaluator::{Evaluator, because, failed};
use super::for_expression::pairs;
use super::functions::convert::to_bool;
use super::heredoc::Literals;
use super::scope::Scope;
use crate::artefacts::node::{Node, Text, Value};
use crate::artefacts::place::Place;

/// What surrounds a template: whether it takes away white space at its ends, and the literals of the
/// heredoc that it is in.
#[derive(Clone, Copy)]
struct Around<'h> {
    first: bool,
    last: bool,
    heredoc: Option<&'h Literals>,
}

impl<'m> Evaluator<'m> {
    /// The value of a template: a text, or what its only part is.
    pub(super) fn template(
        &self,
        template: &'m Template,
        heredoc: Option<&Literals>,
        scope: &Scope<'m>,
        place: &Place,
        written: &str,
    ) -> Node {
        if let Some(Element::Interpolation(only)) = template.as_single_element() {
            return Node { place: place.clone(), ..self.evaluate(&only.expr, scope) };
        }
        match self.render(template, scope, Around { first: false, last: false, heredoc }) {
            Ok(text) => self.text(text, place),
            Err(node) => match node.unknowns().first() {
                Some(unknown) => because(place, written, unknown),
                None => failed(place, written, format!("has {} where a text belongs", node.value.kind())),
            },
        }
    }

    /// The text, or the value that is none.
    fn render(&self, template: &'m Template, scope: &Scope<'m>, around: Around<'_>) -> Result<Text, Node> {
        let elements: Vec<&'m Element> = template.iter().collect();
        let mut text = Text::default();
        for (index, element) in elements.iter().enumerate() {
            match element {
                Element::Literal(literal) => {
                    let before = index.checked_sub(1).map(|index| elements[index]);
                    let after = elements.get(index + 1);
                    let strip_first = before.map_or(around.first, |element| strips(element).1);
                    let strip_last = after.map_or(around.last, |element| strips(element).0);
                    text.text.push_str(stripped(literal, Around { first: strip_first, last: strip_last, ..around }));
                }
                Element::Interpolation(interpolation) => text.push(&self.text_of(&interpolation.expr, scope)?),
                Element::Directive(directive) => text.push(&match &**directive {
                    Directive::If(directive) => self.if_directive(directive, scope, around.heredoc)?,
                    Directive::For(directive) => self.for_directive(directive, scope, around.heredoc)?,
                }),
            }
        }
        Ok(text)
    }

    fn text_of(&self, expression: &'m Expression, scope: &Scope<'m>) -> Result<Text, Node> {
        let node = self.evaluate(expression, scope);
        node.value.to_text().ok_or(node)
    }

    fn if_directive(
        &self,
        directive: &'m IfDirective,
        scope: &Scope<'m>,
        heredoc: Option<&Literals>,
    ) -> Result<Text, Node> {
        let condition = self.evaluate(&directive.if_expr.cond_expr, scope);
        let end = directive.endif_expr.strip;
        match (to_bool(&condition.value), &directive.else_expr) {
            (Some(Value::Bool(true)), otherwise) => {
                let last = otherwise.as_ref().map_or(end, |otherwise| otherwise.strip).strip_start();
                let around = Around { first: directive.if_expr.strip.strip_end(), last, heredoc };
                self.render(&directive.if_expr.template, scope, around)
            }
            (Some(Value::Bool(false)), Some(otherwise)) => {
                let around = Around { first: otherwise.strip.strip_end(), last: end.strip_start(), heredoc };
                self.render(&otherwise.template, scope, around)
            }
            (Some(Value::Bool(false)), None) => Ok(Text::default()),
            _ => Err(condition),
        }
    }

    fn for_directive(
        &self,
        directive: &'m ForDirective,
        scope: &Scope<'m>,
        heredoc: Option<&Literals>,
    ) -> Result<Text, Node> {
        let intro = &directive.for_expr;
        let collection = self.evaluate(&intro.collection_expr, scope);
        let Some(pairs) = pairs(&collection) else {
            return Err(collection);
        };
        let last = directive.endfor_expr.strip.strip_start();
        let around = Around { first: intro.strip.strip_end(), last, heredoc };
        let mut text = Text::default();
        for (key, value) in pairs {
            let mut names = vec![(intro.value_var.as_str().to_owned(), value)];
            names.extend(intro.key_var.as_ref().map(|name| (name.as_str().to_owned(), key)));
            text.push(&self.render(&intro.template, &scope.with(names), around)?);
            if !self.budget.take_text(&text.text) {
                break;
            }
        }
        Ok(text)
    }
}

/// Whether an element takes away white space before it and behind it.
fn strips(element: &Element) -> (bool, bool) {
    let ends = |first: Strip, last: Strip| (first.strip_start(), last.strip_end());
    match element {
        Element::Literal(_) => (false, false),
        Element::Interpolation(interpolation) => ends(interpolation.strip, interpolation.strip),
        Element::Directive(directive) => match &**directive {
            Directive::If(directive) => ends(directive.if_expr.strip, directive.endif_expr.strip),
            Directive::For(directive) => ends(directive.for_expr.strip, directive.endfor_expr.strip),
        },
    }
}

fn stripped<'l>(literal: &'l Spanned<String>, around: Around<'l>) -> &'l str {
    if let (Some(heredoc), Some(span)) = (around.heredoc, literal.span()) {
        return heredoc.get(&span.start).map_or("", String::as_str);
    }
    let text = if around.first { literal.trim_start() } else { literal.as_str() };
    if around.last { text.trim_end() } else { text }
}
