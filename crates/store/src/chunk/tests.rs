//! What holds for whole chunks: golden bytes, every column shape comes back, damaged bytes never panic.

use nepho_model::{Cell, Detail, Distribution, ExactValues, Sketch};
use proptest::prelude::*;

use super::*;

fn encoded(cells: &[(u32, Cell)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(cells, &mut bytes);
    bytes
}

fn decoded(bytes: &[u8], detail: Detail, wanted: Range<u32>) -> Result<Vec<(u32, Cell)>, ChunkError> {
    let mut cells = Vec::new();
    decode(bytes, detail, wanted, &mut Columns::default(), |slot, cell| cells.push((slot, cell)))?;
    Ok(cells)
}

/// The four numbers, what the distribution holds, and its kind.
type Bits = (Vec<u64>, Vec<(u64, u64)>, u8);

/// Every bit of a cell, so that -0 is not 0 and one NaN is another.
fn bits(cell: &Cell) -> Bits {
    let numbers = [cell.count(), cell.sum(), cell.min(), cell.max()].map(f64::to_bits).to_vec();
    let of = |pairs: &[(f64, f64)]| pairs.iter().map(|(value, weight)| (value.to_bits(), weight.to_bits())).collect();
    match cell.distribution() {
        Distribution::Constant => (numbers, Vec::new(), 0),
        Distribution::Unavailable | Distribution::Percentiles(_) => (numbers, Vec::new(), 1),
        Distribution::Exact(values) => (numbers, of(values.pairs()), 2),
        Distribution::Sketch(sketch) => {
            let bins = sketch.bins().iter().map(|(bin, weight)| (*bin as u64, weight.to_bits()));
            (numbers, std::iter::once((0, sketch.zero().to_bits())).chain(bins).collect(), 3)
        }
    }
}

#[test]
fn the_layout_stays_as_it_is() {
    let values = |values: &[f64]| Cell::of_values(values, &[]).unwrap();
    let set = |count, sum, min, max| Cell::of_statistics(count, sum, min, max).unwrap();
    let sketched: Vec<f64> = (1..=151).map(|value| f64::from(value) / 8.0).collect();
    type Case<'a> = (&'a str, Vec<(u32, Cell)>, &'a str);
    let cases: [Case<'_>; 8] = [
        ("nothing", vec![], "01 00"),
        ("one sample", vec![(7, Cell::of(3.0))], "01 01 07 03 00 00 00 02 00 06"),
        (
            "one value all the time",
            (0..60).map(|slot| (slot, Cell::of(0.5))).collect(),
            "01 3c 00 00 00 03 01 00 00 02 00 0a",
        ),
        (
            "decimals, with a gap",
            [(0, 20.1), (1, 20.3), (3, 19.8)].map(|(slot, value)| (slot, Cell::of(value))).to_vec(),
            "01 03 00 01 02 01 03 01 00 00 02 03 92 03 60 01",
        ),
        (
            "numbers that are no decimals",
            vec![(59, Cell::of(1.0 / 3.0)), (60, Cell::of(-2.0 / 3.0))],
            "01 02 3b 00 00 03 0d 00 00 00 02 80 d5 aa d5 aa d5 aa d5 ba ff 01 aa d5 aa d5 aa d5 aa d5 7f",
        ),
        (
            "statistic sets",
            vec![(0, set(2.0, 0.1 + 0.2, 0.1, 0.2)), (1, set(3.5, 7.0, 1.0, 3.0))],
            "01 02 00 00 00 0c 41 01 04 38 ef 04 0c 89 05 20 9b 03 80 86 01 06 01 02 02",
        ),
        (
            "values and one sample",
            vec![(0, values(&[1.5, 2.0, 2.0])), (1, Cell::of(4.0)), (2, values(&[0.0, 9.5]))],
            "01 03 00 00 00 04 01 00 02 04 06 06 28 09 7a 02 07 74 cb 91 12 06 88 01 d9 6d 03 00 04 21 00 05 01 35 00 00 01 1d",
        ),
        (
            "a sketch and values",
            vec![(0, values(&sketched)), (4, values(&[1.0, 2.0]))],
            "01 02 00 00 06 10 03 00 08 9a 01 94 95 80 d6 0d fa 01 80 d5 87 02 f6 a6 02 80 97 df ae 01 88 8e af 01 01 04 02 00 04 20 00 01 01 00 00 01 03 00 ca 01 00 00 00 00 c1 01 00 00 e0 83 02 09 85 a3 18 86 30 33 b1 44 92 aa 5a b7 f7 ff ff ff ff ff ff ff 07 00 00 01 ff ff ff ff ff ff bf b7 db 5a ab aa 4a 2a 49 12 91 44 44 44 04",
        ),
    ];
    for (name, cells, expected) in cases {
        let bytes = encoded(&cells);
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex.join(" "), expected, "{name}");
        assert_eq!(decoded(&bytes, Detail::Distribution, 0..SLOTS_MAX).unwrap(), cells, "{name}");
    }
}

