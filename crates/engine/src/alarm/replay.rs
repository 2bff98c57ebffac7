//! All evaluations of a range of time, over data that is read once.

mod timeline;
mod track;

use nepho_model::search::Search;
use nepho_model::{Detail, Metric, Read, Timestamp, UnitSeries};

use super::definition::MetricAlarm;
use super::observed::{Answer, Datum, Observed};
use super::reading::math::{computed, move_to};
use super::reading::{Reading, reads};
use super::schedule::cadence_seconds;
use super::source::{MathSource, ScalarMetric, Source};
use super::status::AlarmStatus;
use super::step::{Step, step};
use crate::compute::compute_unnamed;
use crate::input::Input;
use crate::insights::Gathering;
use crate::math::{BandModel, Grid, Series};
use crate::plan::{FoundMetrics, Plan, PlannedMetric};
use crate::statistic::Statistic;
use timeline::Timeline;
use track::Track;

/// All evaluations of an alarm that are due in a range of time.
///
/// They come to what they came to one by one, if all data was there when they were due: it is read once, as finely as the
/// alarm moves, and the periods of each evaluation are put together of that.
#[derive(Debug, Clone)]
pub struct Replay<'a> {
    alarm: &'a MetricAlarm,
    timeline: Timeline,
    found: FoundMetrics,
    reads: Vec<Read>,
    is_of_statistics: bool,
}

/// The most periods of evaluations whose expressions are computed at once.
const COMPUTED_AT_ONCE: usize = 1 << 16;

/// Is shown each evaluation: what was observed and what came of it.
pub type Visit<'a> = &'a mut dyn FnMut(&Observed, &Step);

impl<'a> Replay<'a> {
    /// The evaluations that are due from `start` to before `end`.
    pub fn new(alarm: &'a MetricAlarm, start: Timestamp, end: Timestamp) -> Self {
        Replay::every(cadence_seconds(alarm), alarm, start, end)
    }

    /// Evaluations every so many seconds, where data is not kept as finely as the alarm moves.
    pub fn every(cadence_seconds: i64, alarm: &'a MetricAlarm, start: Timestamp, end: Timestamp) -> Self {
        let timeline = Timeline::new(alarm, cadence_seconds, start, end);
        let (found, reads) = (FoundMetrics::default(), Vec::new());
        let mut replay = Replay { alarm, timeline, found, reads, is_of_statistics: false };
        let mut reads = Vec::new();
        match alarm.source() {
            Source::Metric(metric) => reads.push(replay.read(&read_of(metric))),
            Source::Math(math) => reads.extend(math.plan.reads().iter().map(|read| replay.read(read))),
            Source::Insights(_) => {}
        }
        replay.reads = reads;
        replay
    }

    /// Which metrics have to be found; only if the alarm is a query of Metrics Insights.
    pub fn search(&self) -> Option<Search> {
        self.alarm.source().insights().map(|insights| insights.query.search())
    }

    /// The same with the metrics that were found.
    #[must_use]
    pub fn with_found(mut self, found: FoundMetrics) -> Self {
        let read = |metric: &Metric| Read {
            metric: metric.clone(),
            unit: None,
            start: self.timeline.origin,
            end: self.timeline.origin,
            period_seconds: self.timeline.slot_seconds,
            detail: Detail::Numbers,
        };
        self.reads = found.metrics.iter().map(|metric| self.read(&read(metric))).collect();
        self.found = found;
        self
    }

    /// The same where statistics are known and no distributions: there is one read for each of [`statistics`]. One that
    /// says that it is of a distribution is answered by the statistic itself, of the whole period that begins in each
    /// slot: a cell of so many samples of that value.
    ///
    /// [`statistics`]: Self::statistics
    #[must_use]
    pub fn of_statistics(mut self) -> Self {
        self.is_of_statistics = true;
        if let Source::Math(math) = self.alarm.source() {
            let read = |metric: &PlannedMetric| {
                let needs_distribution = metric.stat.statistic.needs_distribution();
                let detail = if needs_distribution { Detail::Distribution } else { Detail::Numbers };
                self.read(&Read { detail, ..math.plan.reads()[metric.read].clone() })
            };
            self.reads = math.plan.metrics.iter().map(read).collect();
        }
        self
    }

