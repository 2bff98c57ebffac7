//! Signature Version 4: verifying, signing, and reading scopes.

mod authorization;
mod canonical;
mod key;
mod sign;
mod verify;

pub use authorization::{Scope, scope};
pub use canonical::{PayloadHash, SIGNED_HEADERS_MAX};
pub use sign::{Signer, sign};
pub use verify::{Credential, EXPIRES_MAX_S, Identity, WINDOW_MS, verify};
