//! `llm-service model`

use std::net::SocketAddr;

use clap::Args;
use llm_service::stand_in::LanguageModel;
use tokio::net::TcpListener;

use super::Failure;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where the stand-in listens.
    #[arg(long, default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let unreachable = Failure::unreachable("the address to listen on");
    let listener = TcpListener::bind(arguments.listen).await.map_err(&unreachable)?;
    let model = LanguageModel::start(listener).map_err(&unreachable)?;
    println!("the stand-in of the language model listens on {}", model.origin());
    tokio::signal::ctrl_c().await.map_err(Failure::unreachable("SIGINT"))
}
