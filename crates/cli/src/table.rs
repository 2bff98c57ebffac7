//! Tables: columns of text, aligned, within a width.

use crate::terminal::{Ink, Palette};

/// Columns between columns.
const GAP: usize = 2;
/// No column is cut to less.
const CUT_MIN: usize = 8;
/// A last column that goes on below has at least this width, before others are cut.
const LAST_MIN: usize = 16;

/// On which side the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// A table to be filled row by row.
#[derive(Debug)]
pub(crate) struct Table {
    header: Vec<(String, Side)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new<S: Into<String>>(header: impl IntoIterator<Item = (S, Side)>) -> Self {
        Table { header: header.into_iter().map(|(name, side)| (name.into(), side)).collect(), rows: Vec::new() }
    }

    /// Adds a row, which has as many cells as the header.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        assert_eq!(cells.len(), self.header.len(), "a row has a cell for each column");
        self.rows.push(cells);
    }

    /// The table for people: a header, and columns that are cut where the width does not suffice.
    pub(crate) fn aligned(&self, width: usize, palette: Palette) -> String {
        self.lines(&self.widths(width), palette)
    }

    fn lines(&self, widths: &[usize], palette: Palette) -> String {
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let mut line = String::new();
            for ((cell, width), (_, side)) in cells.zip(widths).zip(&self.header) {
                let cell = cut(cell, *width);
                let pad = " ".repeat(width - cell.chars().count());
                let (before, after) = if *side == Side::Right { (pad, String::new()) } else { (String::new(), pad) };
                line.push_str(&format!("{before}{cell}{after}{}", " ".repeat(GAP)));
            }
            line.trim_end().to_owned()
        };
        let header = line(&mut self.header.iter().map(|(name, _)| name.as_str()));
        let rows = self.rows.iter().map(|row| line(&mut row.iter().map(String::as_str)));
        std::iter::once(palette.paint(Ink::Faint, &header)).chain(rows).map(|line| line + "\n").collect()
    }

    /// The table for people whose last column, which stands on the left, is not cut: it goes on below, word by word. A word
    /// that is longer is left whole.
    pub(crate) fn whole(&self, width: usize, palette: Palette) -> String {
        let Some(last) = self.header.len().checked_sub(1) else { return String::new() };
        let natural = self.widths(usize::MAX);
        let before = Table {
            header: self.header[..last].to_vec(),
            rows: self.rows.iter().map(|row| row[..last].to_vec()).collect(),
        };
        let room = natural[last].min(LAST_MIN);
        let others = before.widths(width.saturating_sub(room + GAP));
        let indent: usize = others.iter().map(|width| width + GAP).sum();
        let rest = width.saturating_sub(indent).max(room);
        let mut folded = Table { header: self.header.clone(), rows: Vec::new() };
        for row in &self.rows {
            let mut lines = fold(&row[last], rest).into_iter();
            let first = lines.next().unwrap_or_default();
            folded.rows.push(row[..last].iter().cloned().chain([first]).collect());
            let empty = vec![String::new(); last];
            folded.rows.extend(lines.map(|line| empty.iter().cloned().chain([line]).collect()));
        }
        let widths: Vec<_> = others.into_iter().chain([folded.widths(usize::MAX)[last]]).collect();
        folded.lines(&widths, palette)
    }

    /// Whether no column has to be cut for a width.
    pub(crate) fn fits(&self, width: usize) -> bool {
        let widths = self.widths(usize::MAX);
        widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1) <= width
    }

    /// The table for programs: rows only, tabs between the cells.
    pub(crate) fn tabbed(&self) -> String {
        self.rows.iter().map(|row| row.join("\t") + "\n").collect()
    }

    /// The widths of the columns. While they do not fit, the widest gives way.
    fn widths(&self, width: usize) -> Vec<usize> {
        let widest = |column: usize, name: &str| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.chain([name.chars().count()]).max().unwrap_or_default()
        };
        let mut widths: Vec<usize> =
            self.header.iter().enumerate().map(|(column, (name, _))| widest(column, name)).collect();
        loop {
            let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
            let Some(widest) = widths.iter_mut().max() else { return widths };
            if total <= width || *widest <= CUT_MIN {
                return widths;
            }
            *widest = (*widest).saturating_sub(total - width).max(CUT_MIN).max(*widest / 2);
        }
    }
}

/// The text in lines of at most so many characters, broken at spaces only.
fn fold(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The text in at most so many characters; an ellipsis tells that it was cut.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new([("METRIC", Side::Left), ("DIMENSIONS", Side::Left), ("LAST", Side::Right)]);
        table.row(vec!["Orders".to_owned(), "Service=web, Stage=live".to_owned(), "12".to_owned()]);
        table.row(vec!["Latency".to_owned(), String::new(), "1234.5".to_owned()]);
        table
    }

    #[test]
    fn columns_are_aligned() {
        let expected = "\
METRIC   DIMENSIONS                 LAST
Orders   Service=web, Stage=live      12
Latency                           1234.5
";
        assert_eq!(table().aligned(80, Palette::Plain), expected);
    }

    #[test]
    fn the_widest_column_gives_way() {
        let expected = "\
METRIC   DIMENSIONS       LAST
Orders   Service=web,…      12
Latency                 1234.5
";
        assert_eq!(table().aligned(30, Palette::Plain), expected);
        assert!(table().aligned(1, Palette::Plain).contains("Service…"));
    }

    #[test]
    fn what_fits_is_not_cut() {
        assert!(table().fits(40) && !table().fits(39));
        assert!(
            !table().aligned(40, Palette::Plain).contains('…') && table().aligned(39, Palette::Plain).contains('…')
        );
    }

    #[test]
    fn a_last_column_goes_on_below() {
        let mut table = Table::new([("STATE", Side::Left), ("ALARM", Side::Left)]);
        table.row(vec!["INSUFFICIENT_DATA".to_owned(), "the queue is long".to_owned()]);
        table.row(vec!["OK".to_owned(), "checkout-latency-p99-above-a-second".to_owned()]);
        let expected = "\
STATE              ALARM
INSUFFICIENT_DATA  the queue is
                   long
OK                 checkout-latency-p99-above-a-second
";
        assert_eq!(table.whole(35, Palette::Plain), expected);
        assert_eq!(table.whole(54, Palette::Plain), table.aligned(54, Palette::Plain));
        // Others are cut before it gets too narrow.
        assert!(table.whole(30, Palette::Plain).contains("\nINSUFFICIEN…  the queue is\n"));
    }

    #[test]
    fn programs_get_tabs() {
        assert_eq!(table().tabbed(), "Orders\tService=web, Stage=live\t12\nLatency\t\t1234.5\n");
    }
}
