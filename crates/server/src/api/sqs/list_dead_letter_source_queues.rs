//! ListDeadLetterSourceQueues.

use nepho_notify::queue::Queue;
use nepho_protocol::error::ServiceError;
use nepho_protocol::shapes::sqs::list_dead_letter_source_queues as wire;

use super::{page::Page, refusal, url};
use crate::api::call::{Call, Reply};

/// Lists the queues that have a queue as their dead-letter queue.
pub(in crate::api) async fn answer(call: Call, body: Vec<u8>) -> Result<Reply, ServiceError> {
    let input: wire::ListDeadLetterSourceQueuesRequest = call.decode(&body)?;
    let target = url::target(&call, input.queue_url.as_deref())?;
    let refused = |fault| refusal::of_fault(call.route, fault);
    let page = Page::check(input.max_results, input.next_token.as_deref()).map_err(refused)?;
    let looked = call.instance.queues.look(|queues| {
        let id = queues.find_by_arn(&target)?.id;
        queues.look(id, call.now)?;
        let behind = |queue: &&Queue| page.after().is_none_or(|after| queue.arn.name.as_str() > after);
        Ok(page.cut(queues.sources(&target).filter(behind), |queue| url::of(&call, &queue.arn)))
    });
    let (urls, next_token) = looked.await.map_err(|error| refusal::of(&call, error))?.map_err(refused)?;
    Ok(call.encode(&wire::ListDeadLetterSourceQueuesResult { queue_urls: Some(urls.into()), next_token }))
}
