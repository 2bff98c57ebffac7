//! Results as Markdown.

/// What one subcommand found out.
#[derive(Debug, Default)]
pub(crate) struct Report {
    title: String,
    tables: Vec<Table>,
    notes: Vec<String>,
}

#[derive(Debug)]
struct Table {
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// The results of several runs of one thing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs(Vec<f64>);

/// What a result is held against.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bar {
    AtLeast(f64),
    AtMost(f64),
    None,
}

impl Report {
    pub(crate) fn new(title: &str) -> Self {
        Report { title: title.to_owned(), ..Report::default() }
    }

    pub(crate) fn table(&mut self, columns: &[&'static str]) {
        self.tables.push(Table { columns: columns.to_vec(), rows: Vec::new() });
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        let table = self.tables.last_mut().expect("a table was begun");
        progress(&cells.join(" | "));
        table.rows.push(cells.into());
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    #[expect(clippy::print_stdout, reason = "the report is the program's output")]
    pub(crate) fn print(&self) {
        if self.title.is_empty() {
            return;
        }
        println!("### {}\n", self.title);
        for table in &self.tables {
            println!("| {} |\n|{}", table.columns.join(" | "), " --- |".repeat(table.columns.len()));
            table.rows.iter().for_each(|row| println!("| {} |", row.join(" | ")));
            println!();
        }
        self.notes.iter().for_each(|note| println!("- {note}"));
        if !self.notes.is_empty() {
            println!();
        }
    }
}

/// A line for whoever is waiting.
#[expect(clippy::print_stderr, reason = "progress goes where the report does not")]
pub(crate) fn progress(line: &str) {
    eprintln!("  {line}");
}

impl Runs {
    pub(crate) fn add(&mut self, result: f64) {
        self.0.push(result);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn median(&self) -> f64 {
        quantile(&self.0, 0.5)
    }

    /// The result that was added last.
    pub(crate) fn last(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn max(&self) -> f64 {
        quantile(&self.0, 1.0)
    }

    pub(crate) fn quantile(&self, q: f64) -> f64 {
        quantile(&self.0, q)
    }

    /// `median (least..most)`.
    pub(crate) fn show(&self, format: fn(f64) -> String) -> String {
        match self.0.len() {
            0 => "-".to_owned(),
            1 => format(self.0[0]),
            _ => format!("{} ({}..{})", format(self.median()), format(quantile(&self.0, 0.0)), format(self.max())),
        }
    }
}

impl Bar {
    /// The bar and whether `result` reaches it.
    pub(crate) fn judge(self, result: f64, format: fn(f64) -> String) -> String {
        let (bar, passed) = match self {
            Bar::AtLeast(bar) => (format!(">= {}", format(bar)), result >= bar),
            Bar::AtMost(bar) => (format!("<= {}", format(bar)), result <= bar),
            Bar::None => return String::new(),
        };
        format!("{bar}: {}", if passed { "pass" } else { "**missed**" })
    }
}

pub(crate) fn quantile(values: &[f64], q: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * q).round() as usize).copied().unwrap_or(f64::NAN)
}

/// `1234567` as `1,234,567`.
pub(crate) fn whole(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut out = String::from(if value < 0.0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

pub(crate) fn two(value: f64) -> String {
    format!("{value:.2}")
}

pub(crate) fn three(value: f64) -> String {
    format!("{value:.3}")
}

pub(crate) fn times(value: f64) -> String {
    format!("{value:.1}x")
}

pub(crate) fn percent(value: f64) -> String {
    format!("{:.0} %", value * 100.0)
}

pub(crate) fn megabytes(bytes: f64) -> String {
    format!("{} MB", whole(bytes / 1e6))
}
