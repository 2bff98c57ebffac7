//! Plays everything that can happen to the functions, and brings their metrics to a running `nepho serve`
//! (`NEPHO_ENDPOINT`, `http://127.0.0.1:4582` if not set).

#![expect(clippy::print_stdout, reason = "it is a program to be read")]

use std::error::Error;

use cluster_ops::client::Client;
use cluster_ops::setting;
use cluster_ops::stand_in::{ACTS, Answer, Name, Stage, deliver};

const LOCAL: &str = "http://127.0.0.1:4582";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let endpoint = setting::text("NEPHO_ENDPOINT").unwrap_or_else(|_| LOCAL.to_owned()).parse()?;
    let here = std::env::current_exe()?;
    let client = Client::default();
    let mut stage = Stage::set(|name| here.with_file_name(name.program())).await?;
    for act in &ACTS {
        let invoked = stage.play(act).await?;
        let answer = match &invoked.answer {
            Answer::Result(result) => result.to_string(),
            Answer::Error(error) => format!("error: {}", error.message.trim_end()),
            Answer::TimedOut => "timed out".to_owned(),
            Answer::Exited => "its process ended".to_owned(),
        };
        println!("{:14} {:50} {answer}", act.function.program(), act.what);
        if !invoked.log.is_empty() {
            deliver(&invoked.log, &endpoint, &client).await.map_err(|error| {
                format!("{endpoint} took no metrics: {error}; is it there? Start it with: cargo run --release -- serve")
            })?;
        }
    }
    println!("\nThe metrics are in {endpoint}. Ask for them:\n");
    for name in Name::ALL {
        println!("  nepho list {}", name.namespace());
    }
    for (name, metric, statistic) in [
        (Name::EtcdLifecycle, "QuorumRiskDetected", "Sum"),
        (Name::EtcdBackup, "BackupFailure", "Sum"),
        (Name::EtcdBackup, "BackupSizeBytes", "Maximum"),
        (Name::ClusterHealth, "HealthyControlPlaneInstances", "Minimum"),
        (Name::ClusterHealth, "HealthCheckDuration", "p50,p99"),
    ] {
        println!("  nepho get {} {metric} --stat {statistic}", name.namespace());
    }
    Ok(())
}
