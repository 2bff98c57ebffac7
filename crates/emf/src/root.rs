//! The root of a document: what it is, and its members.

use crate::cache::{Hit, Templates};
use crate::outcome::{Cause, Rejection};
use crate::scan::{Cursor, Fault, Scanned, Shape, Span, unescaped};

/// The longest document, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;

/// A member of the root object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    pub(crate) key: Scanned,
    pub(crate) value: Scanned,
}

/// The `_aws` member of a document.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Aws {
    Missing,
    NoObject,
    /// One of the last few that were seen.
    Known(Hit),
    /// Its text, and that of its `Timestamp` when it has exactly one, which is a number.
    Scanned(Span, Option<Span>),
}

/// The object in `document`, without what may stand in front of it.
pub(crate) fn text_of(document: &[u8]) -> Result<&str, Rejection> {
    if document.len() > MAX_DOCUMENT_BYTES {
        let detail = format!("{} bytes exceed the limit of {MAX_DOCUMENT_BYTES}", document.len());
        return Err(Rejection::once(Cause::DocumentTooLarge, detail));
    }
    let start = document.iter().position(|byte| !b" \t\r\n".contains(byte)).unwrap_or(document.len());
    let object = match &document[start..] {
        object @ [b'{', ..] => object,
        // Lambda writes time, request and level in front, each with a tab behind it.
        other => match memchr::memmem::find(other, b"\t{") {
            Some(tab) => &other[tab + 1..],
            None => return Err(not_emf("the document has no JSON object")),
        },
    };
    std::str::from_utf8(object)
        .map_err(|error| Rejection::once(Cause::NotJson, format!("byte {} is not UTF-8", error.valid_up_to())))
}

/// Splits the root object into its members, and tells what the one called `_aws` is.
pub(crate) fn split(text: &str, templates: &mut Templates, members: &mut Vec<Member>) -> Result<Aws, Fault> {
    let mut cursor = Cursor::new(text);
    let mut aws = Aws::Missing;
    let mut more = cursor.enter_object()?;
    while more {
        let key = cursor.key()?;
        let value = if is_called(key, text, "_aws") {
            let start = cursor.at();
            aws = match templates.recent(text, start) {
                Some(hit) => {
                    cursor.move_to(hit.end);
                    Aws::Known(hit)
                }
                None => scan_aws(&mut cursor, text)?,
            };
            Scanned { shape: Shape::Object, span: Span::new(start, cursor.at()) }
        } else {
            cursor.value(1)?
        };
        members.push(Member { key, value });
        more = cursor.next_member()?;
    }
    cursor.finish()?;
    Ok(aws)
}

/// Scans an `_aws` that is not known and finds its timestamp.
fn scan_aws(cursor: &mut Cursor<'_>, text: &str) -> Result<Aws, Fault> {
    let start = cursor.at();
    if text.as_bytes().get(start) != Some(&b'{') {
        cursor.value(1)?;
        return Ok(Aws::NoObject);
    }
    let (mut timestamp, mut timestamps) = (None, 0);
    let mut more = cursor.enter_object()?;
    while more {
        let key = cursor.key()?;
        let value = cursor.value(2)?;
        if is_called(key, text, "Timestamp") {
            timestamp = (value.shape == Shape::Number).then_some(value.span);
            timestamps += 1;
        }
        more = cursor.next_member()?;
    }
    Ok(Aws::Scanned(Span::new(start, cursor.at()), timestamp.filter(|_| timestamps == 1)))
}

/// Whether a member has this name.
#[inline]
pub(crate) fn is_called(key: Scanned, text: &str, name: &str) -> bool {
    match key.shape {
        Shape::EscapedString => unescaped(key, text) == name,
        _ => key.span.of(text) == name,
    }
}

/// The rejection of a document that is no EMF.
#[cold]
pub(crate) fn not_emf(detail: &str) -> Rejection {
    Rejection::once(Cause::NotEmf, detail.to_owned())
}
