//! A control plane: three instances that say how they are, an etcd member on each, a parameter to remember things in,
//! and the programs in `stand-in/` that work with it.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Full;
use serde_json::json;
use tempfile::TempDir;

use super::server::{serve, status};

/// The instances, each with an etcd member of its name.
const INSTANCES: [&str; 3] = ["i-0a", "i-0b", "i-0c"];

/// A control plane, in a folder of its own and behind a port of its own.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    healthy: usize,
    parameter: Option<Bytes>,
    is_parameter_lost: bool,
}

impl Cluster {
    /// Starts one; all is well.
    ///
    /// # Errors
    /// When there is no folder or no port to be had.
    pub async fn start() -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let state = Arc::new(Mutex::new(State { healthy: INSTANCES.len(), ..State::default() }));
        let served = Arc::clone(&state);
        let address = serve(move |request| {
            let answer = answer(&request, &mut lock(&served));
            async move { answer }
        });
        let cluster = Cluster { folder, address: address.await?, state };
        std::fs::create_dir(cluster.path("backups"))?;
        cluster.write("etcd.db", &"0123456789abcdef".repeat(1 << 16));
        cluster.members(INSTANCES.len());
        Ok(cluster)
    }

    /// Sets how many of the instances are healthy, and so are their etcd members.
    pub fn healthy(&self, healthy: usize) {
        lock(&self.state).healthy = healthy;
        self.members(healthy);
    }

    /// Whether the parameter can be written.
    pub fn parameter_lost(&self, is_lost: bool) {
        lock(&self.state).is_parameter_lost = is_lost;
    }

    /// Makes something wrong, by the name of a file that the programs in `stand-in/` look for.
    pub fn set(&self, fault: &str) {
        self.write(fault, "");
    }

    /// A node that cannot be drained.
    pub fn undrainable(&self, node: &str) {
        self.write("undrainable", &format!("{node}\n"));
    }

    /// Makes it right again.
    pub fn clear(&self, fault: &str) {
        // What is not wrong needs no repair.
        let _ = std::fs::remove_file(self.path(fault));
    }

    /// What a function needs in its environment to work with it.
    pub fn environment(&self) -> Vec<(String, OsString)> {
        let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("stand-in");
        let health = INSTANCES.map(|instance| format!("http://{}/{instance}/readyz", self.address)).join(",");
        let program = |name: &str| programs.join(name).into_os_string();
        let variables = [
            ("CLUSTER", self.folder.path().as_os_str().to_owned()),
            ("KUBECTL", program("kubectl")),
            ("ETCDCTL", program("etcdctl")),
            ("BACKUP_COMMAND", program("etcd-backup")),
            ("RECOVERY_COMMAND", program("recover")),
            ("CONTROL_PLANE", health.into()),
            ("MEMORY_URL", format!("http://{}/parameter", self.address).into()),
        ];
        variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn members(&self, healthy: usize) {
        let url = |n: usize| format!("https://10.0.0.{}:2379", n + 1);
        let member =
            |(n, name)| json!({"ID": 0xe7cd_0000_0000_0000_u64 + n as u64, "name": name, "clientURLs": [url(n)]});
        let endpoint = |n| json!({"endpoint": url(n), "health": n < healthy});
        let members: Vec<_> = INSTANCES.iter().enumerate().map(member).collect();
        self.write("members.json", &json!({ "members": members }).to_string());
        let health: Vec<_> = (0..INSTANCES.len()).map(endpoint).collect();
        self.write("health.json", &json!(health).to_string());
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("the folder is the stand-in's own");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn answer(request: &Request<Bytes>, state: &mut State) -> Response<Full<Bytes>> {
    match (request.method(), request.uri().path()) {
        (&Method::PUT, "/parameter") if state.is_parameter_lost => status(503, "throttled"),
        (&Method::PUT, "/parameter") => {
            state.parameter = Some(request.body().clone());
            status(200, "")
        }
        (&Method::GET, "/parameter") => {
            state.parameter.clone().map_or_else(|| status(404, "never written"), |parameter| status(200, parameter))
        }
        (&Method::GET, path) => {
            let instance = path.trim_start_matches('/').trim_end_matches("/readyz");
            match INSTANCES.iter().position(|name| *name == instance) {
                Some(position) if position < state.healthy => status(200, "ok"),
                Some(_) => status(500, "[-]etcd failed"),
                None => status(404, "no such instance"),
            }
        }
        _ => status(405, ""),
    }
}
