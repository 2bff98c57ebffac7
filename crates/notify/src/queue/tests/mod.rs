//! Queues against a plain model of them, and rules one by one.

mod model;
mod naive;
mod rules;

use nepho_model::{Scope, Timestamp};
use uuid::Uuid;

use super::*;

const START: i64 = 1_767_225_600_000;

fn scope() -> Scope {
    Scope::new("000000000000", "us-east-1")
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(START + millis)
}

fn given(pairs: &[(&str, &str)]) -> Given {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn create(queues: &mut Queues, name: &str, pairs: &[(&str, &str)]) -> Result<u64, Fault> {
    queues.create(&scope(), name, &given(pairs), Tags::new(), at(0)).map(|step| step.value)
}

fn draft(number: u128, body: &str) -> Draft {
    Draft::of_body(Uuid::from_u128(number), "sender", body)
}

fn wish(messages_max: usize) -> Wish {
    Wish { messages_max, visibility_seconds: None, wait_seconds: None, attempt: None }
}

/// Everything there is of all queues, as text.
fn dump(queues: &Queues) -> String {
    let mut lines = Vec::new();
    for queue in queues.queues.values() {
        lines.push(format!("{:?} {:?}", queues::definition(queue), queue.counts()));
        lines.extend(queue.messages().map(|message| format!("  {message:?}")));
        lines.push(format!("  receivable {:?}", queue.receivable().map(|message| message.number).collect::<Vec<_>>()));
    }
    lines.push(format!("{:?}", queues.handover.events().collect::<Vec<_>>()));
    lines.push(format!("{} bytes, {} messages, next {}", queues.bytes(), queues.messages(), queues.next_number));
    lines.join("\n")
}
