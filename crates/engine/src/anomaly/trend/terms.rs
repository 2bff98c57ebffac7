//! What explains a series besides its season, found one term at a time.

use super::phases::{LEAST_SQUARE, Phases, dot, orthogonal, subtract};
use super::{DAY, HOUR, Hour};
use crate::anomaly::robust::{autocorrelation, deviation, weight};

/// The most terms besides the level.
pub(in crate::anomaly) const MAX_TERMS: usize = 3;
/// How far candidates for shifts are apart, in seconds.
const SHIFT_STEP: i64 = 3 * HOUR;
/// How many times the logarithm of the number of hours a slope has to gain in likelihood: twice what Bayes' criterion asks.
const SLOPE_PENALTY: f64 = 2.0;
/// The same of a shift, which is picked among many.
const SHIFT_PENALTY: f64 = 6.0;
/// What is farther off counts no more than this, in standard deviations, when a term is looked for.
pub(super) const CLIP: f64 = 5.0;
/// A shift is at least so many standard deviations of the hours around it.
const MIN_SHIFT: f64 = 1.5;
/// A slope is usual when the median of rises is at least this share of it.
const MIN_USUAL: f64 = 0.5;
/// The least span that a slope is told of, in seconds.
const SLOPE_SPAN: i64 = 3 * DAY;
/// How often hours are weighed anew by how far off they are.
const ROUNDS: usize = 3;

/// What may add to the level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Term {
    /// One a day.
    Slope,
    /// One from a time on.
    Shift(i64),
}

impl Term {
    fn at(self, hour: &Hour, first: i64) -> f64 {
        match self {
            Term::Slope => (hour.time - first) as f64 / DAY as f64,
            Term::Shift(time) => f64::from(u8::from(hour.time >= time)),
        }
    }

    fn penalty(self) -> f64 {
        match self {
            Term::Slope => SLOPE_PENALTY,
            Term::Shift(_) => SHIFT_PENALTY,
        }
    }

    /// Whether two terms are not about the same, shifts when they are so many seconds apart.
    fn is_apart(self, other: Term, seconds: i64) -> bool {
        match (self, other) {
            (Term::Shift(one), Term::Shift(other)) => (one - other).abs() >= seconds,
            (one, other) => one != other,
        }
    }
}

/// How long the level has to stay before and after a shift, in seconds: a day; longer than a weekend where weeks cannot
/// be told apart.
const fn shift_seconds(cycle: i64) -> i64 {
    if cycle > DAY { DAY } else { 3 * DAY }
}

/// A series with a season of one cycle, explained.
pub(super) struct Explained {
    /// The terms with their factors.
    pub(super) terms: Vec<(Term, f64)>,
    /// How far off each hour is from the others of its phase, where there are others.
    pub(super) unseen: Vec<f64>,
}

impl Explained {
    /// Explains hours between two times, in seconds, with a season of `cycle` seconds.
    pub(super) fn new(hours: &[Hour], cycle: i64, from: i64, until: i64) -> Self {
        let search = Search::new(hours, cycle, from);
        let mut candidates = candidates(cycle, from, until);
        let mut terms: Vec<Term> = Vec::new();
        loop {
            let columns: Vec<_> = terms.iter().map(|term| search.column(*term)).collect();
            let (factors, left, weights) = search.regress(&columns);
            match search.best(&candidates, &columns, &left).filter(|_| terms.len() < MAX_TERMS) {
                Some(term) => {
                    candidates.retain(|candidate| candidate.is_apart(term, shift_seconds(cycle)));
                    terms.push(term);
                }
                None => {
                    let unseen = search.phases.unseen(&left, &weights);
                    let least = MIN_SHIFT * deviation(search.phases.known(&left).into_iter());
                    // What looked like a shift may turn out to be an outlier.
                    let is_kept = |(term, factor): &(Term, f64)| *term == Term::Slope || factor.abs() >= least;
                    return Explained { terms: terms.into_iter().zip(factors).filter(is_kept).collect(), unseen };
                }
            }
        }
    }
}

