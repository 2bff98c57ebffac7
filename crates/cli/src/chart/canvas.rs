//! A canvas of braille characters: each is two dots wide and four high.

use crate::terminal::{Ink, Palette};

/// Dots of a character, side by side.
pub(super) const DOTS_WIDE: usize = 2;
/// Dots of a character, one above the other.
pub(super) const DOTS_HIGH: usize = 4;

/// The braille character without dots; a dot is a bit on top of it.
const EMPTY: u32 = 0x2800;
/// The bits of a character's dots, row by row from the top.
const BITS: [[u8; DOTS_WIDE]; DOTS_HIGH] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// A place on the canvas, counted from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dot {
    pub(super) x: usize,
    pub(super) y: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    dots: u8,
    series: usize,
}

/// Characters to draw on.
#[derive(Debug)]
pub(super) struct Canvas {
    width: usize,
    cells: Vec<Cell>,
}

impl Canvas {
    pub(super) fn new(width: usize, rows: usize) -> Self {
        Canvas { width, cells: vec![Cell::default(); width * rows] }
    }

    /// Draws a straight line (Bresenham's algorithm), in the colour of a series. Where series meet, the character
    /// has the colour of the last.
    pub(super) fn line(&mut self, from: Dot, to: Dot, series: usize) {
        let (mut x, mut y) = (from.x as i64, from.y as i64);
        let (end_x, end_y) = (to.x as i64, to.y as i64);
        let (run, rise) = ((end_x - x).abs(), -(end_y - y).abs());
        let mut error = run + rise;
        loop {
            self.set(x as usize, y as usize, series);
            if (x, y) == (end_x, end_y) {
                return;
            }
            let doubled = 2 * error;
            if doubled >= rise {
                error += rise;
                x += (end_x - x).signum();
            }
            if doubled <= run {
                error += run;
                y += (end_y - y).signum();
            }
        }
    }

    /// Draws a point that no line touches, large enough to be seen: half a character's dots.
    pub(super) fn point(&mut self, at: Dot, series: usize) {
        for (x, y) in [(at.x, at.y), (at.x ^ 1, at.y), (at.x, at.y ^ 1), (at.x ^ 1, at.y ^ 1)] {
            self.set(x, y, series);
        }
    }

    fn set(&mut self, x: usize, y: usize, series: usize) {
        let cell = &mut self.cells[y / DOTS_HIGH * self.width + x / DOTS_WIDE];
        cell.dots |= BITS[y % DOTS_HIGH][x % DOTS_WIDE];
        cell.series = series;
    }

    /// The text of a row, without spaces at its end.
    pub(super) fn row(&self, row: usize, palette: Palette) -> String {
        let cells = &self.cells[row * self.width..(row + 1) * self.width];
        let used = cells.iter().rposition(|cell| cell.dots != 0).map_or(0, |last| last + 1);
        let mut text = String::new();
        for run in cells[..used].chunk_by(|one, other| one.ink() == other.ink()) {
            let characters: String = run.iter().map(Cell::character).collect();
            match run[0].ink() {
                Some(ink) => text.push_str(&palette.paint(ink, &characters)),
                None => text.push_str(&characters),
            }
        }
        text
    }
}

impl Cell {
    fn ink(&self) -> Option<Ink> {
        (self.dots != 0).then_some(Ink::Series(self.series))
    }

    fn character(&self) -> char {
        match self.dots {
            0 => ' ',
            dots => char::from_u32(EMPTY + u32::from(dots)).expect("256 characters begin there"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(canvas: &Canvas, rows: usize) -> Vec<String> {
        (0..rows).map(|row| canvas.row(row, Palette::Plain)).collect()
    }

    #[test]
    fn lines_are_drawn_in_dots() {
        let mut canvas = Canvas::new(4, 2);
        canvas.line(Dot { x: 0, y: 7 }, Dot { x: 7, y: 0 }, 0);
        assert_eq!(rows(&canvas, 2), ["  ⡠⠊", "⡠⠊"]);
        let mut canvas = Canvas::new(4, 1);
        canvas.line(Dot { x: 7, y: 3 }, Dot { x: 0, y: 3 }, 0);
        assert_eq!(rows(&canvas, 1), ["⣀⣀⣀⣀"]);
        let mut canvas = Canvas::new(1, 1);
        canvas.line(Dot { x: 1, y: 0 }, Dot { x: 1, y: 3 }, 0);
        assert_eq!(rows(&canvas, 1), ["⢸"]);
    }

    #[test]
    fn points_stay_in_their_character() {
        let mut canvas = Canvas::new(2, 1);
        canvas.point(Dot { x: 1, y: 0 }, 0);
        canvas.point(Dot { x: 2, y: 3 }, 0);
        assert_eq!(rows(&canvas, 1), ["⠛⣤"]);
    }

    #[test]
    fn runs_of_one_series_are_coloured_once() {
        let mut canvas = Canvas::new(5, 1);
        canvas.line(Dot { x: 0, y: 0 }, Dot { x: 3, y: 0 }, 0);
        canvas.line(Dot { x: 6, y: 0 }, Dot { x: 9, y: 0 }, 1);
        assert_eq!(canvas.row(0, Palette::Colors), "\x1b[36m⠉⠉\x1b[0m \x1b[33m⠉⠉\x1b[0m");
    }
}
