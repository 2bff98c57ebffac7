//! The part of a message that alarms of all kinds share.

use nepho_model::{AlarmState, Scope, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::clock::{iso_time, long_time};
use super::json::{Pairs, to_json};
use super::region::region_name;
use crate::alarm::contributor::Contributor;

/// The longest subject, in characters.
pub const MAX_SUBJECT: usize = 100;

/// The longest name in a text message, in characters.
pub const MAX_SMS_NAME: usize = 90;

/// What ends a name that was cut.
const CUT: &str = "...";

/// What stays as it is in a link.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What a message says of an alarm that went into another state, whatever kind of alarm it is.
#[derive(Debug, Clone)]
pub struct Notice<'a> {
    /// Where the alarm is.
    pub scope: &'a Scope,
    /// Its name.
    pub name: &'a str,
    /// What it is for.
    pub description: Option<&'a str>,
    /// Its ARN.
    pub arn: &'a str,
    /// When it was put last; of metric alarms only.
    pub configuration_updated: Option<Timestamp>,
    /// The state before.
    pub old_state: AlarmState,
    /// The state.
    pub new_state: AlarmState,
    /// Why.
    pub reason: &'a str,
    /// Since when.
    pub changed: Timestamp,
    /// Whose state that is, if it is not that of the alarm as a whole.
    pub contributor: Option<&'a Contributor>,
    /// Whether a mute rule has kept the message until now.
    pub is_after_mute_window: bool,
    /// ARNs of what it does when it goes to OK.
    pub ok_actions: Vec<&'a str>,
    /// ARNs of what it does when it goes to ALARM.
    pub alarm_actions: Vec<&'a str>,
    /// ARNs of what it does when it goes to INSUFFICIENT_DATA.
    pub insufficient_data_actions: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Head<'a, T> {
    alarm_name: &'a str,
    alarm_description: Option<&'a str>,
    #[serde(rename = "AWSAccountId")]
    account_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_configuration_updated_timestamp: Option<String>,
    new_state_value: &'static str,
    new_state_reason: &'a str,
    state_change_time: String,
    region: &'a str,
    alarm_arn: &'a str,
    old_state_value: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_contributor_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm_contributor_attributes: Option<Pairs<'a>>,
    action_executed_after_mute_window: bool,
    #[serde(rename = "OKActions")]
    ok_actions: &'a [&'a str],
    alarm_actions: &'a [&'a str],
    insufficient_data_actions: &'a [&'a str],
    #[serde(flatten)]
    tail: T,
}

impl Notice<'_> {
    /// The subject of an email: `ALARM: "name" in US East (N. Virginia)`.
    pub fn subject(&self) -> String {
        let around = self.line("").chars().count();
        self.line(&cut(&ascii(self.name), MAX_SUBJECT.saturating_sub(around)))
    }

    /// The text message.
    pub fn sms(&self) -> String {
        self.line(&cut(&ascii(self.name), MAX_SMS_NAME))
    }

    fn line(&self, name: &str) -> String {
        format!("{}: \"{name}\" in {}", self.new_state, region_name(&self.scope.region))
    }

    /// The message as JSON, with what only alarms of its kind have at the end.
    pub fn json(&self, tail: &impl Serialize) -> String {
        to_json(&Head {
            alarm_name: self.name,
            alarm_description: self.description,
            account_id: &self.scope.account,
            alarm_configuration_updated_timestamp: self.configuration_updated.map(iso_time),
            new_state_value: self.new_state.as_str(),
            new_state_reason: self.reason,
            state_change_time: iso_time(self.changed),
            region: region_name(&self.scope.region),
            alarm_arn: self.arn,
            old_state_value: self.old_state.as_str(),
            alarm_contributor_id: self.contributor.map(|contributor| contributor.id.as_str()),
            alarm_contributor_attributes: self.contributor.map(|contributor| Pairs(&contributor.attributes)),
            action_executed_after_mute_window: self.is_after_mute_window,
            ok_actions: &self.ok_actions,
            alarm_actions: &self.alarm_actions,
            insufficient_data_actions: &self.insufficient_data_actions,
            tail,
        })
    }

    /// The body of an email: a first sentence that goes on after the Region, and what only alarms of its kind have: more
    /// lines of details, and sections with a line between them.
    pub fn email(&self, has_changed: &str, details: &str, sections: &str) -> String {
        let Notice { name, arn, reason, old_state, new_state, .. } = self;
        let (region, account) = (&self.scope.region, &self.scope.account);
        let (called, changed) = (region_name(region), long_time(self.changed));
        let description = self.description.unwrap_or_default();
        let encoded = utf8_percent_encode(name, UNRESERVED);
        let list = |arns: &[&str]| arns.iter().map(|arn| format!("[{arn}]")).collect::<Vec<_>>().join(" ");
        let (ok, alarm) = (list(&self.ok_actions), list(&self.alarm_actions));
        let insufficient_data = list(&self.insufficient_data_actions);
        format!(
            "You are receiving this email because your Amazon CloudWatch Alarm \"{name}\" in the {called} region \
             {has_changed}\n\
             \n\
             View this alarm in the AWS Management Console:\n\
             https://{region}.console.aws.amazon.com/cloudwatch/deeplink.js?region={region}#alarmsV2:alarm/{encoded}\n\
             \n\
             Alarm Details:\n\
             - Name:                       {name}\n\
             - Description:                {description}\n\
             - State Change:               {old_state} -> {new_state}\n\
             - Reason for State Change:    {reason}\n\
             - Timestamp:                  {changed}\n\
             - AWS Account:                {account}\n\
             - Alarm Arn:                  {arn}\n\
             {details}\
             \n\
             {sections}\
             \n\
             \n\
             State Change Actions:\n\
             - OK: {ok}\n\
             - ALARM: {alarm}\n\
             - INSUFFICIENT_DATA: {insufficient_data}\n"
        )
    }
}

