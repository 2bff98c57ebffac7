//! `churn serve`

use std::net::SocketAddr;
use std::sync::Arc;

use churn::api::Api;
use churn::http::serve;
use clap::Args;
use tokio::net::TcpListener;

use super::{Failure, Shared, flush, stopped};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where the API listens.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(flatten)]
    shared: Shared,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let shared = &arguments.shared;
    let metrics = shared.metrics();
    let api = Arc::new(Api(shared.pipeline(&metrics).await?));
    let listener = TcpListener::bind(arguments.listen).await?;
    let stop = stopped()?;
    println!("churn listens on http://{}", listener.local_addr()?);
    serve(listener, move |head, body| Arc::clone(&api).answer(head, body), stop).await;
    flush(&metrics);
    Ok(())
}
