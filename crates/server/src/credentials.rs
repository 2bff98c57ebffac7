//! The access keys that may use the server.

use serde::Deserialize;

use crate::config::is_account;

/// A list of access keys, as a file gives it:
///
/// ```toml
/// [[credentials]]
/// access-key-id = "AKIDSHOP"
/// secret = "wJalrXUtnFEMI/K7MDENG"
/// account = "123456789012"
/// session-token = "..."            # only when requests carry one
/// ```
#[derive(Debug, Clone, Default)]
pub struct Credentials(Vec<AccessKey>);

/// One access key.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AccessKey {
    /// What a request calls it.
    pub access_key_id: String,
    /// What a request is signed with.
    pub secret: String,
    /// Whose metrics it reads and writes: 12 digits.
    pub account: String,
    /// The session token a request has to carry, if any.
    pub session_token: Option<String>,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessKey").field("access_key_id", &self.access_key_id).field("account", &self.account).finish()
    }
}

/// What is wrong with a credentials file.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// It is not the TOML that is wanted.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// An account that is none.
    #[error("account {account:?} of access key {access_key_id:?} is not 12 digits")]
    Account {
        /// The key.
        access_key_id: String,
        /// Its account.
        account: String,
    },
    /// A key without an id or a secret.
    #[error("access key {0:?} needs an id and a secret that are not empty")]
    Empty(String),
    /// The same key twice.
    #[error("access key {0:?} is listed twice")]
    Repeated(String),
    /// No key at all.
    #[error("there is no [[credentials]] entry")]
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    credentials: Vec<AccessKey>,
}

impl Credentials {
    /// Reads the text of a credentials file.
    ///
    /// # Errors
    /// What is wrong with it, without any secret.
    pub fn parse(text: &str) -> Result<Self, CredentialsError> {
        let file: File = toml::from_str(text).map_err(|mut error| {
            error.set_input(None);
            error
        })?;
        if file.credentials.is_empty() {
            return Err(CredentialsError::None);
        }
        for (position, key) in file.credentials.iter().enumerate() {
            if key.access_key_id.is_empty() || key.secret.is_empty() {
                return Err(CredentialsError::Empty(key.access_key_id.clone()));
            }
            if !is_account(&key.account) {
                let (access_key_id, account) = (key.access_key_id.clone(), key.account.clone());
                return Err(CredentialsError::Account { access_key_id, account });
            }
            if file.credentials[..position].iter().any(|other| other.access_key_id == key.access_key_id) {
                return Err(CredentialsError::Repeated(key.access_key_id.clone()));
            }
        }
        Ok(Credentials(file.credentials))
    }

    /// Whether nobody is listed, so that everybody may ask.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key with this id.
    pub fn find(&self, access_key_id: &str) -> Option<&AccessKey> {
        self.0.iter().find(|key| key.access_key_id == access_key_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        Credentials::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_file_lists_keys() {
        let text = "[[credentials]]\naccess-key-id = 'A'\nsecret = 's'\naccount = '123456789012'\n\
                    [[credentials]]\naccess-key-id = 'B'\nsecret = 't'\naccount = '210987654321'\nsession-token = 'x'";
        let credentials = Credentials::parse(text).unwrap();
        assert_eq!(credentials.find("B").unwrap().session_token.as_deref(), Some("x"));
        assert!(credentials.find("C").is_none());
        assert!(!format!("{credentials:?}").contains("'s'"));
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        let key = "[[credentials]]\naccess-key-id = 'A'\nsecret = 'hush'\naccount = '123456789012'\n";
        assert_eq!(message(""), "there is no [[credentials]] entry");
        assert_eq!(message(&key.repeat(2)), "access key \"A\" is listed twice");
        assert_eq!(message(&key.replace("123456789012", "1")), "account \"1\" of access key \"A\" is not 12 digits");
        assert_eq!(message(&key.replace("hush", "")), "access key \"A\" needs an id and a secret that are not empty");
        let unknown = message(&format!("{key}role = 'admin'"));
        assert!(unknown.contains("unknown field `role`") && !unknown.contains("hush"), "{unknown}");
    }
}
