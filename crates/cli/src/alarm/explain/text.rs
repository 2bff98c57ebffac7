//! An explanation as a person reads it.

use jiff::Zoned;
use jiff::tz::TimeZone;
use nepho_engine::explanation::{
    CompositeExplanation, ExplainedMuting, ExplainedPeriod, ExplainedSuppressor, Explanation, IsoTime,
    MetricExplanation, PeriodUse,
};

use crate::number::readable;
use crate::rows::{local, zoned};
use crate::table::{Side, Table};
use crate::terminal::{Ink, Palette};

/// From here on a period needs the date of its end.
const DAY_SECONDS: i64 = 86_400;

/// The explanation, with its tables in this width.
pub(super) fn text(explanation: &Explanation, zone: &TimeZone, width: usize, palette: Palette) -> String {
    let writer = Writer { zone, width, palette };
    match explanation {
        Explanation::MetricAlarm(metric) => writer.metric(metric),
        Explanation::CompositeAlarm(composite) => writer.composite(composite),
    }
}

struct Writer<'a> {
    zone: &'a TimeZone,
    width: usize,
    palette: Palette,
}

impl Writer<'_> {
    fn time(&self, time: IsoTime) -> String {
        local(time.0.seconds(), self.zone)
    }

    fn metric(&self, told: &MetricExplanation) -> String {
        let with = told.threshold.map(readable).or_else(|| told.threshold_metric_id.clone()).unwrap_or_default();
        let mut text = self.title(&told.alarm_name, &told.after.state_value, told.evaluation_time);
        text += &format!(
            "{}\n{} {with}; {} of {} datapoints of {} s; missing data is {:?}; {} periods are looked at\n\n",
            told.subject,
            told.comparison_operator,
            told.datapoints_to_alarm,
            told.evaluation_periods,
            told.period,
            told.treat_missing_data,
            told.evaluation_range
        );
        if let Some(failure) = &told.failure {
            text += &format!("Not evaluated: {failure}\n\n");
        }
        if !told.periods.is_empty() {
            text += &(self.periods(told).whole(self.width, self.palette) + "\n");
        }
        if let Some(count) = told.contributor_count {
            text += &(self.contributors(told, count) + "\n");
        }
        let counts = match told.contributor_count {
            None => format!(" ({} used, {} breach, {} missing stand in)", told.used, told.breaching, told.fillers),
            Some(count) => format!(" ({} of {count} are in ALARM)", told.breaching),
        };
        text += &format!("Rule:    {} {}{counts}\n", rule_name(told), told.rule_sentence);
        text += &match told.before.state_value == told.after.state_value {
            true => {
                let since = self.time(told.after.state_updated_timestamp);
                format!("State:   stays {}, set at {since}\n", told.after.state_value)
            }
            false => format!("State:   from {} to {}\n", told.before.state_value, told.after.state_value),
        };
        text += &format!("Reason:  {}\n", told.after.state_reason);
        if let Some(state) = &told.evaluation_state {
            text += &format!("Flaw:    {state}\n");
        }
        text += &self.muting(told.muting.as_ref());
        text
    }

    fn title(&self, name: &str, state: &str, time: IsoTime) -> String {
        let title = format!("{name}: {state}");
        format!("{} at {}\n", self.palette.paint(Ink::Strong, &title), self.time(time))
    }

    fn periods(&self, told: &MetricExplanation) -> Table {
        let has_band = told.threshold_metric_id.is_some();
        let times = self.period_times(told);
        let mut header = vec![("FROM", Side::Left), ("TO", Side::Left), ("VALUE", Side::Right)];
        header.push(if has_band { ("BAND", Side::Left) } else { ("SAMPLES", Side::Right) });
        header.push(("USE", Side::Left));
        let mut table = Table::new(header);
        for (period, [from, to]) in told.periods.iter().zip(times) {
            let number = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), readable);
            let band = match (period.lower_bound, period.upper_bound) {
                (None, None) => "-".to_owned(),
                (lower, upper) => format!("{} to {}", number(lower), number(upper)),
            };
            table.row(vec![
                from,
                to,
                number(period.value),
                if has_band { band } else { period.sample_count.map(readable).unwrap_or_default() },
                use_words(period),
            ]);
        }
        table
    }

    /// When each period begins and ends, as short as it can be said beside the time of the evaluation: without seconds
    /// and dates where that is clear.
    fn period_times(&self, told: &MetricExplanation) -> Vec<[String; 2]> {
        let zoned = |time: IsoTime| zoned(time.0.seconds(), self.zone);
        let evaluation = zoned(told.evaluation_time);
        let periods: Vec<_> = told.periods.iter().map(|one| [zoned(one.start_time), zoned(one.end_time)]).collect();
        if periods.iter().flatten().any(|time| time.offset() != evaluation.offset()) {
            return told.periods.iter().map(|one| [self.time(one.start_time), self.time(one.end_time)]).collect();
        }
        let clock = if periods.iter().flatten().all(|time| time.second() == 0) { "%H:%M" } else { "%H:%M:%S" };
        let dated = format!("%Y-%m-%d {clock}");
        let is_today = periods.iter().all(|[from, _]| from.date() == evaluation.date());
        let show = |[from, to]: &[Zoned; 2]| {
            let is_short = to.timestamp().as_second() - from.timestamp().as_second() < DAY_SECONDS;
            let from = from.strftime(if is_today { clock } else { &dated }).to_string();
            [from, to.strftime(if is_short { clock } else { &dated }).to_string()]
        };
        periods.iter().map(show).collect()
    }

    fn contributors(&self, told: &MetricExplanation, count: usize) -> String {
        let numbers = ["NEWEST", "USED", "BREACHING"].map(|name| (name, Side::Right));
        let columns = [("STATE", Side::Left)].into_iter().chain(numbers);
        let mut table = Table::new(columns.chain([("CONTRIBUTOR", Side::Left)]));
        for one in &told.contributors {
            let names: Vec<_> =
                one.contributor_attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let newest = one.value.map_or_else(|| "-".to_owned(), readable);
            let numbers = [newest, one.used.to_string(), one.breaching.to_string()];
            table.row([one.state_value.clone()].into_iter().chain(numbers).chain([names.join(", ")]).collect());
        }
        let left = count - told.contributors.len();
        let more = if left > 0 { format!("and {left} more\n") } else { String::new() };
        table.whole(self.width, self.palette) + &more
    }

    fn composite(&self, told: &CompositeExplanation) -> String {
        let mut text = self.title(&told.alarm_name, &told.state.state_value, told.evaluation_time);
        text += &format!("{}\n\n", told.alarm_rule);
        let mut table = Table::new(["STATE", "SINCE", "", "ALARM"].map(|name| (name, Side::Left)));
        for child in &told.children {
            let since = child.state_transitioned_timestamp.map(|since| self.time(since));
            let state = child.state_value.clone().unwrap_or_else(|| "does not exist".to_owned());
            let decides = if child.decides { "decides" } else { "" };
            table.row(vec![state, since.unwrap_or_default(), decides.to_owned(), child.alarm_name.clone()]);
        }
        text += &(table.whole(self.width, self.palette) + "\n");
        text += &match told.is_in_cycle {
            true => "Rule:    not evaluated, because the alarm depends on itself\n".to_owned(),
            false => format!("Rule:    comes to {}\n", told.rule_state_value),
        };
        let since = self.time(told.state.state_updated_timestamp);
        text += &format!("State:   {}, set at {since}\nReason:  {}\n", told.state.state_value, told.state.state_reason);
        if let Some(suppressor) = &told.suppressor {
            text += &format!("Actions: {}\n", self.suppressor(suppressor));
        }
        text += &self.muting(told.muting.as_ref());
        text
    }

    /// A line on what mutes the alarm, if something does.
    fn muting(&self, told: Option<&ExplainedMuting>) -> String {
        let Some(told) = told else { return String::new() };
        let others = match told.other_rules {
            0 => String::new(),
            1 => " and 1 other".to_owned(),
            others => format!(" and {others} others"),
        };
        let kept = match &told.kept_state_value {
            Some(state) => format!("; actions of {state} wait until then, and run if it lasts"),
            None => String::new(),
        };
        let until = self.time(told.muted_until);
        format!("Muted:   by rule {}{others} until {until}{kept}\n", told.alarm_mute_rule_name)
    }

    fn suppressor(&self, told: &ExplainedSuppressor) -> String {
        let state = told.state_value.as_deref().unwrap_or("missing");
        let of = format!(
            "suppressor {} is {state}, waits {} s before and {} s after it",
            told.actions_suppressor, told.actions_suppressor_wait_period, told.actions_suppressor_extension_period
        );
        let deadline = told.deadline.map(|deadline| format!(" until {}", self.time(deadline))).unwrap_or_default();
        let pending = if told.is_pending { "; actions are pending" } else { "" };
        match &told.actions_suppressed_by {
            Some(by) => format!("suppressed by {by}{deadline}{pending}; {of}"),
            None => format!("not suppressed; {of}"),
        }
    }
}

fn rule_name(told: &MetricExplanation) -> String {
    format!("{:?}:", told.rule)
}

fn use_words(period: &ExplainedPeriod) -> String {
    match (period.r#use, period.is_breaching) {
        (PeriodUse::Used, Some(true)) => "breaches",
        (PeriodUse::Used, _) => "does not breach",
        (PeriodUse::Older, _) => "older than needed",
        (PeriodUse::StandsIn, Some(true)) => "missing: breaching",
        (PeriodUse::StandsIn, Some(false)) => "missing: not breaching",
        (PeriodUse::StandsIn, None) => "missing: unknown",
        (PeriodUse::PassedOver, _) => "missing: passed over",
    }
    .to_owned()
}
