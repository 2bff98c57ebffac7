//! Tokens, by which what was sent to an endpoint is known to have been read.

use nepho_model::Timestamp;
use nepho_notify::subscription::{SubscriptionArn, Token};
use nepho_store::{Change, Record, Records, Table};
use serde::{Deserialize, Serialize};

use super::error::{TopicError, damaged, read, written};
use super::subscription::Kept;

/// What tokens confirm, by the token.
pub(crate) const TOKENS: Table = Table("sns_tokens");

/// What a token is good for.
#[derive(Debug, Clone)]
pub(crate) struct Purpose {
    pub(crate) token: Token,
    pub(crate) subscription: SubscriptionArn,
    pub(crate) asked: Timestamp,
    /// The subscription that it brings back.
    pub(crate) restore: Option<Kept>,
}

#[derive(Serialize, Deserialize)]
struct KeptPurpose {
    subscription: String,
    asked: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    restore: Option<Kept>,
}

impl Purpose {
    /// What a token is good for, if for anything.
    pub(crate) fn find(records: &dyn Records, token: &Token) -> Result<Option<Self>, TopicError> {
        let value = records.get(TOKENS, token.as_str())?;
        value.map(|value| Purpose::read(token.as_str(), &value)).transpose()
    }

    /// Reads a record.
    pub(crate) fn read(key: &str, value: &[u8]) -> Result<Self, TopicError> {
        let kept: KeptPurpose = read(TOKENS, key, value)?;
        let wrong = |refusal| damaged(TOKENS, key, &refusal);
        Ok(Purpose {
            token: Token::parse(key).map_err(wrong)?,
            subscription: SubscriptionArn::parse(&kept.subscription).map_err(wrong)?,
            asked: Timestamp::from_millis(kept.asked),
            restore: kept.restore,
        })
    }

    /// The change that writes the record.
    pub(crate) fn put(&self) -> Change {
        let kept = KeptPurpose {
            subscription: self.subscription.to_string(),
            asked: self.asked.millis(),
            restore: self.restore.clone(),
        };
        Change::Put(TOKENS, Record { key: self.token.as_str().to_owned(), value: written(&kept) })
    }
}
