//! Where the commands play: a stand-in of the model, a running `nepho serve`, and the service between them.

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, Uri};
use llm_service::http::Client;
use llm_service::process::Process;
use llm_service::stand_in::LanguageModel;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::Failure;

/// The secret of the webhooks.
pub(super) const SECRET: &str = "whsec_of_the_demo";
/// The model's name.
pub(super) const MODEL: &str = "stand-in-1";
/// How long a server may take to say that it is there.
const HEALTH_TIME: Duration = Duration::from_secs(3);

/// The stand-in, and a folder for artifacts.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) model: LanguageModel,
    program: PathBuf,
    artifacts: TempDir,
}

impl Setting {
    /// Looks whether a server is there, and starts the stand-in.
    pub(super) async fn prepare(endpoint: &Uri) -> Result<Self, Failure> {
        find_server(endpoint).await?;
        let here = Failure::unreachable("this machine");
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(&here)?;
        let model = LanguageModel::start(listener).map_err(&here)?;
        let program = std::env::current_exe().map_err(&here)?;
        Ok(Setting { model, program, artifacts: tempfile::tempdir().map_err(&here)? })
    }

    /// Starts the service as a process of its own, with an endpoint for its metrics.
    pub(super) async fn serve(&self, endpoint: &str, interval: Duration) -> Result<Process, Failure> {
        let (model_url, interval) = (self.model.origin(), interval.as_millis().to_string());
        let variables = [
            // What goes wrong here is what was asked for.
            ("LOG", "error"),
            ("AWS_ENDPOINT_URL", endpoint),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "any"),
            ("AWS_SECRET_ACCESS_KEY", "any"),
            ("LLM_URL", &model_url),
            ("LLM_MODEL", MODEL),
            ("LLM_API_KEY", "any"),
            ("STRIPE_WEBHOOK_SECRET", SECRET),
            ("ARTIFACTS", self.artifacts.path().to_str().unwrap_or_default()),
            ("METRICS_INTERVAL_MS", &interval),
        ];
        Process::start(&self.program, &variables, false).await.map_err(Failure::unreachable("the service"))
    }
}

async fn find_server(endpoint: &Uri) -> Result<(), Failure> {
    let no_server = |why: String| {
        Failure::Unreachable(format!(
            "no nepho server at {endpoint} ({why}); start one with `cargo run --release -- serve`, or say with \
             --endpoint where it is"
        ))
    };
    let request = Request::get(format!("{endpoint}health")).body(Bytes::new());
    let request = request.map_err(|error| no_server(error.to_string()))?;
    let answer = Client::default().ask(request, HEALTH_TIME).await.map_err(|error| no_server(error.to_string()))?;
    if answer.status() == StatusCode::OK { Ok(()) } else { Err(no_server(answer.status().to_string())) }
}
