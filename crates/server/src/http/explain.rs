//! `GET /alarms/explain?name=NAME&at=TIME&region=REGION`: why an alarm is in its state.

use std::sync::Arc;

use http::StatusCode;
use nepho_model::{Scope, Timestamp};

use crate::http::answer::{Answer, Refusal, json};
use crate::http::query;
use crate::instance::Instance;

/// What is asked for.
#[derive(Debug, PartialEq)]
struct Asked {
    name: String,
    at: Option<Timestamp>,
    /// Where the alarm is, if that is not the caller's Region.
    region: Option<String>,
}

/// Explains an alarm of a scope.
pub(crate) async fn explain(instance: &Arc<Instance>, scope: Scope, query: &str) -> Result<Answer, Refusal> {
    let Asked { name, at, region } = asked(query)?;
    let scope = region.map_or(scope.clone(), |region| Scope::new(&scope.account, &region));
    let missing = format!("there is no alarm {name:?} in {scope}");
    let explained = instance.blocking(move |instance| instance.alarms.explain(instance, &scope, &name, at)).await;
    match explained {
        Ok(Some(explanation)) => Ok(json(StatusCode::OK, &explanation)),
        Ok(None) => Err(Refusal::new(StatusCode::NOT_FOUND, missing)),
        Err(error) => {
            instance.fault(&format!("an alarm could not be explained: {error}"));
            Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the store cannot be read; the log says why"))
        }
    }
}

fn asked(query: &str) -> Result<Asked, Refusal> {
    let bad = |message: String| Refusal::new(StatusCode::BAD_REQUEST, message);
    let expected = "expected name, and perhaps at and region, as in ?name=Latency&at=2026-05-04T12:00:00Z";
    let pairs = query::pairs(query).ok_or_else(|| bad("the query string is not UTF-8".to_owned()))?;
    let (mut name, mut at, mut region) = (None, None, None);
    for (parameter, value) in pairs {
        match parameter.as_str() {
            "name" => name = Some(value),
            "region" => region = Some(value),
            "at" => {
                let time: jiff::Timestamp =
                    value.parse().map_err(|_| bad(format!("at is no time: {value:?}: {expected}")))?;
                at = Some(Timestamp::from_millis(time.as_millisecond()));
            }
            _ => return Err(bad(format!("unknown parameter {parameter:?}: {expected}"))),
        }
    }
    let name = name.ok_or_else(|| bad(format!("no alarm is named: {expected}")))?;
    Ok(Asked { name, at, region })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_string_says_which_alarm_and_when() {
        let at = Some(Timestamp::from_seconds(60));
        let expected = |name: &str, at, region: Option<&str>| Asked {
            name: name.to_owned(),
            at,
            region: region.map(str::to_owned),
        };
        assert_eq!(asked("name=My+App&at=1970-01-01T00:01:00Z").unwrap(), expected("My App", at, None));
        assert_eq!(asked("name=a&region=eu-west-1").unwrap(), expected("a", None, Some("eu-west-1")));
        for (query, expected) in [("", "no alarm"), ("name=a&at=soon", "\"soon\""), ("nam=a", "\"nam\"")] {
            let message = asked(query).unwrap_err().message;
            assert!(message.contains(expected), "{query}: {message}");
        }
    }
}
