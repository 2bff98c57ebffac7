//! What every log has to do, run against each.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use nepho_store::{EmbeddedLog, Log, LogOptions, MemoryLog};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Operation {
    Append(Vec<u8>),
    BeginFile,
    GiveUpBelow(u64),
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        8 => prop::collection::vec(any::<u8>(), 1..20).prop_map(Operation::Append),
        2 => Just(Operation::BeginFile),
        1 => (0u64..6).prop_map(Operation::GiveUpBelow),
    ]
}

/// What a program gets to see: the file of each entry, and what is read at the end.
fn run(log: &dyn Log, operations: &[Operation]) -> Vec<(u64, Vec<u8>)> {
    assert!(log.has_failed() && log.check().is_err() && log.append(b"early").1.wait().is_err());
    log.replay(&mut |_, _| Err("there is nothing".to_owned())).unwrap();
    let mut file = log.resume().unwrap();
    let mut seen = Vec::new();
    for operation in operations {
        match operation {
            Operation::Append(entry) => {
                let (found, receipt) = log.append(entry);
                receipt.wait().unwrap();
                seen.push((found, entry.clone()));
            }
            Operation::BeginFile => file = log.begin_file(),
            Operation::GiveUpBelow(number) => log.give_up_below(file.min(*number)),
        }
        assert!(log.check().is_ok());
    }
    log.append(b"last").1.wait().unwrap();
    let on_entry = &mut |file, entry: &[u8]| {
        seen.push((file, entry.to_vec()));
        Ok(())
    };
    log.replay(on_entry).unwrap();
    seen
}

/// Each case writes files, so there are fewer of them; `PROPTEST_CASES` still scales their number.
fn fewer_cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 4, ..usual }
}

proptest! {
    #![proptest_config(fewer_cases())]

    #[test]
    fn the_embedded_log_answers_as_the_reference(operations in prop::collection::vec(operation(), 0..20)) {
        let folder = tempfile::tempdir().unwrap();
        let embedded = EmbeddedLog::open(LogOptions::new(folder.path())).unwrap();
        prop_assert_eq!(run(&embedded, &operations), run(&MemoryLog::default(), &operations));
    }
}
