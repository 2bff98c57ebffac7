//! The language model, over the HTTP API that many of them have (`POST /v1/chat/completions`).

mod completion;
mod conversation;

pub use completion::Choice;
pub use conversation::{Message, Role};

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{Request, StatusCode, Uri};
use serde_json::Value;

use crate::http::{Client, ClientError};
use crate::methods::Method;
use completion::{Asked, Completion};
use conversation::Conversation;

/// How long one try may take, unless told otherwise.
pub const TRY_TIME: Duration = Duration::from_secs(60);

/// A language model.
#[derive(Debug)]
pub struct LanguageModel {
    /// The model's name, which is the dimension `Model`.
    pub name: String,
    /// Where its API is: `http://HOST:PORT`, without a path.
    pub origin: Uri,
    /// Who asks.
    pub key: String,
    /// How long one try may take.
    pub time: Duration,
    /// What it is asked through.
    pub client: Client,
}

/// Why the model has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Nobody answers, or not in time.
    #[error("the model cannot be reached: {0}")]
    Unreachable(#[from] ClientError),
    /// It refuses to answer: too many ask it (429), or something is wrong there.
    #[error("the model answers with status {status}")]
    Refused {
        /// Its status.
        status: StatusCode,
        /// When it is to be asked again, in its own words.
        retry_after: Option<String>,
    },
    /// Both tries brought something else than JSON of the form that is wanted.
    #[error("the model's answer is not what was asked for, twice: {0}")]
    Invalid(String),
}

impl LanguageModel {
    /// Asks what a method asks. An answer that is not JSON of the wanted form is asked for once more, with a stricter
    /// prompt.
    ///
    /// # Errors
    /// When there is no such answer.
    pub async fn ask(&self, method: &Method, request: String) -> Result<Value, ModelError> {
        let mut conversation = Conversation::begin(method, request);
        let (answer, fault) = match self.try_once(method, &conversation).await? {
            Ok(answer) => return Ok(answer),
            Err(invalid) => invalid,
        };
        tracing::info!(method = method.name, "asking once more: {fault}");
        conversation.insist(answer, &fault);
        self.try_once(method, &conversation).await?.map_err(|(_, fault)| ModelError::Invalid(fault))
    }

    /// One try: an answer, or what came instead and what is wrong with it.
    async fn try_once(
        &self,
        method: &Method,
        conversation: &Conversation,
    ) -> Result<Result<Value, (String, String)>, ModelError> {
        let asked = Asked { model: &self.name, messages: &conversation.messages };
        let request = Request::post(format!("{}v1/chat/completions", self.origin))
            .header(AUTHORIZATION, format!("Bearer {}", self.key))
            .header(CONTENT_TYPE, "application/json")
            .body(serde_json::to_vec(&asked).expect("texts are JSON").into())
            .map_err(|error| ClientError::Unreachable(error.to_string()))?;
        let answer = self.client.ask(request, self.time).await?;
        if answer.status() != StatusCode::OK {
            let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
            return Err(ModelError::Refused { status: answer.status(), retry_after: retry_after.map(str::to_owned) });
        }
        let text = match Completion::read(answer.body()) {
            Ok(text) => text,
            Err(error) => return Ok(Err((String::new(), error.to_string()))),
        };
        Ok(method.check(&text).map_err(|error| (text, error.to_string())))
    }
}
