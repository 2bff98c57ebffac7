//! What a message says about others that it stands for.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::message::{Draft, SUBJECT_MAX};
use crate::notice::AlarmState;

/// A message about an alarm that went into another state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What the message is known by.
    pub key: String,
    /// The state.
    pub state: AlarmState,
    /// When.
    pub at_ms: i64,
}

/// Why a message is another than the one that was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// It stands for repeats.
    Repeats,
    /// The alarm has begun to flap.
    Flapping,
    /// It flaps still.
    StillFlapping,
    /// It flaps no more.
    Settled,
    /// It is open still.
    Reminder,
    /// It stands for alarms of one group.
    Group,
}

impl NoteKind {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            NoteKind::Repeats => "Repeats",
            NoteKind::Flapping => "Flapping",
            NoteKind::StillFlapping => "StillFlapping",
            NoteKind::Settled => "Settled",
            NoteKind::Reminder => "Reminder",
            NoteKind::Group => "Group",
        }
    }

    /// The member of the alarm's JSON that has the note. A group has its own, beside the one of the alarm that leads it.
    const fn member(self) -> &'static str {
        match self {
            NoteKind::Group => "NephoscopeGroup",
            _ => "NephoscopeNoise",
        }
    }
}

/// What a message says about others that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Why.
    pub kind: NoteKind,
    /// What is said, in sentences.
    pub text: String,
    /// The same in a few words, for the subject.
    pub short: String,
    /// The messages that do not go out by themselves because of it, the oldest first.
    pub folded: Vec<Change>,
}

/// The message of an alarm, with a note in all its texts: at the end of the subject, in front of the mail, and as a member
/// of the JSON.
pub fn noted(draft: &Draft, note: &Note) -> Draft {
    let mut noted = draft.clone();
    noted.subject = draft.subject.as_deref().map(|subject| suffixed(subject, &note.short));
    noted.texts.default = with_member(&draft.texts.default, note);
    for (protocol, text) in &mut noted.texts.by_protocol {
        *text = match protocol.as_str() {
            "sms" => format!("{text} ({})", note.short),
            _ => format!("{}\n\n{text}", note.text),
        };
    }
    noted.size = noted.texts.default.len() + noted.texts.by_protocol.values().map(String::len).sum::<usize>();
    noted
}

/// A subject with a few more words, for which it may have to be cut.
fn suffixed(subject: &str, short: &str) -> String {
    const CUT: &str = "...";
    let suffix = format!(" ({short})");
    let room = SUBJECT_MAX.saturating_sub(suffix.chars().count());
    if subject.chars().count() <= room {
        return format!("{subject}{suffix}");
    }
    let kept: String = subject.chars().take(room.saturating_sub(CUT.len())).collect();
    format!("{kept}{CUT}{suffix}")
}

/// JSON keeps the order of its members, which is AWS's; the note comes last.
fn with_member(message: &str, note: &Note) -> String {
    let Some(begin) = message.trim_end().strip_suffix('}') else { return message.to_owned() };
    let value =
        json!({"Kind": note.kind.as_str(), "Text": note.text, "Short": note.short, "Messages": note.folded.len()});
    format!("{begin},\"{}\":{value}}}", note.kind.member())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::*;
    use crate::message::Texts;
    use crate::notice::AlarmNotice;

    fn draft(subject: &str) -> Draft {
        let default = crate::noise::play::message("load", AlarmState::Alarm, crate::notice::Severity::Error);
        let by_protocol =
            BTreeMap::from([("sms".to_owned(), "ALARM: load".to_owned()), ("email".to_owned(), "You ...".to_owned())]);
        Draft::of(Some(subject.to_owned()), Texts { default, by_protocol })
    }

    fn note(kind: NoteKind) -> Note {
        Note { kind, text: "It is \"flapping\".".to_owned(), short: "flapping".to_owned(), folded: Vec::new() }
    }

    #[test]
    fn a_note_is_in_every_text() {
        let noted = noted(&draft("ALARM: \"load\""), &note(NoteKind::Flapping));
        assert_eq!(noted.subject.as_deref(), Some("ALARM: \"load\" (flapping)"));
        assert_eq!(noted.texts.by_protocol["sms"], "ALARM: load (flapping)");
        assert_eq!(noted.texts.by_protocol["email"], "It is \"flapping\".\n\nYou ...");
        let json: Value = serde_json::from_str(&noted.texts.default).unwrap();
        assert_eq!(json["NephoscopeNoise"]["Text"], "It is \"flapping\".");
        assert_eq!(json["NephoscopeNoise"]["Kind"], "Flapping");
        let notice = AlarmNotice::read(&noted.texts.default).unwrap();
        assert_eq!((notice.name.as_str(), &notice.notes[..]), ("load", &["It is \"flapping\".".to_owned()][..]));
        assert_eq!(notice.short_notes, ["flapping"]);
    }

    #[test]
    fn a_group_has_a_note_of_its_own() {
        let both = noted(&noted(&draft("s"), &note(NoteKind::Flapping)), &note(NoteKind::Group));
        let json: Value = serde_json::from_str(&both.texts.default).unwrap();
        assert_eq!(
            (&json["NephoscopeNoise"]["Kind"], &json["NephoscopeGroup"]["Kind"]),
            (&"Flapping".into(), &"Group".into())
        );
        assert_eq!(AlarmNotice::read(&both.texts.default).unwrap().notes.len(), 2);
    }

    #[test]
    fn subjects_stay_within_their_limit() {
        let suffix = " (flapping)".len();
        let fits = "s".repeat(SUBJECT_MAX - suffix);
        let of = |subject: &str| noted(&draft(subject), &note(NoteKind::Flapping)).subject.unwrap();
        assert_eq!(of(&fits), format!("{fits} (flapping)"));
        let cut = of(&format!("{fits}s"));
        assert_eq!((cut.len(), cut.ends_with("s... (flapping)")), (SUBJECT_MAX, true));
    }
}
