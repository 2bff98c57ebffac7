//! What tests came to, for people and for programs.

use std::fmt::Write;
use std::path::PathBuf;

use serde::Serialize;

/// What the tests of a file came to.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// Its tests.
    pub cases: Vec<CaseReport>,
    /// How many alarms it is about.
    pub alarms: usize,
    /// The alarms of which no test expects anything.
    pub untested: Vec<Untested>,
}

/// What a test came to.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseReport {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// The alarms whose states were not as expected.
    pub states: Vec<StateFailure>,
    /// What is wrong with notifications.
    pub notifications: Vec<String>,
}

/// An alarm whose states were not as expected.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateFailure {
    /// Its name.
    pub alarm: String,
    /// What was expected and what was, each with the expectation's place.
    pub messages: Vec<String>,
    /// All of its states, beside what was expected.
    pub timeline: Vec<Row>,
}

/// A moment of a timeline.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// When, from the test's start.
    pub at: String,
    /// The same in seconds.
    pub seconds: i64,
    /// The state that was expected, if one was.
    pub expected: Option<String>,
    /// The state.
    pub actual: String,
    /// Whether nothing else was expected.
    pub is_met: bool,
    /// Why, if the alarm went into the state now.
    pub reason: Option<String>,
}

/// An alarm of which no test expects anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Untested {
    /// Its name.
    pub alarm: String,
    /// Where it is defined.
    pub place: String,
}

impl FileReport {
    /// Whether all was as expected.
    pub fn has_passed(&self) -> bool {
        self.cases.iter().all(CaseReport::has_passed)
    }

    /// The report as text; with the alarms that are not tested, if they are wanted.
    pub fn text(&self, with_coverage: bool) -> String {
        let failed: Vec<_> = self.cases.iter().filter(|case| !case.has_passed()).collect();
        let mut text: String =
            failed.iter().map(|case| format!("FAIL {}: {}\n{}\n", case.place, case.name, case.failure())).collect();
        let verdict = if failed.is_empty() { "ok" } else { "FAILED" };
        let passed = self.cases.len() - failed.len();
        let _ = writeln!(text, "{}: {verdict}, {passed} of {} tests passed", self.path.display(), self.cases.len());
        if with_coverage {
            let tested = self.alarms - self.untested.len();
            let _ = writeln!(text, "  {tested} of {} alarms are tested", self.alarms);
            for untested in &self.untested {
                let _ = writeln!(text, "  not tested: {} ({})", untested.alarm, untested.place);
            }
        }
        text
    }
}

impl CaseReport {
    /// Whether all was as expected.
    pub fn has_passed(&self) -> bool {
        self.states.is_empty() && self.notifications.is_empty()
    }

    /// What was not as expected, with the timelines.
    pub fn failure(&self) -> String {
        let mut text = String::new();
        for failure in &self.states {
            let _ = writeln!(text, "  {}", failure.alarm);
            for message in &failure.messages {
                let _ = writeln!(text, "    {message}");
            }
            let _ = writeln!(text, "      {:<8} {:<17} {:<17} reason", "time", "expected", "actual");
            for row in &failure.timeline {
                let mark = if row.is_met { ' ' } else { '>' };
                let expected = row.expected.as_deref().unwrap_or("");
                let reason = row.reason.as_deref().unwrap_or("");
                let line = format!("    {mark} {:<8} {expected:<17} {:<17} {reason}", row.at, row.actual);
                let _ = writeln!(text, "{}", line.trim_end());
            }
        }
        for message in &self.notifications {
            let _ = writeln!(text, "  {}", message.replace('\n', "\n  "));
        }
        text
    }
}
