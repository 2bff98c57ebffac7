//! A CSV file as text in rows and columns.

/// The most bytes of a file.
pub const FILE_BYTES_MAX: usize = 100 << 20;
/// The most columns of a file.
pub const COLUMNS_MAX: usize = 200;
/// The longest name of a column, in bytes.
pub const NAME_BYTES_MAX: usize = 200;
/// What may be between the values of a row.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The header and the rows of a file, borrowed from its text.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// The names of the columns, as the file has them.
    pub header: Vec<String>,
    /// What is between values.
    pub delimiter: u8,
    text: &'a str,
}

/// Why something is no CSV file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// Bytes that are no text.
    #[error("byte {0} of the file is not UTF-8 text")]
    Text(usize),
    /// Nothing at all.
    #[error("the file is empty")]
    Empty,
    /// More columns than any such file has.
    #[error("the file has {0} columns, and the limit is {COLUMNS_MAX}")]
    Columns(usize),
    /// A name that nobody would read.
    #[error("the name of column {0} has {1} bytes, and the limit is {NAME_BYTES_MAX}")]
    Name(usize, usize),
    /// What the reader says.
    #[error("{0}")]
    Form(String),
}

impl<'a> Sheet<'a> {
    /// Reads the header; values are separated by what separates most names there: comma, semicolon or tab.
    ///
    /// # Errors
    /// When it is no such file.
    pub fn read(bytes: &'a [u8]) -> Result<Self, SheetError> {
        let text = std::str::from_utf8(bytes).map_err(|error| SheetError::Text(error.valid_up_to() + 1))?;
        if let Some(at) = text.find('\0') {
            return Err(SheetError::Text(at + 1));
        }
        // Spreadsheets put a mark before the text.
        let text = text.trim_start_matches('\u{feff}');
        let first = text.lines().find(|line| !line.trim().is_empty()).ok_or(SheetError::Empty)?;
        let count = |delimiter: &u8| first.bytes().filter(|byte| byte == delimiter).count();
        // Of equals the first one.
        let delimiter = DELIMITERS.into_iter().rev().max_by_key(count).expect("there are three");
        let mut sheet = Sheet { header: Vec::new(), delimiter, text };
        let mut reader = sheet.reader();
        let header = reader.headers().map_err(|error| SheetError::Form(error.to_string()))?;
        if header.len() > COLUMNS_MAX {
            return Err(SheetError::Columns(header.len()));
        }
        if let Some(place) = header.iter().position(|name| name.len() > NAME_BYTES_MAX) {
            return Err(SheetError::Name(place + 1, header[place].len()));
        }
        sheet.header = header.iter().map(str::to_owned).collect();
        Ok(sheet)
    }

    /// The rows behind the header, as a spreadsheet numbers them: the header is row 1.
    pub fn rows(&self) -> impl Iterator<Item = (usize, Result<csv::StringRecord, SheetError>)> {
        let records = self.reader().into_records();
        let records = records.map(|record| record.map_err(|error| SheetError::Form(error.to_string())));
        records.enumerate().map(|(index, record)| (index + 2, record))
    }

    fn reader(&self) -> csv::Reader<&'a [u8]> {
        let mut builder = csv::ReaderBuilder::new();
        builder.delimiter(self.delimiter).flexible(true).trim(csv::Trim::All);
        builder.from_reader(self.text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let sheet = Sheet::read(text.as_bytes()).unwrap();
        let mut lines = vec![sheet.header.join("|")];
        lines.extend(
            sheet
                .rows()
                .map(|(row, values)| format!("{row}: {}", values.unwrap().iter().collect::<Vec<_>>().join("|"))),
        );
        assert_eq!(lines.join("\n"), expect, "{text:?}");
    }

    #[test]
    fn files_of_every_kind_are_read() {
        check("a,b\n1,2\n", "a|b\n2: 1|2");
        check("\u{feff}a;b\r\n1,5;2\r\n", "a|b\n2: 1,5|2");
        check("a\tb\n1\t\"x\ty\"", "a|b\n2: 1|x\ty");
        check("name,\"b\"\n\"two\nlines\",2\n3\n", "name|b\n2: two\nlines|2\n3: 3");
        check("alone\n1\n", "alone\n2: 1");
    }

    #[test]
    fn what_is_none_is_named() {
        let refuse = |bytes: &[u8]| Sheet::read(bytes).unwrap_err();
        assert_eq!(refuse(b""), SheetError::Empty);
        assert_eq!(refuse(b" \n\n"), SheetError::Empty);
        assert_eq!(refuse(b"PK\x03\x04\xff"), SheetError::Text(5));
        assert_eq!(refuse(b"a,b\n1,\0"), SheetError::Text(7));
        let header = |columns: usize| vec!["x"; columns].join(",");
        assert!(Sheet::read(header(COLUMNS_MAX).as_bytes()).is_ok());
        assert_eq!(refuse(header(COLUMNS_MAX + 1).as_bytes()), SheetError::Columns(COLUMNS_MAX + 1));
        let named = |bytes: usize| format!("a,{}", "x".repeat(bytes));
        assert!(Sheet::read(named(NAME_BYTES_MAX).as_bytes()).is_ok());
        let long = SheetError::Name(2, NAME_BYTES_MAX + 1);
        assert_eq!(refuse(named(NAME_BYTES_MAX + 1).as_bytes()), long);
    }
}
