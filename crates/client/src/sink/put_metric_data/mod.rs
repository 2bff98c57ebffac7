//! PutMetricData, through the AWS SDK.

mod chain;
mod origin;
mod verdict;
mod wire;

use std::time::Duration;

use aws_sdk_cloudwatch::Client;
use tokio::runtime::{Builder, Runtime};

use super::{Datums, Form, Payload, Rest, SendError, Sink};
use origin::Origin;
use verdict::Verdict;

/// Requests of one send: each but the first leaves out datums that the one before it had refused.
const REQUESTS_MAX: usize = 10;

/// Puts metrics into Amazon CloudWatch, or into whatever speaks its API.
///
/// Credentials, region and endpoint come from the ordinary chain of the AWS SDK: environment (`AWS_ACCESS_KEY_ID`,
/// `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_CLOUDWATCH`), profile (`AWS_PROFILE`), container, instance.
/// They are looked for on the worker thread, when there is something to send for the first time; as long as they are
/// not found, sending fails and is tried again. A datum carries its values with counts and its exact statistics.
/// Requests above 10 KB are compressed.
///
/// What CloudWatch refuses for good is dropped: the datums that its message names (`MetricData.member.7`), while the
/// others are sent without them, or the whole request when it names none. Throttling, failures of the service,
/// timeouts and refused credentials leave the data for another try; PutMetricData has no request token, so an answer
/// that was lost on its way means that the data of that request is put twice.
///
/// ```no_run
/// use std::time::Duration;
///
/// use nepho::{Metrics, sink::PutMetricData};
///
/// let metrics = Metrics::builder("Shop").sink(PutMetricData::new()).build();
/// metrics.counter("Orders", &[("Service", "web")]).increment();
/// metrics.flush_and_wait(Duration::from_secs(5));
/// ```
#[derive(Debug)]
pub struct PutMetricData {
    client: Option<Client>,
    runtime: Option<Runtime>,
    time: Duration,
}

impl Default for PutMetricData {
    fn default() -> Self {
        PutMetricData { client: None, runtime: None, time: PutMetricData::SEND_TIME }
    }
}

impl PutMetricData {
    /// What one [`send`](Sink::send) may take, the look for credentials included.
    pub const SEND_TIME: Duration = Duration::from_secs(10);

    /// Who and where is found by the ordinary chain.
    pub fn new() -> Self {
        PutMetricData::default()
    }

    /// A client that was made elsewhere, with the retries and timeouts it has.
    ///
    /// It must not need the runtime it was made on: its requests are made on the sink's own.
    pub fn with_client(client: Client) -> Self {
        PutMetricData { client: Some(client), runtime: None, time: PutMetricData::SEND_TIME }
    }

    /// What one [`send`](Sink::send) may take instead of [`SEND_TIME`](Self::SEND_TIME).
    pub fn time(mut self, time: Duration) -> Self {
        self.time = time;
        self
    }
}

impl Sink for PutMetricData {
    fn name(&self) -> &str {
        "PutMetricData"
    }

    fn form(&self) -> Form {
        Form::Datums
    }

    fn send(&mut self, payload: &Payload) -> Result<(), SendError> {
        let Payload::Datums(datums) = payload else {
            return Err(SendError::refused("PutMetricData takes data, not EMF documents"));
        };
        let runtime = match &mut self.runtime {
            Some(runtime) => runtime,
            // A thread of its own would cost more than it does: the worker waits for the answer anyway.
            none => none.insert(
                Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(|error| SendError::retry(format!("no runtime for the AWS SDK: {error}")))?,
            ),
        };
        let time = self.time;
        let mut refused = Refused::default();
        let sent = runtime.block_on(async {
            let sending = async {
                let client = match &self.client {
                    Some(client) => client,
                    None => self.client.insert(chain::client().await?),
                };
                put(client, datums, &mut refused).await
            };
            let late = || Failure { rest: Rest::Retry, message: format!("no answer within {time:?}") };
            tokio::time::timeout(time, sending).await.unwrap_or_else(|_| Err(late()))
        });
        refused.settle(datums.datums.len(), sent)
    }
}

