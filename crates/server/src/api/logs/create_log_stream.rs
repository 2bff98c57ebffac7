//! CreateLogStream.

use nepho_protocol::error::{ServiceError, logs};
use nepho_protocol::shapes::NoOutput;
use nepho_protocol::shapes::log_streams::CreateLogStreamInput;
use nepho_store::Change;

use super::group;
use super::stream::{self, STREAMS, Stream};
use crate::api::call::{Call, Reply};

/// Creates a stream in a group that is there.
pub(in crate::api) fn answer(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: CreateLogStreamInput = call.decode(body)?;
    let group = group::name(input.log_group_name.as_deref())?;
    let name = stream::name(input.log_stream_name.as_deref())?;
    let _alone = call.instance.changing_records();
    group::find(call, group)?;
    if stream::get(call, group, name)?.is_some() {
        return Err(logs::RESOURCE_ALREADY_EXISTS.message("The specified log stream already exists"));
    }
    let new = Stream { created: call.now.millis(), first_event: None, last_event: None, last_ingestion: None };
    let record = stream::record(call, group, name, &new);
    call.instance.records.commit(&[Change::Put(STREAMS, record)]).map_err(|error| call.store_failed(&error))?;
    Ok(call.encode(&NoOutput))
}
