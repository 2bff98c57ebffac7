//! Keys that models are signed with: Ed25519.

use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// What is in it is no key.
    #[error("{0} holds no Ed25519 key: `churn keys` makes one")]
    Form(String),
    /// The system gives no random numbers.
    #[error("no random numbers for a key")]
    Random,
}

/// Makes a pair of keys: the secret one as PKCS#8 (readable by its owner alone), the public one in hexadecimal.
///
/// # Errors
/// When files cannot be written; an existing secret key is never replaced.
pub fn make(secret: &Path, public: &Path) -> Result<(), KeyError> {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::Random)?;
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).map_err(|_| KeyError::Random)?;
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(secret);
    file.and_then(|mut file| io::Write::write_all(&mut file, document.as_ref())).map_err(failed(secret))?;
    fs::write(public, hex::encode(pair.public_key().as_ref()) + "\n").map_err(failed(public))
}

/// Reads a secret key.
///
/// # Errors
/// When there is none.
pub fn secret(path: &Path) -> Result<Ed25519KeyPair, KeyError> {
    let bytes = fs::read(path).map_err(failed(path))?;
    Ed25519KeyPair::from_pkcs8(&bytes).map_err(|_| KeyError::Form(path.display().to_string()))
}

/// Reads a public key.
///
/// # Errors
/// When there is none.
pub fn public(path: &Path) -> Result<[u8; 32], KeyError> {
    let text = fs::read_to_string(path).map_err(failed(path))?;
    let mut key = [0; 32];
    hex::decode_to_slice(text.trim(), &mut key).map_err(|_| KeyError::Form(path.display().to_string()))?;
    Ok(key)
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> KeyError {
    let path = path.display().to_string();
    |source| KeyError::File { path, source }
}