impl Drop for PutMetricData {
    /// Leaves a look-up of a name that hangs behind, and may happen on a thread of another runtime.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Why what was sent last did not arrive.
#[derive(Debug, Clone, PartialEq)]
struct Failure {
    rest: Rest,
    message: String,
}

/// The datums that were refused by their place.
#[derive(Debug, Default)]
struct Refused {
    /// Places in the payload, ascending.
    indexes: Vec<usize>,
    message: String,
}

impl Refused {
    /// Adds datums by their places, from 1, in a request that left out those refused before. Whether there were any.
    fn add(&mut self, places: &[usize], total: usize, message: String) -> bool {
        let sent: Vec<usize> = (0..total).filter(|index| self.indexes.binary_search(index).is_err()).collect();
        let before = self.indexes.len();
        self.indexes.extend(places.iter().filter_map(|place| sent.get(place.checked_sub(1)?)));
        self.indexes.sort_unstable();
        self.indexes.dedup();
        self.message = message;
        self.indexes.len() > before
    }

    /// What the worker is told.
    fn settle(self, total: usize, sent: Result<(), Failure>) -> Result<(), SendError> {
        match sent {
            Ok(()) if self.indexes.is_empty() => Ok(()),
            Ok(()) => Err(SendError {
                delivered: total - self.indexes.len(),
                refused: self.indexes,
                rest: Rest::Refused,
                message: self.message,
            }),
            Err(Failure { rest, message }) => Err(SendError { refused: self.indexes, delivered: 0, rest, message }),
        }
    }
}

async fn put(client: &Client, datums: &Datums, refused: &mut Refused) -> Result<(), Failure> {
    let total = datums.datums.len();
    for _ in 0..REQUESTS_MAX {
        let left = datums.datums.iter().enumerate().filter(|(index, _)| refused.indexes.binary_search(index).is_err());
        let data: Vec<_> = left.map(|(_, datum)| wire::datum(datum)).collect();
        if data.is_empty() {
            return Ok(());
        }
        let request = client.put_metric_data().namespace(&*datums.namespace).set_metric_data(Some(data));
        let Err(error) = request.customize().interceptor(Origin).send().await else { return Ok(()) };
        match verdict::of(&error) {
            Verdict::Later(message) => return Err(Failure { rest: Rest::Retry, message }),
            Verdict::Never(message) => return Err(Failure { rest: Rest::Refused, message }),
            Verdict::NeverThese { places, message } => {
                if !refused.add(&places, total, message.clone()) {
                    return Err(Failure { rest: Rest::Refused, message });
                }
            }
        }
    }
    // Nothing is known against the rest, and what is refused so far is gone from the next try.
    Err(Failure { rest: Rest::Retry, message: refused.message.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_request_that_was_refused() {
        let mut refused = Refused::default();
        // Six datums, 0 to 5: the first request names the 2nd and the 5th, the second the 2nd of 0, 2, 3, 5.
        assert!(refused.add(&[2, 5, 2], 6, "first".to_owned()));
        assert_eq!(refused.indexes, [1, 4]);
        assert!(refused.add(&[2], 6, "second".to_owned()));
        assert_eq!(refused.indexes, [1, 2, 4]);
        for beyond in [0, 4, 1000] {
            assert!(!refused.add(&[beyond], 6, "third".to_owned()), "{beyond}");
        }
        assert_eq!(refused.indexes, [1, 2, 4]);
    }

    #[test]
    fn what_is_told_adds_up() {
        let refused = |indexes: &[usize]| Refused { indexes: indexes.to_vec(), message: "bad".to_owned() };
        let error = |refused: &[usize], delivered, rest, message: &str| {
            Err(SendError { refused: refused.to_vec(), delivered, rest, message: message.to_owned() })
        };
        let later = || Err(Failure { rest: Rest::Retry, message: "later".to_owned() });
        assert_eq!(refused(&[]).settle(5, Ok(())), Ok(()));
        assert_eq!(refused(&[1]).settle(5, Ok(())), error(&[1], 4, Rest::Refused, "bad"));
        assert_eq!(refused(&[]).settle(5, later()), error(&[], 0, Rest::Retry, "later"));
        assert_eq!(refused(&[0, 4]).settle(5, later()), error(&[0, 4], 0, Rest::Retry, "later"));
    }
}
