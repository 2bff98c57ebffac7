//! Which delivery is next, so that no endpoint holds up another.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use nepho_model::Timestamp;

use super::throttle::Throttle;
use crate::subscription::Protocol;

/// The most deliveries that wait for one endpoint. One more is given up at once.
pub const WAITING_MAX: usize = 100_000;
/// The most deliveries that are on their way at one time over HTTP. Each may be a connection.
pub const IN_FLIGHT_OF_HTTP_MAX: usize = 256;
/// The most that are on their way to the mail server, which all addresses share.
pub const IN_FLIGHT_OF_MAIL_MAX: usize = 16;
/// The most that are on their way to queues of this server.
pub const IN_FLIGHT_OF_QUEUES_MAX: usize = 256;
/// The most that are on their way to one endpoint that answers.
pub const IN_FLIGHT_OF_ENDPOINT_MAX: usize = 8;
/// The most that are on their way to one endpoint that has not answered yet, or whose last delivery failed: those that do
/// not answer must not use up what all have together.
pub const IN_FLIGHT_OF_FAILING_MAX: usize = 1;

/// Where a lane leads to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Destination {
    /// How it is delivered.
    pub protocol: Protocol,
    /// Where to.
    pub endpoint: String,
}

/// What deliveries have in common that share places: a mail server that hangs takes none from queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Http,
    Mail,
    Queues,
}

impl Way {
    const ALL: [Way; 3] = [Way::Http, Way::Mail, Way::Queues];

    fn of(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Http | Protocol::Https | Protocol::Slack | Protocol::PagerDuty => Way::Http,
            Protocol::Email | Protocol::EmailJson => Way::Mail,
            Protocol::Sqs => Way::Queues,
        }
    }

    const fn in_flight_max(self) -> usize {
        match self {
            Way::Http => IN_FLIGHT_OF_HTTP_MAX,
            Way::Mail => IN_FLIGHT_OF_MAIL_MAX,
            Way::Queues => IN_FLIGHT_OF_QUEUES_MAX,
        }
    }
}

/// What holds for one delivery in its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LaneRules {
    /// The most deliveries a second.
    pub per_second_max: Option<u32>,
    /// Whether one has to be settled before the next, in the order of keys.
    pub is_in_order: bool,
}

/// There are too many in the lane already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{WAITING_MAX} deliveries wait for this endpoint already, which is the limit")]
pub struct Full;

/// Deliveries by where they go, each known by a key.
#[derive(Debug)]
pub struct Lanes<K> {
    numbers: HashMap<Destination, u64>,
    lanes: HashMap<u64, Lane<K>>,
    next_number: u64,
    /// Of each way, lanes that have something to take and a place for it, by when.
    ready: [BTreeSet<(Timestamp, u64)>; Way::ALL.len()],
    in_flight: [usize; Way::ALL.len()],
    waiting: usize,
}

#[derive(Debug)]
struct Lane<K> {
    destination: Destination,
    rules: LaneRules,
    /// By time, or all at the same time where order counts; then by key. With when each is due.
    waiting: BTreeMap<(Timestamp, K), Timestamp>,
    in_flight: usize,
    is_failing: bool,
    throttle: Throttle,
    /// Before then there is no place, because of the throttle.
    full_until: Timestamp,
    /// Where it stands among the ready.
    ready_at: Option<Timestamp>,
}

const BEFORE_ALL: Timestamp = Timestamp::from_millis(i64::MIN);

impl<K: Ord> Lane<K> {
    /// When something can be taken, unless something else happens before.
    fn next(&self) -> Option<Timestamp> {
        let most = match (self.rules.is_in_order, self.is_failing) {
            (true, _) => 1,
            (_, true) => IN_FLIGHT_OF_FAILING_MAX,
            (_, false) => IN_FLIGHT_OF_ENDPOINT_MAX,
        };
        let due = *self.waiting.first_key_value()?.1;
        (self.in_flight < most).then(|| due.max(self.full_until))
    }
}

impl<K> Default for Lanes<K> {
    fn default() -> Self {
        Lanes {
            numbers: HashMap::new(),
            lanes: HashMap::new(),
            next_number: 0,
            ready: Default::default(),
            in_flight: Default::default(),
            waiting: 0,
        }
    }
}

