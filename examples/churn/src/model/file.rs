//! Models on disk: a folder that is called like the version, with the model, its checksum and its signature.
//!
//! | file | holds |
//! | --- | --- |
//! | `model.json` | the model |
//! | `model.json.sha256` | its SHA-256 in hexadecimal, as `sha256sum` writes it |
//! | `model.json.sig` | the Ed25519 signature over its bytes, in hexadecimal |

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use super::Model;

const MODEL: &str = "model.json";
const CHECKSUM: &str = "model.json.sha256";
const SIGNATURE: &str = "model.json.sig";
/// The most bytes of a model: ours has one kilobyte.
pub const MODEL_BYTES_MAX: u64 = 1 << 20;

/// Why a model is not used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file is missing, or cannot be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Larger than any model is.
    #[error("the model has {0} bytes, and the limit is {MODEL_BYTES_MAX}")]
    Size(u64),
    /// It is not what was written.
    #[error("the checksum of the model is {found}, and not {expected}: it is damaged, copy it again")]
    Checksum {
        /// What the file beside it says.
        expected: String,
        /// What it is.
        found: String,
    },
    /// Nobody we trust has signed it.
    #[error("the model is not signed by the key that is trusted: sign it with `churn train`, or trust another key")]
    Signature,
    /// It is signed, and none of ours.
    #[error("the model does not fit: {0}")]
    Form(String),
}

/// Writes a model, its checksum and its signature into the folder of its version below `folder`, and answers that.
///
/// # Errors
/// When it cannot be written.
pub fn save(model: &Model, folder: &Path, key: &Ed25519KeyPair) -> io::Result<PathBuf> {
    let folder = folder.join(&model.version);
    fs::create_dir_all(&folder)?;
    let bytes = serde_json::to_vec_pretty(model)?;
    fs::write(folder.join(CHECKSUM), format!("{}  {MODEL}\n", hex::encode(Sha256::digest(&bytes))))?;
    fs::write(folder.join(SIGNATURE), hex::encode(key.sign(&bytes).as_ref()) + "\n")?;
    fs::write(folder.join(MODEL), bytes)?;
    Ok(folder)
}

