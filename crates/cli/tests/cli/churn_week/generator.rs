//! A week of the churn pipeline: the metrics that it emits, by a generator that always comes to the same, incidents
//! included.
//!
//! An event is counted under its dimensions and, because alarms are on the whole, without any.

use std::collections::BTreeMap;

use nepho_model::{Batch, Cell, Metric, Resolution, Scope, Timestamp, Unit};
use nepho_store::{EmbeddedSamples, Samples};

/// Monday, midnight.
pub(super) const START: i64 = 1_777_852_800;
pub(super) const MINUTES: i64 = 7 * 24 * 60;
/// Minutes that are stored at once.
const AT_ONCE: i64 = 60;

const API: &str = "RetainWise/API";
const WORKER: &str = "RetainWise/Worker";
const DATABASE: &str = "RetainWise/Database";
const PIPELINE: &str = "RetainWise/MLPipeline";
const QUEUE: &str = "churn-production-predictions";

/// Something that goes wrong, from one minute of the week to before another.
pub(super) struct Incident {
    pub(super) kind: Kind,
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) what: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    WorkerStopped,
    BadModel,
    SlowWorker,
    NoStorage,
    NoDatabase,
    NoModel,
    Hiccup,
}

const fn at(day: i64, hour: i64, minute: i64) -> i64 {
    (day * 24 + hour) * 60 + minute
}

pub(super) const INCIDENTS: [Incident; 7] = [
    Incident {
        kind: Kind::WorkerStopped,
        from: at(0, 10, 20),
        to: at(0, 11, 5),
        what: "the worker stands still, and the queue grows",
    },
    Incident {
        kind: Kind::BadModel,
        from: at(1, 14, 0),
        to: at(1, 14, 45),
        what: "a model fails on one upload in three and is unsure of the others; messages are given up",
    },
    Incident {
        kind: Kind::SlowWorker,
        from: at(2, 9, 30),
        to: at(2, 10, 45),
        what: "predictions take six times as long",
    },
    Incident {
        kind: Kind::NoStorage,
        from: at(3, 13, 10),
        to: at(3, 13, 35),
        what: "S3 takes no files, and uploads fail",
    },
    Incident { kind: Kind::NoDatabase, from: at(4, 17, 45), to: at(4, 17, 52), what: "the database refuses writes" },
    Incident { kind: Kind::NoModel, from: at(5, 2, 0), to: at(5, 2, 1), what: "a deployment finds no model, once" },
    Incident {
        kind: Kind::Hiccup,
        from: at(6, 12, 0),
        to: at(6, 12, 2),
        what: "five uploads fail at S3 within two minutes, and then no more",
    },
];

/// Numbers that look like chance: splitmix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn is(&mut self, probability: f64) -> bool {
        self.next() < probability
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[(self.next() * choices.len() as f64) as usize]
    }
}

