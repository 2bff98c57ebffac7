//! Wrong use, told with a command that works.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::print;

/// For each command, one that works.
const EXAMPLES: [(&str, &str); 12] = [
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
    if let Some(example) = example(error) {
        print::note(&format!("\nExample: {example}"));
    }
    ExitCode::from(2)
}

fn example(error: &clap::Error) -> Option<&'static str> {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return None;
    }
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => usage.to_string(),
        _ => String::new(),
    };
    let is_of = |name: &str| usage.split_whitespace().any(|word| word == name) || subcommand().as_deref() == Some(name);
    EXAMPLES.into_iter().find(|(name, _)| is_of(name)).map(|(_, example)| example)
}

/// The command that was typed.
fn subcommand() -> Option<String> {
    std::env::args().nth(1)
}
