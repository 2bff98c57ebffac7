//! GetCallerIdentity, of STS: asked by tools that want to know whether their credentials work.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::get_caller_identity as wire;

use super::call::{Call, Reply};

/// There are no users here: whoever asks is the account itself.
pub(super) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let _: wire::GetCallerIdentityInput = call.decode(body)?;
    let account = &call.scope.account;
    Ok(call.encode(&wire::GetCallerIdentityOutput {
        user_id: Some(call.caller()),
        account: Some(account.clone()),
        arn: Some(format!("arn:aws:iam::{account}:root")),
    }))
}
