//! Accepting connections, up to the limit.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::http::route;
use crate::http::stall::Unstalled;
use crate::instance::Instance;
use crate::own::rejections::Source;
use crate::stop::Stop;

/// How long accepting pauses after the system refused a connection, as when file descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a connection over the limit is kept to be told so.
const REFUSAL_TIME_MAX: Duration = Duration::from_secs(1);
/// What a connection over the limit is told.
const REFUSAL: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\n\
                       connection: close\r\ncontent-length: 42\r\n\r\n{\"error\":\"too many connections are open\"}\n";

/// Serves connections until the stop, then lets those that are being answered finish.
pub(crate) async fn serve(instance: Arc<Instance>, listener: TcpListener, mut stop: Stop) {
    let mut connections = JoinSet::new();
    let mut refusals = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.stopped() => break,
            Some(_) = connections.join_next() => {}
            Some(_) = refusals.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if connections.len() < instance.config.limits.http_connections => {
                    // Answers are small and written at once; waiting for more to send would only delay them.
                    drop(stream.set_nodelay(true));
                    connections.spawn(connection(instance.clone(), stream, stop.clone()));
                }
                Ok((stream, peer)) => {
                    instance.counters.http_refused.fetch_add(1, Ordering::Relaxed);
                    let source = Source { peer: Some(peer), ..Source::default() };
                    instance.rejections.add("http_connections", "a connection over the limit was refused", source);
                    if refusals.len() < instance.config.limits.refusals {
                        refusals.spawn(refuse(stream));
                    }
                }
                Err(error) => {
                    instance.fault(&format!("a connection could not be accepted: {error}"));
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(instance.config.limits.stop_time(), finished).await.is_err() {
        tracing::warn!("{} connections were cut off by the stop", connections.len());
    }
}

/// Serves one connection until it closes, idles too long, or the server stops and its request is answered.
pub(crate) async fn connection<IO>(instance: Arc<Instance>, io: IO, mut stop: Stop)
where
    IO: AsyncRead + AsyncWrite + Unpin,
{
    let limits = &instance.config.limits;
    let _open = instance.counters.http_connections.enter();
    let service = service_fn(|request| {
        let instance = instance.clone();
        async move { Ok::<_, std::convert::Infallible>(route::answer(instance, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time())
        // The library gives up a head that is not whole yet at about this size; the exact limit is kept by the route.
        .max_buf_size(limits.head_bytes + 1)
        .max_headers(limits.headers)
        .serve_connection(TokioIo::new(Unstalled::new(io, limits.write_time())), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.stopped() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a connection ended: {error}");
    }
}

/// Says why, and reads what the client sends meanwhile, so that the answer is not lost in a reset.
async fn refuse(mut stream: TcpStream) {
    let told = async {
        stream.write_all(REFUSAL.as_bytes()).await?;
        stream.shutdown().await?;
        let mut ignored = [0; 4096];
        while stream.read(&mut ignored).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    drop(tokio::time::timeout(REFUSAL_TIME_MAX, told).await);
}

#[cfg(test)]
mod tests {
    use nepho_model::Timestamp;
    use tokio::io::DuplexStream;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Config;
    use crate::instance::{Bound, Stores};
    use crate::stop;

    #[test]
    fn the_refusal_says_how_long_it_is() {
        let (head, body) = REFUSAL.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
    }

    /// A connection in memory, so that time is the runtime's own and can be passed over.
    fn connected() -> (DuplexStream, stop::Stopper) {
        let clock = Clock::manual(Timestamp::from_seconds(0));
        let instance = Instance::new(Config::default(), Stores::in_memory(), Bound::default(), clock).unwrap();
        let (client, server) = tokio::io::duplex(64 * 1024);
        let (stopper, stop) = stop::channel();
        tokio::spawn(connection(instance, server, stop));
        (client, stopper)
    }

    /// What comes until the connection ends, and after how many seconds it does.
    async fn until_closed(mut client: DuplexStream) -> (String, u64) {
        let start = tokio::time::Instant::now();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        (answer, start.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_says_nothing_is_closed() {
        let (client, _stopper) = connected();
        let (answer, seconds) = until_closed(client).await;
        assert_eq!((answer.as_str(), seconds), ("", Config::default().limits.head_seconds));
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_trickles_in_is_given_up() {
        let (mut client, _stopper) = connected();
        let start = tokio::time::Instant::now();
        client.write_all(b"GET /clock HTTP/1.1\r\n").await.unwrap();
        // A header every second, without end.
        while client.write_all(b"x: y\r\n").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert_eq!(start.elapsed().as_secs(), Config::default().limits.head_seconds + 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_given_up() {
        let (mut client, _stopper) = connected();
        let head = "POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: GraniteServiceVersion20100801.PutMetricData\r\n\
                    content-length: 100\r\n\r\n{";
        client.write_all(head.as_bytes()).await.unwrap();
        let (answer, seconds) = until_closed(client).await;
        assert_eq!(seconds, Config::default().limits.body_seconds);
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("RequestTimeoutException"), "{answer}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_is_closed_after_its_answer() {
        let (mut client, _stopper) = connected();
        client.write_all(b"GET /clock HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        let (answer, seconds) = until_closed(client).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(seconds, Config::default().limits.head_seconds);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_closes_idle_connections_at_once() {
        let (client, stopper) = connected();
        stopper.stop();
        assert_eq!(until_closed(client).await, (String::new(), 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_its_answers_is_given_up() {
        let (mut client, _stopper) = connected();
        let start = tokio::time::Instant::now();
        // The pipe is full of answers long before the last request is sent.
        let get = b"GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n";
        while client.write_all(get).await.is_ok() {}
        assert_eq!(start.elapsed().as_secs(), Config::default().limits.write_seconds);
    }
}
