//! Wrong use, told with a command that works.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::{dimension, print, shell};

/// For each command, one that works; for some, one for each of their own commands, which come first.
const EXAMPLES: [(&str, &str); 19] = [
    ("serve", "nepho serve --data ./nepho-data --listen 127.0.0.1:4582"),
    ("put", "nepho put Shop Orders 3 --unit Count --dimension Service=web"),
    ("get", "nepho get Shop Orders --dimension Service=web --stat Sum,p99 --from 3h"),
    ("query", "nepho query 'errors = Shop Errors Sum' 'orders = Shop Orders Sum' '100 * errors / orders'"),
    ("list", "nepho list Shop --name Orders --dimension Service=web"),
    ("tail", "nepho tail Shop --name Orders"),
    ("test", "nepho alarm test alarms.test.yaml --coverage"),
    ("lint", "nepho alarm lint terraform/ --offline"),
    ("explain", "nepho alarm explain Latency --at 2026-05-04T12:00Z"),
    ("backtest", "nepho alarm backtest alarms.tf --from 30d"),
    ("operational migrate up", "nepho operational migrate up --database postgres://app@localhost/mail"),
    ("operational migrate down", "nepho operational migrate down --database postgres://app@localhost/mail --yes"),
    ("operational migrate status", "nepho operational migrate status --database postgres://app@localhost/mail"),
    ("operational migrate sql", "nepho operational migrate sql --references app.mails.id"),
    (
        "operational rollup",
        "nepho operational rollup --database postgres://app@localhost/mail --from 2026-05-01 --to 2026-05-03",
    ),
    ("operational status", "nepho operational status --database postgres://app@localhost/mail"),
    ("operational schedule", "nepho operational schedule --database postgres://app@localhost/mail --cron '0 3 * * *'"),
    ("operational", "nepho operational rollup --database postgres://app@localhost/mail"),
    ("completion", "nepho completion bash"),
];

/// Prints what is wrong with a command line, or the help that it asks for.
pub(crate) fn exit(error: &clap::Error) -> ExitCode {
    let is_help = !error.use_stderr();
    // Where it cannot be written, there is nobody to tell.
    let _ = error.print();
    if is_help {
        return ExitCode::SUCCESS;
    }
    if let Some(dimension) = dimension(error) {
        print::note(&format!("\nA dimension has a flag in front of it: --dimension {}", shell::quoted(dimension)));
    }
    if let Some(example) = example(error) {
        print::note(&format!("\nExample: {example}"));
    }
    ExitCode::from(2)
}

/// An argument that cannot stand alone, and looks like a dimension.
fn dimension(error: &clap::Error) -> Option<&str> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let is_unknown = error.kind() == ErrorKind::UnknownArgument && !argument.starts_with('-');
    (is_unknown && dimension::parse(argument).is_ok()).then_some(argument)
}

fn example(error: &clap::Error) -> Option<&'static str> {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return None;
    }
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let typed: Vec<String> = std::env::args().skip(1).collect();
    let is_of = |name: &str| {
        let path: Vec<&str> = name.split(' ').collect();
        let is_typed = typed.len() >= path.len() && path.iter().zip(&typed).all(|(name, typed)| name == typed);
        is_typed || usage.split_whitespace().any(|word| word == name)
    };
    EXAMPLES.into_iter().find(|(name, _)| is_of(name)).map(|(_, example)| example)
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction, Command};

    use super::*;

    #[test]
    fn dimensions_that_stand_alone_are_noticed() {
        let command = || {
            let flag = Arg::new("dimension").long("dimension").action(ArgAction::Append);
            Command::new("get").arg(Arg::new("name").required(true)).arg(flag)
        };
        for (argument, expected) in
            [("Service=web", Some("Service=web")), ("web", None), ("--service=web", None), ("=web", None)]
        {
            let error = command().try_get_matches_from(["get", "Orders", argument]).unwrap_err();
            assert_eq!(dimension(&error), expected, "{argument}");
        }
    }
}
