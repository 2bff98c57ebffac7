//! How each shell asks, and how it wants its answer.

use super::candidate::Candidate;
use super::command_line::CommandLine;
use crate::{shell, table};

/// Characters of what is said about a candidate, so that it fits on a line beside it.
const HELP_MAX: usize = 60;

/// For bash 3.2 and later, whose completion parts words at `=` and `:`, so that it hands over the line as it is. A space
/// behind a whole word is part of the answer. The order of the answer is kept from 4.4 on.
pub(super) const BASH: &str = r#"_nepho_complete() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(BINARY complete bash -- "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
}
complete -o nospace -o nosort -F _nepho_complete nepho 2>/dev/null || complete -o nospace -F _nepho_complete nepho
"#;

/// For zsh, which quotes by itself. A `+` begins what is whole, a `-` what goes on; a tab stands before a few words
/// about it.
pub(super) const ZSH: &str = r#"#compdef nepho
_nepho() {
    local line
    local -a whole open whole_shown open_shown
    for line in "${(@f)$(BINARY complete zsh -- "$compstate[quote]" "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        case $line in
            +*) whole+=("${${line#+}%%$'\t'*}"); whole_shown+=("${${line#+}/$'\t'/  -- }") ;;
            -*) open+=("${${line#-}%%$'\t'*}"); open_shown+=("${${line#-}/$'\t'/  -- }") ;;
        esac
    done
    (( $#whole )) && compadd -l -d whole_shown -a whole
    (( $#open )) && compadd -S '' -l -d open_shown -a open
    (( $#whole + $#open ))
}
compdef _nepho nepho
"#;

/// For fish, which quotes by itself, and knows that a word goes on behind `=` and `/`.
pub(super) const FISH: &str = r#"complete --command nepho --no-files --keep-order --arguments '("BINARY" complete fish -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token --cut-at-cursor) 2>/dev/null)'
"#;

/// The words up to the cursor, and what the last can become.
type Complete = fn(&[String], bool) -> Vec<Candidate>;

/// The script with the binary that prints it: by its path where it was called by one, else by its name.
pub(super) fn with_binary(script: &str) -> String {
    let called = std::env::args().next().unwrap_or_default();
    let path = std::env::current_exe().ok().filter(|_| called.contains('/'));
    let binary = path.as_deref().and_then(std::path::Path::to_str).unwrap_or("nepho");
    // In double quotes, and those in single ones.
    let in_fish = binary.replace('\\', r"\\\\").replace('"', r#"\\""#).replace('$', r"\\$").replace('\'', r"\'");
    script.replace("\"BINARY\"", &format!("\"{in_fish}\"")).replace("BINARY", &shell::quoted(binary))
}

pub(super) fn answer_bash(words: &[String], complete: Complete) -> String {
    let [line, breaks] = words else { return String::new() };
    let line = CommandLine::parse(line, breaks);
    let found = complete(&line.words, line.quote.is_some());
    let mut text: String = found.iter().filter_map(|candidate| for_bash(&line, candidate)).collect();
    if let ([Candidate { is_open: true, .. }], Some(_)) = (&found[..], line.quote) {
        // Bash closes the quotes behind what is the only candidate: a longer one keeps them open.
        text.push_str(&text.replace('\n', "…\n"));
    }
    text
}

fn for_bash(line: &CommandLine, candidate: &Candidate) -> Option<String> {
    let begins_word = line.quote.is_none() && line.kept == 0;
    if candidate.is_open && begins_word && candidate.value.contains(char::is_whitespace) {
        return Some(format!("'{}\n", candidate.value.replace('\'', r"'\''")));
    }
    let space = if candidate.is_open || line.quote.is_some() { "" } else { " " };
    Some(line.insertion(&candidate.value)? + space + "\n")
}

pub(super) fn answer_zsh(words: &[String], complete: Complete) -> String {
    let line = |candidate: Candidate| {
        let mark = if candidate.is_open { '-' } else { '+' };
        format!("{mark}{}{}\n", candidate.value, help(&candidate))
    };
    let Some((quote, words)) = words.split_first() else { return String::new() };
    complete(words, !quote.is_empty()).into_iter().map(line).collect()
}

pub(super) fn answer_fish(words: &[String], complete: Complete) -> String {
    // All but the last come without their quotes.
    let Some((last, before)) = words.split_last() else { return String::new() };
    let current = CommandLine::parse(last, "");
    let words: Vec<_> = before.iter().cloned().chain([current.words.join(" ")]).collect();
    let line = |candidate: Candidate| format!("{}{}\n", candidate.value, help(&candidate));
    complete(&words, current.quote.is_some()).into_iter().map(line).collect()
}

/// A tab and a few words about a candidate, where there are some.
fn help(candidate: &Candidate) -> String {
    candidate.help.as_deref().map(|help| format!("\t{}", table::cut(help, HELP_MAX))).unwrap_or_default()
}
