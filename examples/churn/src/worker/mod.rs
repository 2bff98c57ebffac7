//! The worker: takes tasks from the queue, predicts, and tells what became of them.

mod job;
mod report;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::measures::Distributions;
use crate::model::Model;
use crate::model::file::{self, LoadError};
use crate::pipeline::Pipeline;
use crate::queue::{Message, QueueError, Task};
use job::{Done, Failure};

/// How long a look into the queue waits for a message.
pub const LOOK_TIME: Duration = Duration::from_secs(20);
/// How long the worker leaves the queue alone when it cannot be used.
const PAUSE: Duration = Duration::from_secs(1);

/// The worker.
#[derive(Debug)]
pub struct Worker {
    retry: Duration,
    tools: Arc<Tools>,
}

/// What a task is done with.
#[derive(Debug)]
struct Tools {
    pipeline: Pipeline,
    model: Model,
    distributions: Distributions,
}

/// Loads the model in a folder, and measures that. Without a model nothing is to be predicted.
///
/// # Errors
/// When the model is not to be used.
pub fn load(folder: &Path, key: &[u8; 32], pipeline: &Pipeline) -> Result<Model, LoadError> {
    let (watch, measures) = (pipeline.clock.start(), &pipeline.measures.pipeline);
    let version = file::version(folder);
    let model = file::load(folder, key).inspect_err(|_| measures.not_loaded(&version))?;
    measures.loaded(&version, watch.elapsed());
    Ok(model)
}

impl Worker {
    /// A worker with a model, which tries what failed again after `retry`.
    pub fn new(pipeline: &Pipeline, model: Model, retry: Duration) -> Self {
        let distributions = pipeline.measures.pipeline.distributions(&model.version);
        Worker { retry, tools: Arc::new(Tools { pipeline: pipeline.clone(), model, distributions }) }
    }

    /// Works until `stop` resolves; what has been received by then is finished.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            let received = tokio::select! {
                received = self.tools.pipeline.queue.receive(LOOK_TIME) => received,
                () = &mut stop => break,
            };
            if let Err(error) = self.handle_all(received).await {
                tracing::warn!("{error}");
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    () = &mut stop => break,
                }
            }
        }
    }

    /// Takes what is in the queue, and answers how many messages that were.
    ///
    /// # Errors
    /// When the queue cannot be used.
    pub async fn turn(&self) -> Result<usize, QueueError> {
        self.handle_all(self.tools.pipeline.queue.receive(Duration::ZERO).await).await
    }

    async fn handle_all(&self, received: Result<Vec<Message>, QueueError>) -> Result<usize, QueueError> {
        let messages = received?;
        let mut failed = None;
        for message in &messages {
            // The others are ours, too: they would wait until the queue thinks that nobody has them any more.
            failed = self.handle(message).await.err().or(failed);
        }
        failed.map_or(Ok(messages.len()), Err)
    }

    /// Does what a message asks for. It is deleted when it is done or can never be; else it comes again, until the queue
    /// gives it up.
    async fn handle(&self, message: &Message) -> Result<(), QueueError> {
        let Pipeline { queue, measures, clock, .. } = &self.tools.pipeline;
        let (watch, measures) = (clock.start(), &measures.worker);
        let task: Task = match serde_json::from_str(&message.body) {
            Ok(task) => task,
            Err(error) => {
                measures.malformed();
                tracing::warn!("a message is no task: {error}");
                return queue.delete(message).await;
            }
        };
        let (tools, own) = (Arc::clone(&self.tools), task.clone());
        let done = tokio::task::spawn_blocking(move || job::run(&tools, &own)).await;
        match done.unwrap_or_else(|panic| Err(Failure::Unexpected(panic.to_string()))) {
            Ok(done) => {
                queue.delete(message).await?;
                if let Done::Predicted(rows) = done {
                    measures.succeeded(task.priority, rows, watch.elapsed());
                }
                Ok(())
            }
            Err(failure) => {
                if let Failure::Unexpected(_) = failure {
                    measures.unexpected(&task.upload_id);
                }
                tracing::warn!(upload_id = task.upload_id, receives = message.receives, "{failure}");
                queue.retry(message, self.retry).await
            }
        }
    }
}