/// The version of the model in a folder: the folder's name.
pub fn version(folder: &Path) -> String {
    folder.file_name().map_or_else(|| "unknown".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Reads the model in a folder. Nothing of it is looked at before checksum and signature are right.
///
/// # Errors
/// When it is not to be used.
pub fn load(folder: &Path, key: &[u8; 32]) -> Result<Model, LoadError> {
    let failed = |name: &str| {
        let path = folder.join(name);
        |source| LoadError::File { path, source }
    };
    let size = fs::metadata(folder.join(MODEL)).map_err(failed(MODEL))?.len();
    if size > MODEL_BYTES_MAX {
        return Err(LoadError::Size(size));
    }
    let bytes = fs::read(folder.join(MODEL)).map_err(failed(MODEL))?;
    let checksum = fs::read_to_string(folder.join(CHECKSUM)).map_err(failed(CHECKSUM))?;
    let signature = fs::read_to_string(folder.join(SIGNATURE)).map_err(failed(SIGNATURE))?;
    let expected = checksum.split_whitespace().next().unwrap_or_default().to_owned();
    let found = hex::encode(Sha256::digest(&bytes));
    if expected != found {
        return Err(LoadError::Checksum { expected, found });
    }
    let signature = hex::decode(signature.trim()).map_err(|_| LoadError::Signature)?;
    UnparsedPublicKey::new(&ED25519, key).verify(&bytes, &signature).map_err(|_| LoadError::Signature)?;
    let model: Model = serde_json::from_slice(&bytes).map_err(|error| LoadError::Form(error.to_string()))?;
    let wanted = version(folder);
    if model.version != wanted {
        // An old model, however well signed, is not to be passed off as the one that was asked for.
        return Err(LoadError::Form(format!("it is {:?}, and its folder says {wanted:?}", model.version)));
    }
    model.fault().map_or(Ok(model), |fault| Err(LoadError::Form(fault)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{keys, train};

    struct Stage {
        home: tempfile::TempDir,
        folder: PathBuf,
        key: [u8; 32],
    }

    fn model() -> Model {
        train::train("churn-1", include_str!("../../training.csv").as_bytes()).unwrap()
    }

    fn stage(change: impl FnOnce(&mut Model)) -> Stage {
        let home = tempfile::tempdir().unwrap();
        let (secret, public) = (home.path().join("secret"), home.path().join("public"));
        keys::make(&secret, &public).unwrap();
        let mut model = model();
        change(&mut model);
        let folder = save(&model, home.path(), &keys::secret(&secret).unwrap()).unwrap();
        Stage { folder, key: keys::public(&public).unwrap(), home }
    }

    fn refused(stage: &Stage) -> String {
        load(&stage.folder, &stage.key).unwrap_err().to_string()
    }

    #[test]
    fn what_was_saved_is_loaded() {
        let stage = stage(|_| {});
        assert_eq!(load(&stage.folder, &stage.key).unwrap(), model());
        assert_eq!(version(&stage.folder), "churn-1");
    }

    #[test]
    fn a_change_is_noticed_by_checksum_or_signature() {
        let stage = stage(|_| {});
        let path = stage.folder.join(MODEL);
        let changed = fs::read_to_string(&path).unwrap().replacen("\"base\": ", "\"base\": 1", 1);
        fs::write(&path, &changed).unwrap();
        assert!(refused(&stage).starts_with("the checksum of the model is "));
        // Who can write the model can write its checksum, but not its signature.
        fs::write(stage.folder.join(CHECKSUM), hex::encode(Sha256::digest(changed))).unwrap();
        assert!(refused(&stage).starts_with("the model is not signed by the key that is trusted"));
    }

    #[test]
    fn another_key_or_no_signature_is_refused() {
        let (one, other) = (stage(|_| {}), stage(|_| {}));
        assert!(matches!(load(&one.folder, &other.key), Err(LoadError::Signature)));
        fs::write(one.folder.join(SIGNATURE), "no hexadecimal").unwrap();
        assert!(matches!(load(&one.folder, &one.key), Err(LoadError::Signature)));
        fs::remove_file(one.folder.join(SIGNATURE)).unwrap();
        assert!(refused(&one).contains("model.json.sig"));
    }

    #[test]
    fn a_signed_model_has_to_fit_too() {
        assert!(
            refused(&stage(|model| drop(model.columns.pop())))
                .starts_with("the model does not fit: its columns are not")
        );
        assert!(refused(&stage(|model| model.columns[0].scale = 0.0)).contains("numbers that no model can have"));
        let stage = stage(|_| {});
        let renamed = stage.home.path().join("churn-2");
        fs::rename(&stage.folder, &renamed).unwrap();
        let error = load(&renamed, &stage.key).unwrap_err().to_string();
        assert_eq!(error, "the model does not fit: it is \"churn-1\", and its folder says \"churn-2\"");
    }

    #[test]
    fn a_model_has_a_limit() {
        let stage = stage(|_| {});
        let sized = |bytes: u64| {
            fs::File::options().write(true).open(stage.folder.join(MODEL)).unwrap().set_len(bytes).unwrap();
            load(&stage.folder, &stage.key).unwrap_err()
        };
        assert!(matches!(sized(MODEL_BYTES_MAX), LoadError::Checksum { .. }));
        assert!(matches!(sized(MODEL_BYTES_MAX + 1), LoadError::Size(_)));
    }

    #[test]
    fn a_secret_key_is_not_replaced() {
        let stage = stage(|_| {});
        let (secret, public) = (stage.home.path().join("secret"), stage.home.path().join("other"));
        assert!(matches!(keys::make(&secret, &public), Err(keys::KeyError::File { .. })));
        assert!(keys::public(&secret).is_err() && keys::secret(&public).is_err());
    }
}
