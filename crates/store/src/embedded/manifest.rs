//! The manifest: what in the folder is live. The layout is in `docs/format/store.md`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::path::Path;

use crate::disk::{self, Disk};
use crate::error::StoreError;
use crate::tier::Tier;

const FIRST_LINE: &str = "nepho manifest 1";
/// The names of the two copies.
const COPIES: [&str; 2] = ["manifest", "manifest.copy"];

/// What is live.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Manifest {
    /// Counts manifests.
    pub(crate) generation: u64,
    /// The first journal whose samples are in no segment.
    pub(crate) journal: u64,
    /// The number of the metrics file.
    pub(crate) metrics: u64,
    /// The live sections of each segment, by number.
    pub(crate) segments: BTreeMap<u64, Vec<LiveSection>>,
}

/// A section that is live. Its stretch of time is told here too, so that it is known even when the segment cannot be
/// read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LiveSection {
    /// Which of the segment's sections.
    pub(crate) ordinal: usize,
    pub(crate) tier: Tier,
    /// Start of the partition in seconds since the epoch.
    pub(crate) start: i64,
}

impl LiveSection {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let ordinal = parts.next()?.parse().ok()?;
        let tier = Tier::from_code(parts.next()?.parse().ok()?)?;
        let start = parts.next()?.parse().ok()?;
        parts.next().is_none().then_some(LiveSection { ordinal, tier, start })
    }
}

impl std::fmt::Display for LiveSection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.ordinal, self.tier.code(), self.start)
    }
}

/// What [`Manifest::load`] found.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The latest manifest that is whole; `None` in a new folder.
    pub(crate) manifest: Option<Manifest>,
    /// Copies that are not whole.
    pub(crate) damage: Vec<StoreError>,
}

impl Manifest {
    /// Reads the copies in `folder`.
    ///
    /// # Errors
    /// There are copies, but none is whole.
    pub(crate) fn load(disk: &dyn Disk, folder: &Path) -> Result<Loaded, StoreError> {
        let mut loaded = Loaded { manifest: None, damage: Vec::new() };
        for name in COPIES {
            let path = folder.join(name);
            let contents = match disk.read(&path) {
                Ok(contents) => contents,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    loaded.damage.push(StoreError::io("read", &path, error));
                    continue;
                }
            };
            match std::str::from_utf8(&contents).ok().and_then(Manifest::parse) {
                Some(manifest) => {
                    let is_later = loaded.manifest.as_ref().is_none_or(|known| known.generation < manifest.generation);
                    loaded.manifest = if is_later { Some(manifest) } else { loaded.manifest };
                }
                None => loaded.damage.push(StoreError::damaged(
                    &path,
                    0,
                    "it is no manifest, or its checksum does not match",
                )),
            }
        }
        match (&loaded.manifest, loaded.damage.first()) {
            (None, Some(error)) => Err(error.clone()),
            _ => Ok(loaded),
        }
    }

    /// Writes both copies. It counts from the first; a second that fails is written again the next time.
    ///
    /// # Errors
    /// The first copy may or may not be in place then: a retry has to write a greater generation.
    pub(crate) fn store(&self, disk: &dyn Disk, folder: &Path) -> Result<(), StoreError> {
        let text = self.to_text();
        let [first, second] = COPIES.map(|name| folder.join(name));
        disk::replace(disk, &first, text.as_bytes()).map_err(|source| StoreError::io("write", &first, source))?;
        if let Err(error) = disk::replace(disk, &second, text.as_bytes()) {
            tracing::warn!("could not write {}: {error}", second.display());
        }
        Ok(())
    }

    fn to_text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n");
        let _ = writeln!(text, "generation {}", self.generation);
        let _ = writeln!(text, "journal {}", self.journal);
        let _ = writeln!(text, "metrics {}", self.metrics);
        for (number, sections) in &self.segments {
            let sections: Vec<String> = sections.iter().map(LiveSection::to_string).collect();
            let _ = writeln!(text, "segment {number} {}", sections.join(","));
        }
        let crc = crc32fast::hash(text.as_bytes());
        let _ = writeln!(text, "crc {crc:08x}");
        text
    }

    fn parse(text: &str) -> Option<Manifest> {
        let body = text.strip_suffix('\n')?;
        let (body, last) = body.rsplit_once('\n')?;
        let crc = u32::from_str_radix(last.strip_prefix("crc ")?, 16).ok()?;
        if crc32fast::hash(&text.as_bytes()[..body.len() + 1]) != crc {
            return None;
        }
        let mut lines = body.lines();
        let mut manifest = Manifest::default();
        if lines.next()? != FIRST_LINE {
            return None;
        }
        for line in lines {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["generation", number] => manifest.generation = number.parse().ok()?,
                ["journal", number] => manifest.journal = number.parse().ok()?,
                ["metrics", number] => manifest.metrics = number.parse().ok()?,
                ["segment", number, sections] => {
                    let sections = sections.split(',').map(LiveSection::parse);
                    manifest.segments.insert(number.parse().ok()?, sections.collect::<Option<_>>()?);
                }
                _ => return None,
            }
        }
        Some(manifest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn manifest() -> Manifest {
        let live = |ordinal, tier, start| LiveSection { ordinal, tier, start };
        let sections = vec![live(0, Tier::Second, 1_767_225_600), live(5, Tier::Hour, -2_592_000)];
        let segments = BTreeMap::from([(3, vec![live(0, Tier::Minute, 0)]), (6, sections)]);
        Manifest { generation: 17, journal: 7, metrics: 1, segments }
    }

    #[test]
    fn its_text_is_this() {
        let text = "nepho manifest 1\ngeneration 17\njournal 7\nmetrics 1\n\
            segment 3 0:1:0\nsegment 6 0:0:1767225600,5:3:-2592000\n";
        let crc = crc32fast::hash(text.as_bytes());
        assert_eq!(manifest().to_text(), format!("{text}crc {crc:08x}\n"));
        assert_eq!(Manifest::parse(&manifest().to_text()), Some(manifest()));
    }

    proptest! {
        #[test]
        fn a_changed_byte_is_noticed(at in any::<prop::sample::Index>(), bit in 0u8..7) {
            let mut text = manifest().to_text().into_bytes();
            let at = at.index(text.len());
            text[at] ^= 1 << bit;
            let parsed = std::str::from_utf8(&text).ok().and_then(Manifest::parse);
            prop_assert!(parsed.is_none() || parsed == Some(manifest()), "{parsed:?}");
        }
    }
}
