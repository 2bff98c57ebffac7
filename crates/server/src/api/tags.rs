//! TagResource, UntagResource and ListTagsForResource. `docs/decisions/tags.md` says what can be tagged.

use std::collections::BTreeMap;

use nepho_protocol::error::{ServiceError, code};
use nepho_protocol::shapes::{Tag, tags as wire};
use nepho_store::{Change, Record, Table};

use super::call::{Call, Reply};
use super::violations::Violations;

/// Tags by the resource's ARN.
const TAGS: Table = Table("tags");
/// Tags of one resource.
const TAGS_MAX: usize = 50;
/// Characters of a key.
const KEY_MAX: usize = 128;
/// Characters of a value.
const VALUE_MAX: usize = 256;
/// Characters of an ARN.
const ARN_MAX: usize = 1024;
/// What begins so is AWS's own, in whatever case.
const RESERVED_PREFIX: &str = "aws:";

type Tags = BTreeMap<String, String>;

/// Adds tags, and replaces those that are there.
pub(super) fn tag(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::TagResourceInput = call.decode(body)?;
    let mut violations = Violations::default();
    let key = record_key(call, input.resource_arn.as_deref(), &mut violations);
    let new = new_tags(input.tags.as_deref(), &mut violations);
    violations.check()?;
    let key = key?;
    let _alone = call.instance.changing_records();
    let mut tags = read(call, &key)?;
    tags.extend(new);
    if tags.len() > TAGS_MAX {
        let mut violations = Violations::default();
        violations.too_many("Tags", TAGS_MAX);
        violations.check()?;
    }
    write(call, key, &tags)?;
    Ok(call.encode(&wire::TagResourceOutput {}))
}

/// Removes tags; those that are not there do not matter.
pub(super) fn untag(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::UntagResourceInput = call.decode(body)?;
    let mut violations = Violations::default();
    let key = record_key(call, input.resource_arn.as_deref(), &mut violations);
    if input.tag_keys.is_none() {
        violations.missing("TagKeys");
    }
    violations.check()?;
    let key = key?;
    let _alone = call.instance.changing_records();
    let mut tags = read(call, &key)?;
    for removed in input.tag_keys.iter().flatten() {
        tags.remove(removed);
    }
    write(call, key, &tags)?;
    Ok(call.encode(&wire::UntagResourceOutput {}))
}

/// Lists the tags of a resource.
pub(super) fn list(call: &Call, body: &[u8]) -> Result<Reply, ServiceError> {
    let input: wire::ListTagsForResourceInput = call.decode(body)?;
    let mut violations = Violations::default();
    let key = record_key(call, input.resource_arn.as_deref(), &mut violations);
    violations.check()?;
    let tags = read(call, &key?)?;
    let tag = |(key, value)| Tag { key: Some(key), value: Some(value) };
    Ok(call.encode(&wire::ListTagsForResourceOutput { tags: Some(tags.into_iter().map(tag).collect()) }))
}

/// The change that tags a resource which is being made; `None` when there are no tags.
///
/// # Errors
/// Tags that cannot be.
pub(super) fn of_new(call: &Call, arn: &str, tags: Option<&[Tag]>) -> Result<Option<Change>, ServiceError> {
    let Some(tags) = tags.filter(|tags| !tags.is_empty()) else { return Ok(None) };
    let mut violations = Violations::default();
    let tags = new_tags(Some(tags), &mut violations);
    if tags.len() > TAGS_MAX {
        violations.too_many("Tags", TAGS_MAX);
    }
    violations.check()?;
    Ok(Some(change(format!("{}/{arn}", call.scope), &tags)))
}

/// The change that takes the tags of a resource away with it.
pub(super) fn removal(call: &Call, arn: &str) -> Change {
    Change::Delete(TAGS, format!("{}/{arn}", call.scope))
}

/// The key of the record with a resource's tags.
fn record_key(call: &Call, arn: Option<&str>, violations: &mut Violations) -> Result<String, ServiceError> {
    let Some(arn) = arn else {
        violations.missing("ResourceARN");
        return Ok(String::new());
    };
    let Some(owner) = owner(arn) else {
        violations.invalid_value("ResourceARN", arn.chars().take(ARN_MAX).collect::<String>());
        return Ok(String::new());
    };
    let is_own = owner.account == call.scope.account && owner.region.is_none_or(|region| region == call.scope.region);
    if !is_own {
        return Err(code::RESOURCE_NOT_FOUND_EXCEPTION.message(format!("The resource {arn} is not in {}.", call.scope)));
    }
    Ok(format!("{}/{arn}", call.scope))
}

