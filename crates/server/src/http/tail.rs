//! `GET /tail`: samples as they arrive, one a line.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use nepho_model::Scope;

use crate::http::answer::{Answer, AnswerBody, Refusal};
use crate::http::query;
use crate::instance::Instance;
use crate::tail::Wanted;

/// Follows the arrivals of one scope.
pub(crate) fn follow(instance: &Instance, scope: Scope, query: &str) -> Result<Answer, Refusal> {
    let wanted = wanted(query)?;
    let limits = &instance.config.limits;
    let tail = instance.tails.follow(scope, wanted, limits.tails, limits.tail_lines).ok_or_else(|| {
        let message = format!("{} clients follow already, which is the limit", limits.tails);
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, message)
    })?;
    let mut answer = Response::new(AnswerBody::Tail(tail));
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

fn wanted(query: &str) -> Result<Wanted, Refusal> {
    let bad = |message: String| Refusal::new(StatusCode::BAD_REQUEST, message);
    let pairs = query::pairs(query).ok_or_else(|| bad("the query string is not UTF-8".to_owned()))?;
    let mut wanted = Wanted::default();
    for (parameter, value) in pairs {
        match parameter.as_str() {
            "namespace" => wanted.namespace = Some(value),
            "name" => wanted.name = Some(value),
            "dimension" => wanted.dimensions.push(match value.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (value, None),
            }),
            _ => {
                let expected = "expected namespace, name and dimension, as in ?namespace=Shop&dimension=Stage%3Dlive";
                return Err(bad(format!("unknown parameter {parameter:?}: {expected}")));
            }
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_string_is_the_filter() {
        let wanted = wanted("namespace=My+App&dimension=A=B&dimension=C").unwrap();
        let dimensions = vec![("A".to_owned(), Some("B".to_owned())), ("C".to_owned(), None)];
        assert_eq!(wanted, Wanted { namespace: Some("My App".to_owned()), name: None, dimensions });
        assert!(super::wanted("names=x").unwrap_err().message.contains("\"names\""));
    }
}
