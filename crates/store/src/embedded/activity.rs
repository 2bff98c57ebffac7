//! When each metric was last seen, so that a start need not read every section to know.

use crate::disk;
use crate::embedded::state::State;
use crate::error::StoreError;
use crate::varint::Reader;

const MAGIC: &[u8; 8] = b"NEPHOA01";

/// Writes what the index knows.
pub(crate) fn store(state: &State) -> Result<(), StoreError> {
    let activity = state.index().activity();
    let mut contents = MAGIC.to_vec();
    contents.extend_from_slice(&(activity.len() as u32).to_le_bytes());
    activity.iter().for_each(|seconds| contents.extend_from_slice(&seconds.to_le_bytes()));
    let crc = crc32fast::hash(&contents);
    contents.extend_from_slice(&crc.to_le_bytes());
    let path = state.folder("activity");
    disk::replace(&*state.disk, &path, &contents).map_err(|source| StoreError::io("write", &path, source))
}

/// The times by metric id; `None` when the bytes are not what was written.
pub(crate) fn read(contents: &[u8]) -> Option<Vec<u32>> {
    let (body, crc) = contents.split_last_chunk::<4>()?;
    if crc32fast::hash(body) != u32::from_le_bytes(*crc) {
        return None;
    }
    let mut reader = Reader(body.strip_prefix(MAGIC)?);
    let count = reader.u32()? as usize;
    (reader.0.len() == count * 4).then(|| (0..count).filter_map(|_| reader.u32()).collect())
}
