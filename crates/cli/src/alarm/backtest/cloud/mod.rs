//! Alarms tried on the data of Amazon, and of whoever else only speaks CloudWatch's API: statistics are asked for, kept,
//! and the evaluations are made here.

mod cache;
mod calls;
mod consent;
mod part;
mod series;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{self, MetricDataQuery, MetricStat, ScanBy, StatusCode};
use clap::Args;
use nepho_engine::alarm::{AlarmStatus, MetricAlarm, Source, cadence_seconds};
use nepho_engine::backtest::Replayed;
use nepho_model::Timestamp;

use super::Range;
use super::subjects::{MetricSubject, Subjects};
use crate::endpoint::{self, Endpoint};
use crate::exit::Failure;
use crate::metric_data::{self, Found};
use crate::progress::Progress;
use crate::{print, refusal};
use cache::Cache;
use calls::Call;
use part::Part;
use series::{Key, Series};
use wanted::Wanted;

/// Data younger than this may still change, and is not kept.
const SETTLED_SECONDS: i64 = 900;

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// Ask Amazon without asking you first whether it may cost that
    #[arg(long, env = "NEPHO_YES", help_heading = "Amazon's data")]
    yes: bool,
    /// Folder of what Amazon has answered, which is not asked for again [default: ~/.cache/nepho]
    #[arg(long, env = "NEPHO_CACHE", value_name = "DIR", help_heading = "Amazon's data")]
    cache: Option<PathBuf>,
    /// See the XDG Base Directory Specification.
    #[arg(long, env = "XDG_CACHE_HOME", hide = true)]
    cache_home: Option<PathBuf>,
    /// The user's folder.
    #[arg(long, env = "HOME", hide = true)]
    home: Option<PathBuf>,
}

impl Arguments {
    /// Where answers are kept.
    fn folder(&self) -> Result<PathBuf, Failure> {
        if let Some(folder) = &self.cache {
            return Ok(folder.clone());
        }
        // The specification has relative paths ignored.
        let cache_home = self.cache_home.clone().filter(|folder| folder.is_absolute());
        let home = || self.home.as_ref().map(|home| home.join(".cache"));
        let folder = cache_home.or_else(home).map(|folder| folder.join("nepho"));
        folder.ok_or_else(|| Failure::usage("there is no folder for what Amazon answers: give --cache DIR"))
    }
}

/// What is known of the past of the metrics that alarms are on.
#[derive(Debug)]
pub(super) struct History {
    range: Range,
    now: Timestamp,
    series: BTreeMap<Key, Series>,
}

impl History {
    /// Gathers what the alarms need: from the cache, and what is missing there from the endpoint, if that may cost what it
    /// does.
    pub(super) async fn gather(
        arguments: &Arguments,
        endpoint: &endpoint::Arguments,
        subjects: &[&Subjects],
        range: Range,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let alarms = || subjects.iter().flat_map(|subjects| &subjects.metric).map(|subject| &subject.alarm);
        let client = endpoint.client().await?;
        let cache = Cache::new(&arguments.folder()?, endpoint, &client).await?;
        let mut history = History { range, now, series: BTreeMap::new() };
        let wanted: BTreeSet<Wanted> = alarms().flat_map(|alarm| history.wanted(alarm)).collect();
        for one in &wanted {
            if !history.series.contains_key(&one.key) {
                history.series.insert(one.key.clone(), cache.read(&one.key));
            }
        }
        let missing: Vec<Wanted> = wanted.iter().flat_map(|one| history.series[&one.key].gaps(one)).collect();
        let calls = calls::calls(&missing);
        if !calls.is_empty() {
            consent::ask(endpoint.endpoint(), &calls, arguments.yes)?;
        }
        let asking = Asking { client, endpoint };
        let (mut progress, mut points) = (Progress::of("point"), 0);
        for call in &calls {
            let found = asking.ask(call, &mut progress, &mut points).await?;
            history.keep(call, &found, &cache)?;
        }
        let told: BTreeSet<String> = alarms().filter_map(|alarm| history.remark(alarm)).collect();
        told.iter().for_each(|remark| print::note(&format!("note: {remark}")));
        Ok(history)
    }

    /// What an alarm would have done.
    pub(super) fn replay(&self, subject: &MetricSubject) -> Replayed {
        let alarm = &subject.alarm;
        let mut replayed = Replayed::new(alarm.name());
        if let Some(reason) = impossible(alarm) {
            let span = self.range.end.seconds() - self.range.start.seconds();
            replayed.evaluations = (span / cadence_seconds(alarm)).unsigned_abs();
            (replayed.failures, replayed.first_failure) = (replayed.evaluations, Some(reason.to_owned()));
            return replayed;
        }
        let mut status = AlarmStatus::created(alarm, self.range.start);
        for part in self.parts(alarm) {
            let replay = part.replay(alarm);
            let answers = wanted::answers(alarm, &replay, &self.series);
            status = replay.run(status, &answers, &[], &mut |observed, step| replayed.take(alarm, observed, step));
        }
        replayed
    }