impl<K: Ord + Clone> Lanes<K> {
    /// Lets a delivery wait for its time.
    ///
    /// # Errors
    /// Its lane is full.
    pub fn push(&mut self, to: &Destination, rules: LaneRules, key: K, due: Timestamp) -> Result<(), Full> {
        let number = match self.numbers.get(to) {
            Some(number) => *number,
            None => self.open(to),
        };
        let lane = self.lanes.get_mut(&number).expect("every number has its lane");
        if lane.waiting.len() >= WAITING_MAX {
            return Err(Full);
        }
        lane.rules = rules;
        let place = if rules.is_in_order { BEFORE_ALL } else { due };
        if lane.waiting.insert((place, key), due).is_none() {
            self.waiting += 1;
        }
        self.arrange(number);
        Ok(())
    }

    fn open(&mut self, to: &Destination) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        let lane = Lane {
            destination: to.clone(),
            rules: LaneRules::default(),
            waiting: BTreeMap::new(),
            in_flight: 0,
            is_failing: Way::of(to.protocol) == Way::Http,
            throttle: Throttle::default(),
            full_until: BEFORE_ALL,
            ready_at: None,
        };
        self.numbers.insert(to.clone(), number);
        self.lanes.insert(number, lane);
        number
    }

    /// Takes a delivery that is due, and there is a place for; it is on its way then.
    pub fn take(&mut self, now: Timestamp) -> Option<(Destination, K)> {
        loop {
            let (at, number) = self.first()?;
            if at > now {
                return None;
            }
            let lane = self.lanes.get_mut(&number).expect("what is ready is there");
            let place = lane.rules.per_second_max.map_or(Ok(()), |most| lane.throttle.take(most, now));
            if let Err(until) = place {
                lane.full_until = until;
                self.arrange(number);
                continue;
            }
            let ((_, key), _) = lane.waiting.pop_first().expect("what is ready has something to take");
            lane.in_flight += 1;
            let destination = lane.destination.clone();
            self.in_flight[Way::of(destination.protocol) as usize] += 1;
            self.waiting -= 1;
            self.arrange(number);
            return Some((destination, key));
        }
    }

    /// One that was on its way has arrived or not. If it is to be tried again, it is pushed again before.
    pub fn finish(&mut self, from: &Destination, has_failed: bool) {
        let number = *self.numbers.get(from).expect("a lane is there as long as something of it is on its way");
        let lane = self.lanes.get_mut(&number).expect("every number has its lane");
        lane.in_flight -= 1;
        lane.is_failing = has_failed;
        self.in_flight[Way::of(from.protocol) as usize] -= 1;
        // Who has to wait for a place must not find a new lane, which knows nothing of it.
        if lane.waiting.is_empty() && lane.in_flight == 0 && lane.rules.per_second_max.is_none() {
            self.lanes.remove(&number);
            self.numbers.remove(from);
        } else {
            self.arrange(number);
        }
    }

    /// Puts a lane to its place among the ready.
    fn arrange(&mut self, number: u64) {
        let lane = self.lanes.get_mut(&number).expect("only lanes that are there are arranged");
        let ready = &mut self.ready[Way::of(lane.destination.protocol) as usize];
        if let Some(at) = lane.ready_at.take() {
            ready.remove(&(at, number));
        }
        lane.ready_at = lane.next();
        ready.extend(lane.ready_at.map(|at| (at, number)));
    }

    /// When something can be taken, unless something else happens before.
    pub fn next(&self) -> Option<Timestamp> {
        self.first().map(|(at, _)| at)
    }

    /// How many are on their way.
    pub fn in_flight(&self) -> usize {
        self.in_flight.iter().sum()
    }

    /// The lane that is ready first, of those ways that have a place.
    fn first(&self) -> Option<(Timestamp, u64)> {
        let has_place = |way: &Way| self.in_flight[*way as usize] < way.in_flight_max();
        let first = |way: Way| self.ready[way as usize].first().copied();
        Way::ALL.into_iter().filter(has_place).filter_map(first).min()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.waiting
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn to(endpoint: &str) -> Destination {
        Destination { protocol: Protocol::Http, endpoint: endpoint.to_owned() }
    }

    const PLAIN: LaneRules = LaneRules { per_second_max: None, is_in_order: false };

    fn taken(lanes: &mut Lanes<u32>, now: i64) -> Vec<u32> {
        std::iter::from_fn(|| lanes.take(at(now))).map(|(_, key)| key).collect()
    }

    #[test]
    fn a_slow_endpoint_holds_up_nobody_else() {
        let mut lanes = Lanes::default();
        for key in 0..100 {
            lanes.push(&to("slow"), PLAIN, key, at(0)).unwrap();
        }
        lanes.push(&to("quick"), PLAIN, 1000, at(1)).unwrap();
        assert_eq!(taken(&mut lanes, 0).len(), IN_FLIGHT_OF_FAILING_MAX, "it has not answered yet");
        lanes.finish(&to("slow"), false);
        assert_eq!(taken(&mut lanes, 0).len(), IN_FLIGHT_OF_ENDPOINT_MAX);
        assert_eq!(lanes.next(), Some(at(1)));
        assert_eq!(taken(&mut lanes, 1), [1000]);
        // One that fails is tried alone, until it answers again.
        for _ in 0..IN_FLIGHT_OF_ENDPOINT_MAX {
            lanes.finish(&to("slow"), true);
        }
        assert_eq!(taken(&mut lanes, 1).len(), IN_FLIGHT_OF_FAILING_MAX);
        lanes.finish(&to("slow"), false);
        assert_eq!(taken(&mut lanes, 1).len(), IN_FLIGHT_OF_ENDPOINT_MAX);
    }

    #[test]
    fn what_is_due_first_goes_first_unless_order_counts() {
        let ordered = LaneRules { is_in_order: true, ..PLAIN };
        for (rules, expected) in [(PLAIN, vec![2, 3, 1]), (ordered, vec![1, 2, 3])] {
            let mut lanes = Lanes::default();
            for (key, due) in [(1, 30), (2, 10), (3, 20)] {
                lanes.push(&to("a"), rules, key, at(due)).unwrap();
            }
            let mut order = Vec::new();
            while let Some((from, key)) = lanes.take(at(30)) {
                order.push(key);
                lanes.finish(&from, false);
            }
            assert_eq!(order, expected);
        }
        let mut lanes = Lanes::default();
        lanes.push(&to("a"), ordered, 1, at(30)).unwrap();
        lanes.push(&to("a"), ordered, 2, at(10)).unwrap();
        assert_eq!(lanes.next(), Some(at(30)), "the first has to go first");
        assert_eq!(taken(&mut lanes, 30), [1], "one at a time");
    }

    #[test]
    fn a_throttled_lane_is_ready_when_there_is_a_place() {
        let slow = LaneRules { per_second_max: Some(2), ..PLAIN };
        let mut lanes = Lanes::default();
        for key in 0..4 {
            lanes.push(&to("a"), slow, key, at(0)).unwrap();
        }
        let mut by_second = Vec::new();
        for second in 0..3 {
            let keys = taken(&mut lanes, second);
            for _ in &keys {
                lanes.finish(&to("a"), false);
            }
            by_second.push(keys);
        }
        // The first goes alone, since it is not known yet whether there is an answer.
        assert_eq!(by_second, [vec![0], vec![1, 2], vec![3]]);
        // Also when there was nothing to do meanwhile.
        lanes.push(&to("a"), slow, 5, at(2)).unwrap();
        assert_eq!(taken(&mut lanes, 2), [5]);
        lanes.push(&to("a"), slow, 6, at(2)).unwrap();
        assert_eq!((taken(&mut lanes, 2), lanes.next()), (vec![], Some(at(3))));
    }

    #[test]
    fn lanes_have_a_limit() {
        let mut lanes = Lanes::default();
        for key in 0..WAITING_MAX {
            assert_eq!(lanes.push(&to("a"), PLAIN, key, at(0)), Ok(()));
        }
        assert_eq!(lanes.push(&to("a"), PLAIN, WAITING_MAX, at(0)), Err(Full));
        assert_eq!(lanes.push(&to("b"), PLAIN, WAITING_MAX, at(0)), Ok(()));
        assert_eq!(lanes.waiting(), WAITING_MAX + 1);
    }

    #[test]
    fn each_way_has_its_own_places() {
        let ways = [
            (Protocol::Https, IN_FLIGHT_OF_HTTP_MAX),
            (Protocol::EmailJson, IN_FLIGHT_OF_MAIL_MAX),
            (Protocol::Sqs, IN_FLIGHT_OF_QUEUES_MAX),
        ];
        let mut many = Lanes::default();
        for (protocol, most) in ways {
            let to = |key: usize| Destination { protocol, endpoint: key.to_string() };
            for key in 0..=most {
                many.push(&to(key), PLAIN, key, at(0)).unwrap();
            }
            assert_eq!(std::iter::from_fn(|| many.take(at(0))).count(), most, "{protocol:?}");
            assert_eq!(many.next(), None, "{protocol:?}");
            many.finish(&to(0), false);
            assert!(many.take(at(0)).is_some(), "{protocol:?}");
        }
    }

    #[derive(Debug, Clone)]
    enum Move {
        Push { lane: u8, due: i64 },
        Take { by: i64 },
        Finish { which: prop::sample::Index, has_failed: bool },
    }

    fn moves() -> impl Strategy<Value = Vec<Move>> {
        let one = prop_oneof![
            3 => (0_u8..4, 0_i64..20).prop_map(|(lane, due)| Move::Push { lane, due }),
            3 => (0_i64..3).prop_map(|by| Move::Take { by }),
            2 => (any::<prop::sample::Index>(), any::<bool>())
                .prop_map(|(which, has_failed)| Move::Finish { which, has_failed }),
        ];
        prop::collection::vec(one, 0..200)
    }

    proptest! {
        #[test]
        fn everything_is_taken_once_and_not_before_its_time(moves in moves()) {
            // Lane 1 is throttled, lane 2 is in order.
            let rules = |lane| LaneRules { per_second_max: (lane == 1).then_some(1), is_in_order: lane == 2 };
            let mut lanes = Lanes::default();
            let (mut now, mut pushed, mut dues) = (0, 0_usize, HashMap::new());
            let (mut taken, mut flying) = (BTreeSet::new(), Vec::new());
            let mut take = |lanes: &mut Lanes<usize>, now: i64, dues: &HashMap<usize, i64>, flying: &mut Vec<Destination>| {
                while let Some((from, key)) = lanes.take(at(now)) {
                    prop_assert!(dues[&key] <= now);
                    prop_assert!(taken.insert(key), "{key} was taken twice");
                    flying.push(from.clone());
                    let of_lane = flying.iter().filter(|other| **other == from).count();
                    let most = if from.endpoint == "2" { 1 } else { IN_FLIGHT_OF_ENDPOINT_MAX };
                    prop_assert!(of_lane <= most);
                }
                Ok(taken.len())
            };
            for step in moves {
                match step {
                    Move::Push { lane, due } => {
                        lanes.push(&to(&lane.to_string()), rules(lane), pushed, at(due)).unwrap();
                        dues.insert(pushed, due);
                        pushed += 1;
                    }
                    Move::Take { by } => {
                        now += by;
                        take(&mut lanes, now, &dues, &mut flying)?;
                    }
                    Move::Finish { which, has_failed } if !flying.is_empty() => {
                        let from = flying.swap_remove(which.index(flying.len()));
                        lanes.finish(&from, has_failed);
                    }
                    Move::Finish { .. } => {}
                }
                prop_assert_eq!(lanes.in_flight(), flying.len());
            }
            let mut count = take(&mut lanes, now, &dues, &mut flying)?;
            while count < pushed {
                for from in flying.drain(..) {
                    lanes.finish(&from, false);
                }
                now = now.max(lanes.next().expect("what waits is ready once nothing is on its way").seconds());
                count = take(&mut lanes, now, &dues, &mut flying)?;
            }
            prop_assert_eq!(lanes.waiting(), 0);
        }
    }
}