/// Whose a resource is; a dashboard is in no Region.
#[derive(Debug, PartialEq, Eq)]
struct Owner<'a> {
    account: &'a str,
    region: Option<&'a str>,
}

/// Reads an ARN of CloudWatch; `None` when it is none of something that can be tagged.
fn owner(arn: &str) -> Option<Owner<'_>> {
    if arn.len() > ARN_MAX || arn.chars().any(char::is_control) {
        return None;
    }
    let mut parts = arn.splitn(6, ':');
    let (Some("arn"), Some("aws" | "aws-cn" | "aws-us-gov"), Some("cloudwatch")) =
        (parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let kind = ["alarm:", "alarm-mute-rule:", "insight-rule/", "metric-stream/", "dashboard/"]
        .into_iter()
        .find(|kind| resource.strip_prefix(kind).is_some_and(|name| !name.is_empty()))?;
    match (kind, region) {
        ("dashboard/", "") => Some(Owner { account, region: None }),
        ("dashboard/", _) | (_, "") => None,
        (_, region) => Some(Owner { account, region: Some(region) }),
    }
}

fn new_tags(tags: Option<&[Tag]>, violations: &mut Violations) -> Tags {
    let Some(tags) = tags else {
        violations.missing("Tags");
        return Tags::new();
    };
    let mut new = Tags::new();
    for (position, tag) in tags.iter().enumerate() {
        let path = format!("Tags.member.{}", position + 1);
        let (Some(key), Some(value)) = (&tag.key, &tag.value) else {
            let member = if tag.key.is_none() { "Key" } else { "Value" };
            violations.missing(format!("{path}.{member}"));
            continue;
        };
        let is_reserved = key.get(..RESERVED_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
        if key.is_empty() {
            violations.invalid(format!("The parameter {path}.Key must be longer than 0 characters."));
        } else if key.chars().count() > KEY_MAX {
            violations.invalid(format!("The parameter {path}.Key must be shorter than {} characters.", KEY_MAX + 1));
        } else if is_reserved {
            violations.invalid_value(format!("{path}.Key"), key);
        }
        if value.chars().count() > VALUE_MAX {
            let limit = VALUE_MAX + 1;
            violations.invalid(format!("The parameter {path}.Value must be shorter than {limit} characters."));
        }
        if new.insert(key.clone(), value.clone()).is_some() {
            violations.invalid(format!("The parameter Tags has the key {key} more than once."));
        }
    }
    new
}

fn read(call: &Call, key: &str) -> Result<Tags, ServiceError> {
    let record = call.instance.records.get(TAGS, key).map_err(|error| call.store_failed(&error))?;
    match record {
        None => Ok(Tags::new()),
        Some(value) => serde_json::from_slice(&value).map_err(|error| call.record_damaged(TAGS, key, &error)),
    }
}

fn write(call: &Call, key: String, tags: &Tags) -> Result<(), ServiceError> {
    call.instance.records.commit(&[change(key, tags)]).map_err(|error| call.store_failed(&error))
}

fn change(key: String, tags: &Tags) -> Change {
    match tags.is_empty() {
        true => Change::Delete(TAGS, key),
        false => {
            let value = serde_json::to_vec(tags).expect("a map of strings can be written");
            Change::Put(TAGS, Record { key, value })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_say_whose_they_are() {
        let own = Some(Owner { account: "000000000000", region: Some("us-east-1") });
        let cases = [
            ("arn:aws:cloudwatch:us-east-1:000000000000:alarm:High load: web", own),
            (
                "arn:aws-cn:cloudwatch:us-east-1:000000000000:metric-stream/s",
                Some(Owner { account: "000000000000", region: Some("us-east-1") }),
            ),
            ("arn:aws:cloudwatch::000000000000:dashboard/shop", Some(Owner { account: "000000000000", region: None })),
            ("arn:aws:cloudwatch:us-east-1:000000000000:dashboard/shop", None),
            ("arn:aws:cloudwatch:us-east-1:000000000000:alarm:", None),
            ("arn:aws:cloudwatch::000000000000:alarm:a", None),
            ("arn:aws:sns:us-east-1:000000000000:topic", None),
            ("alarm:a", None),
            ("", None),
        ];
        for (arn, expected) in cases {
            assert_eq!(owner(arn), expected, "{arn}");
        }
    }
}