    fn parts(&self, alarm: &MetricAlarm) -> Vec<Part> {
        part::parts(alarm, self.range, self.now)
    }

    fn wanted(&self, alarm: &MetricAlarm) -> Vec<Wanted> {
        match impossible(alarm) {
            Some(_) => Vec::new(),
            None => self.parts(alarm).iter().flat_map(|part| wanted::wanted(alarm, &part.replay(alarm))).collect(),
        }
    }

    /// What is different from how the alarm would really be evaluated.
    fn remark(&self, alarm: &MetricAlarm) -> Option<String> {
        impossible(alarm).is_none().then(|| part::remark(alarm, &self.parts(alarm), self.range))?
    }

    /// Takes what a call has come to, and what of it will not change any more into the cache, before the next call is paid.
    fn keep(&mut self, call: &Call, found: &[Found], cache: &Cache) -> Result<(), Failure> {
        let settled = self.now.seconds() - SETTLED_SECONDS;
        for (at, key) in call.keys.iter().enumerate() {
            let points = found.iter().filter(|found| found.id == id(at)).flat_map(|found| found.points.iter().copied());
            let points: Vec<(i64, f64)> = points.collect();
            if let Some((time, _)) = points.iter().find(|(time, _)| (time - call.from) % key.period != 0) {
                return Err(Failure::unreachable(format!(
                    "the answer has a period of {} seconds that begins at {time}, although they are to begin at {}",
                    key.period, call.from
                )));
            }
            let series = self.series.entry(key.clone()).or_default();
            series.add(call.from, call.to, points);
            cache.write(key, &series.until(settled, key.period));
        }
        Ok(())
    }
}

/// Why the past of an alarm cannot be asked for.
fn impossible(alarm: &MetricAlarm) -> Option<&'static str> {
    match alarm.source() {
        Source::Insights(_) => Some("Amazon answers a query of Metrics Insights for the last three hours only"),
        Source::Math(math) if !math.bands().is_empty() => {
            Some("what Amazon's model of an anomaly band was in the past cannot be asked for")
        }
        Source::Metric(_) | Source::Math(_) => None,
    }
}

fn id(at: usize) -> String {
    format!("q{at}")
}

struct Asking<'a> {
    client: Client,
    endpoint: &'a endpoint::Arguments,
}

impl Asking<'_> {
    async fn ask(&self, call: &Call, progress: &mut Progress, points: &mut u64) -> Result<Vec<Found>, Failure> {
        let queries = call.keys.iter().enumerate().map(|(at, key)| query(&id(at), key)).collect();
        let request = self.client.get_metric_data().set_metric_data_queries(Some(queries));
        let request = request.start_time(DateTime::from_secs(call.from)).end_time(DateTime::from_secs(call.to));
        let answer = metric_data::ask(request.scan_by(ScanBy::TimestampAscending), progress, points).await;
        let answer = answer.map_err(|error| refusal::failure(self.endpoint, &error))?;
        let whole = StatusCode::Complete;
        match answer.results.iter().find(|found| found.status.as_deref() != Some(whole.as_str())) {
            None => Ok(answer.results),
            Some(found) => Err(Failure::unreachable(format!(
                "{} does not answer whole: {}",
                self.endpoint.endpoint(),
                found.remarks().join("; ")
            ))),
        }
    }
}

fn query(id: &str, key: &Key) -> MetricDataQuery {
    let dimension = |(name, value): &(String, String)| types::Dimension::builder().name(name).value(value).build();
    let metric = types::Metric::builder()
        .namespace(&key.namespace)
        .metric_name(&key.metric_name)
        .set_dimensions(Some(key.dimensions.iter().map(dimension).collect()))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(i32::try_from(key.period).unwrap_or(i32::MAX))
        .stat(&key.stat)
        .set_unit(key.unit.as_deref().map(types::StandardUnit::from))
        .build();
    MetricDataQuery::builder().id(id).metric_stat(stat).build()
}

/// Whether an endpoint is asked for data, because it cannot replay alarms itself.
pub(super) async fn is_needed(endpoint: &endpoint::Arguments) -> Result<bool, Failure> {
    match endpoint.endpoint() {
        Endpoint::Aws => Ok(true),
        Endpoint::At(uri) if uri.scheme() != Some(&http::uri::Scheme::HTTP) => Ok(true),
        Endpoint::At(_) => Ok(!super::server::replays(endpoint).await?),
    }
}
