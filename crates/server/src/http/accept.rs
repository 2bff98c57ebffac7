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
use crate::instance::Instance;
use crate::stop::Stop;

/// How long accepting pauses after the system refused a connection, as when file descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a connection over the limit is kept to be told so.
const REFUSAL_TIME_MAX: Duration = Duration::from_secs(1);
/// What a connection over the limit is told.
const REFUSAL: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\n\
                       connection: close\r\ncontent-length: 42\r\n\r\n{\"error\":\"too many connections are open\"}\n\n";

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
                Ok((stream, _)) => {
                    instance.counters.http_refused.fetch_add(1, Ordering::Relaxed);
                    instance.rejections.add("http_connections", "a connection over the limit was refused");
                    if refusals.len() < instance.config.limits.refusals {
                        refusals.spawn(refuse(stream));
                    }
                }
                Err(error) => {
                    instance.fault(format!("a connection could not be accepted: {error}"));
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
        .max_buf_size(limits.head_bytes)
        .max_headers(limits.headers)
        .serve_connection(TokioIo::new(io), service);
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
    use super::*;

    #[test]
    fn the_refusal_says_how_long_it_is() {
        let (head, body) = REFUSAL.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
    }
}
