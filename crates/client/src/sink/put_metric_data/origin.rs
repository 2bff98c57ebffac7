//! Whether an answer comes from CloudWatch at all.

use aws_sdk_cloudwatch::config::interceptors::BeforeDeserializationInterceptorContextRef;
use aws_sdk_cloudwatch::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_cloudwatch::error::BoxError;

/// Headers of which every answer of CloudWatch, and of what speaks its API, has one.
const MARKS: [&str; 2] = ["x-amzn-requestid", "smithy-protocol"];

/// Fails a success that is not CloudWatch's. PutMetricData answers with nothing, so the SDK takes the 200 of a
/// gateway's log-in page for it, and the data would be counted as delivered.
#[derive(Debug)]
pub(super) struct Origin;

impl Intercept for Origin {
    fn name(&self) -> &'static str {
        "Origin"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = context.response();
        let is_marked = MARKS.iter().any(|mark| answer.headers().contains_key(*mark));
        if answer.status().is_success() && !is_marked {
            return Err("a success that is not CloudWatch's: it has no x-amzn-requestid".into());
        }
        Ok(())
    }
}
