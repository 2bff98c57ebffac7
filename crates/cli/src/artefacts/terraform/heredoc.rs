//! The literal parts of a heredoc: which white space stays.
//!
//! The parser takes indentation away from some of them only, so that their text is taken from the
//! file once more and treated as Terraform does: first the strip markers, which reach to the end of
//! a line, then the indentation that is common to all lines, without those behind a line end that
//! has gone.

use std::collections::HashMap;

use hcl_edit::Span;
use hcl_edit::template::{Directive, Element, HeredocTemplate, Strip, Template};

/// The texts of literals by their offset in the file.
pub(super) type Literals = HashMap<usize, String>;

/// One piece of the heredoc, in the order of the file.
enum Piece {
    /// A line of a literal, or its beginning or end.
    Line { offset: usize, text: String },
    /// Anything else, and whether it takes away white space before it and behind it.
    Other { before: bool, behind: bool },
}

/// The texts of all literals in a heredoc.
pub(super) fn literals(heredoc: &HeredocTemplate, file: &str) -> Literals {
    let mut pieces = Vec::new();
    gather(&heredoc.template, file, &mut pieces);
    strip(&mut pieces);
    let begin = heredoc.span().map_or("", |span| file.get(span).unwrap_or_default());
    if begin.starts_with("<<-") {
        dedent(&mut pieces);
    }
    let mut literals = Literals::new();
    for piece in pieces {
        if let Piece::Line { offset, text } = piece {
            literals.entry(offset).or_default().push_str(&text);
        }
    }
    literals
}

fn gather(template: &Template, file: &str, pieces: &mut Vec<Piece>) {
    let other = |pieces: &mut Vec<Piece>, strip: Strip| {
        pieces.push(Piece::Other { before: strip.strip_start(), behind: strip.strip_end() });
    };
    for element in template.iter() {
        match element {
            Element::Literal(literal) => {
                let span = literal.span().unwrap_or_default();
                let raw = file.get(span.clone()).unwrap_or_default().replace("$${", "${").replace("%%{", "%{");
                let line = |line: &str| Piece::Line { offset: span.start, text: line.to_owned() };
                pieces.extend(raw.split_inclusive('\n').map(line));
            }
            Element::Interpolation(interpolation) => other(pieces, interpolation.strip),
            Element::Directive(directive) => match &**directive {
                Directive::If(directive) => {
                    other(pieces, directive.if_expr.strip);
                    gather(&directive.if_expr.template, file, pieces);
                    if let Some(otherwise) = &directive.else_expr {
                        other(pieces, otherwise.strip);
                        gather(&otherwise.template, file, pieces);
                    }
                    other(pieces, directive.endif_expr.strip);
                }
                Directive::For(directive) => {
                    other(pieces, directive.for_expr.strip);
                    gather(&directive.for_expr.template, file, pieces);
                    other(pieces, directive.endfor_expr.strip);
                }
            },
        }
    }
}

fn strip(pieces: &mut [Piece]) {
    for index in 0..pieces.len() {
        let Piece::Other { before, behind } = pieces[index] else {
            continue;
        };
        let previous = index.checked_sub(1);
        if let Some(Piece::Line { text, .. }) = previous.filter(|_| before).and_then(|index| pieces.get_mut(index)) {
            text.truncate(text.trim_end().len());
        }
        if let Some(Piece::Line { text, .. }) = pieces.get_mut(index + 1).filter(|_| behind) {
            *text = text.trim_start().to_owned();
        }
    }
}

fn dedent(pieces: &mut [Piece]) {
    let mut common = usize::MAX;
    let mut begins_line = true;
    let mut indented = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let spaces = match piece {
            Piece::Line { text, .. } if text.trim().is_empty() && text.ends_with('\n') => usize::MAX,
            Piece::Line { text, .. } => text.chars().take_while(|letter| letter.is_whitespace()).count(),
            Piece::Other { .. } => 0,
        };
        if begins_line {
            common = common.min(spaces);
            indented.push(index);
        }
        begins_line = matches!(piece, Piece::Line { text, .. } if text.ends_with('\n'));
    }
    for index in indented {
        if let Piece::Line { text, .. } = &mut pieces[index]
            && !(text.trim().is_empty() && text.ends_with('\n'))
        {
            *text = text.chars().skip(common).collect();
        }
    }
}
