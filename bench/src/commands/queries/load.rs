//! The metrics that queries are about, and how they get into a server.

use std::net::SocketAddr;

use crate::Outcome;
use crate::http::Connection;
use crate::random::Random;
use crate::template::{FLEET, Names, Shape, Template, Wire};

pub(super) const NAMESPACE: &str = "Bench/Web";
/// Hosts of each service: as many metrics as one SEARCH finds.
pub(super) const HOSTS: usize = 500;
/// Metrics of one name: as many as one Metrics Insights query aggregates, and as one request searches.
pub(super) const METRICS: usize = SERVICES.len() * HOSTS;

pub(super) const SERVICES: [&str; 20] = [
    "account",
    "basket",
    "catalog",
    "checkout",
    "delivery",
    "fraud",
    "gateway",
    "identity",
    "images",
    "invoice",
    "mail",
    "offers",
    "orders",
    "payment",
    "pricing",
    "profile",
    "recommend",
    "review",
    "search",
    "stock",
];

/// Datums of a request.
const BATCH: usize = 1000;
const CONNECTIONS: usize = 4;

/// A metric that every host of every service sends once a minute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) words: &'static str,
    /// The name of its sums in VictoriaMetrics.
    pub(super) victoria: &'static str,
    shape: Shape,
    names: Names,
}

/// What single values and statistic sets are measured with.
pub(super) const FAMILIES: [Family; 2] = [
    Family {
        name: "RequestSize",
        words: "single values",
        victoria: "RequestSize_value",
        shape: Shape::Value,
        names: Names { namespace: NAMESPACE, of: |number| named("RequestSize", number) },
    },
    Family {
        name: "RequestLatency",
        words: "statistic sets",
        victoria: "RequestLatency_sum",
        shape: Shape::StatisticSet,
        names: Names { namespace: NAMESPACE, of: |number| named("RequestLatency", number) },
    },
];

/// Hosts of all services in turn, as they come when each sends for itself.
fn named(name: &'static str, number: usize) -> (&'static str, &'static str, String) {
    let service = SERVICES[number % SERVICES.len()];
    (name, service, format!("{service}-{:04}", number / SERVICES.len()))
}

impl Family {
    /// The service and the host of a metric.
    pub(super) fn member(&self, number: usize) -> (&'static str, String) {
        let (_, service, host) = (self.names.of)(number);
        (service, host)
    }
}

/// Requests with a datum for each metric, shared out to connections.
pub(super) struct Load {
    connections: Vec<(Vec<Template>, Random)>,
}

impl Load {
    /// The families, whose numbers are the same on every wire.
    pub(super) fn of_families(wire: Wire) -> Self {
        let requests = FAMILIES.iter().flat_map(|family| {
            let request = move |first| Template::of(family.names, wire, family.shape, first..first + BATCH);
            (0..METRICS).step_by(BATCH).map(request)
        });
        Load::of_requests(&requests.collect::<Vec<_>>())
    }

    /// A fleet of so many other metrics.
    pub(super) fn of_fleet(metrics: usize) -> Self {
        let request = |first| Template::of(FLEET, Wire::Cbor, Shape::Value, first..first + BATCH);
        Load::of_requests(&(0..metrics).step_by(BATCH).map(request).collect::<Vec<_>>())
    }

    fn of_requests(requests: &[Template]) -> Self {
        let share = requests.len().div_ceil(CONNECTIONS);
        let connections = requests.chunks(share).zip(0..).map(|(some, seed)| (some.to_vec(), Random::new(seed)));
        Load { connections: connections.collect() }
    }

    /// Sends a datum of every metric for each minute from `start` to `end`.
    pub(super) fn send(&mut self, address: SocketAddr, start: i64, end: i64) -> Outcome<()> {
        std::thread::scope(|scope| {
            let send = |(templates, random)| scope.spawn(move || send(address, templates, random, start, end));
            let threads: Vec<_> = self.connections.iter_mut().map(|(one, two)| send((one, two))).collect();
            threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a connection's thread panicked")?)
        })
    }
}

fn send(address: SocketAddr, templates: &mut [Template], random: &mut Random, start: i64, end: i64) -> Outcome<()> {
    let mut connection = Connection::open(address)?;
    for time in (start..end).step_by(60) {
        for template in &mut *templates {
            let status = connection.call(template.fill(time, random))?;
            if !(200..300).contains(&status) {
                return Err(format!("status {status}: {}", String::from_utf8_lossy(connection.body())).into());
            }
        }
    }
    Ok(())
}
