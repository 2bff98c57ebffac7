//! The etcd lifecycle function. Settings: `KUBECTL`, `ETCDCTL` (programs), `COMMAND_SECONDS` (60).

use std::time::Duration;

use cluster_ops::etcd_lifecycle::{Event, NAMESPACE, Tools, handle};
use cluster_ops::{setting, start};
use lambda_runtime::tower::Layer;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use nepho::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let tools = Tools {
        kubectl: setting::text("KUBECTL")?,
        etcdctl: setting::text("ETCDCTL")?,
        time: setting::seconds("COMMAND_SECONDS", Duration::from_secs(60))?,
    };
    let metrics = start(NAMESPACE).await;
    let handler = service_fn(|event: LambdaEvent<Event>| {
        let tools = &tools;
        async move { Ok::<_, Error>(handle(&event.payload, tools, &lambda::invocation()).await?) }
    });
    Runtime::new(lambda::Layer::new(&metrics).without_cold_start().layer(handler)).run().await
}
