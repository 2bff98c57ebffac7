//! Customers out of a file, or what is wrong with it by row and column.

use serde::{Deserialize, Serialize};

use crate::columns::{Mapping, normal};
use crate::features::{COLUMNS, Choice, FEATURES, Feature, Kind};
use crate::sheet::Sheet;
use crate::template::values;

/// The most errors that are told; further ones are counted.
pub const ERRORS_MAX: usize = 100;
/// The most rows of a file.
pub const ROWS_MAX: usize = 250_000;
/// How much of a wrong value is shown, in characters.
const SHOWN_MAX: usize = 40;

/// A customer as the model sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    /// What the file calls it.
    pub id: Option<String>,
    /// The numbers of its features ([`column_names`](crate::features::column_names)).
    pub numbers: [f64; COLUMNS],
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faults {
    /// The first [`ERRORS_MAX`] errors, from top to bottom.
    pub errors: Vec<Fault>,
    /// How many there are.
    pub total: usize,
}

/// An error at a place, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The row as a spreadsheet numbers it; the header is row 1.
    pub row: usize,
    /// The column's name in the file; empty when it is about the whole row.
    pub column: String,
    /// What is wrong, and what would be right.
    pub error: String,
}

/// Reads all customers.
///
/// # Errors
/// What is wrong, in all rows.
pub fn read(sheet: &Sheet<'_>, mapping: &Mapping) -> Result<Vec<Customer>, Faults> {
    let mut customers = Vec::new();
    let mut faults = Faults { errors: Vec::new(), total: 0 };
    for (row, values) in sheet.rows() {
        if row > ROWS_MAX + 1 {
            faults.add(row, "", format!("the file has more than {ROWS_MAX} rows: split it"));
            break;
        }
        match values {
            Ok(values) if values.len() != sheet.header.len() => {
                let (has, wants) = (values.len(), sheet.header.len());
                let quote = "a value with the delimiter in it has to be in quotes";
                faults.add(row, "", format!("the row has {has} values and the header {wants}: {quote}"));
            }
            Ok(values) => customers.extend(customer(row, &values, sheet, mapping, &mut faults)),
            Err(error) => faults.add(row, "", error.to_string()),
        }
    }
    if faults.total == 0 && customers.is_empty() {
        faults.add(2, "", "the file has no row behind the header: add one for each customer".to_owned());
    }
    if faults.total == 0 { Ok(customers) } else { Err(faults) }
}

impl Faults {
    fn add(&mut self, row: usize, column: &str, error: String) {
        self.total += 1;
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(Fault { row, column: column.to_owned(), error });
        }
    }
}

/// The customer of a row; faults are noted, and there is none then.
fn customer(
    row: usize,
    values: &csv::StringRecord,
    sheet: &Sheet<'_>,
    mapping: &Mapping,
    faults: &mut Faults,
) -> Option<Customer> {
    let mut numbers = Vec::with_capacity(COLUMNS);
    for (feature, place) in FEATURES.iter().zip(mapping.features) {
        match encode(feature, &values[place], sheet.delimiter == b';') {
            Ok(encoded) => numbers.extend(encoded),
            Err(error) => faults.add(row, &sheet.header[place], error),
        }
    }
    let numbers = numbers.try_into().ok()?;
    Some(Customer { id: mapping.customer_id.map(|place| values[place].to_owned()), numbers })
}

