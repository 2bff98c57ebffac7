//! Numbers out of bytes.

use super::{ModelBytesFault, fault};

/// The farthest a time may be from the epoch, in seconds: a hundred million years, so that sums of times stay in range.
const MAX_TIME: i64 = 1 << 52;

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    len: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, len: bytes.len() }
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.bytes.len()
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], ModelBytesFault> {
        let (taken, rest) = self.bytes.split_first_chunk().ok_or(ModelBytesFault::End(self.len))?;
        self.bytes = rest;
        Ok(*taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, ModelBytesFault> {
        self.take().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, ModelBytesFault> {
        self.take().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, ModelBytesFault> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn i32(&mut self) -> Result<i32, ModelBytesFault> {
        self.take().map(i32::from_le_bytes)
    }

    pub(super) fn i64(&mut self) -> Result<i64, ModelBytesFault> {
        self.take().map(i64::from_le_bytes)
    }

    /// Seconds since the epoch.
    pub(super) fn time(&mut self) -> Result<i64, ModelBytesFault> {
        let time = self.i64()?;
        if time.unsigned_abs() > MAX_TIME.unsigned_abs() { Err(fault("a time", &time)) } else { Ok(time) }
    }

    /// A number, not infinite.
    pub(super) fn number(&mut self) -> Result<f64, ModelBytesFault> {
        let value = self.take().map(f64::from_le_bytes)?;
        if value.is_finite() { Ok(value) } else { Err(fault("a number", &value)) }
    }

    /// A bound, which may be infinite.
    pub(super) fn bound(&mut self) -> Result<f64, ModelBytesFault> {
        let value = self.take().map(f64::from_le_bytes)?;
        if value.is_nan() { Err(fault("a bound", &value)) } else { Ok(value) }
    }

    /// A number of single precision, not infinite.
    pub(super) fn small(&mut self) -> Result<f32, ModelBytesFault> {
        let value = self.take().map(f32::from_le_bytes)?;
        if value.is_finite() { Ok(value) } else { Err(fault("a number", &value)) }
    }

    /// A number of things, at most `most`.
    pub(super) fn count(&mut self, what: &'static str, most: usize) -> Result<usize, ModelBytesFault> {
        let count = usize::from(self.u8()?);
        if count > most { Err(fault(what, &count)) } else { Ok(count) }
    }

    /// A list of at most `most`.
    pub(super) fn list<T>(
        &mut self,
        what: &'static str,
        most: usize,
        one: impl Fn(&mut Self) -> Result<T, ModelBytesFault>,
    ) -> Result<Vec<T>, ModelBytesFault> {
        let count = self.count(what, most)?;
        (0..count).map(|_| one(self)).collect()
    }
}
