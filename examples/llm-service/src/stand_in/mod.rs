//! What the service talks to when it is tried out: a language model that answers as it is told, and a back end of
//! metrics that is up, slow, hanging, refusing or down.

mod act;
mod back_end;
mod completion;
mod language_model;

pub use act::{Act, Said};
pub use back_end::{BackEnd, Manner};
pub use language_model::{ACTS_MAX, Call, LanguageModel};
