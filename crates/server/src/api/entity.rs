//! Entities, which correlate data with what emits it. They are checked, and not kept.

use std::collections::BTreeMap;

use nepho_protocol::shapes::put_metric_data::Entity;

/// Key attributes of an entity.
const KEY_ATTRIBUTES: std::ops::RangeInclusive<usize> = 2..=4;
/// Further attributes of an entity.
const ATTRIBUTES_MAX: usize = 10;
/// Characters of the name of a key attribute.
const KEY_ATTRIBUTE_NAME_MAX: usize = 32;
/// Characters of the name of an attribute.
const ATTRIBUTE_NAME_MAX: usize = 256;
/// Characters of any value.
const VALUE_MAX: usize = 2048;
/// The key attributes that there are.
const NAMES: [&str; 5] = ["Type", "ResourceType", "Identifier", "Name", "Environment"];
/// What an entity can be.
const TYPES: [&str; 5] = ["Service", "RemoteService", "AWS::Service", "Resource", "AWS::Resource"];

/// What is wrong with an entity, in the one word AWS has for it.
pub(super) fn fault(entity: Option<&Entity>) -> Option<&'static str> {
    let Some(entity) = entity else { return Some("InvalidEntity") };
    let Some(keys) = &entity.key_attributes else { return Some("MissingRequiredFields") };
    let none = BTreeMap::new();
    let attributes = entity.attributes.as_ref().unwrap_or(&none);
    let is_long = |map: &BTreeMap<String, String>, name_max: usize| {
        map.iter().any(|(name, value)| name.chars().count() > name_max || value.chars().count() > VALUE_MAX)
    };
    if is_long(keys, KEY_ATTRIBUTE_NAME_MAX) || is_long(attributes, ATTRIBUTE_NAME_MAX) {
        return Some("EntitySizeTooLarge");
    }
    if !KEY_ATTRIBUTES.contains(&keys.len()) || keys.keys().any(|name| !NAMES.contains(&name.as_str())) {
        return Some("InvalidKeyAttributes");
    }
    if attributes.len() > ATTRIBUTES_MAX {
        return Some("InvalidAttributes");
    }
    match keys.get("Type") {
        None => Some("MissingRequiredFields"),
        Some(kind) if !TYPES.contains(&kind.as_str()) => Some("InvalidTypeValue"),
        Some(kind) if is_incomplete(kind, keys) => Some("MissingRequiredFields"),
        Some(_) => None,
    }
}

/// A service is told by its name and environment, a resource by its type and identifier.
fn is_incomplete(kind: &str, keys: &BTreeMap<String, String>) -> bool {
    let required = if kind.ends_with("Service") { ["Name", "Environment"] } else { ["ResourceType", "Identifier"] };
    required.iter().any(|name| !keys.contains_key(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn each_fault_has_its_word() {
        let service = [("Type", "Service"), ("Name", "shop"), ("Environment", "live")];
        let long = "x".repeat(VALUE_MAX + 1);
        type Keys<'a> = &'a [(&'a str, &'a str)];
        let cases: [(Keys<'_>, Option<&str>); 8] = [
            (&service, None),
            (&[("Type", "Resource"), ("ResourceType", "T"), ("Identifier", "I")], None),
            (&[("Type", "Service")], Some("InvalidKeyAttributes")),
            (&[("Type", "Service"), ("Colour", "red")], Some("InvalidKeyAttributes")),
            (&[("Type", "Shop"), ("Name", "shop")], Some("InvalidTypeValue")),
            (&[("Type", "Service"), ("Name", "shop")], Some("MissingRequiredFields")),
            (&[("Name", "shop"), ("Environment", "live")], Some("MissingRequiredFields")),
            (&[("Type", "Service"), ("Name", &long)], Some("EntitySizeTooLarge")),
        ];
        for (keys, expected) in cases {
            let entity = Entity { key_attributes: Some(map(keys)), attributes: None };
            assert_eq!(fault(Some(&entity)), expected, "{keys:?}");
        }
        let names: Vec<_> = (0..=ATTRIBUTES_MAX).map(|n| n.to_string()).collect();
        let attributes = |count: usize| names[..count].iter().map(|name| (name.clone(), String::new())).collect();
        let entity = |count| Entity { key_attributes: Some(map(&service)), attributes: Some(attributes(count)) };
        assert_eq!(fault(Some(&entity(ATTRIBUTES_MAX))), None);
        assert_eq!(fault(Some(&entity(ATTRIBUTES_MAX + 1))), Some("InvalidAttributes"));
        assert_eq!(fault(None), Some("InvalidEntity"));
        assert_eq!(fault(Some(&Entity::default())), Some("MissingRequiredFields"));
    }
}
