//! What awsQuery calls the elements of lists and the entries of maps.

use super::MessageAttributeValue;
use crate::value::{Flat, FlatList, FlatMap};

/// Markers, one for each name.
macro_rules! names {
    ($($(#[$documentation:meta])* $marker:ident = $names:literal;)*) => {$(
        $(#[$documentation])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $marker;

        impl Flat for $marker {
            const NAMES: &'static str = $names;
        }
    )*};
}

names! {
    /// `Attribute.1.Name`, `Attribute.1.Value`.
    Attribute = "flat:Attribute:Name:Value";
    /// `MessageAttribute.1.Name`, `MessageAttribute.1.Value`.
    MessageAttribute = "flat:MessageAttribute:Name:Value";
    /// `Tag.1.Key`, `Tag.1.Value`.
    Tag = "flat:Tag:Key:Value";
    /// `QueueUrl` in responses; the elements of other lists of strings have the name of their member.
    Text = "flat:QueueUrl";
    /// `Message`.
    Message = "flat:Message";
    /// `BatchResultErrorEntry`.
    ErrorEntry = "flat:BatchResultErrorEntry";
    /// `SendMessageBatchResultEntry`.
    SendEntry = "flat:SendMessageBatchResultEntry";
    /// `DeleteMessageBatchResultEntry`.
    DeleteEntry = "flat:DeleteMessageBatchResultEntry";
    /// `ChangeMessageVisibilityBatchResultEntry`.
    ChangeVisibilityEntry = "flat:ChangeMessageVisibilityBatchResultEntry";
    /// Entries of a request, which have the name of their member.
    RequestEntry = "flat:Entry";
}

/// Attributes of a queue or of a message.
pub type Attributes = FlatMap<Attribute, String>;
/// Attributes that the sender of a message gives it.
pub type MessageAttributes = FlatMap<MessageAttribute, MessageAttributeValue>;
/// Tags of a queue.
pub type Tags = FlatMap<Tag, String>;
/// Strings.
pub type Strings = FlatList<Text, String>;
