//! A real server: what is sent is what is read.

use std::net::SocketAddr;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use nepho::sink::{Rest, SendError};
use nepho::{Metrics, Sink, Unit};
use nepho_server::{Clock, Config, Listeners, Stores, run, system_time};

use crate::datums::{client, datum, of, sink};

async fn server() -> SocketAddr {
    let any_port = "127.0.0.1:0".parse().unwrap();
    let config = Config { listen: any_port, emf: any_port, ..Config::default() };
    let listeners = Listeners::bind(&config).await.unwrap();
    let address = listeners.http_address().unwrap();
    tokio::spawn(run(config, Stores::in_memory(), listeners, Clock::system(), std::future::pending()));
    address
}

fn query(n: u32, stat: &str) -> MetricDataQuery {
    let host = Dimension::builder().name("Host").value("a").build();
    let metric = Metric::builder().namespace("Shop").metric_name(format!("Metric{n:04}")).dimensions(host).build();
    let stat = MetricStat::builder().metric(metric).period(60).stat(stat).unit("Milliseconds".into()).build();
    MetricDataQuery::builder().id(format!("q{n}")).metric_stat(stat).build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_bad_datum_does_not_take_the_others_with_it() {
    let address = server().await;
    let minute = nepho::Timestamp::from_seconds(system_time().seconds() / 60 * 60 - 600);
    let old = minute.plus_seconds(-15 * 86_400);
    let payload = of((0..5).map(|n| datum(n, if n == 1 || n == 3 { old } else { minute })));
    let worker = std::thread::spawn(move || sink(address).send(&payload));
    let error = tokio::task::spawn_blocking(|| worker.join().unwrap()).await.unwrap().unwrap_err();
    let SendError { refused, delivered, rest, message } = error;
    assert_eq!((refused.as_slice(), delivered, rest), ([1, 3].as_slice(), 3, Rest::Refused), "{message}");
    assert!(message.contains("InvalidParameterValue (400)") && message.contains("member.4.Timestamp"), "{message}");

    for (stat, of) in [
        ("SampleCount", (|_| 3.0) as fn(f64) -> f64),
        ("Sum", |n| 3.0 * n + 0.5),
        ("Minimum", |n| n),
        ("Maximum", |n| n + 0.5),
        ("p50", |n| n),
    ] {
        let answer = client(address)
            .get_metric_data()
            .set_metric_data_queries(Some((0..5).map(|n| query(n, stat)).collect()))
            .start_time(DateTime::from_secs(minute.seconds()))
            .end_time(DateTime::from_secs(minute.seconds() + 60))
            .send()
            .await
            .unwrap();
        let found: Vec<_> = answer.metric_data_results().iter().map(|result| result.values().to_vec()).collect();
        let expected = |n: u32| if n == 1 || n == 3 { vec![] } else { vec![of(f64::from(n))] };
        assert_eq!(found, (0..5).map(expected).collect::<Vec<_>>(), "{stat}");
    }
}

/// Everything of a metric of a namespace since the minute before `start`, under one statistic.
async fn statistic(address: SocketAddr, start: i64, metric: &str, stat: &str) -> Vec<f64> {
    let metric = Metric::builder().namespace("Shop").metric_name(metric).build();
    let stat = MetricStat::builder().metric(metric).period(3600).stat(stat).build();
    let answer = client(address)
        .get_metric_data()
        .metric_data_queries(MetricDataQuery::builder().id("q").metric_stat(stat).build())
        .start_time(DateTime::from_secs((start - 60) / 3600 * 3600))
        .end_time(DateTime::from_secs(start + 3600))
        .send()
        .await
        .unwrap();
    answer.metric_data_results()[0].values().to_vec()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_client_counts_is_what_is_stored() {
    const THREADS: u64 = 4;
    const EACH: u64 = 25_000;
    let address = server().await;
    let start = system_time().seconds();
    let metrics = Metrics::builder("Shop").sink(sink(address)).without_own_metrics().build();
    let counting = (0..THREADS).map(|_| {
        let (orders, size) = (metrics.counter("Orders", &[]), metrics.histogram("Size", Unit::Bytes, &[]));
        std::thread::spawn(move || {
            (0..EACH).for_each(|n| {
                orders.increment();
                size.record((n % 1000) as f64);
            });
        })
    });
    counting.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
    let flushed = {
        let metrics = metrics.clone();
        tokio::task::spawn_blocking(move || metrics.flush_and_wait(std::time::Duration::from_secs(20)))
    };
    assert!(flushed.await.unwrap());
    let samples = (THREADS * EACH) as f64;
    // An hour may end while this runs.
    let sum = |values: Vec<f64>| values.iter().sum::<f64>();
    assert_eq!(sum(statistic(address, start, "Orders", "Sum").await), samples);
    assert_eq!(sum(statistic(address, start, "Size", "SampleCount").await), samples);
    assert_eq!(sum(statistic(address, start, "Size", "Sum").await), samples * 499.5);
    assert_eq!(statistic(address, start, "Size", "Maximum").await[0], 999.0);
    let median = statistic(address, start, "Size", "p50").await[0];
    assert!((median - 500.0).abs() < 25.0, "{median}: 1000 values in 150 are right to a few percent");
    let accounting = metrics.accounting();
    assert_eq!((accounting.accepted, accounting.delivered), (2 * THREADS * EACH, 2 * THREADS * EACH));
    let off_this_thread = tokio::task::spawn_blocking(move || drop(metrics));
    off_this_thread.await.unwrap();
}
