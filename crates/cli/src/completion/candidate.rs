//! What a word can become.

use clap_complete::CompletionCandidate;

/// The tag of candidates that a word does not end with.
const OPEN: &str = "open";

/// What the word at the cursor can become.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    /// The whole word, as the command is to get it.
    pub(super) value: String,
    /// Whether the word goes on behind it.
    pub(super) is_open: bool,
    /// A few words about it.
    pub(super) help: Option<String>,
}

impl Candidate {
    pub(super) fn whole(value: impl Into<String>) -> Self {
        Candidate { value: value.into(), is_open: false, help: None }
    }

    pub(super) fn open(value: impl Into<String>) -> Self {
        Candidate { value: value.into(), is_open: true, help: None }
    }

    /// As the library has it, in the form that [`Candidate::of`] reads.
    pub(super) fn wrapped(self) -> CompletionCandidate {
        let tag = self.is_open.then(|| OPEN.into());
        CompletionCandidate::new(self.value).tag(tag)
    }

    /// From what the library gives.
    pub(super) fn of(candidate: &CompletionCandidate) -> Option<Self> {
        let value = candidate.get_value().to_str()?.to_owned();
        let is_tagged = candidate.get_tag().is_some_and(|tag| tag.to_string() == OPEN);
        let is_open = is_tagged || value.ends_with('/');
        let help = candidate.get_help().and_then(|help| help.to_string().lines().next().map(str::to_owned));
        Some(Candidate { value, is_open, help })
    }
}
