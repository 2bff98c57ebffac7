use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::sink::{Datums, Documents};
use crate::spill::batch::{BYTES_MAX, RECORDS_MAX};
use crate::spill::datum::tests::datums;

const ROOM: u64 = 1 << 20;

struct Place {
    _folder: TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spill");
        Place { _folder: folder, path }
    }

    fn open(&self) -> SpillFile {
        SpillFile::open(&self.path, ROOM, Form::Documents).unwrap()
    }

    fn bytes(&self) -> u64 {
        fs::metadata(&self.path).unwrap().len()
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }
}

/// Documents of as many samples as they have bytes.
fn payload(texts: &[&str]) -> Payload {
    let mut documents = Documents::default();
    texts.iter().for_each(|text| documents.push(text.len() as u64, |out| out.extend_from_slice(text.as_bytes())));
    Payload::Documents(documents)
}

fn texts(spill: &mut SpillFile) -> Vec<String> {
    let Some(payload) = spill.first().unwrap() else { return Vec::new() };
    payload.documents().unwrap().iter().map(|text| String::from_utf8(text.to_vec()).unwrap()).collect()
}

#[test]
fn what_one_process_spills_the_next_one_sends() {
    let place = Place::new();
    let mut spill = place.open();
    assert_eq!((texts(&mut spill).len(), spill.samples()), (0, 0));
    assert_eq!(spill.append(&payload(&["a", "bb"])).unwrap(), Appended::All);
    assert_eq!(spill.append(&payload(&["ccc"])).unwrap(), Appended::All);
    drop(spill);
    let mut spill = place.open();
    assert_eq!((spill.samples(), spill.skipped()), (6, 0));
    assert_eq!(texts(&mut spill), ["a", "bb", "ccc"]);
    spill.remove(&[], 2, 3).unwrap();
    assert_eq!(texts(&mut spill), ["ccc"]);
    drop(spill);
    let mut spill = place.open();
    assert_eq!((spill.samples(), texts(&mut spill)), (3, vec!["ccc".to_owned()]));
    spill.append(&payload(&["dddd"])).unwrap();
    spill.remove(&[], 1, 3).unwrap();
    assert_eq!(texts(&mut spill), ["dddd"]);
    spill.remove(&[], 1, 4).unwrap();
    assert_eq!((texts(&mut spill).len(), spill.take_lost(), place.bytes()), (0, 0, HEADER_BYTES));
    drop(spill);
    assert_eq!(place.open().samples(), 0);
}

#[test]
fn what_is_refused_in_the_middle_is_not_sent_again() {
    let place = Place::new();
    let mut spill = place.open();
    spill.append(&payload(&["a", "b", "c", "d"])).unwrap();
    assert_eq!(texts(&mut spill).len(), 4);
    // "a" and "c" are refused, of "b" and "d" one is delivered.
    spill.remove(&[0, 2], 1, 3).unwrap();
    assert_eq!((texts(&mut spill), spill.samples()), (vec!["d".to_owned()], 1));
    drop(spill);
    assert_eq!(texts(&mut place.open()), ["d"]);
}

#[test]
fn a_payload_fits_at_the_limit_and_not_past_it() {
    let place = Place::new();
    let line = record::write(&payload(&["a"])).len() as u64;
    for (bytes_max, expected) in [(HEADER_BYTES + line, Appended::All), (HEADER_BYTES + line - 1, Appended::Full)] {
        let mut spill = SpillFile::open(&place.path, bytes_max, Form::Documents).unwrap();
        assert_eq!(spill.append(&payload(&["a"])).unwrap(), expected, "{bytes_max}");
        assert_eq!(spill.append(&payload(&["a"])).unwrap(), Appended::Full, "{bytes_max}");
        assert!(place.bytes() <= bytes_max);
        drop(spill);
        fs::remove_file(&place.path).unwrap();
    }
}

#[test]
fn damaged_lines_are_skipped_and_a_torn_tail_is_cut_off() {
    let place = Place::new();
    place.open().append(&payload(&["a", "bb", "ccc", "dddd"])).unwrap();
    let whole = place.text();
    fs::write(&place.path, whole.replace(" bb\n", " bB\n").trim_end()).unwrap();
    let mut spill = place.open();
    assert_eq!((spill.samples(), spill.skipped()), (4, 2));
    assert_eq!(place.text().lines().count(), 4);
    assert_eq!(texts(&mut spill), ["a", "ccc"]);
    spill.remove(&[], 1, 1).unwrap();
    spill.append(&payload(&["e"])).unwrap();
    drop(spill);
    let mut spill = place.open();
    assert_eq!((spill.skipped(), texts(&mut spill)), (0, vec!["ccc".to_owned(), "e".to_owned()]));
}

