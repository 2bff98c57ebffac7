//! EMF over TCP: documents separated by line ends. Nothing is answered.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::emf::documents::{Documents, Origin};
use crate::emf::lines::{Line, Lines};
use crate::instance::Instance;
use crate::own::counters::Intake;
use crate::own::rejections::Source;
use crate::stop::Stop;
use crate::writes::Writes;

/// How long accepting pauses after the system refused a connection, as when file descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Takes connections until the stop, then waits for their writes. At the limit, a new one takes the place of the one
/// that has been idle the longest, if that was long enough.
pub(crate) async fn serve(instance: Arc<Instance>, listener: TcpListener, mut stop: Stop) {
    let limits = &instance.config.limits;
    let mut connections = JoinSet::new();
    let mut open: Vec<Weak<Activity>> = Vec::new();
    loop {
        tokio::select! {
            () = stop.stopped() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    open.retain(|activity| activity.strong_count() > 0);
                    if open.len() >= limits.emf_connections && !give_up_idle(&mut open, limits.emf_idle_time()) {
                        instance.counters.emf_refused.fetch_add(1, Ordering::Relaxed);
                        let detail = "an EMF connection over the limit was closed";
                        let source = Source { peer: Some(peer), ..Source::default() };
                        instance.rejections.add("emf_connections", detail, source);
                        continue;
                    }
                    let activity = Arc::new(Activity::now());
                    open.push(Arc::downgrade(&activity));
                    connections.spawn(connection(instance.clone(), stream, peer, activity, stop.clone()));
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
    if tokio::time::timeout(limits.stop_time(), finished).await.is_err() {
        tracing::warn!("{} EMF connections were cut off by the stop", connections.len());
    }
}

/// When something came last, and a way to end the connection.
#[derive(Debug)]
pub(crate) struct Activity {
    last: Mutex<Instant>,
    given_up: Notify,
}

impl Activity {
    fn now() -> Self {
        Activity { last: Mutex::new(Instant::now()), given_up: Notify::new() }
    }

    fn touch(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn idle(&self) -> Duration {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}

/// Gives up the connection that has been idle the longest, and at least for `idle_min`. Answers whether there was one.
fn give_up_idle(open: &mut Vec<Weak<Activity>>, idle_min: Duration) -> bool {
    let idle = |activity: &Weak<Activity>| activity.upgrade().map(|activity| activity.idle());
    let longest = open.iter().enumerate().filter_map(|(at, activity)| Some((idle(activity)?, at))).max();
    let Some((_, at)) = longest.filter(|(idle, _)| *idle >= idle_min) else { return false };
    if let Some(activity) = open.swap_remove(at).upgrade() {
        activity.given_up.notify_one();
    }
    true
}

/// Reads one connection to its end. All whole lines of a read become one write; while as many writes as may be
/// are on their way, nothing is read.
async fn connection<IO: AsyncRead + Unpin>(
    instance: Arc<Instance>,
    mut io: IO,
    peer: SocketAddr,
    activity: Arc<Activity>,
    mut stop: Stop,
) {
    let origin = Origin::of(Some(peer));
    let limits = &instance.config.limits;
    let _open = instance.counters.emf_connections.enter();
    let mut lines = Lines::new(limits.emf_line_bytes);
    let mut documents = Documents::new(&instance, Intake::EmfTcp, &instance.default_scope);
    let mut writes = Writes::default();
    let cut_off = loop {
        let read = tokio::select! {
            biased;
            () = stop.stopped() => break Some(("shutdown", "the server stopped in the middle of a document")),
            () = activity.given_up.notified() => {
                break Some(("connection_idle", "a connection went idle in the middle of a document"));
            }
            () = writes.settle_oldest(&instance), if !writes.is_empty() => {
                activity.touch();
                continue;
            }
            read = io.read(lines.space()), if writes.len() < limits.emf_writes => read,
        };
        activity.touch();
        match read {
            Ok(0) => {
                take(&instance, &mut documents, origin, |each| lines.finish(each));
                writes.push(documents.write(&instance, &instance.default_scope, instance.clock.now()));
                break None;
            }
            Ok(length) => {
                take(&instance, &mut documents, origin, |each| lines.read(length, each));
                writes.push(documents.write(&instance, &instance.default_scope, instance.clock.now()));
            }
            Err(_) => break Some(("connection_lost", "a connection was lost in the middle of a document")),
        }
    };
    if let (Some((cause, detail)), 1..) = (cut_off, lines.left()) {
        documents.refuse(&instance, cause, detail, origin);
        writes.push(documents.write(&instance, &instance.default_scope, instance.clock.now()));
    }
    writes.settle_all(&instance).await;
}

/// Reads the documents that `lines` hands out.
fn take(
    instance: &Instance,
    documents: &mut Documents,
    origin: Origin<'_>,
    lines: impl FnOnce(&mut dyn FnMut(Line<'_>)),
) {
    let now = instance.clock.now();
    let bytes_max = instance.config.limits.emf_line_bytes;
    lines(&mut |line| match line {
        Line::Whole(document) => documents.read(instance, document, origin, now),
        Line::TooLong => {
            let detail = format!("a line exceeds the limit of {bytes_max} bytes");
            documents.refuse(instance, "line_too_long", &detail, origin);
        }
    });
}
