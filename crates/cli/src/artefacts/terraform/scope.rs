//! What names mean at a place.

use hcl_edit::Span;

use crate::artefacts::node::Node;
use crate::artefacts::place::Place;
use crate::artefacts::source::Source;

/// What names mean in one block of one instance of a module.
#[derive(Clone)]
pub(super) struct Scope<'m> {
    /// The number of the instance of the module.
    pub(super) instance: usize,
    /// The file that the expressions stand in.
    pub(super) source: &'m Source,
    /// `each.key` and `each.value`.
    pub(super) each: Option<(Node, Node)>,
    /// `count.index`.
    pub(super) count: Option<Node>,
    /// What `for` and `dynamic` name.
    pub(super) names: Vec<(String, Node)>,
}

impl<'m> Scope<'m> {
    pub(super) fn new(instance: usize, source: &'m Source) -> Self {
        Self { instance, source, each: None, count: None, names: Vec::new() }
    }

    /// The same with more names.
    pub(super) fn with(&self, names: impl IntoIterator<Item = (String, Node)>) -> Self {
        let mut scope = self.clone();
        scope.names.extend(names);
        scope
    }

    pub(super) fn name(&self, name: &str) -> Option<&Node> {
        self.names.iter().rev().find(|(known, _)| known == name).map(|(_, node)| node)
    }

    pub(super) fn place(&self, part: &impl Span) -> Place {
        self.source.place(part.span().map_or(0, |span| span.start))
    }

    /// A part as it is written.
    pub(super) fn written(&self, part: &impl Span) -> &'m str {
        part.span().and_then(|span| self.source.text.get(span)).unwrap_or_default().trim()
    }
}
