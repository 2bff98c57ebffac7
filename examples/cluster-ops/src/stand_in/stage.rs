//! The functions and their cluster, ready to be played with.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use http::{Method, Uri};

use super::cluster::Cluster;
use super::function::{Function, Invoked};
use super::scenario::{Act, Name};
use crate::client::{Answer, Client, ClientError};

/// What a server may take to store documents.
const STORE_TIME: Duration = Duration::from_secs(30);

/// The functions, and the cluster that they look after.
#[derive(Debug)]
pub struct Stage {
    cluster: Cluster,
    functions: [(Name, Function); 3],
}

impl Stage {
    /// Sets it up; `program` says where the program of a function is.
    ///
    /// # Errors
    /// When there is no place for the cluster.
    pub async fn set(program: impl Fn(Name) -> PathBuf) -> io::Result<Self> {
        let cluster = Cluster::start().await?;
        let function = |name| (name, Function::new(&program(name), cluster.environment()));
        Ok(Stage { functions: Name::ALL.map(function), cluster })
    }

    /// Plays one act.
    ///
    /// # Errors
    /// When a function cannot be started.
    pub async fn play(&mut self, act: &Act) -> io::Result<Invoked> {
        (act.prepare)(&self.cluster);
        self.function(act.function).invoke((act.event)(), act.timeout).await
    }

    /// Lets a function's process go; what it wrote at its end comes back.
    ///
    /// # Errors
    /// When that cannot be read.
    pub async fn stop(&mut self, name: Name) -> io::Result<Vec<String>> {
        self.function(name).stop().await
    }

    fn function(&mut self, name: Name) -> &mut Function {
        let found = self.functions.iter_mut().find(|(of, _)| *of == name);
        &mut found.expect("there is one of each").1
    }
}

/// Brings what is in a log to a server's `/emf`, as CloudWatch Logs does with the log of a function.
///
/// # Errors
/// When the server does not take it.
pub async fn deliver(log: &[String], endpoint: &Uri, client: &Client) -> Result<Answer, ClientError> {
    let endpoint = endpoint.to_string();
    let emf = format!("{}/emf", endpoint.trim_end_matches('/')).parse().expect("a URL with a path behind it");
    let answer = client.ask(Method::POST, &emf, log.join("\n").into_bytes(), STORE_TIME).await?;
    if answer.status.is_success() { Ok(answer) } else { Err(ClientError::Status(answer.status)) }
}
