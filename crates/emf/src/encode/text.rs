//! Texts as JSON strings.

use crate::scan::plain_until;

/// The most bytes that a byte of text takes: a control character is written as `\u0000`.
const MAX_ESCAPE_BYTES: usize = 6;
const HEXADECIMAL: &[u8; 16] = b"0123456789abcdef";

/// Appends `text` as a JSON string. It has no line end in it, as that is a control character.
#[inline]
pub(crate) fn push(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let plain = plain_until(text.as_bytes(), 0);
    out.extend_from_slice(&text.as_bytes()[..plain]);
    if plain < text.len() {
        push_escaped(out, &text.as_bytes()[plain..]);
    }
    out.push(b'"');
}

/// Appends bytes of which the first is to be escaped.
#[cold]
fn push_escaped(out: &mut Vec<u8>, mut rest: &[u8]) {
    while let Some((first, others)) = rest.split_first() {
        push_escape(out, *first);
        let plain = plain_until(others, 0);
        out.extend_from_slice(&others[..plain]);
        rest = &others[plain..];
    }
}

fn push_escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        other => {
            let digits = [HEXADECIMAL[usize::from(other >> 4)], HEXADECIMAL[usize::from(other & 0xf)]];
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&digits);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// The most bytes that `text` takes as a JSON string.
pub(crate) fn bytes_max(text: &str) -> usize {
    let escaped = text.bytes().filter(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')).count();
    text.len() + escaped * (MAX_ESCAPE_BYTES - 1) + "\"\"".len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        push(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn escapes() {
        for (text, expected) in [
            ("", r#""""#),
            ("plain", r#""plain""#),
            ("a\"b\\c", r#""a\"b\\c""#),
            ("\"\"", r#""\"\"""#),
            ("one\ntwo\r\n\tthree", r#""one\ntwo\r\n\tthree""#),
            ("\0\u{1f} \u{7f}", "\"\\u0000\\u001f \u{7f}\""),
            ("\u{8}\u{c}", r#""\u0008\u000c""#),
            ("Größe 😀 \u{2028}", "\"Größe 😀 \u{2028}\""),
            ("eight by/tes and \"more\" of them", r#""eight by/tes and \"more\" of them""#),
        ] {
            assert_eq!(written(text), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in prop_oneof![".{0,40}", "[a-z\"\\\\\0-\u{1f}é]{0,40}"]) {
            let written = written(&text);
            assert!(!written.contains(['\n', '\r']));
            assert!(written.len() <= bytes_max(&text));
            assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
        }
    }
}
