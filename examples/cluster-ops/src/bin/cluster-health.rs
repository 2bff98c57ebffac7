//! The cluster health function. Settings: `CONTROL_PLANE` (URLs of the instances' health, with commas between),
//! `MEMORY_URL`, `RECOVERY_COMMAND` (a program), `REQUEST_SECONDS` (2), `RECOVERY_SECONDS` (30).

use std::time::Duration;

use cluster_ops::client::Client;
use cluster_ops::cluster_health::{NAMESPACE, Surroundings, handle};
use cluster_ops::{setting, start};
use lambda_runtime::tower::Layer;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use nepho::lambda;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let instances = setting::text("CONTROL_PLANE")?;
    let surroundings = Surroundings {
        instances: instances.split(',').map(str::parse).collect::<Result<_, _>>()?,
        memory: setting::text("MEMORY_URL")?.parse()?,
        recovery: setting::text("RECOVERY_COMMAND")?,
        request_time: setting::seconds("REQUEST_SECONDS", Duration::from_secs(2))?,
        recovery_time: setting::seconds("RECOVERY_SECONDS", Duration::from_secs(30))?,
    };
    let (client, metrics) = (Client::default(), start(NAMESPACE).await);
    let handler = service_fn(|_: LambdaEvent<Value>| async {
        Ok::<_, Error>(handle(&surroundings, &client, &lambda::invocation()).await?)
    });
    Runtime::new(lambda::Layer::new(&metrics).without_cold_start().layer(handler)).run().await
}
