//! `POST /emf` of the server itself.

use std::net::SocketAddr;
use std::sync::mpsc::channel;

use nepho::Sink;
use nepho::sink::{Http, Rest};
use nepho_server::{Clock, Config, Listeners, Stores, run, system_time};

use crate::{SOON, payload};

/// A server on a thread of its own, which ends with the test's process.
fn server(adjust: impl FnOnce(&mut Config) + Send + 'static) -> SocketAddr {
    let (told, address) = channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let any_port = "127.0.0.1:0".parse().unwrap();
            let mut config = Config { listen: any_port, emf: any_port, ..Config::default() };
            adjust(&mut config);
            let listeners = Listeners::bind(&config).await.unwrap();
            told.send(listeners.http_address().unwrap()).unwrap();
            run(config, Stores::in_memory(), listeners, Clock::system(), std::future::pending()).await
        })
    });
    address.recv_timeout(SOON).unwrap()
}

fn document(value: f64, age_days: i64) -> String {
    let millis = system_time().millis() - age_days * 86_400_000;
    format!(
        r#"{{"_aws":{{"Timestamp":{millis},"CloudWatchMetrics":[{{"Namespace":"Shop","Dimensions":[[]],"Metrics":[{{"Name":"Orders"}}]}}]}},"Orders":{value}}}"#
    )
}

#[test]
fn what_the_server_stores_is_delivered_and_what_it_rejects_is_refused() {
    let mut http = Http::new(&format!("http://{}/emf", server(|_| {}))).unwrap();
    assert_eq!(http.send(&payload(&[document(1.0, 0), document(2.0, 0)])), Ok(()));
    let error = http.send(&payload(&[document(1.0, 0), document(2.0, 30), document(3.0, 0)])).unwrap_err();
    assert_eq!((error.refused.len(), error.delivered, error.rest), (1, 2, Rest::Refused));
    assert!(error.message.contains("old"), "{error}");
    let error = http.send(&payload(&["nonsense"])).unwrap_err();
    assert_eq!((error.refused.len(), error.delivered, error.rest), (1, 0, Rest::Refused));
    assert!(error.message.starts_with("400 Bad Request: ") && error.message.contains("not_emf"), "{error}");
}

#[test]
fn what_is_too_large_for_the_server_goes_in_pieces() {
    let limit = document(1.0, 0).len() * 3;
    let address = server(move |config| config.limits.emf_body_bytes = limit);
    let mut http = Http::new(&format!("http://{address}/emf")).unwrap();
    let documents: Vec<_> = (0..9).map(|_| document(1.0, 0)).collect();
    assert_eq!(http.send(&payload(&documents)), Ok(()));
    let error = http.send(&payload(&[document(1.0, 0), " ".repeat(limit) + &document(2.0, 0)])).unwrap_err();
    assert_eq!((error.refused.as_slice(), error.delivered, error.rest), ([1].as_slice(), 1, Rest::Refused));
    assert!(error.message.starts_with("413 Payload Too Large: "), "{error}");
}

#[test]
fn another_path_refuses() {
    let mut http = Http::new(&format!("http://{}/elsewhere", server(|_| {}))).unwrap();
    let error = http.send(&payload(&[document(1.0, 0)])).unwrap_err();
    assert_eq!((error.refused.len(), error.rest), (1, Rest::Refused));
    assert!(error.message.starts_with("4"), "{error}");
}
