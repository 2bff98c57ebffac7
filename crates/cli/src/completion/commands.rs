//! What the arguments of commands can be. Which argument the cursor is at, and what there is without asking anybody, the
//! library tells.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::sync::Arc;

use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches};
use clap_complete::{ArgValueCompleter, CompletionCandidate};
use nepho_model::UNITS;

use super::candidate::Candidate;
use super::known::{Known, Wanted};
use super::query;
use crate::dimension::{Dimension, DimensionFilter};
use crate::endpoint;
use crate::metric::Metric;

/// Statistics that are offered; there are more.
pub(super) const STATISTICS: [&str; 9] =
    ["Average", "Sum", "Minimum", "Maximum", "SampleCount", "p50", "p90", "p99", "p99.9"];
/// Periods that are offered.
pub(super) const PERIODS: [&str; 7] = ["10s", "1m", "5m", "15m", "1h", "6h", "1d"];

/// What stands in front of the word at the cursor.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) known: Known,
    namespace: Option<String>,
    name: Option<String>,
    dimensions: Vec<Dimension>,
    /// The queries of `nepho query`.
    pub(super) queries: Vec<String>,
    /// Whether the cursor stands in quotes.
    pub(super) is_quoted: bool,
}

/// What the last word can become.
pub(super) fn candidates(words: &[String], is_quoted: bool) -> Vec<Candidate> {
    let Some((current, before)) = words.split_last() else { return Vec::new() };
    let before = Arc::new(Before::of(before, is_quoted));
    let mut commands = crate::Arguments::command().mut_subcommands(|command| with_completers(command, &before));
    let directory = std::env::current_dir().ok();
    let words_os = words.iter().map(Into::into).collect();
    let found = clap_complete::engine::complete(&mut commands, words_os, words.len() - 1, directory.as_deref());
    let mut found: Vec<_> = found.unwrap_or_default().iter().filter_map(Candidate::of).collect();
    // Flags are offered where somebody begins to type one, or where there is nothing else.
    if current.is_empty() && found.iter().any(|candidate| !candidate.value.starts_with('-')) {
        found.retain(|candidate| !candidate.value.starts_with('-'));
    }
    found
}

/// The arguments of a command and of those below it, each with what it can be.
fn with_completers(command: Command, before: &Arc<Before>) -> Command {
    let is_of_alarms = command.get_name() == "explain";
    let command = command.mut_subcommands(|command| with_completers(command, before));
    command.mut_args(|argument| {
        let complete: fn(&Before, &str) -> Vec<Candidate> = match argument.get_id().as_str() {
            "namespace" => namespaces,
            "name" if is_of_alarms => alarms,
            "name" => names,
            "dimension" => dimensions,
            "stat" => |_, _| STATISTICS.map(Candidate::whole).into(),
            "period" => |_, _| PERIODS.map(Candidate::whole).into(),
            "unit" => |_, _| UNITS.map(|(_, name)| Candidate::whole(name)).into(),
            "query" => query::candidates,
            "endpoint" => |_, _| vec![Candidate::whole("aws"), Candidate::whole("http://127.0.0.1:4582")],
            _ => return argument,
        };
        with_completer(argument, before.clone(), complete)
    })
}

fn with_completer(argument: Arg, before: Arc<Before>, complete: fn(&Before, &str) -> Vec<Candidate>) -> Arg {
    argument.add(ArgValueCompleter::new(move |current: &OsStr| -> Vec<CompletionCandidate> {
        let Some(current) = current.to_str() else { return Vec::new() };
        let found = complete(&before, current).into_iter();
        found.filter(|candidate| candidate.value.starts_with(current)).map(Candidate::wrapped).collect()
    }))
}

