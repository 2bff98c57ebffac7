//! What falls due as time passes. The machine's clock and `POST /clock` drive it through one function.

use std::sync::Arc;
use std::time::Duration;

use nepho_model::Timestamp;

use crate::alarms;
use crate::detectors;
use crate::instance::Instance;
use crate::noise;
use crate::own::counters::Intake;
use crate::own::publish::Minutes;
use crate::queues::Reports;
use crate::stop::Stop;
use crate::topics::tidy;
use crate::writes::{Write, Writes};

/// Writes of the server's own metrics that may be on their way to the disk while the clock moves on.
const WRITES_MAX: usize = 4;

/// A kind of work that falls due again and again. At the same instant the first here comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    /// The store writes closed stretches, rolls up and drops what is too old.
    MaintainStore,
    /// The server's own metrics are stored, and rejections are summed up in the log.
    PublishFigures,
    /// What topics and deliveries have left behind goes.
    TidyTopics,
    /// What queues and topics tell about themselves is stored.
    PublishQueues,
    /// Anomaly detectors whose turn has come are trained.
    TrainDetectors,
    /// Alarms that are due are evaluated; behind the metrics of the same minute, which they may be about, and behind the
    /// models that they may be compared with.
    EvaluateAlarms,
}

impl Work {
    const ALL: [Work; 6] = [
        Work::MaintainStore,
        Work::PublishFigures,
        Work::TidyTopics,
        Work::PublishQueues,
        Work::TrainDetectors,
        Work::EvaluateAlarms,
    ];

    /// It falls due once in so many seconds.
    const fn period_seconds(self) -> i64 {
        match self {
            Work::MaintainStore | Work::TidyTopics => 3600,
            Work::PublishFigures | Work::PublishQueues | Work::TrainDetectors => 60,
            Work::EvaluateAlarms => 10,
        }
    }

    /// It falls due so many seconds after each multiple of its period. The store gives the samples of an hour five
    /// minutes to arrive before it writes them.
    const fn offset_seconds(self, evaluation_delay_seconds: i64) -> i64 {
        match self {
            Work::MaintainStore => 300,
            Work::PublishFigures | Work::PublishQueues | Work::TrainDetectors => 0,
            Work::EvaluateAlarms => evaluation_delay_seconds,
            Work::TidyTopics => 600,
        }
    }

    /// The first time after `now` at which it falls due.
    fn due_after(self, now: Timestamp, evaluation_delay_seconds: i64) -> Timestamp {
        let (period, offset) = (self.period_seconds(), self.offset_seconds(evaluation_delay_seconds));
        Timestamp::from_seconds(((now.seconds() - offset).div_euclid(period) + 1) * period + offset)
    }
}

/// The server's own metrics on their way to the store.
#[derive(Debug, Default)]
struct Publication {
    minutes: Minutes,
    /// Of queues, for as many minutes.
    reports: Reports,
    writes: Writes,
}

impl Publication {
    async fn add(&mut self, instance: &Arc<Instance>, now: Timestamp) {
        self.minutes.add(instance, now).await;
        if self.minutes.is_full() {
            self.write(instance, now).await;
        }
    }

    async fn write(&mut self, instance: &Instance, now: Timestamp) {
        if self.writes.len() >= WRITES_MAX {
            self.writes.settle_oldest(instance).await;
        }
        self.writes.push(self.minutes.write(instance));
        for (scope, batch) in std::mem::take(&mut self.reports).into_batches() {
            let samples = batch.len();
            instance.counters.flow(Intake::Own).receive(samples);
            self.writes.push(Some(Write::begin(instance, Intake::Own, &scope, batch, samples, now)));
        }
    }

    async fn finish(&mut self, instance: &Instance, now: Timestamp) {
        self.write(instance, now).await;
        self.writes.settle_all(instance).await;
    }
}

async fn tidy(instance: &Arc<Instance>, now: Timestamp) {
    if let Err(error) = instance.blocking(move |instance| tidy::tidy(instance, now)).await {
        instance.fault(&format!("what topics have left behind could not be removed: {error}"));
    }
}

async fn maintain(instance: &Arc<Instance>, now: Timestamp) {
    let maintained = move |instance: &Instance| {
        instance.samples.maintain(now)?;
        instance.alarms.forget(&*instance.records, now)
    };
    if let Err(error) = instance.blocking(maintained).await {
        instance.fault(&format!("the store could not be maintained: {error}"));
    }
}

/// Trains what is due: at once, with a clock that is moved by hand; else in the background, where it holds up nothing that
/// falls due meanwhile.
async fn train(instance: &Arc<Instance>, publication: &mut Publication, now: Timestamp) {
    match (instance.detectors.has_due(now), instance.clock.is_manual()) {
        (false, _) => {}
        (true, false) => instance.detectors.wake(),
        (true, true) => {
            publication.finish(instance, now).await;
            detectors::train_due(instance, now).await;
        }
    }
}