#[test]
fn what_is_no_chunk_is_named() {
    let chunk = encoded(&[(7, Cell::of(3.0))]);
    let with = |at: usize, byte: u8| [&chunk[..at], &[byte], &chunk[at + 1..]].concat();
    let cases = [
        (vec![], ChunkError::Truncated),
        (chunk[..chunk.len() - 1].to_vec(), ChunkError::Truncated),
        (with(0, 2), ChunkError::Format(2)),
        ([&chunk[..], &[0, 0]].concat(), ChunkError::Trailing(2)),
        (vec![FORMAT, 0, 9], ChunkError::Trailing(1)),
        (vec![FORMAT, 0x91, 0x1c], ChunkError::Limit { what: "number of cells", value: 3601, limit: 3600 }),
        (with(3, 5 << 2 | 3), ChunkError::Code { what: "distribution", code: 5 }),
        (with(4, 14), ChunkError::Code { what: "scale", code: 14 }),
    ];
    for (bytes, error) in cases {
        assert_eq!(decoded(&bytes, Detail::Distribution, 0..SLOTS_MAX), Err(error), "{bytes:02x?}");
    }
}

#[test]
fn an_hour_of_seconds_is_a_whole_chunk() {
    let cells: Vec<_> = (0..SLOTS_MAX).map(|slot| (slot, Cell::of(f64::from(slot % 7)))).collect();
    assert_eq!(decoded(&encoded(&cells), Detail::Distribution, 0..SLOTS_MAX).unwrap(), cells);
}

#[test]
#[should_panic(expected = "slots are below 3600")]
fn a_slot_past_the_hour_is_a_mistake_of_the_caller() {
    encoded(&[(SLOTS_MAX, Cell::of(1.0))]);
}

/// Numbers as metrics have them, and any others.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-1000i64..100_000).prop_map(|v| v as f64),
        4 => (0i64..100_000, 0i32..6).prop_map(|(v, decimals)| v as f64 / 10f64.powi(decimals)),
        1 => any::<f32>().prop_map(f64::from),
        1 => any::<u64>().prop_map(f64::from_bits),
        1 => prop::sample::select(vec![0.0, -0.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, 1e15, 1e17, 0.1 + 0.2]),
    ]
}

/// A column: constant, steady, of one kind of numbers, or of all.
fn column(count: usize) -> BoxedStrategy<Vec<f64>> {
    let decimals = prop::collection::vec(-100_000i64..100_000, count);
    prop_oneof![
        number().prop_map(move |value| vec![value; count]),
        (number(), number()).prop_map(move |(first, step)| (0..count).map(|i| first + step * i as f64).collect()),
        (decimals, 0i32..13).prop_map(|(list, scale)| list.iter().map(|v| *v as f64 / 10f64.powi(scale)).collect()),
        prop::collection::vec(number(), count),
        prop::collection::vec(any::<u64>().prop_map(f64::from_bits), count),
    ]
    .boxed()
}

