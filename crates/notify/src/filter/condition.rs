//! One condition on a value.

use std::net::IpAddr;

use serde_json::Value;

use super::number::Fixed;
use super::wildcard;

/// What one value has to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    Text(String),
    Number(Fixed),
    True,
    False,
    Null,
    Exists(bool),
    Prefix(String),
    Suffix(String),
    EqualsIgnoreCase(String),
    Wildcard(Vec<String>),
    Cidr {
        network: u128,
        mask: u128,
        is_v6: bool,
    },
    Numeric(Vec<(Comparison, Fixed)>),
    /// None of these.
    AnythingBut(Vec<Condition>),
}

/// How a number compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Condition {
    /// Whether a member meets it; `None` is one that is not there.
    pub(super) fn matches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Condition::Exists(exists), value) => *exists == value.is_some_and(|value| !value.is_object()),
            (_, None) => false,
            // Of an array one element has to meet it, also when it says what the element must not be.
            (_, Some(Value::Array(all))) => all.iter().any(|one| self.is_met_by(one)),
            (_, Some(value)) => self.is_met_by(value),
        }
    }

    fn is_met_by(&self, value: &Value) -> bool {
        match (self, value) {
            (Condition::Text(text), Value::String(found)) => text == found,
            (Condition::Number(number), Value::Number(found)) => Fixed::of(found) == Some(*number),
            (Condition::True, Value::Bool(true)) | (Condition::False, Value::Bool(false)) => true,
            (Condition::Null, Value::Null) => true,
            (Condition::Prefix(start), Value::String(found)) => found.starts_with(start),
            (Condition::Suffix(end), Value::String(found)) => found.ends_with(end),
            (Condition::EqualsIgnoreCase(text), Value::String(found)) => text.to_lowercase() == found.to_lowercase(),
            (Condition::Wildcard(parts), Value::String(found)) => wildcard::matches(parts, found),
            (Condition::Cidr { network, mask, is_v6 }, Value::String(found)) => {
                found.parse().is_ok_and(|address| bits(address) & mask == *network && *is_v6 == is_v6_address(address))
            }
            (Condition::Numeric(all), Value::Number(found)) => {
                Fixed::of(found).is_some_and(|found| all.iter().all(|(how, than)| how.holds(found, *than)))
            }
            (Condition::AnythingBut(none), found) => {
                !found.is_object() && !none.iter().any(|condition| condition.is_met_by(found))
            }
            _ => false,
        }
    }

    /// The condition that an address lies in a network such as `10.0.0.0/24`.
    pub(super) fn cidr(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let is_v6 = is_v6_address(address);
        let width: u32 = if is_v6 { 128 } else { 32 };
        let length: u32 = length.parse().ok().filter(|length| *length <= width)?;
        let all = if is_v6 { u128::MAX } else { u128::from(u32::MAX) };
        let mask = all & all.checked_shl(width - length).unwrap_or(0);
        Some(Condition::Cidr { network: bits(address) & mask, mask, is_v6 })
    }
}

fn is_v6_address(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(_))
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl Comparison {
    /// The comparison of this sign.
    pub(super) fn parse(sign: &str) -> Option<Self> {
        Some(match sign {
            "=" => Comparison::Equal,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            _ => return None,
        })
    }

    /// Whether it is a lower bound.
    pub(super) fn is_lower(self) -> bool {
        matches!(self, Comparison::Greater | Comparison::GreaterOrEqual)
    }

    fn holds(self, found: Fixed, than: Fixed) -> bool {
        match self {
            Comparison::Equal => found == than,
            Comparison::Less => found < than,
            Comparison::LessOrEqual => found <= than,
            Comparison::Greater => found > than,
            Comparison::GreaterOrEqual => found >= than,
        }
    }
}