    /// The statistics that the alarm is computed of; none of a query of Metrics Insights.
    pub fn statistics(&self) -> Vec<&'a Statistic> {
        match self.alarm.source() {
            Source::Metric(metric) => vec![&metric.stat.statistic],
            Source::Math(math) => math.plan.metrics.iter().map(|metric| &metric.stat.statistic).collect(),
            Source::Insights(_) => Vec::new(),
        }
    }

    /// What has to be read, in the order in which [`run`](Self::run) wants the answers.
    pub fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// The times at which evaluations are due.
    pub fn evaluations(&self) -> impl Iterator<Item = Timestamp> + use<> {
        self.timeline.evaluations()
    }

    /// Runs all evaluations, from a status on, and says what the status is then. Each takes place when it is due. There is
    /// one answer for each read, and one model for each of [`MathSource::bands`].
    ///
    /// # Panics
    /// When there are fewer or more answers than reads.
    pub fn run(
        &self,
        mut status: AlarmStatus,
        answers: &[Result<Vec<UnitSeries>, String>],
        models: &[Option<&dyn BandModel>],
        visit: Visit<'_>,
    ) -> AlarmStatus {
        assert_eq!(answers.len(), self.reads.len(), "every read has an answer");
        let mut go = |observed: &Observed| {
            let step = step(self.alarm, &status, observed, observed.time);
            visit(observed, &step);
            if let Some(changed) = step.status {
                status = *changed;
            }
        };
        match self.alarm.source() {
            Source::Insights(_) => self.run_insights(answers, &mut go),
            _ if answers.iter().any(Result::is_err) => {
                let reason = answers.iter().find_map(|answer| answer.as_ref().err()).cloned().unwrap_or_default();
                let answer = Answer::Failed { reason, is_transient: true };
                self.evaluations().for_each(|time| go(&self.observed(time, answer.clone())));
            }
            Source::Metric(metric) => self.run_scalar(&metric.stat.statistic, answers, &mut go),
            Source::Math(math) => self.run_math(math, answers, models, &mut go),
        }
        status
    }

    /// The same read over the whole range, slot by slot.
    fn read(&self, read: &Read) -> Read {
        let Timeline { origin, slot_seconds, slots, .. } = self.timeline;
        let end = origin.plus_seconds(slot_seconds * slots as i64);
        Read { start: origin, end, period_seconds: slot_seconds, ..read.clone() }
    }

    fn observed(&self, time: Timestamp, answer: Answer) -> Observed {
        let windows = self.timeline.windows(self.alarm, time);
        Observed { time, windows, answer, is_partial: false }
    }

    fn run_scalar(
        &self,
        statistic: &Statistic,
        answers: &[Result<Vec<UnitSeries>, String>],
        go: &mut dyn FnMut(&Observed),
    ) {
        let units = answers.first().and_then(|answer| answer.as_deref().ok()).unwrap_or_default();
        let track = Track::new(&self.timeline, statistic, units, self.is_of_statistics);
        let mut observed = self.observed(self.timeline.first, Answer::Series(Vec::new()));
        for time in self.evaluations() {
            (observed.time, observed.windows) = (time, self.timeline.windows(self.alarm, time));
            let Answer::Series(data) = &mut observed.answer else { unreachable!("it is one series") };
            data.clear();
            let (newest, distance) = self.timeline.newest(time);
            let unit = track.unit(&self.timeline.slots_in_range(time));
            data.extend((0..self.timeline.range).map(|window| {
                let (value, count) = unit?.get(newest - window * distance)?;
                Some(Datum { value, sample_count: Some(count), band: None })
            }));
            go(&observed);
        }
    }

    fn run_math(
        &self,
        math: &MathSource,
        answers: &[Result<Vec<UnitSeries>, String>],
        models: &[Option<&dyn BandModel>],
        go: &mut dyn FnMut(&Observed),
    ) {
        let track = |(at, metric): (usize, &PlannedMetric)| {
            let read = if self.is_of_statistics { at } else { metric.read };
            let units = answers[read].as_deref().unwrap_or_default();
            Track::new(&self.timeline, &metric.stat.statistic, units, self.is_of_statistics)
        };
        let tracks: Vec<_> = math.plan.metrics.iter().enumerate().map(track).collect();
        if let Some(values) = self.by_period(math, &tracks) {
            return self.run_values(&values, go);
        }
        let mut plan = math.plan.clone();
        let evaluations: Vec<_> = self.evaluations().collect();
        for times in evaluations.chunks((COMPUTED_AT_ONCE / self.timeline.range).max(1)) {
            let rows = self.by_row(math, &tracks, times);
            for (at, time) in times.iter().enumerate() {
                let answer = match &rows {
                    Some(rows) => Answer::Series(rows.datapoints(at)),
                    None => self.computed(math, &mut plan, &tracks, *time, models),
                };
                go(&self.observed(*time, answer));
            }
        }
    }

    /// What one evaluation comes to.
    fn computed(
        &self,
        math: &MathSource,
        plan: &mut Plan,
        tracks: &[Track],
        time: Timestamp,
        models: &[Option<&dyn BandModel>],
    ) -> Answer {
        let count = self.timeline.range;
        move_to(plan, math, &self.timeline.windows(self.alarm, time), time);
        let inputs = tracks.iter().zip(&plan.metrics).map(|(track, metric)| {
            let (slots, values) = self.points(track, time).unzip();
            Input { series: Series::new(metric.grid, slots, values), messages: Vec::new(), failure: None }
        });
        computed(math, plan, inputs.collect(), count, models)
    }

    /// What an evaluation has of a metric: numbers of periods, the oldest first, and values.
    fn points<'t>(&self, track: &'t Track, time: Timestamp) -> impl Iterator<Item = (u32, f64)> + use<'t> {
        let (newest, distance) = self.timeline.newest(time);
        let unit = track.unit(&self.timeline.slots_in_range(time));
        let count = self.timeline.range;
        (0..count).filter_map(move |slot| Some((slot as u32, unit?.get(newest - (count - 1 - slot) * distance)?.0)))
    }

    /// What evaluations come to whose periods are side by side in one computation, where no value depends on more than the
    /// periods of its own evaluation.
    fn by_row(&self, math: &MathSource, tracks: &[Track], times: &[Timestamp]) -> Option<Rows> {
        let expressions = math.plan.prepared.expressions.iter().flatten();
        if math.band.is_some() || !expressions.into_iter().all(|one| one.expression.is_by_row()) {
            return None;
        }
        let count = self.timeline.range;
        let grid = Grid::of_rows(times.len(), count, math.period)?;
        let input = |track: &Track| {
            let row = |(row, time): (usize, &Timestamp)| {
                self.points(track, *time).map(move |(slot, value)| ((row * count) as u32 + slot, value))
            };
            let series = Series::of_pairs(grid, times.iter().enumerate().flat_map(row));
            Input { series, messages: Vec::new(), failure: None }
        };
        let value = compute_unnamed(&math.plan, tracks.iter().map(input).collect(), &[]).swap_remove(math.main)?;
        let mut values = vec![f64::NAN; times.len() * count];
        for series in value.value.ok()?.into_array().iter().take(1) {
            for (slot, value) in series.slots().iter().zip(series.values()) {
                values[*slot as usize] = value + 0.0;
            }
        }
        Some(Rows { values, count })
    }

    /// The value of an expression in every period at once, where it is one whose value only depends on what there is in
    /// the period; NaN where it is missing.
    fn by_period(&self, math: &MathSource, tracks: &[Track]) -> Option<Vec<f64>> {
        let expressions = math.plan.prepared.expressions.iter().flatten();
        if math.band.is_some() || !expressions.into_iter().all(|one| one.expression.is_by_period()) {
            return None;
        }
        let len = self.timeline.len();
        // Its times mean nothing: periods that overlap are side by side.
        let end = self.timeline.origin.plus_seconds(math.period.seconds() * len as i64);
        let grid = Grid::new(self.timeline.origin, end, math.period)?;
        let input = |track: &Track| {
            let unit = track.only_unit()?;
            let points = (0..len).filter_map(|period| Some((period as u32, unit?.get(period)?.0)));
            Some(Input { series: Series::of_pairs(grid, points), messages: Vec::new(), failure: None })
        };
        let inputs = tracks.iter().map(input).collect::<Option<Vec<_>>>()?;
        let value = compute_unnamed(&math.plan, inputs, &[]).swap_remove(math.main)?.value.ok()?;
        let mut values = vec![f64::NAN; len];
        for series in value.into_array().iter().take(1) {
            for (period, value) in series.slots().iter().zip(series.values()) {
                values[*period as usize] = value + 0.0;
            }
        }
        Some(values)
    }

    fn run_values(&self, values: &[f64], go: &mut dyn FnMut(&Observed)) {
        let mut observed = self.observed(self.timeline.first, Answer::Series(Vec::new()));
        for time in self.evaluations() {
            (observed.time, observed.windows) = (time, self.timeline.windows(self.alarm, time));
            let Answer::Series(data) = &mut observed.answer else { unreachable!("it is one series") };
            data.clear();
            let (newest, distance) = self.timeline.newest(time);
            let value = |window| Some(values[newest - window * distance]).filter(|value: &f64| !value.is_nan());
            data.extend((0..self.timeline.range).map(|window| value(window).map(Datum::of)));
            go(&observed);
        }
    }

    fn run_insights(&self, answers: &[Result<Vec<UnitSeries>, String>], go: &mut dyn FnMut(&Observed)) {
        for time in self.evaluations() {
            let Reading::Insights(reading) = reads(self.alarm, time) else { return };
            let plan = reading.plan(self.found.metrics.clone(), self.found.is_cut);
            let mut gathering = plan.gathering();
            let range = plan.reads().first().map(|read| (read.start, read.end));
            for (read, answer) in answers.iter().enumerate() {
                match (answer, range) {
                    (Ok(units), Some(range)) => add(&mut gathering, read, units, range),
                    (Ok(_), None) => {}
                    (Err(error), _) => gathering.fail(error.clone()),
                }
            }
            go(&reading.observe(&gathering.finish()));
        }
    }
}

