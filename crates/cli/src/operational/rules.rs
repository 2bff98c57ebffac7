//! How days are rolled up, from flags.

use clap::Args;
use jiff::tz::TimeZone;
use nepho_operational::{Catalogue, MetricType, RollUp, zone};

#[derive(Debug, Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Time zone whose days are meant, by its name in the IANA database
    #[arg(long, env = "NEPHO_ZONE", default_value = "UTC", value_parser = parse_zone)]
    zone: TimeZone,
    /// Days that raw rows are kept
    #[arg(long, env = "NEPHO_RETENTION_DAYS", default_value_t = RollUp::default().retention_days, value_name = "DAYS",
          value_parser = clap::value_parser!(u16).range(1..))]
    retention_days: u16,
    /// How many of the last days are rolled up again each time, for transactions that were long on their way
    #[arg(long, env = "NEPHO_REPEATED_DAYS", default_value_t = RollUp::default().repeated_days, value_name = "DAYS")]
    repeated_days: u16,
    /// The label that daily rows of a type of the application's own are kept by; otherwise the first of each row. May be
    /// given several times, or have several with commas between
    #[arg(long, env = "NEPHO_LABEL", value_name = "TYPE=LABEL", value_parser = parse_label, value_delimiter = ',')]
    label: Vec<MetricType>,
}

impl Arguments {
    pub(super) fn roll_up(&self) -> RollUp {
        RollUp {
            zone: self.zone.clone(),
            catalogue: self.label.iter().cloned().fold(Catalogue::default(), Catalogue::with),
            retention_days: self.retention_days,
            repeated_days: self.repeated_days,
        }
    }

    pub(super) fn zone(&self) -> TimeZone {
        self.zone.clone()
    }
}

fn parse_zone(text: &str) -> Result<TimeZone, String> {
    zone(text).map_err(|error| format!("{error}; expected a name such as Europe/Berlin"))
}

fn parse_label(text: &str) -> Result<MetricType, String> {
    let (name, label) = text.split_once('=').ok_or("expected TYPE=LABEL, as in retries=actor")?;
    MetricType::new(name, &[label]).map_err(|fault| fault.to_string())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn roll_up(line: &[&str]) -> Result<RollUp, String> {
        let line = std::iter::once("rollup").chain(line.iter().copied());
        Line::try_parse_from(line).map(|line| line.arguments.roll_up()).map_err(|error| error.to_string())
    }

    #[test]
    fn without_flags_the_rules_are_the_defaults() {
        assert_eq!(roll_up(&[]), Ok(RollUp::default()));
    }

    #[test]
    fn flags_become_rules() {
        let found = roll_up(&["--zone", "Europe/Berlin", "--retention-days", "7", "--label", "retries=actor"]).unwrap();
        assert_eq!((found.zone.iana_name(), found.retention_days), (Some("Europe/Berlin"), 7));
        assert_eq!(found.catalogue.find("retries").unwrap().labels(), ["actor"]);
        let found = roll_up(&["--label", "retries=actor,pauses=reason", "--label", "tries=actor"]).unwrap();
        for (name, label) in [("retries", "actor"), ("pauses", "reason"), ("tries", "actor")] {
            assert_eq!(found.catalogue.find(name).unwrap().labels(), [label]);
        }
        let cases = [
            (["--zone", "Atlantis"], "expected a name such as Europe/Berlin"),
            (["--retention-days", "0"], "0 is not in 1..=65535"),
            (["--label", "retries"], "expected TYPE=LABEL"),
            (["--label", "re tries=actor"], "contains ' '"),
        ];
        for (line, expected) in cases {
            let error = roll_up(&line).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