/// When each kind of work falls due next.
#[derive(Debug)]
pub(crate) struct Schedule {
    next: [(Timestamp, Work); Work::ALL.len()],
    evaluation_delay_seconds: i64,
}

impl Schedule {
    /// What falls due after `now`, evaluations so many seconds after the time that they are about.
    pub(crate) fn starting(now: Timestamp, evaluation_delay_seconds: i64) -> Self {
        let next = Work::ALL.map(|work| (work.due_after(now, evaluation_delay_seconds), work));
        Schedule { next, evaluation_delay_seconds }
    }

    fn next(&self) -> (Timestamp, Work) {
        self.next.into_iter().min().expect("there is always some work to come")
    }

    /// Takes the first work that is due at `until`, and schedules it again.
    fn take_due(&mut self, until: Timestamp) -> Option<(Timestamp, Work)> {
        let next = self.next.iter_mut().min().filter(|(due, _)| *due <= until)?;
        let taken = *next;
        next.0 = taken.1.due_after(taken.0, self.evaluation_delay_seconds);
        Some(taken)
    }

    /// Lets all but the last of several missed turns go, as after a machine was asleep.
    fn skip_missed(&mut self, now: Timestamp) {
        for (due, work) in &mut self.next {
            let last = work.due_after(now, self.evaluation_delay_seconds).plus_seconds(-work.period_seconds());
            *due = (*due).max(last);
        }
    }
}

/// When something falls due that is no work of the schedule: of alarms, or of messages that are kept.
fn next_deadline(instance: &Instance) -> Option<Timestamp> {
    let of_alarms = instance.alarms.next_deadline(instance.clock.now());
    of_alarms.into_iter().chain(instance.noise.next_deadline()).min()
}

/// Does everything that is due at `until`, in order, each at its time; the clock, if it can be moved, moves with it.
async fn run_until(instance: &Arc<Instance>, schedule: &mut Schedule, until: Timestamp) {
    let mut publication = Publication::default();
    loop {
        // A period of a composite alarm that ends then is over before anything else happens.
        let scheduled = until.min(schedule.next().0);
        let deadline = next_deadline(instance).filter(|deadline| *deadline <= scheduled);
        deliver_until(instance, deadline.unwrap_or(scheduled)).await;
        if let Some(deadline) = deadline {
            let now = deadline.max(instance.clock.now().min(until));
            instance.clock.set(now);
            alarms::reach_deadlines(instance, now).await;
            noise::reach(instance, now).await;
            continue;
        }
        let Some((due, work)) = schedule.take_due(until) else { break };
        instance.clock.set(due);
        match work {
            Work::MaintainStore => {
                publication.write(instance, due).await;
                maintain(instance, due).await;
            }
            Work::PublishFigures => {
                publication.add(instance, due).await;
                instance.rejections.report();
            }
            Work::TidyTopics => tidy(instance, due).await,
            Work::PublishQueues => {
                instance.queues.report(due, &mut publication.reports);
                instance.tallies.report(due, &mut publication.reports);
            }
            Work::TrainDetectors => train(instance, &mut publication, due).await,
            Work::EvaluateAlarms => {
                let about = due.plus_seconds(-schedule.evaluation_delay_seconds);
                if instance.alarms.are_due(about) {
                    publication.finish(instance, due).await;
                    alarms::evaluate(instance, about, due).await;
                }
            }
        }
    }
    instance.clock.set(until);
    deliver_until(instance, until).await;
    publication.finish(instance, until).await;
}

/// Lets deliveries be made that fall due up to a time, each at its time, before what else is due then. The machine's clock
/// does not wait for them.
async fn deliver_until(instance: &Arc<Instance>, until: Timestamp) {
    if !instance.clock.is_manual() {
        return;
    }
    instance.deliveries.settle(instance.clock.now()).await;
    while let Some(due) = instance.deliveries.next().filter(|due| *due < until) {
        instance.clock.set(due.max(instance.clock.now()));
        instance.deliveries.settle(instance.clock.now()).await;
    }
}

/// Drives the schedule with the machine's clock, until the stop.
pub(crate) async fn follow_system_clock(instance: Arc<Instance>, mut stop: Stop) {
    // What fell due while no server ran; one that is restarted every half an hour has to do it too.
    maintain(&instance, instance.clock.now()).await;
    loop {
        let (due, _) = instance.schedule.lock().await.next();
        let due = next_deadline(&instance).map_or(due, |deadline| due.min(deadline));
        let wait = (due.millis() - instance.clock.now().millis()).max(0) as u64;
        // At most a minute, so that a machine whose clock is set back is noticed.
        let wait = Duration::from_millis(wait.min(60_000));
        tokio::select! {
            () = stop.stopped() => return,
            () = instance.due_sooner.notified() => continue,
            () = tokio::time::sleep(wait) => {}
        }
        let now = instance.clock.now();
        let mut schedule = instance.schedule.lock().await;
        if schedule.next.iter().any(|(due, work)| due.seconds() - now.seconds() > work.period_seconds()) {
            *schedule = Schedule::starting(now, schedule.evaluation_delay_seconds);
        }
        schedule.skip_missed(now);
        run_until(&instance, &mut schedule, now).await;
    }
}

