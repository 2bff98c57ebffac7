//! The functions, as processes under a stand-in of Lambda's runtime API: what they measure is read back from a server
//! through CloudWatch's API.

#![expect(clippy::unwrap_used, reason = "a failed test should say where")]

mod log;
mod store;

use std::collections::BTreeMap;
use std::path::PathBuf;

use cluster_ops::client::Client;
use cluster_ops::stand_in::{ACTS, Act, Answer, End, Name, Stage, deliver};

use log::Document;
use store::{Store, Summary};

/// The table of the reference application: namespace, metric and unit, letter for letter.
const TABLE: [(&str, &str, &str); 15] = [
    ("K8sCluster/EtcdLifecycle", "NodeDrainSuccess", "Count"),
    ("K8sCluster/EtcdLifecycle", "NodeDrainFailure", "Count"),
    ("K8sCluster/EtcdLifecycle", "EtcdMemberRemovalSuccess", "Count"),
    ("K8sCluster/EtcdLifecycle", "EtcdMemberRemovalFailure", "Count"),
    ("K8sCluster/EtcdLifecycle", "QuorumRiskDetected", "Count"),
    ("K8sCluster/EtcdLifecycle", "LifecycleHandlerDuration", "Milliseconds"),
    ("K8sCluster/EtcdBackup", "BackupSuccess", "Count"),
    ("K8sCluster/EtcdBackup", "BackupFailure", "Count"),
    ("K8sCluster/EtcdBackup", "BackupDuration", "Milliseconds"),
    ("K8sCluster/EtcdBackup", "BackupSizeBytes", "Bytes"),
    ("K8sCluster/Health", "HealthyControlPlaneInstances", "Count"),
    ("K8sCluster/Health", "ConsecutiveHealthFailures", "Count"),
    ("K8sCluster/Health", "AutoRecoveryTriggered", "Count"),
    ("K8sCluster/Health", "ClusterRecovered", "Count"),
    ("K8sCluster/Health", "HealthCheckDuration", "Milliseconds"),
];

fn program(name: Name) -> PathBuf {
    match name {
        Name::EtcdLifecycle => env!("CARGO_BIN_EXE_etcd-lifecycle"),
        Name::EtcdBackup => env!("CARGO_BIN_EXE_etcd-backup"),
        Name::ClusterHealth => env!("CARGO_BIN_EXE_cluster-health"),
    }
    .into()
}

fn check_answer(act: &Act, answer: &Answer) {
    let is_expected = match (act.end, answer) {
        (End::Result(part), Answer::Result(result)) => result.to_string().contains(part),
        (End::Error(part), Answer::Error(error)) => error.message.contains(part),
        (End::TimedOut, Answer::TimedOut) => true,
        _ => false,
    };
    assert!(is_expected, "{}: {answer:?}, and {:?} was expected", act.what, act.end);
}

/// What an invocation has to measure is in its log when its process is frozen or killed: in one document, with its
/// request id, without dimensions.
fn check_log(act: &Act, request_id: &str, log: &[String]) -> Vec<(String, f64)> {
    let documents: Vec<Document> = log.iter().map(|line| Document::parse(line)).collect();
    let expects_none = act.measures.is_empty() && !act.is_timed;
    assert_eq!(documents.len(), usize::from(!expects_none), "{}: {log:?}", act.what);
    let Some(document) = documents.into_iter().next() else { return Vec::new() };
    assert_eq!((document.namespace.as_str(), document.request_id.as_str()), (act.function.namespace(), request_id));
    assert!(document.dimensions.is_empty(), "{}: {:?}", act.what, document.dimensions);
    let duration = act.function.duration();
    let (times, others): (Vec<_>, Vec<_>) = document.values.into_iter().partition(|(name, _)| name == duration);
    let expected: BTreeMap<_, _> = act.measures.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    assert_eq!(others.iter().cloned().collect::<BTreeMap<_, _>>(), expected, "{}", act.what);
    assert_eq!(others.len(), expected.len(), "{}: {others:?}", act.what);
    assert_eq!(times.len(), usize::from(act.is_timed), "{}: {times:?}", act.what);
    assert!(times.iter().all(|(_, time)| (0.0..60_000.0).contains(time)), "{}: {times:?}", act.what);
    others.into_iter().chain(times).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_path_of_every_function_is_measured_and_stored() {
    let mut store = Store::start().await;
    let mut stage = Stage::set(program).await.unwrap();
    let client = Client::default();
    let mut expected: BTreeMap<(&str, String), Summary> = BTreeMap::new();
    for act in &ACTS {
        let invoked = stage.play(act).await.unwrap();
        check_answer(act, &invoked.answer);
        for (metric, value) in check_log(act, &invoked.request_id, &invoked.log) {
            expected.entry((act.function.namespace(), metric)).or_default().add(value);
        }
        if !invoked.log.is_empty() {
            deliver(&invoked.log, &store.endpoint(), &client).await.unwrap();
        }
    }
    for name in Name::ALL {
        assert_eq!(stage.stop(name).await.unwrap(), Vec::<String>::new(), "nothing was left behind for the end");
        let of_table = TABLE.iter().filter(|(namespace, ..)| *namespace == name.namespace());
        let mut metrics: Vec<_> = of_table.map(|(_, metric, _)| (*metric).to_owned()).collect();
        metrics.sort();
        assert_eq!(store.list(name.namespace()).await, metrics, "the metrics of the table, and no others");
    }
    for (namespace, metric, unit) in TABLE {
        let stored = store.summary(namespace, metric, unit).await;
        let expected = expected.remove(&(namespace, metric.to_owned())).unwrap();
        assert_eq!(stored.rounded(), expected.rounded(), "{namespace} {metric}");
    }
    assert!(expected.is_empty(), "{expected:?}");
    // What alarms stand on, in numbers that can be counted in the acts.
    for (namespace, metric, sum) in [
        ("K8sCluster/EtcdLifecycle", "NodeDrainSuccess", 6.0),
        ("K8sCluster/EtcdLifecycle", "QuorumRiskDetected", 1.0),
        ("K8sCluster/EtcdBackup", "BackupSuccess", 2.0),
        ("K8sCluster/EtcdBackup", "BackupFailure", 3.0),
        ("K8sCluster/EtcdBackup", "BackupSizeBytes", 2.0 * 1_048_576.0),
        ("K8sCluster/Health", "ConsecutiveHealthFailures", 16.0),
        ("K8sCluster/Health", "AutoRecoveryTriggered", 1.0),
        ("K8sCluster/Health", "ClusterRecovered", 1.0),
    ] {
        let unit = TABLE.iter().find(|(_, name, _)| *name == metric).unwrap().2;
        assert_eq!(store.summary(namespace, metric, unit).await.sum, sum, "{metric}");
    }
}
