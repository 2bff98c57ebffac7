//! What every store of records has to do, run against each.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use nepho_store::{Change, EmbeddedRecords, MemoryRecords, Record, Records, Table};
use proptest::prelude::*;

const TABLES: [Table; 2] = [Table("tags"), Table("groups")];

fn key() -> impl Strategy<Value = String> {
    "[a-c]/[a-b]{0,2}"
}

fn change() -> impl Strategy<Value = Change> {
    let table = prop::sample::select(TABLES.to_vec());
    prop_oneof![
        3 => (table.clone(), key(), prop::collection::vec(any::<u8>(), 0..4))
            .prop_map(|(table, key, value)| Change::Put(table, Record { key, value })),
        1 => (table, key()).prop_map(|(table, key)| Change::Delete(table, key)),
    ]
}

fn everything(records: &dyn Records) -> Vec<Vec<Record>> {
    TABLES.iter().map(|table| records.scan(*table, "", None, 1000).unwrap()).collect()
}

/// Each case writes files, so there are fewer of them; `PROPTEST_CASES` still scales their number.
fn fewer_cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 8, ..usual }
}

proptest! {
    #![proptest_config(fewer_cases())]

    #[test]
    fn the_embedded_records_answer_as_the_reference(
        transactions in prop::collection::vec(prop::collection::vec(change(), 0..6), 0..8),
        prefix in "[a-c]?/?",
        after in prop::option::of(key()),
        limit in 0usize..5,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let reference = MemoryRecords::default();
        let embedded = EmbeddedRecords::open(folder.path()).unwrap();
        for changes in &transactions {
            reference.commit(changes).unwrap();
            embedded.commit(changes).unwrap();
        }
        for table in TABLES {
            let of = |records: &dyn Records| records.scan(table, &prefix, after.as_deref(), limit).unwrap();
            prop_assert_eq!(of(&embedded), of(&reference));
            let back = |records: &dyn Records| records.scan_back(table, &prefix, after.as_deref(), limit).unwrap();
            prop_assert_eq!(back(&embedded), back(&reference));
        }
        drop(embedded);
        let reopened = EmbeddedRecords::open(folder.path()).unwrap();
        prop_assert_eq!(everything(&reopened), everything(&reference));
        for record in everything(&reference).concat() {
            let found = TABLES.map(|table| reopened.get(table, &record.key).unwrap());
            prop_assert!(found.contains(&Some(record.value)));
        }
    }
}
