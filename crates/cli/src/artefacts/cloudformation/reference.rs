//! `Ref` and `Fn::GetAtt`.

use super::template::{Template, unknown};
use crate::artefacts::node::{Node, Text, Value};
use crate::artefacts::place::Place;

/// Kinds of resources that others refer to by a name that may be written: the property with the
/// name, and the attribute that gives it (`Ref` where it is empty).
const NAMED: [(&str, &str, &str); 20] = [
    ("AWS::ApiGateway::RestApi", "Name", "Name"),
    ("AWS::AutoScaling::AutoScalingGroup", "AutoScalingGroupName", ""),
    ("AWS::CloudWatch::Alarm", "AlarmName", ""),
    ("AWS::CloudWatch::CompositeAlarm", "AlarmName", ""),
    ("AWS::DynamoDB::GlobalTable", "TableName", ""),
    ("AWS::DynamoDB::Table", "TableName", ""),
    ("AWS::ECS::Cluster", "ClusterName", ""),
    ("AWS::ECS::Service", "ServiceName", "Name"),
    ("AWS::ElastiCache::CacheCluster", "ClusterName", ""),
    ("AWS::Events::Rule", "Name", ""),
    ("AWS::Kinesis::Stream", "Name", ""),
    ("AWS::Lambda::Function", "FunctionName", ""),
    ("AWS::Logs::LogGroup", "LogGroupName", ""),
    ("AWS::RDS::DBCluster", "DBClusterIdentifier", ""),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier", ""),
    ("AWS::S3::Bucket", "BucketName", ""),
    ("AWS::SNS::Topic", "TopicName", "TopicName"),
    ("AWS::SQS::Queue", "QueueName", "QueueName"),
    ("AWS::Serverless::Function", "FunctionName", ""),
    ("AWS::StepFunctions::StateMachine", "StateMachineName", "Name"),
];

/// Kinds whose ARN is made of their name: what `Fn::GetAtt` calls it (`Ref` where it is empty), the
/// service, and what comes before the name.
const ARNS: [(&str, &str, &str, &str); 7] = [
    ("AWS::CloudWatch::Alarm", "Arn", "cloudwatch", "alarm:"),
    ("AWS::CloudWatch::CompositeAlarm", "Arn", "cloudwatch", "alarm:"),
    ("AWS::Lambda::Function", "Arn", "lambda", "function:"),
    ("AWS::SNS::Topic", "", "sns", ""),
    ("AWS::SNS::Topic", "TopicArn", "sns", ""),
    ("AWS::SQS::Queue", "Arn", "sqs", ""),
    ("AWS::Serverless::Function", "Arn", "lambda", "function:"),
];

/// What `Ref` gives.
pub(super) fn value_of_ref(template: &Template<'_>, argument: &Node, place: &Place) -> Node {
    match argument.as_str() {
        Some(name) => value_of_name(template, name, place),
        None => unknown(place, "Ref", "is wrong: expected a name"),
    }
}

/// What `Fn::GetAtt` gives.
pub(super) fn value_of_get_att(template: &Template<'_>, argument: &Node, place: &Place) -> Node {
    let name = match (argument.as_str(), argument.elements()) {
        (Some(name), _) => Some(name.to_owned()),
        (_, Some([id, attribute])) => {
            let attribute = template.resolve(attribute);
            id.as_str().zip(attribute.as_str()).map(|(id, attribute)| format!("{id}.{attribute}"))
        }
        _ => None,
    };
    match name {
        Some(name) if name.contains('.') => value_of_name(template, &name, place),
        _ => unknown(place, "Fn::GetAtt", "is wrong: expected a resource and an attribute"),
    }
}

/// The value of a name as it stands in `Fn::Sub`: a parameter, a resource, or an attribute of one.
pub(super) fn value_of_name(template: &Template<'_>, name: &str, place: &Place) -> Node {
    if let Some(parameter) = template.parameter(name, place) {
        return parameter;
    }
    let (id, attribute) = name.split_once('.').unwrap_or((name, ""));
    let Some(resource) = template.resource(id) else {
        let reason = match name.starts_with("AWS::") {
            true => "is known only when the stack is made",
            false => "is neither a parameter nor a resource of the template",
        };
        return unknown(place, name, reason);
    };
    let Some(_level) = template.budget.enter() else {
        return unknown(place, name, "is nested more than can be read");
    };
    let of_type = resource.get("Type").and_then(Node::as_str).unwrap_or_default();
    if let Some((_, _, service, before)) = ARNS.iter().find(|arn| (arn.0, arn.1) == (of_type, attribute)) {
        return arn(template, id, service, before, place);
    }
    if NAMED.iter().any(|named| (named.0, named.2) == (of_type, attribute)) {
        return Node::new(place, Value::Text(own_name(template, id, place)));
    }
    unknown(place, name, "is known only when the stack is made")
}

/// The ARN of a resource that is named in it.
pub(super) fn arn(template: &Template<'_>, id: &str, service: &str, before: &str, place: &Place) -> Node {
    let options = template.options;
    let mut arn = Text::from(format!("arn:aws:{service}:{}:{}:{before}", options.region, options.account));
    let own = own_name(template, id, place);
    arn.text.push_str(&own.text);
    // Reference and resource agree on the logical id, so that the link is complete with it.
    arn.unknown.extend(own.unknown.into_iter().filter(|unknown| unknown.reason != NAMED_LATER));
    template.text(arn, place)
}

/// The name that is written for a resource, or else its logical id, of which CloudFormation makes a name.
fn own_name(template: &Template<'_>, id: &str, place: &Place) -> Text {
    let known = template.names.borrow().get(id).cloned();
    match known {
        Some(Some(name)) => return name,
        Some(None) => return not_known(id, place, "needs itself for its name"),
        None => {}
    }
    template.names.borrow_mut().insert(id.to_owned(), None);
    let name =
        written_name(template, id).unwrap_or_else(|| Text { text: id.to_owned(), ..not_known(id, place, NAMED_LATER) });
    template.names.borrow_mut().insert(id.to_owned(), Some(name.clone()));
    name
}

fn written_name(template: &Template<'_>, id: &str) -> Option<Text> {
    let resource = template.resource(id)?;
    let of_type = resource.get("Type")?.as_str()?;
    let (_, property, _) = NAMED.iter().find(|named| named.0 == of_type)?;
    template.resolve(resource.get("Properties")?.get(property)?).value.to_text()
}

fn not_known(id: &str, place: &Place, reason: &str) -> Text {
    match unknown(place, id, reason).value {
        Value::Unknown(unknown) => Text::from(&unknown),
        _ => Text::default(),
    }
}

/// Why a name is not known.
pub(super) const NAMED_LATER: &str = "has no name of its own: CloudFormation makes one of the stack's name and the logical id, \
                                      which stands for it here";
