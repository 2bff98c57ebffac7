//! EMF over TCP: documents separated by line ends. Nothing is answered.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::emf::documents::{Documents, Origin};
use crate::emf::lines::{Line, Lines};
use crate::instance::Instance;
use crate::own::counters::Intake;
use crate::stop::Stop;
use crate::writes::Writes;

/// How long accepting pauses after the system refused a connection, as when file descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Takes connections until the stop, then waits for their writes.
pub(crate) async fn serve(instance: Arc<Instance>, listener: TcpListener, mut stop: Stop) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.stopped() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if connections.len() < instance.config.limits.emf_connections => {
                    connections.spawn(connection(instance.clone(), stream, stop.clone()));
                }
                Ok(_) => {
                    instance.counters.emf_refused.fetch_add(1, Ordering::Relaxed);
                    instance.rejections.add("emf_connections", "an EMF connection over the limit was closed");
                }
                Err(error) => {
                    instance.fault(&format!("an EMF connection could not be accepted: {error}"));
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(instance.config.limits.stop_time(), finished).await.is_err() {
        tracing::warn!("{} EMF connections were cut off by the stop", connections.len());
    }
}

/// Reads one connection to its end. All whole lines of a read become one write; while as many writes as may be
/// are on their way, nothing is read.
pub(crate) async fn connection<IO: AsyncRead + Unpin>(instance: Arc<Instance>, mut io: IO, mut stop: Stop) {
    let limits = &instance.config.limits;
    let _open = instance.counters.emf_connections.enter();
    let mut lines = Lines::new(limits.emf_line_bytes);
    let mut documents = Documents::new(Intake::EmfTcp);
    let mut writes = Writes::default();
    let cut_off = loop {
        let read = tokio::select! {
            biased;
            () = stop.stopped() => break Some(("shutdown", "the server stopped in the middle of a document")),
            () = writes.settle_oldest(&instance), if !writes.is_empty() => continue,
            read = io.read(lines.space()), if writes.len() < limits.emf_writes => read,
        };
        match read {
            Ok(0) => {
                take(&instance, &mut documents, |each| lines.finish(each));
                writes.push(documents.write(&instance, &instance.default_scope, instance.clock.now()));
                break None;
            }
            Ok(length) => {
                take(&instance, &mut documents, |each| lines.read(length, each));
                writes.push(documents.write(&instance, &instance.default_scope, instance.clock.now()));
            }
            Err(_) => break Some(("connection_lost", "a connection was lost in the middle of a document")),
        }
    };
    if let (Some((cause, detail)), 1..) = (cut_off, lines.left()) {
        documents.refuse(&instance, cause, detail);
        writes.push(documents.write(&instance, &instance.default_scope, instance.clock.now()));
    }
    writes.settle_all(&instance).await;
}

/// Reads the documents that `lines` hands out.
fn take(instance: &Instance, documents: &mut Documents, lines: impl FnOnce(&mut dyn FnMut(Line<'_>))) {
    let now = instance.clock.now();
    let bytes_max = instance.config.limits.emf_line_bytes;
    lines(&mut |line| match line {
        Line::Whole(document) => documents.read(instance, document, Origin::default(), now),
        Line::TooLong => {
            let detail = format!("a line exceeds the limit of {bytes_max} bytes");
            documents.refuse(instance, "line_too_long", &detail);
        }
    });
}
