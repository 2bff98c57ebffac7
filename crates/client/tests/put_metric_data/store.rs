//! A real server: what is sent is what is read.

use std::net::SocketAddr;
use std::sync::Arc;

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use nepho::Sink;
use nepho::sink::{Rest, SendError};
use nepho_server::{Clock, Config, Listeners, Stores, run, system_time};
use nepho_store::{MemoryRecords, MemorySamples};

use crate::datums::{client, datum, of, sink};

async fn server() -> SocketAddr {
    let any_port = "127.0.0.1:0".parse().unwrap();
    let config = Config { listen: any_port, emf: any_port, ..Config::default() };
    let stores = Stores { samples: Arc::new(MemorySamples::default()), records: Arc::new(MemoryRecords::default()) };
    let listeners = Listeners::bind(&config).await.unwrap();
    let address = listeners.http_address().unwrap();
    tokio::spawn(run(config, stores, listeners, Clock::system(), std::future::pending()));
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
