//! Messages: what may be published, and what each kind of endpoint gets of it.

mod attribute;
mod batch;
mod confirmation;
mod draft;
mod envelope;
mod mail;
mod notification;
mod subject;
mod texts;

pub use attribute::{
    ATTRIBUTE_NAME_MAX, AttributeValue, GivenAttribute, MessageAttribute, MessageAttributes, check_attributes,
    filterable,
};
pub use batch::{BATCH_ENTRIES_MAX, ENTRY_ID_MAX, check_batch, check_batch_size};
pub use confirmation::{Confirmation, ConfirmationKind};
pub use draft::{Draft, Given, MESSAGE_MAX, TOKEN_MAX};
pub use envelope::{Signed, iso_time};
pub use mail::{Mail, mail_of_confirmation, mail_of_envelope, mail_of_notification};
pub use notification::Notification;
pub use subject::SUBJECT_MAX;
pub use texts::Texts;
