//! How long and how often is measured.

use clap::Args;

use crate::contest::Plan;

#[derive(Debug, Clone, Args)]
pub(crate) struct Setup {
    /// Measures shortly, to see whether it works
    #[arg(long, global = true)]
    pub(crate) quick: bool,
    /// How many turns each contestant has; of their results the median is told
    #[arg(long, global = true, default_value_t = 31, value_name = "COUNT")]
    pub(crate) turns: usize,
    /// How long a turn takes
    #[arg(long, global = true, default_value_t = 20, value_name = "MILLISECONDS")]
    pub(crate) turn_ms: u32,
}

impl Setup {
    pub(crate) fn plan(&self) -> Plan {
        if self.quick {
            return Plan { turns: 3, seconds: 0.005 };
        }
        Plan { turns: self.turns, seconds: f64::from(self.turn_ms) / 1000.0 }
    }
}
