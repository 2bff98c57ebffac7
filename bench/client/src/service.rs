//! A stand-in for CloudWatch on a loopback port: it decodes PutMetricData from the wire, and adds up what was in it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Builder, Credentials, Region};
use flate2::read::GzDecoder;
use http::request::Parts;
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::put_metric_data::{MetricDatum, PutMetricDataInput};
use nepho_protocol::{RequestHead, dispatch};

use crate::Outcome;

/// What the service has got.
#[derive(Debug, Default)]
pub(crate) struct Put {
    pub(crate) calls: AtomicU64,
    /// Of all values with counts.
    pub(crate) sum_of_values: AtomicU64,
    /// Of all statistic sets.
    pub(crate) sum_of_statistics: AtomicU64,
}

/// Starts it; its threads end with the process.
pub(crate) fn start() -> Outcome<(SocketAddr, Arc<Put>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let (address, put) = (listener.local_addr()?, Arc::new(Put::default()));
    let puts = put.clone();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let put = puts.clone();
            // A connection that breaks has no more requests.
            std::thread::spawn(move || drop(serve(connection, &put)));
        }
    });
    Ok((address, put))
}

/// An AWS client that asks it.
pub(crate) fn client(address: SocketAddr) -> Client {
    let config = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://{address}"))
        .credentials_provider(Credentials::new("bench", "bench", None, None, "bench"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    Client::from_conf(config.build())
}

fn serve(mut connection: TcpStream, put: &Put) -> Outcome<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    while let Some((parts, body)) = read(&mut reader)? {
        let head = RequestHead::from(&parts);
        let call = dispatch::dispatch(&head, &body).map_err(|_| "that is no request of AWS's")?;
        let input: PutMetricDataInput<'_> = call.decode()?;
        for datum in input.metric_data.iter().flatten() {
            put.add(datum);
        }
        put.calls.fetch_add(1, Ordering::Relaxed);
        let (parts, body) = call.reply(&NoOutput, "bench").into_parts();
        let mut head = format!("HTTP/1.1 {}\r\ncontent-length: {}\r\n", parts.status, body.len());
        for (name, value) in &parts.headers {
            head.push_str(&format!("{name}: {}\r\n", value.to_str()?));
        }
        head.push_str("\r\n");
        connection.write_all(&[head.as_bytes(), &body].concat())?;
    }
    Ok(())
}

/// The next request, its body without compression.
fn read(reader: &mut impl BufRead) -> Outcome<Option<(Parts, Vec<u8>)>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_ascii_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return Err("no request line".into()) };
    let mut request = http::Request::builder().method(method).uri(path);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        request = request.header(name, value.trim());
    }
    let (parts, ()) = request.body(())?.into_parts();
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let mut body = Vec::new();
    reader.take(header("content-length").unwrap_or("0").parse()?).read_to_end(&mut body)?;
    if header("content-encoding") == Some("gzip") {
        let mut plain = Vec::new();
        GzDecoder::new(&*body).read_to_end(&mut plain)?;
        body = plain;
    }
    Ok(Some((parts, body)))
}

impl Put {
    fn add(&self, datum: &MetricDatum<'_>) {
        let (values, counts) = (datum.values.iter().flatten(), datum.counts.iter().flatten());
        let sum: f64 = values.zip(counts).map(|(value, count)| value.0 * count.0).sum();
        self.sum_of_values.fetch_add(sum as u64, Ordering::Relaxed);
        let sum = datum.statistic_values.and_then(|statistics| statistics.sum).map_or(0.0, |sum| sum.0);
        self.sum_of_statistics.fetch_add(sum as u64, Ordering::Relaxed);
    }

    /// What was added up, where both ways of telling it agree; else the lesser one.
    pub(crate) fn sum(&self) -> u64 {
        self.sum_of_values.load(Ordering::Relaxed).min(self.sum_of_statistics.load(Ordering::Relaxed))
    }
}
