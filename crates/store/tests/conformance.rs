//! What every store has to do, run against each: the in-memory reference, and the embedded store with limits so
//! small that everything happens often.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use nepho_model::search::{Condition, Pattern, Phrase, Place, Schema, Search, Term};
use nepho_model::{Batch, Cell, Detail, Metric, Numbers, Read, Resolution, Run, Scope, Timestamp, Unit, UnitSeries};
use nepho_store::{
    COMPARISONS_MAX, EmbeddedSamples, Filter, MemorySamples, Options, Page, Retention, Samples, SearchRequest,
};
use proptest::prelude::*;

const DAY: i64 = 86_400;
const NOW: i64 = 1_767_225_600;

fn scope() -> Scope {
    Scope::new("000000000000", "us-east-1")
}

fn metric(n: u8) -> Metric {
    Metric::new("Shop", &format!("m{}", n % 3), &[("Host", &format!("h{}", n / 3))]).unwrap()
}

/// A sample to store: which metric, unit and resolution, how long ago, and what.
#[derive(Debug, Clone)]
struct Sample {
    metric: u8,
    unit: Unit,
    resolution: Resolution,
    age: i64,
    values: Vec<f64>,
}

#[derive(Debug, Clone)]
enum Step {
    Append(Vec<Sample>),
    /// Time passes, and what falls due is done.
    Pass(i64),
    Read {
        metric: u8,
        unit: Option<Unit>,
        age: i64,
        length: i64,
        period: i64,
    },
    List(Filter),
    Search(Search, usize),
    Reopen,
}

/// The stores under test side by side.
struct Stores {
    now: i64,
    reference: MemorySamples,
    embedded: Option<EmbeddedSamples>,
    options: Options,
}

impl Stores {
    fn open(folder: &Path) -> Self {
        let options = Options { journal_bytes_max: 600, head_bytes_max: 1, ..Options::new(folder) };
        let embedded = Some(EmbeddedSamples::open(options.clone()).unwrap());
        Stores { now: NOW, reference: MemorySamples::new(Retention::default()), embedded, options }
    }

    fn embedded(&self) -> &EmbeddedSamples {
        self.embedded.as_ref().unwrap()
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_seconds(self.now)
    }

    fn run(&mut self, step: &Step) {
        match step {
            Step::Append(samples) => {
                let batch = self.batch(samples);
                self.reference.append(&scope(), &batch, self.now()).wait().unwrap();
                self.embedded().append(&scope(), &batch, self.now()).wait().unwrap();
            }
            Step::Pass(seconds) => {
                self.now += seconds;
                self.reference.maintain(self.now()).unwrap();
                self.embedded().maintain(self.now()).unwrap();
            }
            Step::Read { metric: n, unit, age, length, period } => {
                let start = Timestamp::from_seconds(self.now - age);
                let read = Read {
                    metric: metric(*n),
                    unit: *unit,
                    start,
                    end: start.plus_seconds(*length),
                    period_seconds: *period,
                    detail: Detail::Distribution,
                };
                assert_eq!(answer(self.embedded(), &read), answer(&self.reference, &read), "{read:?}");
                let next = Read { metric: metric(n.wrapping_add(1)), unit: None, ..read };
                let both = [read, next];
                assert_eq!(added_up(self.embedded(), &both), added_up(&self.reference, &both), "{both:?}");
            }
            Step::List(filter) => {
                let since = Some(Timestamp::from_seconds(self.now - 14 * DAY));
                let filter = Filter { seen_since: since, ..filter.clone() };
                let reference = all_pages(&self.reference, &filter);
                assert_eq!(all_pages(self.embedded(), &filter), reference, "{filter:?}");
            }
            Step::Search(search, limit) => {
                let seen_since = Some(Timestamp::from_seconds(self.now - 14 * DAY));
                let request = SearchRequest { search: search.clone(), seen_since, comparisons_max: COMPARISONS_MAX };
                let all = found(&self.reference, &request, usize::MAX);
                assert_eq!(found(self.embedded(), &request, usize::MAX), all, "{search:?}");
                for store in [&self.reference as &dyn Samples, self.embedded()] {
                    let (some, has_more) = found(store, &request, *limit);
                    assert_eq!((some.len(), has_more), (all.0.len().min(*limit), all.0.len() > *limit), "{search:?}");
                    assert!(some.is_subset(&all.0), "{search:?}");
                }
            }
            Step::Reopen => {
                self.embedded.take().unwrap().close().unwrap();
                self.embedded = Some(EmbeddedSamples::open(self.options.clone()).unwrap());
                assert_eq!(self.embedded().figures().problems, [""; 0]);
            }
        }
    }