/// The values of evaluations in their periods, the oldest period of each first; NaN where it is missing.
struct Rows {
    values: Vec<f64>,
    /// Periods of an evaluation.
    count: usize,
}

impl Rows {
    /// Those of one evaluation, the newest first.
    fn datapoints(&self, row: usize) -> Vec<Option<Datum>> {
        let values = self.values[row * self.count..][..self.count].iter().rev();
        values.map(|value| (!value.is_nan()).then(|| Datum::of(*value))).collect()
    }
}

/// Adds what a read of the whole range has in a part of it.
fn add(gathering: &mut Gathering<'_>, read: usize, units: &[UnitSeries], (start, end): (Timestamp, Timestamp)) {
    for series in units {
        let first = series.points.partition_point(|point| point.time < start);
        let points = series.points[first..].iter().take_while(|point| point.time < end);
        points.for_each(|point| gathering.add(read, point.time, &point.cell));
    }
}

/// What is read of one metric; the range is that of the replay.
fn read_of(metric: &ScalarMetric) -> Read {
    let epoch = Timestamp::from_seconds(0);
    let needs_distribution = metric.stat.statistic.needs_distribution();
    Read {
        metric: metric.metric().clone(),
        unit: metric.unit(),
        start: epoch,
        end: epoch,
        period_seconds: metric.stat.period.seconds(),
        detail: if needs_distribution { Detail::Distribution } else { Detail::Numbers },
    }
}