fn candidates(cycle: i64, from: i64, until: i64) -> Vec<Term> {
    let slope = (until - from >= SLOPE_SPAN).then_some(Term::Slope);
    let (earliest, latest) = (from + shift_seconds(cycle), until - shift_seconds(cycle));
    let first = earliest.div_euclid(SHIFT_STEP) + i64::from(earliest.rem_euclid(SHIFT_STEP) > 0);
    let shifts = (first..=latest.div_euclid(SHIFT_STEP)).map(|step| Term::Shift(step * SHIFT_STEP));
    slope.into_iter().chain(shifts).collect()
}

struct Search<'a> {
    hours: &'a [Hour],
    values: Vec<f64>,
    phases: Phases,
    from: i64,
}

impl<'a> Search<'a> {
    fn new(hours: &'a [Hour], cycle: i64, from: i64) -> Self {
        let values = hours.iter().map(|hour| hour.value).collect();
        Search { hours, values, phases: Phases::new(hours, cycle), from }
    }

    fn column(&self, term: Term) -> Vec<f64> {
        self.hours.iter().map(|hour| term.at(hour, self.from)).collect()
    }

    /// The factors of columns, what they leave, and how much each hour counts.
    fn regress(&self, columns: &[Vec<f64>]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let mut weights = vec![1.0; self.values.len()];
        let mut rounds = 0;
        loop {
            let factors = self.phases.regress(columns, &self.values, &weights);
            let left = self.phases.without(&subtract(&self.values, columns, &factors), &weights);
            let deviation = deviation(self.phases.known(&left).into_iter());
            rounds += 1;
            if rounds == ROUNDS || deviation <= 0.0 {
                return (factors, left, weights);
            }
            weights = left.iter().map(|left| weight(left / deviation)).collect();
        }
    }

    /// The candidate that explains most of what is left, if it explains enough.
    fn best(&self, candidates: &[Term], columns: &[Vec<f64>], left: &[f64]) -> Option<Term> {
        let alike = vec![1.0; left.len()];
        let deviation = deviation(self.phases.known(left).into_iter());
        let left: Vec<_> = left.iter().map(|left| left.clamp(-CLIP * deviation, CLIP * deviation)).collect();
        let mut bases: Vec<Vec<f64>> = Vec::new();
        for column in columns {
            let base = orthogonal(self.phases.without(column, &alike), &bases, &alike).0;
            bases.push(base);
        }
        let usual = self.phases.usual_slope(self.hours, &left);
        let (mut best, mut most) = (None, 0.0);
        for term in candidates {
            let base = orthogonal(self.phases.without(&self.column(*term), &alike), &bases, &alike).0;
            let square = dot(&base, &base, &alike);
            if square <= LEAST_SQUARE * left.len() as f64 {
                continue;
            }
            let factor = dot(&base, &left, &alike) / square;
            let is_believed = match term {
                // What most days or weeks show, and not the doing of one weekend.
                Term::Slope => usual * factor.signum() >= MIN_USUAL * factor.abs(),
                Term::Shift(_) => factor.abs() >= MIN_SHIFT * deviation,
            };
            let gain = self.gain(*term, &base, factor, &left);
            if is_believed && gain > most {
                (most, best) = (gain, Some(*term));
            }
        }
        best
    }

    /// By how much more likely a term makes what is left than it has to. Hours that are like the one before count less.
    fn gain(&self, term: Term, base: &Vec<f64>, factor: f64, left: &[f64]) -> f64 {
        let square = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
        let rest = subtract(left, std::slice::from_ref(base), &[factor]);
        let memory = autocorrelation(&self.phases.known(&rest));
        let hours = (self.phases.free * (1.0 - memory) / (1.0 + memory)).max(1.0);
        let total = square(left);
        if total <= 0.0 {
            return 0.0;
        }
        hours * (total / square(&rest).max(total * LEAST_SQUARE)).ln() - term.penalty() * hours.ln()
    }
}