    fn batch(&self, samples: &[Sample]) -> Batch {
        let mut batch = Batch::default();
        for sample in samples {
            let key = batch.known_key(metric(sample.metric).key());
            let time = self.now().plus_seconds(-sample.age);
            let cell = Cell::of_values(&sample.values, &[]).unwrap();
            batch.push(key, sample.unit, sample.resolution, time, cell);
        }
        batch
    }
}

fn answer(store: &dyn Samples, read: &Read) -> Vec<UnitSeries> {
    store.read(&scope(), std::slice::from_ref(read)).remove(0).unwrap()
}

type AddedUp = BTreeMap<Timestamp, (f64, f64, f64, f64)>;

/// The cells of each read by period: how many samples, their sum, the least and the greatest.
fn added_up(store: &dyn Samples, reads: &[Read]) -> Vec<AddedUp> {
    let mut sinks = [vec![AddedUp::new(); reads.len()], vec![AddedUp::new(); reads.len()]];
    let add = |periods: &mut Vec<AddedUp>, number: usize, run: &Run<'_>| {
        for (at, slot) in run.slots.iter().enumerate() {
            let period = reads[number].period_of(run.time(*slot)).expect("a cell outside of the range");
            let all = periods[number].entry(period).or_insert((0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY));
            let (count, sum, min, max) = (run.count[at], run.sum[at], run.min[at], run.max[at]);
            *all = (all.0 + count, all.1 + sum, all.2.min(min), all.3.max(max));
        }
    };
    let [one, other] = &mut sinks;
    let (mut one, mut other) =
        (|number, run: &Run<'_>| add(one, number, run), |number, run: &Run<'_>| add(other, number, run));
    let outcomes = store.each_run(&scope(), reads, Numbers::ALL, &mut [&mut one, &mut other]);
    let [mut periods, other] = sinks;
    for (all, others) in periods.iter_mut().zip(other) {
        assert!(all.is_empty() || others.is_empty(), "all cells of a metric go to one sink");
        all.extend(others);
    }
    outcomes.into_iter().for_each(Result::unwrap);
    periods
}

fn found(store: &dyn Samples, request: &SearchRequest, limit: usize) -> (BTreeSet<Metric>, bool) {
    let found = store.search(&scope(), request, limit).unwrap();
    let count = found.metrics.len();
    let metrics: BTreeSet<_> = found.metrics.into_iter().collect();
    assert_eq!(metrics.len(), count, "a metric is found twice");
    (metrics, found.has_more)
}

fn all_pages(store: &dyn Samples, filter: &Filter) -> BTreeSet<Metric> {
    let mut page = Page { after: None, limit: 2 };
    let mut found = BTreeSet::new();
    loop {
        let listed = store.list(&scope(), filter, &page).unwrap();
        for metric in listed.metrics {
            assert!(found.insert(metric), "a metric is on two pages");
        }
        match listed.next {
            Some(next) => page.after = Some(next),
            None => return found,
        }
    }
}

fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let unit = prop_oneof![Just(Unit::Count), Just(Unit::Seconds)];
    let resolution = prop_oneof![Just(Resolution::Second), Just(Resolution::Minute)];
    let age = prop_oneof![0i64..7200, 0i64..14 * DAY, Just(0)];
    let values = prop::collection::vec((-1i32..300).prop_map(f64::from), 1..4);
    let sample = (0u8..6, unit, resolution, age, values).prop_map(|(metric, unit, resolution, age, values)| Sample {
        metric,
        unit,
        resolution,
        age,
        values,
    });
    prop::collection::vec(sample, 1..12)
}

