//! What the functions talk to when there is neither AWS nor Kubernetes: Lambda's runtime API, which starts, freezes and
//! kills their processes as Lambda does, and a control plane of three instances.

mod cluster;
mod function;
mod runtime_api;
mod scenario;
mod server;
mod stage;

pub use cluster::Cluster;
pub use function::{Answer, Function, Invoked};
pub use runtime_api::Reported;
pub use scenario::{ACTS, Act, End, Name};
pub use stage::{Stage, deliver};
