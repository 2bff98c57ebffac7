//! The layer around a handler.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use lambda_runtime::tower;
use lambda_runtime::{Context, LambdaEvent, LambdaInvocation, Service};

use super::attendant::{Attendant, Deadline, Flushing};
use super::invocation::Invocation;
use crate::metrics::Metrics;

/// Gives every invocation an [`Invocation`], and flushes before its answer leaves.
///
/// Around the handler (`Runtime::new(layer.layer(service_fn(handler)))`) it flushes before the answer is sent. Around
/// the runtime (`Runtime::new(..).layer(layer)`) it flushes behind the answer, before the process asks for the next
/// invocation and is frozen: the answer is earlier by the time a flush takes, usually well under a millisecond.
///
/// A flush takes at most [`FLUSH_TIME`](Layer::FLUSH_TIME), and never goes past the invocation's deadline. It happens
/// on a thread of its own; other work of the runtime goes on. For functions that never get to an end, what they have
/// measured is flushed [`DEADLINE_MARGIN`](Layer::DEADLINE_MARGIN) before Lambda kills them.
///
/// The first invocation of a process has the metric `ColdStart` (Count) in a document of its own, unless the
/// environment was initialized before anybody asked (provisioned concurrency), or
/// [`without_cold_start`](Layer::without_cold_start) was called.
#[derive(Debug, Clone)]
pub struct Layer {
    metrics: Metrics,
    attendant: Arc<Attendant>,
    is_cold: Arc<AtomicBool>,
    flush_time: Duration,
}

impl Layer {
    /// What a flush may take at most.
    pub const FLUSH_TIME: Duration = Duration::from_secs(1);
    /// How long before its deadline the metrics of an invocation that is not done are flushed; of short ones, a quarter
    /// of their time.
    pub const DEADLINE_MARGIN: Duration = Duration::from_millis(250);

    /// A layer for functions that measure with `metrics`.
    pub fn new(metrics: &Metrics) -> Self {
        let is_cold = !is_initialized_ahead();
        Layer {
            metrics: metrics.clone(),
            attendant: Arc::new(Attendant::new(metrics)),
            is_cold: Arc::new(AtomicBool::new(is_cold)),
            flush_time: Layer::FLUSH_TIME,
        }
    }

    /// What a flush may take instead of [`FLUSH_TIME`](Layer::FLUSH_TIME).
    #[must_use]
    pub fn flush_time(self, flush_time: Duration) -> Self {
        Layer { flush_time, ..self }
    }

    /// No `ColdStart`.
    #[must_use]
    pub fn without_cold_start(self) -> Self {
        self.is_cold.store(false, Ordering::Relaxed);
        self
    }

    fn begin(&self, context: &Context) -> Invocation {
        if self.is_cold.swap(false, Ordering::Relaxed) {
            let mut unit = self.metrics.unit_of_work_owned();
            unit.property("request_id", &context.request_id).increment("ColdStart");
        }
        Invocation::begin(&self.metrics, &context.request_id)
    }
}

/// Lambda says so in the environment.
#[expect(clippy::disallowed_methods, reason = "Lambda's own variable; Environment has those of metrics")]
fn is_initialized_ahead() -> bool {
    std::env::var("AWS_LAMBDA_INITIALIZATION_TYPE").is_ok_and(|kind| kind == "provisioned-concurrency")
}

impl<S> tower::Layer<S> for Layer {
    type Service = Invocations<S>;

    fn layer(&self, inner: S) -> Invocations<S> {
        Invocations { inner, layer: self.clone() }
    }
}

/// What is asked of a function, before or after its event was read.
pub trait Request: sealed::Sealed {
    /// Whose invocation it is, and until when.
    fn context(&self) -> &Context;
}

impl<T> Request for LambdaEvent<T> {
    fn context(&self) -> &Context {
        &self.context
    }
}

impl Request for LambdaInvocation {
    fn context(&self) -> &Context {
        &self.context
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T> Sealed for lambda_runtime::LambdaEvent<T> {}
    impl Sealed for lambda_runtime::LambdaInvocation {}
}

/// The service that a [`Layer`] makes of a handler, or of a runtime's services.
#[derive(Debug, Clone)]
pub struct Invocations<S> {
    inner: S,
    layer: Layer,
}

impl<S, R> Service<R> for Invocations<S>
where
    S: Service<R>,
    R: Request,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Running<S::Future>;

    fn poll_ready(&mut self, context: &mut TaskContext<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let invocation = self.layer.begin(request.context());
        let deadline = self.layer.attendant.watch(&invocation, request.context().deadline);
        let mut running = Running { handling: None, over: None, invocation, deadline, layer: self.layer.clone() };
        match running.invocation.scope(|| catch_unwind(AssertUnwindSafe(|| self.inner.call(request)))) {
            Ok(future) => running.handling = Some(Box::pin(future)),
            Err(panic) => running.end(Err(panic)),
        }
        running
    }
}

/// An invocation that is being handled, or flushed.
#[must_use = "futures do nothing unless polled"]
pub struct Running<F: Future> {
    handling: Option<Pin<Box<F>>>,
    over: Option<(Outcome<F::Output>, Flushing)>,
    invocation: Invocation,
    deadline: Deadline,
    layer: Layer,
}

/// What a handler came to: a result, or a panic that goes on when everything is flushed.
type Outcome<T> = Result<T, Box<dyn Any + Send>>;

// What is pinned is in a box.
impl<F: Future> Unpin for Running<F> {}

impl<F: Future> Running<F> {
    fn end(&mut self, outcome: Outcome<F::Output>) {
        self.invocation.end();
        let flushing = self.layer.attendant.flush(&self.invocation, self.deadline, self.layer.flush_time);
        self.over = Some((outcome, flushing));
    }
}

impl<F: Future> Future for Running<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        if let Some(handling) = &mut this.handling {
            let poll = || catch_unwind(AssertUnwindSafe(|| handling.as_mut().poll(context)));
            let outcome = match this.invocation.scope(poll) {
                Ok(poll) => Ok(ready!(poll)),
                Err(panic) => Err(panic),
            };
            this.handling = None;
            this.end(outcome);
        }
        let (_, flushing) = this.over.as_mut().expect("not polled again after it was done");
        ready!(flushing.poll(context));
        let (outcome, _) = this.over.take().expect("it was there a line ago");
        Poll::Ready(outcome.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

impl<F: Future> std::fmt::Debug for Running<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("invocation", &self.invocation).finish_non_exhaustive()
    }
}
