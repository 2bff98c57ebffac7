//! The resources of a plan, and their ARNs.

use std::collections::{BTreeMap, HashMap};

use super::address::{is_one_of, split_module, without_index};
use super::list;
use crate::artefacts::node::Node;
use crate::artefacts::options::Options;

/// Types whose ARN is made of their name: the type, the attribute with the name, the service, and
/// what comes before the name.
const TYPES: [(&str, &str, &str, &str); 5] = [
    ("aws_cloudwatch_composite_alarm", "alarm_name", "cloudwatch", "alarm:"),
    ("aws_cloudwatch_metric_alarm", "alarm_name", "cloudwatch", "alarm:"),
    ("aws_lambda_function", "function_name", "lambda", "function:"),
    ("aws_sns_topic", "name", "sns", ""),
    ("aws_sqs_queue", "name", "sqs", ""),
];

/// The resources that are planned.
pub(super) struct Planned<'n> {
    by_address: BTreeMap<&'n str, &'n Node>,
    /// The same by type and name.
    by_name: HashMap<String, Vec<Named<'n>>>,
    region: String,
    account: String,
}

/// One resource among those of its type and name.
struct Named<'n> {
    module: Vec<String>,
    local: String,
    resource: &'n Node,
}

impl<'n> Planned<'n> {
    pub(super) fn new(document: &'n Node, root: &'n Node, options: &Options) -> Self {
        let mut by_address = BTreeMap::new();
        gather(root, &mut by_address);
        let mut by_name: HashMap<String, Vec<_>> = HashMap::new();
        for (address, resource) in &by_address {
            let (module, local) = split_module(address);
            by_name.entry(without_index(&local)).or_default().push(Named { module, local, resource });
        }
        let region = region(document).unwrap_or_else(|| options.region.clone());
        Self { by_address, by_name, region, account: options.account.clone() }
    }

    /// What is known of a resource.
    pub(super) fn values(&self, address: &str) -> Option<&'n Node> {
        self.by_address.get(address)?.get("values")
    }

    /// The ARN of a resource: its own, or one made of its name.
    pub(super) fn arn(&self, resource: &Node) -> Option<String> {
        let values = resource.get("values");
        let value = |name: &str| values.and_then(|values| values.get(name)).and_then(Node::as_str);
        if let Some(arn) = value("arn") {
            return Some(arn.to_owned());
        }
        let of_type = resource.get("type")?.as_str()?;
        let (_, name, service, before) = TYPES.iter().find(|known| known.0 == of_type)?;
        let own = match value(name) {
            Some(own) => own.to_owned(),
            None => format!("${{{}.{name}}}", resource.get("address")?.as_str()?),
        };
        let region = value("region").unwrap_or(&self.region);
        Some(format!("arn:aws:{service}:{region}:{}:{before}{own}", self.account))
    }

    /// The ARNs of the resources of a name in a module. Where an index is missing, all are meant.
    pub(super) fn arns(&self, module: &[String], of_type: &str, name: &str) -> Vec<String> {
        let wanted = format!("{of_type}.{name}");
        let named = self.by_name.get(&without_index(&wanted)).map(Vec::as_slice).unwrap_or_default();
        let is_meant = |named: &&Named<'_>| {
            let in_module = named.module.iter().zip(module).all(|(found, wanted)| is_one_of(found, wanted));
            in_module && named.module.len() == module.len() && is_one_of(&named.local, &wanted)
        };
        named.iter().filter(is_meant).filter_map(|named| self.arn(named.resource)).collect()
    }
}

fn gather<'n>(module: &'n Node, planned: &mut BTreeMap<&'n str, &'n Node>) {
    for resource in list(module, "resources") {
        planned.extend(resource.get("address").and_then(Node::as_str).map(|address| (address, resource)));
    }
    list(module, "child_modules").iter().for_each(|child| gather(child, planned));
}

/// The region that the provider is configured with.
fn region(document: &Node) -> Option<String> {
    let provider = document.get("configuration")?.get("provider_config")?.get("aws")?;
    let region = provider.get("expressions")?.get("region")?;
    if let Some(constant) = region.get("constant_value") {
        return constant.as_str().map(str::to_owned);
    }
    let reference = list(region, "references").first()?.as_str()?;
    let name = reference.strip_prefix("var.")?;
    Some(document.get("variables")?.get(name)?.get("value")?.as_str()?.to_owned())
}
