//! `llm-service measure`

use std::time::Duration;

use clap::Args;
use http::Uri;
use http::uri::Authority;
use llm_service::clock::{Stopwatch, milliseconds};
use llm_service::http::ClientError;
use llm_service::methods::METHODS;
use llm_service::stand_in::{Act, BackEnd, Manner, Said};
use llm_service::visitor::Visitor;
use tokio::task::JoinSet;

use super::Failure;
use super::setting::{SECRET, Setting};

/// How often metrics leave: much more often than in use, so that requests and sends meet.
const INTERVAL: Duration = Duration::from_millis(200);
/// How long the slow back end takes.
const SLOW: Duration = Duration::from_secs(2);
/// What is measured, with the name of each.
const MANNERS: [(&str, Manner); 5] = [
    ("up", Manner::Up),
    ("slow (2 s)", Manner::Slow(SLOW)),
    ("hanging", Manner::Hanging),
    ("refusing", Manner::Refusing),
    ("down", Manner::Down),
];

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where `nepho serve` is.
    #[arg(long, env = "NEPHO_ENDPOINT", default_value = "http://127.0.0.1:4582")]
    endpoint: Uri,
    /// How many callers there are at once.
    #[arg(long, default_value_t = 4)]
    callers: usize,
    /// How many requests each of them makes in a row, with a new service each time.
    #[arg(long, default_value_t = 300)]
    requests: usize,
    /// How often each state of the back end is measured, in turns.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long the model takes, in milliseconds.
    #[arg(long, default_value_t = 10)]
    model_ms: u64,
}

/// What was found in one state of the back end.
#[derive(Debug, Default)]
struct Found {
    times: Vec<Duration>,
    failed: usize,
    sends: u64,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let no_host = || Failure::Unreachable(format!("{} has no host", arguments.endpoint));
    let behind = arguments.endpoint.authority().cloned().ok_or_else(no_host)?;
    let setting = Setting::prepare(&arguments.endpoint).await?;
    setting.model.otherwise(Act::new(arguments.model_ms, Said::Good));
    let mut found: [Found; MANNERS.len()] = Default::default();
    for round in 1..=arguments.rounds {
        for (found, (name, manner)) in found.iter_mut().zip(MANNERS) {
            eprintln!("round {round} of {}: {name}", arguments.rounds);
            found.measure(&arguments, &setting, behind.clone(), manner).await?;
        }
    }
    println!("| back end | requests | failed | p50 | p99 | longest | sends of metrics |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (found, (name, _)) in found.iter_mut().zip(MANNERS) {
        println!("| {name} | {}", found.row());
    }
    let failed: usize = found.iter().map(|found| found.failed).sum();
    if failed == 0 { Ok(()) } else { Err(Failure::Check(format!("{failed} requests failed"))) }
}

impl Found {
    async fn measure(
        &mut self,
        arguments: &Arguments,
        setting: &Setting,
        behind: Authority,
        manner: Manner,
    ) -> Result<(), Failure> {
        let mut back_end = BackEnd::start(behind).map_err(Failure::unreachable("a port"))?;
        back_end.behave(manner).await.map_err(Failure::unreachable("a port"))?;
        let service = setting.serve(&back_end.origin(), INTERVAL).await?;
        let visitor = Visitor::new(service.origin(), SECRET);
        let mut callers = JoinSet::new();
        for number in 0..arguments.callers {
            callers.spawn(call(visitor.clone(), number, arguments.requests));
        }
        while let Some(called) = callers.join_next().await {
            let called = called.map_err(|panic| Failure::Check(panic.to_string()))?;
            let (times, failed) = called.map_err(|error| Failure::Unreachable(error.to_string()))?;
            self.times.extend(times);
            self.failed += failed;
        }
        self.sends += back_end.arrivals();
        // What is left of its metrics is not waited for.
        drop(service);
        Ok(())
    }

    fn row(&mut self) -> String {
        self.times.sort_unstable();
        let rank = |share: f64| {
            let last = self.times.len().saturating_sub(1);
            let at = (share * self.times.len() as f64).ceil() as usize;
            self.times.get(at.saturating_sub(1).min(last)).map_or(0.0, |time| milliseconds(*time))
        };
        let (median, rare, longest) = (rank(0.5), rank(0.99), rank(1.0));
        let (requests, failed, sends) = (self.times.len(), self.failed, self.sends);
        format!("{requests} | {failed} | {median:.2} ms | {rare:.2} ms | {longest:.2} ms | {sends} |")
    }
}

/// Calls methods one after the other: how long each request took, and how many were not answered well. (The method that
/// writes to the disk is left out: the disk has days of its own.)
async fn call(visitor: Visitor, number: usize, requests: usize) -> Result<(Vec<Duration>, usize), ClientError> {
    let methods = METHODS.iter().filter(|method| method.name != "generate_artifacts");
    let (mut times, mut failed) = (Vec::with_capacity(requests), 0);
    for method in methods.cycle().skip(number).take(requests) {
        let stopwatch = Stopwatch::start();
        let answer = visitor.call(method, None).await?;
        times.push(stopwatch.elapsed());
        failed += usize::from(!answer.status().is_success());
    }
    Ok((times, failed))
}