#[test]
fn what_vanishes_while_the_file_is_open_is_told() {
    let place = Place::new();
    let mut spill = place.open();
    spill.append(&payload(&["a", "bb"])).unwrap();
    fs::write(&place.path, place.text().replace(" bb\n", " bB\n")).unwrap();
    assert_eq!((texts(&mut spill), spill.take_lost()), (vec!["a".to_owned()], 0));
    spill.remove(&[], 1, 1).unwrap();
    assert_eq!((texts(&mut spill).len(), spill.take_lost(), spill.take_lost()), (0, 2, 0));
    fs::OpenOptions::new().write(true).open(&place.path).unwrap().set_len(0).unwrap();
    spill.append(&payload(&["ccc"])).unwrap();
    assert_eq!(texts(&mut spill), ["ccc"]);
}

#[test]
fn an_offset_that_cannot_be_sends_everything_again() {
    for offset in ["9999999999999999999", "0000000000000000000", "not a number at all"] {
        let place = Place::new();
        place.open().append(&payload(&["a"])).unwrap();
        let text = place.text();
        fs::write(&place.path, format!("nepho-spill 1 {offset}{}", &text[HEADER_BYTES as usize - 1..])).unwrap();
        assert_eq!(texts(&mut place.open()), ["a"], "{offset}");
    }
}

#[test]
fn other_files_are_left_alone_and_unfinished_ones_begun_again() {
    let place = Place::new();
    for text in ["somebody's diary\n", "nepho-spill 2 0000000000000000034\n", "x"] {
        fs::write(&place.path, text).unwrap();
        let error = SpillFile::open(&place.path, ROOM, Form::Documents).unwrap_err();
        assert_eq!(error.to_string(), "it is no spill file of version 1, and left alone");
        assert_eq!(place.text(), text);
    }
    for text in ["", "nepho", "nepho-spill 1 00000"] {
        fs::write(&place.path, text).unwrap();
        assert_eq!(place.open().samples(), 0);
        assert_eq!(place.text(), "nepho-spill 1 0000000000000000034\n");
    }
}

#[test]
fn one_at_a_time_uses_it() {
    let place = Place::new();
    let spill = place.open();
    let error = SpillFile::open(&place.path, ROOM, Form::Documents).unwrap_err();
    assert_eq!(error.to_string(), "another process, or another sink, uses it");
    drop(spill);
    assert_eq!(place.open().samples(), 0);
}

#[test]
#[cfg(unix)]
fn it_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    drop(place.open());
    assert_eq!(fs::metadata(&place.path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn payloads_are_read_up_to_their_limits() {
    let place = Place::new();
    let mut spill = SpillFile::open(&place.path, 1 << 30, Form::Documents).unwrap();
    spill.append(&payload(&vec!["a"; RECORDS_MAX])).unwrap();
    let half = "b".repeat(BYTES_MAX / 2 - 1);
    spill.append(&payload(&[half.as_str(), half.as_str(), "c"])).unwrap();
    let large = "d".repeat(BYTES_MAX + 1);
    spill.append(&payload(&[large.as_str(), "e"])).unwrap();
    let mut counts = Vec::new();
    while let Some(payload) = spill.first().unwrap() {
        let (count, samples) = (payload.len(), payload.samples(payload.len()));
        counts.push(count);
        spill.remove(&[], count, samples).unwrap();
    }
    assert_eq!((counts, spill.samples()), (vec![RECORDS_MAX, 2, 1, 1, 1], 0));
}

#[test]
fn records_of_another_form_are_skipped() {
    let place = Place::new();
    place.open().append(&payload(&["a"])).unwrap();
    let mut spill = SpillFile::open(&place.path, ROOM, Form::Datums).unwrap();
    assert_eq!((spill.samples(), spill.skipped(), spill.first().unwrap()), (0, 1, None));
}

proptest! {
    #[test]
    fn datums_come_back_by_namespace(sent in prop::collection::vec((0..2_usize, datums()), 1..8)) {
        let place = Place::new();
        let mut spill = SpillFile::open(&place.path, ROOM, Form::Datums).unwrap();
        let namespaces = ["Shop", "Mail"];
        for (namespace, datum) in &sent {
            let datums = vec![datum.clone()];
            spill.append(&Payload::Datums(Datums { namespace: namespaces[*namespace].into(), datums })).unwrap();
        }
        let mut read = Vec::new();
        while let Some(payload) = spill.first().unwrap() {
            let Payload::Datums(datums) = payload.clone() else { panic!("datums were appended") };
            spill.remove(&[], payload_len(&datums), 0).unwrap();
            read.extend(datums.datums.into_iter().map(|datum| (datums.namespace.to_string(), datum)));
        }
        let sent: Vec<_> = sent.into_iter().map(|(namespace, datum)| (namespaces[namespace].to_owned(), datum)).collect();
        prop_assert_eq!(read, sent);
    }
}

fn payload_len(datums: &Datums) -> usize {
    datums.datums.len()
}
