//! Attributes of resources, data sources and modules: what is written, and what can be told besides.

use hcl_edit::structure::Block;

use super::evaluator::{Evaluator, Named, unknown};
use super::module::{Kind, attribute};
use super::reference::Site;
use super::scope::Scope;
use crate::artefacts::node::{Node, Text, Unknown, Value};
use crate::artefacts::place::Place;
use crate::artefacts::source::Source;

/// What can be referred to as a whole.
pub(super) struct Thing<'m> {
    pub(super) kind: ThingKind,
    pub(super) block: &'m Block,
    pub(super) scope: Scope<'m>,
    pub(super) address: String,
}

pub(super) enum ThingKind {
    /// A resource or data source of a type.
    Block(Kind, String),
    /// A module that was entered, or why it was not.
    Module(Result<usize, String>),
}

/// Types whose ARN is made of their name: the type, the attribute with the name, the service, and
/// what comes before the name.
const ARNS: [(&str, &str, &str, &str); 5] = [
    ("aws_cloudwatch_composite_alarm", "alarm_name", "cloudwatch", "alarm:"),
    ("aws_cloudwatch_metric_alarm", "alarm_name", "cloudwatch", "alarm:"),
    ("aws_lambda_function", "function_name", "lambda", "function:"),
    ("aws_sns_topic", "name", "sns", ""),
    ("aws_sqs_queue", "name", "sqs", ""),
];

/// Types whose `id` is another attribute of theirs.
const IDS: [(&str, &str); 14] = [
    ("aws_autoscaling_group", "name"),
    ("aws_cloudwatch_composite_alarm", "alarm_name"),
    ("aws_cloudwatch_event_rule", "name"),
    ("aws_cloudwatch_log_group", "name"),
    ("aws_cloudwatch_metric_alarm", "alarm_name"),
    ("aws_db_instance", "identifier"),
    ("aws_dynamodb_table", "name"),
    ("aws_elasticache_cluster", "cluster_id"),
    ("aws_lambda_function", "function_name"),
    ("aws_rds_cluster", "cluster_identifier"),
    ("aws_s3_bucket", "bucket"),
    ("aws_sns_topic", "arn"),
    ("aws_sqs_queue", "url"),
    ("aws_rds_cluster_instance", "identifier"),
];

impl<'m> Thing<'m> {
    pub(super) fn of_block(kind: Kind, block: &'m Block, scope: &Scope<'m>, address: &str) -> Self {
        let of_type = block.labels.first().map_or("", |label| label.as_str()).to_owned();
        Self { kind: ThingKind::Block(kind, of_type), block, scope: scope.clone(), address: address.to_owned() }
    }
}

impl<'m> Evaluator<'m> {
    /// An attribute of a thing.
    pub(super) fn attribute_of(&self, number: usize, name: &str, site: Site<'_>) -> Node {
        let thing = self.thing(number);
        let Site { place, written } = site;
        let (kind, of_type) = match &thing.kind {
            ThingKind::Module(Ok(instance)) => return self.output(*instance, name, place, written),
            ThingKind::Module(Err(reason)) => {
                return unknown(place, written, format!("is not known: the module {reason}"));
            }
            ThingKind::Block(kind, of_type) => (*kind, of_type.as_str()),
        };
        self.remembered(Named::Attribute(number, name.to_owned()), place, written, || {
            match self.written_attribute(&thing, name) {
                Some(node) => node,
                None => self.computed(&thing, kind, of_type, number, name, site),
            }
        })
    }

    /// What the block says, unless it is null.
    fn written_attribute(&self, thing: &Thing<'m>, name: &str) -> Option<Node> {
        if let Some(found) = attribute(thing.block, name) {
            let node = self.evaluate(&found.value, &thing.scope);
            return (!matches!(node.value, Value::Null)).then_some(node);
        }
        let blocks = self.blocks(&thing.block.body, name, &thing.scope);
        let place = &blocks.first()?.place.clone();
        Some(Node::new(place, Value::List(blocks)))
    }

    fn computed(
        &self,
        thing: &Thing<'m>,
        kind: Kind,
        of_type: &str,
        number: usize,
        name: &str,
        site: Site<'_>,
    ) -> Node {
        let Site { place, written } = site;
        if kind == Kind::Data {
            return self.of_data(thing, of_type, name, site);
        }
        if let Some((_, named, service, before)) = ARNS.iter().find(|arn| arn.0 == of_type && name == "arn") {
            let own = self.attribute_of(number, named, Site { place, written: &format!("{}.{named}", thing.address) });
            return self.arn(thing, service, before, &own, place);
        }
        if let Some((_, other)) = IDS.iter().find(|id| id.0 == of_type && name == "id") {
            return self.attribute_of(number, other, site);
        }
        unknown(place, written, "is known only when it is made")
    }

    fn arn(&self, thing: &Thing<'m>, service: &str, before: &str, own: &Node, place: &Place) -> Node {
        let own_region = self.written_attribute(thing, "region").and_then(|node| node.as_str().map(str::to_owned));
        let region = own_region.unwrap_or_else(|| self.region());
        let mut arn = Text::from(format!("arn:aws:{service}:{region}:{}:{before}", self.options.account));
        let own = own.value.to_text().unwrap_or_default();
        arn.text.push_str(&own.text);
        // A name that nobody has written is one that Terraform makes; the link is complete with it.
        arn.unknown.extend(own.unknown.into_iter().filter(|unknown| !is_made(unknown, thing)));
        self.text(arn, place)
    }

    /// What a data source says of itself without being asked for.
    fn of_data(&self, thing: &Thing<'m>, of_type: &str, name: &str, site: Site<'_>) -> Node {
        let Site { place, written } = site;
        let text = |text: &str| Node::new(place, Value::text(text));
        match (of_type, name) {
            ("aws_region", "name" | "region" | "id") => text(&self.region()),
            ("aws_caller_identity", "account_id" | "id") => text(&self.options.account),
            ("aws_partition", "partition" | "id") => text("aws"),
            ("aws_partition", "dns_suffix") => text("amazonaws.com"),
            ("aws_iam_policy_document", "json" | "minified_json") => self.policy_document(thing, site),
            _ => unknown(place, written, "comes from a data source, which only Terraform asks"),
        }
    }

    /// The region of the provider's default configuration, or that of the options.
    fn region(&self) -> String {
        let region = self.default_provider().and_then(|(source, block)| {
            let region = self.evaluate(&attribute(block, "region")?.value, &Scope::new(0, source));
            region.as_str().map(str::to_owned)
        });
        region.unwrap_or_else(|| self.options.region.clone())
    }

    /// The provider's configuration that has no alias.
    pub(super) fn default_provider(&self) -> Option<(&'m Source, &'m Block)> {
        let root = self.instance(0).module;
        root.providers.iter().map(|at| root.block(*at)).find(|(_, block)| {
            let is_aws = block.labels.first().is_some_and(|label| label.as_str() == "aws");
            is_aws && attribute(block, "alias").is_none()
        })
    }
}

fn is_made(unknown: &Unknown, thing: &Thing<'_>) -> bool {
    unknown.source.starts_with(&thing.address)
}