/// The messages of a change, by where they go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Messages {
    /// The subject of emails.
    pub subject: String,
    /// For whatever has no message of its own: JSON.
    pub default: String,
    /// For text messages.
    pub sms: String,
    /// For emails.
    pub email: String,
}

impl Messages {
    /// What is published to a topic, with MessageStructure `json`.
    pub fn published(&self) -> String {
        #[derive(Serialize)]
        struct Published<'a> {
            default: &'a str,
            sms: &'a str,
            email: &'a str,
        }
        to_json(&Published { default: &self.default, sms: &self.sms, email: &self.email })
    }
}

/// A text with what is not ASCII replaced, each run by one underscore.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_replaced = false;
    for c in text.chars() {
        match (c.is_ascii(), is_replaced) {
            (true, _) => out.push(c),
            (false, false) => out.push('_'),
            (false, true) => {}
        }
        is_replaced = !c.is_ascii();
    }
    out
}

/// A text of ASCII, of at most so many characters.
fn cut(text: &str, most: usize) -> String {
    match text.len() <= most {
        true => text.to_owned(),
        false => format!("{}{CUT}", &text[..most.saturating_sub(CUT.len())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice<'a>(scope: &'a Scope, name: &'a str) -> Notice<'a> {
        Notice {
            scope,
            name,
            description: None,
            arn: "",
            configuration_updated: None,
            old_state: AlarmState::Ok,
            new_state: AlarmState::Alarm,
            reason: "",
            changed: Timestamp::from_seconds(0),
            contributor: None,
            is_after_mute_window: false,
            ok_actions: Vec::new(),
            alarm_actions: Vec::new(),
            insufficient_data_actions: Vec::new(),
        }
    }

    #[test]
    fn subjects_have_a_hundred_characters_at_most() {
        let scope = Scope::new("123456789012", "us-east-1");
        let around = "ALARM: \"\" in US East (N. Virginia)".len();
        let fits = "n".repeat(MAX_SUBJECT - around);
        assert_eq!(notice(&scope, &fits).subject(), format!("ALARM: \"{fits}\" in US East (N. Virginia)"));
        let subject = notice(&scope, &format!("{fits}n")).subject();
        let expected = format!("ALARM: \"{}...\" in US East (N. Virginia)", &fits[3..]);
        assert_eq!((subject.len(), subject), (MAX_SUBJECT, expected));
        assert_eq!(notice(&scope, "für 注意 a").subject(), "ALARM: \"f_r _ a\" in US East (N. Virginia)");
    }

    #[test]
    fn names_in_text_messages_have_ninety_characters_at_most() {
        let scope = Scope::new("123456789012", "eu-west-1");
        let (fits, longer) = ("n".repeat(MAX_SMS_NAME), "n".repeat(MAX_SMS_NAME + 1));
        assert_eq!(notice(&scope, &fits).sms(), format!("ALARM: \"{fits}\" in EU (Ireland)"));
        assert_eq!(notice(&scope, &longer).sms(), format!("ALARM: \"{}...\" in EU (Ireland)", &fits[3..]));
    }
}