/// The numbers of a value. Files with semicolons have decimal commas.
fn encode(feature: &Feature, text: &str, has_decimal_comma: bool) -> Result<Vec<f64>, String> {
    let wanted = || values(&feature.kind);
    if text.is_empty() {
        return Err(format!("the value is missing: it is {}", wanted()));
    }
    let shown: String = text.chars().take(SHOWN_MAX).collect();
    match &feature.kind {
        Kind::Number { min, max, is_whole } => {
            let plain = if has_decimal_comma { text.replace(',', ".") } else { text.to_owned() };
            let number = plain.parse::<f64>().ok().filter(|number| number.is_finite());
            let number =
                number.ok_or_else(|| format!("{shown:?} is not {}, without signs and separators", wanted()))?;
            if number < *min || number > *max || (*is_whole && number.fract() != 0.0) {
                return Err(format!("{shown:?} is not {}", wanted()));
            }
            Ok(vec![number])
        }
        Kind::Choice(choices) => {
            let name = normal(text);
            let fits = |choice: &Choice| choice.name == name || choice.aliases.contains(&name.as_str());
            let found = choices.iter().position(fits).ok_or_else(|| format!("{shown:?} is not one of {}", wanted()))?;
            Ok((1..choices.len()).map(|place| f64::from(place == found)).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::columns::{Mapped, map};
    use crate::template::Template;

    fn read_text(text: &str) -> Result<Vec<Customer>, Faults> {
        let sheet = Sheet::read(text.as_bytes()).unwrap();
        let Ok(Mapped::Sure(mapping)) = map(&sheet.header, &BTreeMap::new()) else { panic!("{:?}", sheet.header) };
        read(&sheet, &mapping)
    }

    fn file(rows: &str) -> String {
        Template::find("empty.csv").unwrap().text() + rows
    }

    #[track_caller]
    fn check(rows: &str, expect: &[&str]) {
        let told = |fault: &Fault| format!("{} {}: {}", fault.row, fault.column, fault.error);
        let found =
            read_text(&file(rows)).map_or_else(|faults| faults.errors.iter().map(told).collect(), |_| Vec::new());
        assert_eq!(found, expect, "{rows}");
    }

    #[test]
    fn a_customer_becomes_numbers() {
        let customers =
            read_text(&file("C-1,18,49.90,2,21,0,Two Year,Credit Card\n,0,0,0,0,0,month-to-month,no\n")).unwrap();
        assert_eq!(customers[0].id.as_deref(), Some("C-1"));
        assert_eq!(customers[0].numbers, [18.0, 49.9, 2.0, 21.0, 0.0, 0.0, 1.0, 1.0]);
        assert_eq!(customers[1].numbers, [0.0; COLUMNS]);
    }

    #[test]
    fn semicolons_come_with_decimal_commas() {
        let text = file("C-1;18;49,90;2;21;0;annual;auto\n");
        let text = text.replacen(',', ";", 7);
        assert_eq!(read_text(&text).unwrap()[0].numbers[1], 49.9);
    }

    #[test]
    fn errors_are_told_by_row_and_column() {
        check("C,1,2,3,4,5,monthly,manual\n", &[]);
        let whole = "a whole number from 0 to 1200";
        check(
            "C,-1,2,3,4,5,monthly,manual\nC,1,$2,3,4,5,weekly,\nC,1,2,3\nC,1.5,1e9,x,4,5,monthly,manual\n",
            &[
                &format!("2 tenure_months: \"-1\" is not {whole}"),
                "3 monthly_charges: \"$2\" is not a number from 0 to 1000000, without signs and separators",
                "3 contract: \"weekly\" is not one of monthly, one_year, two_year",
                "3 payment: the value is missing: it is manual, automatic",
                "4 : the row has 4 values and the header 8: a value with the delimiter in it has to be in quotes",
                &format!("5 tenure_months: \"1.5\" is not {whole}"),
                "5 monthly_charges: \"1e9\" is not a number from 0 to 1000000",
                "5 support_tickets: \"x\" is not a whole number from 0 to 10000, without signs and separators",
            ],
        );
        check("", &["2 : the file has no row behind the header: add one for each customer"]);
    }

    #[test]
    fn numbers_are_bounded_at_their_ends() {
        check("C,0,0,0,0,0,monthly,manual\nC,1200,1000000,10000,100000,1000,monthly,manual\n", &[]);
        check("C,1201,0,0,0,0,monthly,manual\n", &["2 tenure_months: \"1201\" is not a whole number from 0 to 1200"]);
        let not_finite = |text: &str| {
            format!("2 tenure_months: {text:?} is not a whole number from 0 to 1200, without signs and separators")
        };
        check("C,NaN,0,0,0,0,monthly,manual\n", &[&not_finite("NaN")]);
        check("C,inf,0,0,0,0,monthly,manual\n", &[&not_finite("inf")]);
    }

    #[test]
    fn errors_and_rows_have_limits() {
        let wrong = |rows: usize| read_text(&file(&"C,x,0,0,0,0,monthly,manual\n".repeat(rows))).unwrap_err();
        assert_eq!((wrong(ERRORS_MAX).errors.len(), wrong(ERRORS_MAX).total), (ERRORS_MAX, ERRORS_MAX));
        let more = wrong(ERRORS_MAX + 1);
        assert_eq!((more.errors.len(), more.total), (ERRORS_MAX, ERRORS_MAX + 1));
        let row = "C,1,2,3,4,5,monthly,manual\n";
        assert_eq!(read_text(&file(&row.repeat(ROWS_MAX))).unwrap().len(), ROWS_MAX);
        let faults = read_text(&file(&row.repeat(ROWS_MAX + 1))).unwrap_err();
        assert_eq!(faults.errors[0].error, "the file has more than 250000 rows: split it");
    }
}