fn weight() -> impl Strategy<Value = f64> {
    prop_oneof![6 => (1u32..40).prop_map(f64::from), 1 => number()]
}

fn distribution() -> impl Strategy<Value = Distribution> {
    let exact = prop::collection::vec((number(), weight()), 0..30)
        .prop_map(|pairs| Distribution::Exact(Box::new(ExactValues::from_pairs(pairs))));
    let sketch = (weight(), prop::collection::btree_map(any::<i16>(), weight(), 0..30))
        .prop_map(|(zero, bins)| Distribution::Sketch(Box::new(Sketch::from_parts(zero, bins.into_iter().collect()))));
    prop_oneof![3 => Just(Distribution::Constant), 2 => Just(Distribution::Unavailable), 3 => exact, 3 => sketch]
}

/// Cells as the model makes them.
fn real_cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        (0i64..10_000).prop_map(|value| Cell::of(value as f64 / 100.0)),
        (prop::collection::vec(0i64..100_000, 1..300), 0i32..4).prop_map(|(values, decimals)| {
            let values: Vec<f64> = values.iter().map(|value| *value as f64 / 10f64.powi(decimals)).collect();
            Cell::of_values(&values, &[]).unwrap()
        }),
        (1i32..9, 0i32..50, 50i32..90).prop_map(|(count, min, max)| {
            Cell::of_statistics(f64::from(count), f64::from(count * max), f64::from(min), f64::from(max)).unwrap()
        }),
    ]
}

fn slots(count: usize) -> impl Strategy<Value = Vec<u32>> {
    prop_oneof![
        (0..=SLOTS_MAX - count as u32).prop_map(move |first| (first..first + count as u32).collect()),
        prop::collection::btree_set(0..SLOTS_MAX, count).prop_map(|slots| slots.into_iter().collect()),
    ]
}

/// Columns that do or do not depend on each other.
fn made_up(count: usize) -> impl Strategy<Value = Vec<Cell>> {
    let columns = (column(count), column(count), column(count), column(count), 0u8..3, 0u8..3);
    (columns, prop::collection::vec(distribution(), count), any::<bool>()).prop_map(
        move |((counts, mut sum, min, mut max, max_kind, sum_kind), distributions, one_kind)| {
            for at in 0..count {
                max[at] = [max[at], min[at], min[at] + max[at].abs()][usize::from(max_kind)];
                sum[at] =
                    [sum[at], min[at] * counts[at], (min[at] + max[at]) / 2.0 * counts[at]][usize::from(sum_kind)];
            }
            let distribution = |at: usize| distributions[if one_kind { 0 } else { at }].clone();
            (0..count).map(|at| Cell::from_parts(counts[at], sum[at], min[at], max[at], distribution(at))).collect()
        },
    )
}

fn chunk() -> impl Strategy<Value = Vec<(u32, Cell)>> {
    (0usize..80).prop_flat_map(|count| {
        let cells = prop_oneof![made_up(count), prop::collection::vec(real_cell(), count)];
        (slots(count), cells).prop_map(|(slots, cells)| slots.into_iter().zip(cells).collect())
    })
}

fn numbers() -> impl Strategy<Value = Numbers> {
    (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(count, sum, min, max)| Numbers {
        count,
        sum,
        min,
        max,
    })
}