type Values = BTreeMap<(Metric, &'static str), Vec<f64>>;

/// What was measured in a minute.
#[derive(Default)]
struct Minute(Values);

impl Minute {
    fn add(&mut self, namespace: &str, name: &str, unit: Unit, dimensions: &[(&str, &str)], value: f64) {
        let metric = Metric::new(namespace, name, dimensions).unwrap();
        self.0.entry((metric, unit.as_str())).or_default().push(value);
    }

    /// One more of something, under its dimensions and under none.
    fn count(&mut self, namespace: &str, name: &str, dimensions: &[(&str, &str)]) {
        self.add(namespace, name, Unit::Count, dimensions, 1.0);
        if !dimensions.is_empty() {
            self.add(namespace, name, Unit::Count, &[], 1.0);
        }
    }
}

/// The pipeline between two minutes.
struct Pipeline {
    chance: Chance,
    /// The minutes in which the uploads that wait were sent.
    waiting: Vec<i64>,
    given_up: f64,
}

/// Writes the week into a folder.
pub(super) fn write(folder: &std::path::Path) {
    let store = EmbeddedSamples::open(nepho_store::Options::new(folder)).unwrap();
    let scope = Scope::new("000000000000", "us-east-1");
    let mut pipeline = Pipeline { chance: Chance(20_260_504), waiting: Vec::new(), given_up: 0.0 };
    for hour in 0..MINUTES / AT_ONCE {
        let mut batch = Batch::default();
        for minute in hour * AT_ONCE..(hour + 1) * AT_ONCE {
            let time = Timestamp::from_seconds(START + minute * 60);
            for ((metric, unit), values) in pipeline.minute(minute).0 {
                let key = batch.known_key(metric.key());
                let cell = Cell::of_values(&values, &[]).unwrap();
                batch.push(key, Unit::parse(unit).unwrap(), Resolution::Minute, time, cell);
            }
        }
        store.append(&scope, &batch, Timestamp::from_seconds(START + (hour + 1) * AT_ONCE * 60)).wait().unwrap();
    }
    store.close().unwrap();
}

impl Pipeline {
    fn minute(&mut self, minute: i64) -> Minute {
        let mut measured = Minute::default();
        let is = |kind| INCIDENTS.iter().any(|one| one.kind == kind && (one.from..one.to).contains(&minute));
        // Office hours, and a little at night and at weekends.
        let (day, hour) = (minute / (24 * 60), minute / 60 % 24);
        let busy = if day < 5 && (8..18).contains(&hour) { 4.0 } else { 1.2 };
        let uploads = self.chance.between(0.4 * busy, 1.6 * busy).round() as usize;
        for _ in 0..uploads {
            self.upload(minute, &mut measured, is(Kind::NoStorage));
        }
        if is(Kind::Hiccup) {
            (0..if minute % 2 == 0 { 3 } else { 2 })
                .for_each(|_| measured.count(API, "S3UploadFailure", &[("UserId", "127")]));
        }
        if is(Kind::NoModel) {
            measured.count(PIPELINE, "ModelLoadError", &[("ModelVersion", "churn-1")]);
        }
        if is(Kind::NoDatabase) {
            (0..2).for_each(|_| {
                measured.count(
                    DATABASE,
                    "DatabaseWriteError",
                    &[("Table", "predictions"), ("Operation", "bulk_insert")],
                );
            });
        }
        // The worker takes eight in a minute.
        let taken = if is(Kind::WorkerStopped) { 0 } else { self.waiting.len().min(8) };
        for _ in 0..taken {
            self.waiting.remove(0);
            self.work(&mut measured, is(Kind::BadModel), is(Kind::SlowWorker));
        }
        if is(Kind::BadModel) && minute % 10 == 5 {
            self.given_up += 1.0;
        }
        // Somebody looks at them in the evening.
        if minute == at(1, 17, 0) {
            self.given_up = 0.0;
        }
        self.report_queues(minute, &mut measured);
        measured
    }

    /// Users leave the process hashed into 256 buckets.
    fn user(&mut self) -> String {
        ((self.chance.next() * 12.0).floor() * 21.0).to_string()
    }

    fn upload(&mut self, minute: i64, measured: &mut Minute, is_storage_gone: bool) {
        let user = self.user();
        let user = [("UserId", user.as_str())];
        if self.chance.is(0.01) {
            return measured.count(API, "UploadRejected", &[("Reason", "InvalidFileType"), user[0]]);
        }
        let megabytes = self.chance.between(0.2, 14.0);
        measured.add(API, "UploadFileSizeMB", Unit::Megabytes, &user, megabytes);
        if self.chance.is(0.001) {
            return measured.count(API, "UploadReadError", &user);
        }
        if self.chance.is(0.0005) {
            return measured.count(API, "UploadUnexpectedError", &user);
        }
        if is_storage_gone || self.chance.is(0.0005) {
            return measured.count(API, "S3UploadFailure", &user);
        }
        let bucket = match megabytes {
            size if size < 1.0 => "< 1MB",
            size if size < 5.0 => "1-5MB",
            size if size < 10.0 => "5-10MB",
            _ => "10-50MB",
        };
        let seconds = 0.1 + megabytes * self.chance.between(0.03, 0.08);
        measured.add(API, "S3UploadDuration", Unit::Seconds, &[("FileSizeBucket", bucket)], seconds);
        measured.count(API, "SQSMessageSent", &[("QueueType", "predictions")]);
        measured.add(API, "UploadEndToEndDuration", Unit::Seconds, &user, seconds + self.chance.between(0.05, 0.3));
        measured.count(API, "UploadSuccess", &user);
        self.waiting.push(minute);
    }

    fn work(&mut self, measured: &mut Minute, is_model_bad: bool, is_slow: bool) {
        let user = self.user();
        let rows = self.chance.of(&["100-1000", "1K-10K", "1K-10K", "10K-100K"]);
        let priority = self.chance.of(&["normal", "normal", "normal", "high"]);
        let model = [("ModelVersion", "churn-1")];
        if self.chance.is(0.0005) {
            return measured.count(WORKER, "MessageParseError", &[("ErrorType", "InvalidJSON")]);
        }
        measured.add(WORKER, "S3DownloadDuration", Unit::Seconds, &[], self.chance.between(0.2, 1.5));
        measured.add(
            WORKER,
            "CSVRowCount",
            Unit::Count,
            &[("RowBucket", rows)],
            match rows {
                "100-1000" => self.chance.between(100.0, 999.0).floor(),
                "1K-10K" => self.chance.between(1000.0, 9999.0).floor(),
                _ => self.chance.between(10_000.0, 99_999.0).floor(),
            },
        );
        let slowness = if is_slow { 6.0 } else { 1.0 };
        let seconds = slowness
            * match rows {
                "100-1000" => self.chance.between(2.0, 8.0),
                "1K-10K" => self.chance.between(20.0, 80.0),
                _ => self.chance.between(90.0, 200.0),
            };
        if (is_model_bad && self.chance.is(0.33)) || self.chance.is(0.004) {
            return measured.count(WORKER, "MLPredictionError", &[("UserId", &user), ("RowCount", rows)]);
        }
        let confidence = if is_model_bad { self.chance.between(0.3, 0.6) } else { self.chance.between(0.7, 0.99) };
        measured.add(PIPELINE, "PredictionConfidence", Unit::None, &model, confidence);
        measured.add(WORKER, "MLPredictionDuration", Unit::Seconds, &[("RowBucket", rows)], seconds * 0.8);
        measured.add(WORKER, "PredictionThroughput", Unit::None, &model, self.chance.between(80.0, 120.0) / slowness);
        if self.chance.is(0.001) {
            measured.count(WORKER, "WorkerUnexpectedError", &[]);
            return measured.count(
                DATABASE,
                "DatabaseWriteError",
                &[("Table", "predictions"), ("Operation", "bulk_insert")],
            );
        }
        measured.count(DATABASE, "PredictionsSaved", &[("Table", "predictions"), ("RowCount", rows)]);
        let dimensions = [("Priority", priority), ("RowBucket", rows)];
        measured.add(WORKER, "WorkerEndToEndDuration", Unit::Seconds, &dimensions, seconds);
        measured.add(WORKER, "WorkerEndToEndDuration", Unit::Seconds, &[], seconds);
        measured.count(WORKER, "WorkerSuccess", &[("Priority", priority)]);
    }

    /// What SQS says of the queues, every minute.
    fn report_queues(&self, minute: i64, measured: &mut Minute) {
        let age = self.waiting.first().map_or(0.0, |sent| ((minute - sent) * 60 + 30) as f64);
        let dead = format!("{QUEUE}-dlq");
        for (queue, visible, age) in [(QUEUE, self.waiting.len() as f64, age), (dead.as_str(), self.given_up, 0.0)] {
            let queue = [("QueueName", queue)];
            measured.add("AWS/SQS", "ApproximateNumberOfMessagesVisible", Unit::Count, &queue, visible);
            measured.add("AWS/SQS", "ApproximateAgeOfOldestMessage", Unit::Seconds, &queue, age);
        }
    }
}
