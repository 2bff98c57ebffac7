//! Segments as files: what is written is read, and what is not a segment is refused.

use std::path::Path;
use std::sync::Arc;

use nepho_model::{Cell, Detail, Unit};
use proptest::prelude::*;

use super::{Section, Segment, SegmentWriter};
use crate::chunk::Columns;
use crate::disk::{Disk, SystemDisk};
use crate::embedded::entry::tests::cells;
use crate::tier::Tier;

type Chunks = Vec<((u32, Unit), Vec<(u32, Cell)>)>;

fn write(path: &Path, sections: &[(Tier, i64, Chunks)]) {
    let mut writer = SegmentWriter::new(path, SystemDisk.create(path).unwrap());
    for (tier, start, chunks) in sections {
        writer.begin(*tier, *start).unwrap();
        for ((metric, unit), cells) in chunks {
            writer.add(*metric, *unit, cells).unwrap();
        }
    }
    writer.finish().unwrap();
}

fn read(section: &Section) -> Result<Chunks, crate::error::StoreError> {
    section.chunks().map(|chunk| chunk.map(|chunk| (chunk.key, chunk.cells))).collect()
}

fn chunks() -> impl Strategy<Value = Chunks> {
    let chunk = prop::collection::btree_map(0u32..60, cells(), 1..4);
    prop::collection::btree_map((0u32..900, 0u8..3), chunk, 1..40).prop_map(|chunks| {
        let unit = |code| Unit::from_code(code).unwrap();
        chunks.into_iter().map(|((metric, code), cells)| ((metric, unit(code)), cells.into_iter().collect())).collect()
    })
}

/// Each case writes files, so there are fewer of them; `PROPTEST_CASES` still scales their number.
fn fewer_cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 4, ..usual }
}

proptest! {
    #![proptest_config(fewer_cases())]

    #[test]
    fn sections_come_back(first in chunks(), second in chunks()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        let written = [(Tier::Minute, 3600, first), (Tier::Hour, -7200, second)];
        write(&path, &written);
        let sections = Segment::open(&SystemDisk, &path, 1).unwrap();
        prop_assert_eq!(sections.len(), 2);
        for (section, (tier, start, chunks)) in sections.iter().zip(&written) {
            prop_assert_eq!((section.entry.tier, section.entry.start), (*tier, *start));
            prop_assert_eq!(section.entry.last_metric, chunks.last().unwrap().0.0);
            prop_assert_eq!(&read(section).unwrap(), chunks);
        }
    }

    #[test]
    fn a_lookup_finds_what_is_there(chunks in chunks(), wanted in prop::collection::btree_set(0u32..900, 1..30)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        write(&path, &[(Tier::Minute, 0, chunks.clone())]);
        let section = Arc::new(Segment::open(&SystemDisk, &path, 1).unwrap().remove(0));
        let mut lookup = section.lookup();
        for metric in wanted {
            let mut found = Vec::new();
            lookup.each_of(metric, |chunk| {
                let mut cells = Vec::new();
                chunk.decode(Detail::Distribution, 0..60, &mut Columns::default(), |slot, cell| cells.push((slot, cell)))?;
                found.push(((metric, chunk.unit), cells));
                Ok(())
            }).unwrap();
            let expected: Chunks = chunks.iter().filter(|(key, _)| key.0 == metric).cloned().collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn changed_files_are_read_right_or_refused(
        chunks in chunks(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one");
        write(&path, &[(Tier::Minute, 0, chunks.clone())]);
        let mut contents = std::fs::read(&path).unwrap();
        for (at, byte) in changes {
            let at = at.index(contents.len());
            contents[at] = byte;
        }
        if let Some(cut) = cut {
            contents.truncate(cut.index(contents.len()));
        }
        std::fs::write(&path, contents).unwrap();
        if let Ok(sections) = Segment::open(&SystemDisk, &path, 1) {
            for section in &sections {
                if let Ok(found) = read(section) {
                    prop_assert_eq!(&found, &chunks);
                }
            }
        }
    }
}

#[test]
fn many_units_of_a_metric_may_lie_across_pages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("one");
    let keys = (0..60u32).flat_map(|metric| (0..27).map(move |code| (metric, Unit::from_code(code).unwrap())));
    let chunks: Chunks = keys.map(|key| (key, vec![(1, Cell::of(f64::from(key.0)))])).collect();
    write(&path, &[(Tier::Second, 0, chunks)]);
    let section = Segment::open(&SystemDisk, &path, 1).unwrap().remove(0);
    assert!(section.entry.pages.len() > 5);
    let mut lookup = section.lookup();
    for metric in 0..60 {
        let mut units = 0;
        lookup
            .each_of(metric, |_| {
                units += 1;
                Ok(())
            })
            .unwrap();
        assert_eq!(units, 27, "metric {metric}");
    }
}