fn searches() -> impl Strategy<Value = Search> {
    let phrase = |text: &str| Pattern::Phrase(Phrase::parse(text).unwrap());
    let pattern = prop_oneof![
        prop::sample::select(vec!["m", "m1", "h-1", "shop", "HOST", "1"]).prop_map(phrase),
        prop::sample::select(vec!["m1", "h0", "Host", "Shop", "shop"]).prop_map(|text| Pattern::Exact(text.to_owned())),
    ];
    let place = prop::sample::select(vec![
        Place::Anywhere,
        Place::MetricName,
        Place::Dimension("Host".to_owned()),
        Place::Account,
    ]);
    let term = (place, pattern).prop_map(|(place, pattern)| Condition::Term(Term { place, pattern }));
    let condition = term.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Condition::Any),
            inner.prop_map(|one| Condition::Not(Box::new(one))),
        ]
    });
    let schema = prop::sample::select(vec![
        None,
        Some(Schema::of_namespace("Shop")),
        Some(Schema::exact("Shop", vec!["Host".to_owned()])),
        Some(Schema::exact("Shop", Vec::new())),
    ]);
    (schema, condition).prop_map(|(schema, condition)| Search { schema, condition })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let unit = prop_oneof![Just(None), Just(Some(Unit::Count))];
    let period = prop_oneof![Just(1i64), Just(60), Just(300), Just(3600), Just(7000)];
    let read = (0u8..7, unit, 0i64..20 * DAY, 1i64..20 * DAY, period)
        .prop_map(|(metric, unit, age, length, period)| Step::Read { metric, unit, age, length, period });
    let filter = (any::<bool>(), prop::option::of(0u8..4), prop::option::of(0u8..3));
    let filter = filter.prop_map(|(space, name, host)| Filter {
        namespace: space.then(|| "Shop".to_owned()),
        name: name.map(|n| format!("m{n}")),
        dimensions: host.map(|n| ("Host".to_owned(), (n < 2).then(|| format!("h{n}")))).into_iter().collect(),
        seen_since: None,
    });
    let search = (searches(), 0usize..7).prop_map(|(search, limit)| Step::Search(search, limit));
    let pass = prop_oneof![0i64..400, 0i64..10_000, 0i64..40 * DAY, 0i64..500 * DAY].prop_map(Step::Pass);
    let step = prop_oneof![
        6 => samples().prop_map(Step::Append),
        4 => read,
        1 => filter.prop_map(Step::List),
        1 => search,
        2 => pass,
        1 => Just(Step::Reopen),
    ];
    prop::collection::vec(step, 1..40)
}

/// What comes late for its hour is still in memory when the hour rolls up, and rolls up with it.
#[test]
fn a_late_second_becomes_a_minute_with_its_hour() {
    let folder = tempfile::tempdir().unwrap();
    let mut stores = Stores::open(folder.path());
    stores.run(&Step::Pass(250));
    let age = 4 * 3600 - 40 + 250;
    let (unit, resolution) = (Unit::Count, Resolution::Second);
    stores.run(&Step::Append(vec![Sample { metric: 0, unit, resolution, age, values: vec![1.0] }]));
    let second = |stores: &Stores| {
        let start = Timestamp::from_seconds(NOW - 4 * 3600);
        let end = start.plus_seconds(3600);
        let read = Read { metric: metric(0), unit: None, start, end, period_seconds: 1, detail: Detail::Numbers };
        let times = |store| answer(store, &read)[0].points.iter().map(|p| p.time.seconds() - start.seconds()).collect();
        let (embedded, reference): (Vec<_>, Vec<_>) = (times(stores.embedded()), times(&stores.reference));
        assert_eq!(embedded, reference);
        embedded
    };
    for (passed, expected) in [(0, 40), (49, 40), (1, 0)] {
        stores.run(&Step::Pass(passed));
        assert_eq!(second(&stores), [expected], "{passed} s later");
    }
}

/// Each case writes files, so there are fewer of them; `PROPTEST_CASES` still scales their number.
fn fewer_cases() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 5, ..usual }
}

proptest! {
    #![proptest_config(fewer_cases())]

    #[test]
    fn the_embedded_store_answers_as_the_reference(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let mut stores = Stores::open(folder.path());
        for step in &steps {
            stores.run(step);
        }
        // At the end every metric is compared over everything that can be kept.
        for metric in 0..7 {
            let (age, length) = (500 * DAY, 501 * DAY);
            stores.run(&Step::Read { metric, unit: None, age, length, period: 60 });
            stores.run(&Step::Read { metric, unit: None, age, length, period: 30 * DAY });
        }
        stores.run(&Step::List(Filter::default()));
        stores.run(&Step::Search(Search::new(Condition::ALWAYS), 3));
    }
}