/// Moves a manual clock forward through everything that falls due on the way.
pub(crate) async fn advance(instance: &Arc<Instance>, by: Duration) -> Timestamp {
    let mut schedule = instance.schedule.lock().await;
    let until = Timestamp::from_millis(instance.clock.now().millis().saturating_add(by.as_millis() as i64));
    run_until(instance, &mut schedule, until).await;
    remember_clock(instance).await;
    until
}

/// Keeps where the clock stands for the next start. On the way there, each change of an alarm does so too.
async fn remember_clock(instance: &Arc<Instance>) {
    let kept =
        |instance: &Instance| instance.clock.remembered().map_or(Ok(()), |change| instance.records.commit(&[change]));
    if let Err(error) = instance.blocking(kept).await {
        instance.fault(&format!("the time of the manual clock could not be kept: {error}"));
    }
}

/// A clock that cannot go back, because there are metrics already.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotEmpty {
    pub(crate) metrics: u64,
}

/// Puts a manual clock to `to` at once: the store is maintained and deliveries that are due by then are tried, nothing else
/// happens on the way.
pub(crate) async fn jump(instance: &Arc<Instance>, to: Timestamp) -> Result<(), NotEmpty> {
    let mut schedule = instance.schedule.lock().await;
    let is_back = to < instance.clock.now();
    if is_back {
        let metrics = instance.blocking(|instance| instance.samples.figures().metrics).await;
        if metrics > 0 {
            return Err(NotEmpty { metrics });
        }
    }
    instance.clock.set(to);
    *schedule = Schedule::starting(to, schedule.evaluation_delay_seconds);
    if !is_back {
        maintain(instance, to).await;
    }
    instance.deliveries.settle(to).await;
    remember_clock(instance).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn work_is_taken_in_order_and_comes_again() {
        let mut schedule = Schedule::starting(at(230), 0);
        let taken = std::iter::from_fn(|| schedule.take_due(at(360)));
        let taken: Vec<_> = taken.map(|(due, work)| (due.seconds(), work)).collect();
        use Work::{EvaluateAlarms, MaintainStore, PublishFigures, PublishQueues, TrainDetectors};
        let minutes: Vec<_> = taken.iter().copied().filter(|(_, work)| *work != EvaluateAlarms).collect();
        let minute = |at| [(at, PublishFigures), (at, PublishQueues), (at, TrainDetectors)];
        assert_eq!(minutes, [minute(240).as_slice(), &[(300, MaintainStore)], &minute(300), &minute(360)].concat());
        let at_once: Vec<_> = taken.iter().filter(|(due, _)| *due == 300).map(|(_, work)| *work).collect();
        assert_eq!(at_once, [MaintainStore, PublishFigures, PublishQueues, TrainDetectors, EvaluateAlarms]);
        assert_eq!(schedule.next(), (at(370), EvaluateAlarms));
    }

    #[test]
    fn a_turn_at_the_very_start_is_not_due() {
        assert_eq!(Schedule::starting(at(60), 0).next(), (at(70), Work::EvaluateAlarms));
    }

    #[test]
    fn evaluations_wait_for_what_arrives_late() {
        // A server that is started between a minute and its evaluation still makes it.
        for (started, next) in [(54, 55), (55, 65), (60, 65), (64, 65), (65, 75)] {
            assert_eq!(evaluations(&mut Schedule::starting(at(started), 5), 76).first(), Some(&next), "{started}");
        }
        let mut schedule = Schedule::starting(at(60), 5);
        assert_eq!(evaluations(&mut schedule, 95), [65, 75, 85, 95]);
        schedule.skip_missed(at(7304));
        assert_eq!(evaluations(&mut schedule, 7304), [7295]);
        assert_eq!(evaluations(&mut schedule, 7305), [7305]);
    }

    fn evaluations(schedule: &mut Schedule, until: i64) -> Vec<i64> {
        let taken = std::iter::from_fn(|| schedule.take_due(at(until)));
        taken.filter(|(_, work)| *work == Work::EvaluateAlarms).map(|(due, _)| due.seconds()).collect()
    }

    #[test]
    fn missed_turns_happen_once() {
        let mut schedule = Schedule::starting(at(0), 0);
        schedule.skip_missed(at(7300));
        let taken: Vec<_> = std::iter::from_fn(|| schedule.take_due(at(7300))).map(|(due, _)| due.seconds()).collect();
        assert_eq!(taken, [3900, 4200, 7260, 7260, 7260, 7300]);
    }
}