impl Before {
    /// Reads words that may not make a command yet.
    fn of(words: &[String], is_quoted: bool) -> Self {
        let command = crate::Arguments::command().ignore_errors(true);
        let matches = command.try_get_matches_from(words).ok();
        let mut of_command = matches.as_ref().and_then(ArgMatches::subcommand).map(|(_, matches)| matches);
        while let Some((_, inner)) = of_command.and_then(ArgMatches::subcommand) {
            of_command = Some(inner);
        }
        let text = |id: &str| of_command?.try_get_one::<String>(id).ok()?.cloned();
        Before {
            known: Known { endpoint: of_command.and_then(given_endpoint) },
            namespace: text("namespace"),
            name: text("name"),
            dimensions: of_command.map(given_dimensions).unwrap_or_default(),
            queries: of_command.map(|found| many(found, "query")).unwrap_or_default(),
            is_quoted,
        }
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            dimensions: self.dimensions.clone(),
            dimension: None,
        }
    }
}

/// The endpoint of a command that talks to one.
fn given_endpoint(matches: &ArgMatches) -> Option<endpoint::Arguments> {
    matches.try_contains_id("endpoint").ok()?;
    endpoint::Arguments::from_arg_matches(matches).ok()
}

fn many<T: Clone + Send + Sync + 'static>(matches: &ArgMatches, id: &str) -> Vec<T> {
    matches.try_get_many::<T>(id).ok().flatten().into_iter().flatten().cloned().collect()
}

/// The dimensions that have a value, of a command that takes dimensions or filters.
fn given_dimensions(matches: &ArgMatches) -> Vec<Dimension> {
    let filters = many::<DimensionFilter>(matches, "dimension").into_iter();
    let of_filter = |filter: DimensionFilter| Some(Dimension { name: filter.name, value: filter.value? });
    many::<Dimension>(matches, "dimension").into_iter().chain(filters.filter_map(of_filter)).collect()
}

fn namespaces(before: &Before, _: &str) -> Vec<Candidate> {
    distinct(before.known.metrics(Wanted::default()), |metric| metric.namespace)
}

fn names(before: &Before, _: &str) -> Vec<Candidate> {
    let wanted = Wanted { name: None, dimensions: Vec::new(), ..before.wanted() };
    distinct(before.known.metrics(wanted), |metric| metric.name)
}

fn alarms(before: &Before, current: &str) -> Vec<Candidate> {
    before.known.alarms(current).into_iter().map(Candidate::whole).collect()
}

fn dimensions(before: &Before, current: &str) -> Vec<Candidate> {
    let choices = before.known.dimensions(before.wanted(), current.split_once('=').map(|(name, _)| name));
    let candidate = |(name, value)| match value {
        Some(value) => Candidate::whole(format!("{name}={value}")),
        None => Candidate::open(format!("{name}=")),
    };
    choices.into_iter().map(candidate).collect()
}

/// One text of each metric, each once.
pub(super) fn distinct(metrics: Vec<Metric>, text: impl Fn(Metric) -> String) -> Vec<Candidate> {
    let texts: BTreeSet<_> = metrics.into_iter().map(text).collect();
    texts.into_iter().map(Candidate::whole).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Without an endpoint, so that there is only what is known of itself.
    fn offered(words: &[&str]) -> Vec<String> {
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        candidates(&words, false).into_iter().map(|candidate| candidate.value).collect()
    }

    #[test]
    fn flags_are_offered_where_one_is_begun() {
        assert_eq!(offered(&["nepho", "qu"]), ["query"]);
        assert_eq!(offered(&["nepho", "completion", ""]), ["bash", "zsh", "fish"]);
        assert_eq!(offered(&["nepho", "serve", "--clo"]), ["--clock"]);
        assert_eq!(offered(&["nepho", "serve", "--clock", ""]), ["system", "manual"]);
        assert_eq!(offered(&[]), [""; 0]);
    }

    proptest! {
        /// Nothing is known of metrics here, but everything else is done.
        #[test]
        fn any_words_are_read(
            texts in prop::collection::vec("([a-zA-Z =\"'(*:ä]{0,6}|a = b c |a=b|--stat)", 0..4),
            quoted: bool,
        ) {
            let nobody = ["nepho", "query", "--endpoint", "http://127.0.0.1:1"].map(str::to_owned).into_iter();
            candidates(&nobody.chain(texts).collect::<Vec<_>>(), quoted);
        }
    }
}
