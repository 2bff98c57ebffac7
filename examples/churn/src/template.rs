//! Files to begin with: the columns that are wanted, with and without rows.

use crate::features::{CUSTOMER_ID, FEATURES, Feature, Kind};

/// A template.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// Its file's name.
    pub name: &'static str,
    /// What is in it.
    pub meaning: &'static str,
    text: fn() -> String,
}

/// All templates.
pub const TEMPLATES: [Template; 3] = [
    Template { name: "empty.csv", meaning: "The header alone, to be filled in.", text: header },
    Template { name: "example.csv", meaning: "The header and three customers.", text: example },
    Template {
        name: "columns.csv",
        meaning: "Each column with its meaning and its values, to be read.",
        text: columns,
    },
];

impl Template {
    /// The template of this name.
    pub fn find(name: &str) -> Option<Template> {
        TEMPLATES.into_iter().find(|template| template.name == name)
    }

    /// The file.
    pub fn text(&self) -> String {
        (self.text)()
    }
}

fn header() -> String {
    let names = FEATURES.iter().map(|feature| feature.name);
    let names: Vec<&str> = [CUSTOMER_ID].into_iter().chain(names).collect();
    names.join(",") + "\n"
}

fn example() -> String {
    let usual: Vec<&str> = FEATURES.iter().map(|feature| feature.example).collect();
    let usual = usual.join(",");
    format!(
        "{}C-1001,{usual}\nC-1002,3,79.00,6,2,2,monthly,manual\nC-1003,40,25.50,0,30,0,two_year,automatic\n",
        header()
    )
}

fn columns() -> String {
    let line = |feature: &Feature| format!("{},{:?},{:?}\n", feature.name, feature.meaning, values(&feature.kind));
    let lines: String = FEATURES.iter().map(line).collect();
    format!(
        "column,meaning,values\n{CUSTOMER_ID},\"Names the customer in the answer; may be left out.\",\"any\"\n{lines}"
    )
}

/// Which values there are, for a person.
pub fn values(kind: &Kind) -> String {
    match kind {
        Kind::Number { min, max, is_whole: true } => format!("a whole number from {min} to {max}"),
        Kind::Number { min, max, is_whole: false } => format!("a number from {min} to {max}"),
        Kind::Choice(choices) => choices.iter().map(|choice| choice.name).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::columns::{Mapped, map};
    use crate::customers;
    use crate::sheet::Sheet;

    #[test]
    fn templates_are_taken_as_they_are() {
        for (name, rows) in [("empty.csv", 0), ("example.csv", 3)] {
            let text = Template::find(name).unwrap().text();
            let sheet = Sheet::read(text.as_bytes()).unwrap();
            let Ok(Mapped::Sure(mapping)) = map(&sheet.header, &BTreeMap::new()) else { panic!("{name}") };
            assert_eq!(sheet.rows().count(), rows);
            if rows > 0 {
                assert_eq!(customers::read(&sheet, &mapping).unwrap().len(), rows);
            }
        }
        assert_eq!(Template::find("columns.csv").unwrap().text().lines().count(), FEATURES.len() + 2);
        assert!(Template::find("other.csv").is_none());
    }
}
