//! The etcd backup function. Settings: `BACKUP_COMMAND` (a program), `BACKUP_SECONDS` (600).

use std::time::{Duration, SystemTime};

use cluster_ops::etcd_backup::{NAMESPACE, handle};
use cluster_ops::{setting, start};
use lambda_runtime::tower::Layer;
use lambda_runtime::{Context, Error, LambdaEvent, Runtime, service_fn};
use nepho::lambda;
use serde_json::Value;

/// What is left of an invocation's time when the command is given up, to say that it failed.
const RESERVE: Duration = Duration::from_millis(500);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let program = setting::text("BACKUP_COMMAND")?;
    let time_max = setting::seconds("BACKUP_SECONDS", Duration::from_secs(600))?;
    let metrics = start(NAMESPACE).await;
    let handler = service_fn(|event: LambdaEvent<Value>| {
        let time = time_max.min(time_left(&event.context).saturating_sub(RESERVE));
        let program = &program;
        async move { Ok::<_, Error>(handle(program, time, &lambda::invocation()).await?) }
    });
    Runtime::new(lambda::Layer::new(&metrics).without_cold_start().layer(handler)).run().await
}

#[expect(clippy::disallowed_methods, reason = "the deadline is one of the system's clock")]
fn time_left(context: &Context) -> Duration {
    context.deadline().duration_since(SystemTime::now()).unwrap_or_default()
}
