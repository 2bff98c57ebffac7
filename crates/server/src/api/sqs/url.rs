//! The URLs of queues: `http://HOST/ACCOUNT/NAME`.

use nepho_model::Scope;
use nepho_notify::queue::{Fault, FaultKind, QueueArn, QueueName};
use nepho_protocol::error::ServiceError;

use super::refusal;
use crate::api::call::Call;

/// The URL of a queue, by the name that the client calls this server.
pub(super) fn of(call: &Call, arn: &QueueArn) -> String {
    format!("http://{}/{}/{}", call.host, arn.scope.account, arn.name)
}

/// The queue that a call is about: by the URL in the request or, without one, by the path of the request itself.
pub(super) fn target(call: &Call, given: Option<&str>) -> Result<QueueArn, ServiceError> {
    target_of(&call.scope, given, &call.path).map_err(|fault| refusal::of_fault(call.route, fault))
}

fn target_of(caller: &Scope, given: Option<&str>, path: &str) -> Result<QueueArn, Fault> {
    let given = given.filter(|url| !url.is_empty());
    let url = match given {
        Some(url) => url,
        None if path == "/" => return Err(Fault::missing("QueueUrl")),
        None => path,
    };
    let invalid =
        || Fault::new(FaultKind::InvalidAddress, format!("The address {url} is not valid for this endpoint."));
    let (account, name) = path_of(url).strip_prefix('/').and_then(|path| path.split_once('/')).ok_or_else(invalid)?;
    if account.is_empty() || name.is_empty() || name.contains('/') {
        return Err(invalid());
    }
    if account != caller.account {
        let message = format!("Access to the resource {url} is denied.");
        return Err(Fault::new(FaultKind::AccessDenied, message));
    }
    let name = QueueName::new(name).map_err(|_| Fault::no_queue())?;
    Ok(QueueArn { scope: caller.clone(), name })
}

/// The path of a URL, or of what is a path already. Which host it names does not matter: a server has several names.
fn path_of(url: &str) -> &str {
    match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_are_named_by_url_or_by_path() {
        let caller = Scope::new("000000000000", "us-east-1");
        let orders = "arn:aws:sqs:us-east-1:000000000000:orders";
        let cases = [
            (Some("http://127.0.0.1:4582/000000000000/orders"), "/", orders),
            (Some("https://sqs.us-east-1.amazonaws.com/000000000000/orders"), "/", orders),
            (Some("/000000000000/orders"), "/", orders),
            (None, "/000000000000/orders", orders),
            (Some(""), "/000000000000/orders", orders),
            (Some("http://h/000000000000/a"), "/000000000000/orders", "arn:aws:sqs:us-east-1:000000000000:a"),
            (None, "/", "The request must contain the parameter QueueUrl."),
            (Some("orders"), "/", "The address orders is not valid for this endpoint."),
            (Some("http://h"), "/", "The address http://h is not valid for this endpoint."),
            (Some("http://h/orders"), "/", "The address http://h/orders is not valid for this endpoint."),
            (Some("http://h//orders"), "/", "The address http://h//orders is not valid for this endpoint."),
            (Some("http://h/a/b/c"), "/", "The address http://h/a/b/c is not valid for this endpoint."),
            (Some("http://h/111111111111/a"), "/", "Access to the resource http://h/111111111111/a is denied."),
            (Some("http://h/000000000000/a.b"), "/", "The specified queue does not exist."),
        ];
        for (given, path, expect) in cases {
            let said = target_of(&caller, given, path).map_or_else(|fault| fault.message, |arn| arn.to_string());
            assert_eq!(said, expect, "{given:?} {path}");
        }
    }
}
