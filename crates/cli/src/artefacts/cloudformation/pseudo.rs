//! Pseudo parameters, which CloudFormation knows without being told.

use crate::artefacts::node::Value;
use crate::artefacts::options::Options;

/// What makes a property absent.
pub(super) const NO_VALUE: &str = "AWS::NoValue";

/// What stands for the stack's name, which is chosen when it is made.
pub(super) const STACK_NAME: &str = "stack";

/// The value of a pseudo parameter.
pub(super) fn value(name: &str, options: &Options) -> Option<Value> {
    let text = |text: &str| Some(Value::text(text));
    match name {
        "AWS::AccountId" => text(&options.account),
        "AWS::Region" => text(&options.region),
        "AWS::Partition" => text("aws"),
        "AWS::URLSuffix" => text("amazonaws.com"),
        "AWS::StackName" => text(options.variables.get(name).map_or(STACK_NAME, String::as_str)),
        NO_VALUE => Some(Value::Null),
        _ => None,
    }
}
