//! Which slots of the partition have cells.

use super::bytes::{Reader, write_varint};
use super::{ChunkError, SLOTS_MAX, ints};

/// Appends slots that ascend; nothing when there are none.
pub(super) fn encode(slots: impl Iterator<Item = u32>, out: &mut Vec<u8>) {
    let slots: Vec<i64> = slots.map(i64::from).collect();
    let Some(first) = slots.first() else { return };
    write_varint(*first as u64, out);
    ints::encode(&slots.windows(2).map(|pair| pair[1] - pair[0] - 1).collect::<Vec<_>>(), out);
}

/// Reads `count` slots, which is at least one, in place of what `slots` held; `gaps` is room for what is between them.
pub(super) fn decode(
    reader: &mut Reader<'_>,
    count: usize,
    gaps: &mut Vec<i64>,
    slots: &mut Vec<u32>,
) -> Result<(), ChunkError> {
    let mut slot = below_limit(reader.varint()?)?;
    ints::decode(reader, count - 1, gaps)?;
    slots.clear();
    slots.push(slot);
    for gap in gaps {
        slot = below_limit((*gap as u64).saturating_add(u64::from(slot) + 1))?;
        slots.push(slot);
    }
    Ok(())
}

fn below_limit(value: u64) -> Result<u32, ChunkError> {
    let limit = u64::from(SLOTS_MAX) - 1;
    if value <= limit { Ok(value as u32) } else { Err(ChunkError::Limit { what: "slot", value, limit }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_end_at_the_limit() {
        let cases: [(&[u32], bool); 5] = [
            (&[0], true),
            (&[SLOTS_MAX - 1], true),
            (&[SLOTS_MAX], false),
            (&[0, 7, SLOTS_MAX - 1], true),
            (&[0, 7, SLOTS_MAX], false),
        ];
        for (slots, is_legal) in cases {
            let mut bytes = Vec::new();
            encode(slots.iter().copied(), &mut bytes);
            let mut found = Vec::new();
            let found = decode(&mut Reader::new(&bytes), slots.len(), &mut Vec::new(), &mut found).map(|()| found);
            let beyond = ChunkError::Limit { what: "slot", value: SLOTS_MAX.into(), limit: u64::from(SLOTS_MAX) - 1 };
            assert_eq!(found, if is_legal { Ok(slots.to_vec()) } else { Err(beyond) });
        }
    }

    #[test]
    fn slots_that_do_not_ascend_are_refused() {
        for gap in [-1, -5, i64::MIN, i64::MAX] {
            let mut bytes = vec![9];
            ints::encode(&[gap], &mut bytes);
            assert!(
                matches!(
                    decode(&mut Reader::new(&bytes), 2, &mut Vec::new(), &mut Vec::new()),
                    Err(ChunkError::Limit { .. })
                ),
                "{gap}"
            );
        }
    }
}
