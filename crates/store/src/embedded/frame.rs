//! Frames: how journals and metric files hold records that are appended and never changed.
//!
//! The layout is in `docs/format/store.md`.

use std::path::Path;

use crate::error::StoreError;

/// Length of a file's header.
pub(crate) const FILE_HEADER: usize = 8;
/// Length of a frame's header.
pub(crate) const FRAME_HEADER: usize = 16;
/// The largest payload of a frame.
pub(crate) const MAX_PAYLOAD: usize = 64 << 20;
/// Begins every frame.
const SYNC: [u8; 4] = *b"NFRM";

/// Appends a frame whose payload `write` appends.
pub(crate) fn put(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; FRAME_HEADER]);
    write(out);
    let length = out.len() - start - FRAME_HEADER;
    assert!(length <= MAX_PAYLOAD, "writers keep their payloads below the limit");
    let crc = crc32fast::hash(&out[start + FRAME_HEADER..]);
    let header = &mut out[start..start + FRAME_HEADER];
    header[..4].copy_from_slice(&SYNC);
    header[4..8].copy_from_slice(&(length as u32).to_le_bytes());
    header[8..12].copy_from_slice(&crc.to_le_bytes());
    let crc = crc32fast::hash(&header[..12]);
    header[12..].copy_from_slice(&crc.to_le_bytes());
}

/// What was found in a file of frames.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// Length of the file up to the end of its last good frame.
    pub(crate) good_length: u64,
    /// Bytes of a torn tail after it.
    pub(crate) torn: u64,
    /// Places that do not hold what was written.
    pub(crate) damage: Vec<StoreError>,
}

/// Calls `on_payload` with every good frame's payload, in order. A payload it refuses counts as damage.
pub(crate) fn scan(
    path: &Path,
    contents: &[u8],
    magic: &[u8; 8],
    mut on_payload: impl FnMut(&[u8]) -> Result<(), String>,
) -> Scan {
    let mut scan = Scan::default();
    let mut offset = FILE_HEADER;
    match contents.get(..FILE_HEADER) {
        Some(header) if header == magic => {}
        Some(_) if is_zero(contents) => return Scan { torn: contents.len() as u64, ..scan },
        Some(_) => scan.damage.push(StoreError::damaged(path, 0, "the file header is not the expected one")),
        None => return Scan { torn: contents.len() as u64, ..scan },
    }
    scan.good_length = FILE_HEADER as u64;
    while offset < contents.len() {
        match Frame::at(contents, offset) {
            Frame::Good { payload } => {
                if let Err(detail) = on_payload(payload) {
                    scan.damage.push(StoreError::damaged(path, offset as u64, detail));
                }
                offset += FRAME_HEADER + payload.len();
                scan.good_length = offset as u64;
            }
            Frame::Torn => {
                scan.torn = (contents.len() - offset) as u64;
                break;
            }
            Frame::Damaged { detail } => {
                let next = find_frame(contents, offset + 1);
                if next.is_none() && is_zero(&contents[offset..]) {
                    scan.torn = (contents.len() - offset) as u64;
                    break;
                }
                scan.damage.push(StoreError::damaged(path, offset as u64, detail));
                offset = next.unwrap_or(contents.len());
                scan.good_length = offset as u64;
            }
        }
    }
    scan
}

enum Frame<'a> {
    Good { payload: &'a [u8] },
    Torn,
    Damaged { detail: &'static str },
}

impl<'a> Frame<'a> {
    fn at(contents: &'a [u8], offset: usize) -> Self {
        let rest = &contents[offset..];
        let Some((length, crc)) = header(rest) else {
            let is_short = rest.len() < FRAME_HEADER;
            return if is_short { Frame::Torn } else { Frame::Damaged { detail: "no frame begins here" } };
        };
        match rest.get(FRAME_HEADER..FRAME_HEADER + length) {
            None => Frame::Torn,
            Some(payload) if crc32fast::hash(payload) == crc => Frame::Good { payload },
            Some(_) => Frame::Damaged { detail: "a frame's checksum does not match" },
        }
    }
}

/// Length and CRC of the payload of the frame whose header is in front, if it is whole and right.
fn header(bytes: &[u8]) -> Option<(usize, u32)> {
    let header = bytes.get(..FRAME_HEADER)?;
    let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let length = word(4) as usize;
    let is_right = header[..4] == SYNC && length <= MAX_PAYLOAD && word(12) == crc32fast::hash(&header[..12]);
    is_right.then(|| (length, word(8)))
}

/// Where the next frame begins, at `from` or later.
fn find_frame(contents: &[u8], from: usize) -> Option<usize> {
    let rest = contents.get(from..)?;
    let found = rest.windows(FRAME_HEADER).position(|window| window[..4] == SYNC && header(window).is_some())?;
    Some(from + found)
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAGIC: &[u8; 8] = b"NEPHOJ01";

    fn file(payloads: &[Vec<u8>]) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for payload in payloads {
            put(&mut out, |out| out.extend_from_slice(payload));
        }
        out
    }

    fn read(contents: &[u8]) -> (Vec<Vec<u8>>, Scan) {
        let mut payloads = Vec::new();
        let scan = scan(Path::new("f"), contents, MAGIC, |payload| {
            payloads.push(payload.to_vec());
            Ok(())
        });
        (payloads, scan)
    }

    fn payloads() -> impl Strategy<Value = Vec<Vec<u8>>> {
        prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 1..8)
    }

    proptest! {
        #[test]
        fn frames_come_back(list in payloads()) {
            let contents = file(&list);
            let (found, scan) = read(&contents);
            prop_assert_eq!(found, list);
            prop_assert_eq!(scan.good_length, contents.len() as u64);
            prop_assert!(scan.damage.is_empty());
            prop_assert_eq!(scan.torn, 0);
        }

        #[test]
        fn a_torn_tail_is_cut_and_nothing_else(list in payloads(), lost in 1usize..40, zeros in any::<bool>()) {
            let whole = file(&list);
            let before = file(&list[..list.len() - 1]);
            let lost = lost.min(whole.len() - before.len());
            let mut torn = whole[..whole.len() - lost].to_vec();
            if zeros && torn.len() == before.len() {
                torn.extend_from_slice(&[0; 64]);
            }
            let (found, scan) = read(&torn);
            prop_assert_eq!(&found[..], &list[..list.len() - 1]);
            prop_assert!(scan.damage.is_empty(), "{:?}", scan.damage);
            prop_assert_eq!(scan.good_length, before.len() as u64);
            prop_assert_eq!(scan.torn, (torn.len() - before.len()) as u64);
        }

        #[test]
        fn a_flipped_bit_costs_one_frame_and_is_reported(list in payloads(), at in any::<prop::sample::Index>(), bit in 0u8..8) {
            let mut contents = file(&list);
            let at = at.index(contents.len());
            contents[at] ^= 1 << bit;
            let (found, scan) = read(&contents);
            prop_assert_eq!(scan.damage.len(), 1);
            let lost = if at < FILE_HEADER { 0 } else { 1 };
            prop_assert_eq!(found.len(), list.len() - lost);
            prop_assert!(found.iter().all(|payload| list.contains(payload)));
        }

        #[test]
        fn any_bytes_are_scanned(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut contents = MAGIC.to_vec();
            contents.extend(bytes);
            let (_, scan) = read(&contents);
            prop_assert!(scan.good_length + scan.torn <= contents.len() as u64);
        }
    }
}
