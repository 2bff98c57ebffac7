//! What should be stored: names, units and dimensions are those of the reference application's tables, letter for letter.

use std::collections::BTreeMap;

use llm_service::read_back::{Metric, Reader, Summary};

/// The model's name in tests.
pub(crate) const MODEL: &str = "model-of-the-test";
/// The eight methods.
pub(crate) const METHODS: [&str; 8] = [
    "generate_questions",
    "generate_brief",
    "generate_understanding_questions",
    "generate_idea_brief",
    "check_question_relevance",
    "assess_section_confidence",
    "generate_execution_options",
    "generate_artifacts",
];

/// Samples that were sent.
#[derive(Debug, Default)]
pub(crate) struct Expected(BTreeMap<Metric, (&'static str, Summary)>);

impl Expected {
    /// A call that succeeded.
    pub(crate) fn latency(&mut self, method: &str, milliseconds: f64) {
        let metric = Metric::new("CoFounder/LLM", "Latency", &[("Method", method), ("Model", MODEL)]);
        self.add(metric, "Milliseconds", milliseconds);
    }

    /// A business event.
    pub(crate) fn event(&mut self, event: &str, user: Option<&str>) {
        let dimensions: Vec<_> = [("Event", event)].into_iter().chain(user.map(|user| ("UserId", user))).collect();
        self.add(Metric::new("CoFounder/Business", "EventCount", &dimensions), "Count", 1.0);
    }

    fn add(&mut self, metric: Metric, unit: &'static str, value: f64) {
        self.0.entry(metric).or_insert((unit, Summary::default())).1.add(value);
    }

    /// How many samples they are.
    pub(crate) fn samples(&self) -> u64 {
        self.0.values().map(|(_, summary)| summary.count as u64).sum()
    }

    /// These metrics are stored, and no others, each with these samples.
    pub(crate) async fn check(&self, reader: &Reader) {
        let mut stored = reader.list("CoFounder/Business").await.unwrap();
        stored.extend(reader.list("CoFounder/LLM").await.unwrap());
        assert_eq!(stored, self.0.keys().cloned().collect::<Vec<_>>());
        for (metric, (unit, expected)) in &self.0 {
            let stored = reader.summary(metric, unit).await.unwrap();
            assert_eq!(rounded(stored), rounded(*expected), "{metric:?}");
        }
    }
}

/// Without what depends on the order of adding up times: a millionth of a millisecond.
fn rounded(summary: Summary) -> Summary {
    Summary { sum: (summary.sum * 1e6).round() / 1e6, ..summary }
}
