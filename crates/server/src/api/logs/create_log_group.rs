//! CreateLogGroup.

use nepho_protocol::error::{ServiceError, logs};
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::log_groups::CreateLogGroupInput;
use nepho_store::Change;

use super::group::{self, GROUPS, Group};
use super::refuse_given;
use crate::api::call::{Call, Reply};

/// Creates a group. What it could be given besides a name is refused, not ignored.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: CreateLogGroupInput = call.decode(body)?;
    let name = group::name(input.log_group_name.as_deref())?;
    refuse_given(input.kms_key_id.is_some(), "kmsKeyId")?;
    refuse_given(input.tags.is_some_and(|tags| !tags.is_empty()), "tags")?;
    refuse_given(input.log_group_class.is_some_and(|class| class != "STANDARD"), "logGroupClass")?;
    refuse_given(input.deletion_protection_enabled == Some(true), "deletionProtectionEnabled")?;
    let _alone = call.instance.changing_records();
    let known = call.instance.records.get(GROUPS, &group::key(call, name));
    if known.map_err(|error| call.store_failed(&error))?.is_some() {
        return Err(logs::RESOURCE_ALREADY_EXISTS.message("The specified log group already exists"));
    }
    let record = group::record(call, name, &Group { created: call.now.millis() });
    call.instance.records.commit(&[Change::Put(GROUPS, record)]).map_err(|error| call.store_failed(&error))?;
    Ok(call.encode(&NoOutput))
}
