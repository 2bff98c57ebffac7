//! The foreign key to the application's table of emails.

use std::fmt;
use std::str::FromStr;

use super::identifier::{Identifier, IdentifierFault};

/// A table and its column that `email_id` refers to. Written `table`, `table.column` or `schema.table.column`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The schema; that of the search path when `None`.
    pub schema: Option<Identifier>,
    /// The table.
    pub table: Identifier,
    /// Its key.
    pub column: Identifier,
}

impl Default for Reference {
    /// `incoming_emails.id`.
    fn default() -> Self {
        "incoming_emails.id".parse().expect("these are legal names")
    }
}

impl FromStr for Reference {
    type Err = IdentifierFault;

    fn from_str(text: &str) -> Result<Self, IdentifierFault> {
        let parts: Vec<&str> = text.splitn(3, '.').collect();
        let (schema, table, column) = match parts.as_slice() {
            [table] => (None, *table, "id"),
            [table, column] => (None, *table, *column),
            [schema, table, column] => (Some(*schema), *table, *column),
            _ => unreachable!("a text has one to three parts here"),
        };
        let schema = schema.map(Identifier::new).transpose()?;
        Ok(Reference { schema, table: Identifier::new(table)?, column: Identifier::new(column)? })
    }
}

/// As it stands behind `REFERENCES`.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        write!(f, "{} ({})", self.table, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_names_a_table_and_perhaps_more() {
        let cases = [
            ("mails", "\"mails\" (\"id\")"),
            ("mails.key", "\"mails\" (\"key\")"),
            ("app.mails.key", "\"app\".\"mails\" (\"key\")"),
            ("app.mails.a.b", "\"app\".\"mails\" (\"a.b\")"),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), expected, "{text}");
        }
        assert!("mails.".parse::<Reference>().is_err());
        assert_eq!(Reference::default().to_string(), "\"incoming_emails\" (\"id\")");
    }
}
