//! ListQueues.

use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::list_queues as wire;

use super::{page::Page, refusal, url};
use crate::api::call::{Call, Reply};

/// Lists queues by name.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::ListQueuesRequest = call.decode(&body)?;
    let page = Page::check(input.max_results, input.next_token.as_deref());
    let page = page.map_err(|fault| refusal::of_fault(call.route, fault))?;
    let prefix = input.queue_name_prefix.unwrap_or_default();
    let looked = call
        .instance
        .queues
        .look(|queues| page.cut(queues.list(&call.scope, &prefix, page.after()), |queue| url::of(&call, &queue.arn)));
    let (urls, next_token) = looked.await.map_err(|error| refusal::of(&call, error))?;
    let queue_urls = (!urls.is_empty()).then(|| urls.into());
    Ok(call.encode(&wire::ListQueuesResult { queue_urls, next_token }))
}
