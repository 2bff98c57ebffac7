//! `nepho completion`: scripts for shells, which ask the binary what a word can go on with. Namespaces, metrics and
//! dimensions are those of the endpoint.

mod candidate;
mod command_line;
mod commands;
mod known;
mod query;
mod shells;

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::print;

const EXAMPLES: &str = "\
Load it where the shell starts, so that it always fits the binary:
  bash  echo 'source <(nepho completion bash)' >> ~/.bashrc
  zsh   echo 'source <(nepho completion zsh)' >> ~/.zshrc     (below compinit)
  fish  echo 'nepho completion fish | source' >> ~/.config/fish/config.fish

Namespaces, metrics, dimensions and their values come from the endpoint that the command would talk to \
(--endpoint, or NEPHO_ENDPOINT). What it does not say within a second is not offered.";

#[derive(Debug, Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

/// A shell that can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// What a script asks: what the last of these words can go on with.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Question {
    shell: Shell,
    /// For bash, the line up to the cursor, and the characters that part words for it. For zsh, the quote that is open,
    /// and the words up to the cursor. For fish, those words.
    #[arg(allow_hyphen_values = true, trailing_var_arg = true)]
    words: Vec<String>,
}

/// Prints the script of a shell.
pub(crate) fn command(arguments: &Arguments) -> ExitCode {
    let script = match arguments.shell {
        Shell::Bash => shells::BASH,
        Shell::Zsh => shells::ZSH,
        Shell::Fish => shells::FISH,
    };
    crate::exit::end(print::out(&shells::with_binary(script)))
}

/// Answers a script. Whatever goes wrong, there is just nothing to offer.
pub(crate) fn answer(question: &Question) -> ExitCode {
    let text = match question.shell {
        Shell::Bash => shells::answer_bash(&question.words, commands::candidates),
        Shell::Zsh => shells::answer_zsh(&question.words, commands::candidates),
        Shell::Fish => shells::answer_fish(&question.words, commands::candidates),
    };
    crate::exit::end(print::out(&text))
}