proptest! {
    #[test]
    fn chunks_come_back_bit_for_bit(cells in chunk()) {
        let bytes = encoded(&cells);
        let found = decoded(&bytes, Detail::Distribution, 0..SLOTS_MAX).unwrap();
        prop_assert_eq!(found.len(), cells.len());
        for (found, cell) in found.iter().zip(&cells) {
            prop_assert_eq!(found.0, cell.0);
            prop_assert_eq!(bits(&found.1), bits(&cell.1));
        }
    }

    #[test]
    fn a_range_of_slots_is_the_cells_in_it(cells in chunk(), from in 0..SLOTS_MAX, length in 0..SLOTS_MAX) {
        let bytes = encoded(&cells);
        let wanted = from..from + length;
        let expected: Vec<_> = cells.iter().filter(|(slot, _)| wanted.contains(slot)).collect();
        let found = decoded(&bytes, Detail::Distribution, wanted.clone()).unwrap();
        let numbers = decoded(&bytes, Detail::Numbers, wanted).unwrap();
        prop_assert_eq!(found.len(), expected.len());
        prop_assert_eq!(numbers.len(), expected.len());
        for ((found, numbers), cell) in found.iter().zip(&numbers).zip(expected) {
            prop_assert_eq!((found.0, bits(&found.1)), (cell.0, bits(&cell.1)));
            prop_assert_eq!((numbers.0, &bits(&numbers.1).0), (cell.0, &bits(&cell.1).0));
            let is_constant = matches!(cell.1.distribution(), Distribution::Constant);
            let marker = if is_constant { Distribution::Constant } else { Distribution::Unavailable };
            prop_assert_eq!(numbers.1.distribution(), &marker);
        }
    }

    #[test]
    fn columns_that_are_wanted_are_those_of_the_cells(
        chunks in prop::collection::vec(chunk(), 1..3),
        from in 0..SLOTS_MAX,
        length in 0..SLOTS_MAX,
        numbers in numbers(),
    ) {
        let (wanted, mut columns) = (from..from + length, Columns::default());
        for cells in chunks {
            let at = decode_numbers(&encoded(&cells), numbers, &wanted, &mut columns).unwrap();
            let expected: Vec<_> = cells.iter().filter(|(slot, _)| wanted.contains(slot)).collect();
            prop_assert_eq!(at.len(), expected.len());
            if at.is_empty() {
                continue;
            }
            let slots: Vec<_> = expected.iter().map(|(slot, _)| *slot).collect();
            prop_assert_eq!(&columns.slots[at.clone()], slots);
            let all = [
                (numbers.count, &columns.count, Cell::count as fn(&Cell) -> f64),
                (numbers.sum, &columns.sum, Cell::sum),
                (numbers.min, &columns.min, Cell::min),
                (numbers.max, &columns.max, Cell::max),
            ];
            for (_, column, number) in all.into_iter().filter(|(is_wanted, ..)| *is_wanted) {
                let found: Vec<_> = column[at.clone()].iter().map(|number| number.to_bits()).collect();
                let expected: Vec<_> = expected.iter().map(|(_, cell)| number(cell).to_bits()).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn damaged_chunks_are_cells_or_an_error(
        cells in chunk(),
        numbers in numbers(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 1..6),
    ) {
        let mut bytes = encoded(&cells);
        for (at, value, how) in damage {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = value,
                1 => bytes[at] ^= 1 << (value & 7),
                2 => bytes.insert(at, value),
                _ => bytes.truncate(at.max(1)),
            }
        }
        for detail in [Detail::Numbers, Detail::Distribution] {
            if let Ok(cells) = decoded(&bytes, detail, 0..SLOTS_MAX) {
                prop_assert!(cells.windows(2).all(|pair| pair[0].0 < pair[1].0));
                prop_assert!(cells.iter().all(|(slot, _)| *slot < SLOTS_MAX));
            }
        }
        let mut columns = Columns::default();
        if let Ok(at) = decode_numbers(&bytes, numbers, &(0..SLOTS_MAX), &mut columns) {
            prop_assert!(columns.slots[at].is_sorted_by(|one, next| one < next));
        }
    }

    #[test]
    fn any_bytes_are_cells_or_an_error(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(format) = bytes.first_mut() {
            *format = FORMAT;
        }
        for detail in [Detail::Numbers, Detail::Distribution] {
            let _ = decoded(&bytes, detail, 0..SLOTS_MAX);
        }
    }
}
