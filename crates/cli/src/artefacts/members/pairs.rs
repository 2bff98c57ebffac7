//! Members that are names and values: dimensions and tags.

use nepho_protocol::shapes::{Dimension, Tag};

use super::{Members, Spelling, element_path};
use crate::artefacts::node::{Entry, Value};

impl Members<'_> {
    /// Names and values: a list of structures, or a map, whose keys come in order.
    fn pairs<T>(
        &mut self,
        name: &str,
        ends: [&str; 2],
        make: fn(Option<String>, Option<String>) -> T,
    ) -> Option<Vec<T>> {
        if self.spelling == Spelling::Aws {
            return self.structures(name, |pair| make(pair.text(ends[0]), pair.text(ends[1])));
        }
        let (node, path) = self.take(name)?;
        let entries = match &node.value {
            Value::Map(entries) => entries,
            Value::Unknown(unknown) => {
                self.unresolved(&path, unknown);
                return None;
            }
            _ => return self.expected(node, &path, "a map"),
        };
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_by(|one, other| one.key.cmp(&other.key));
        let pair = |(index, entry): (usize, &&Entry)| {
            let path = format!("{}.{}", element_path(&path, index), ends[1]);
            self.report.borrow_mut().places.insert(path.clone(), entry.node.place.clone());
            make(Some(entry.key.clone()), self.text_of(&entry.node, &path))
        };
        let pairs: Vec<_> = entries.iter().enumerate().map(pair).collect();
        (!pairs.is_empty()).then_some(pairs)
    }

    pub(crate) fn dimensions(&mut self) -> Option<Vec<Dimension>> {
        self.pairs("Dimensions", ["Name", "Value"], |name, value| Dimension { name, value })
    }

    pub(crate) fn tags(&mut self) -> Option<Vec<Tag>> {
        self.pairs("Tags", ["Key", "Value"], |key, value| Tag { key, value })
    }
}
