use super::*;
use crate::warnings::tests::Log;

/// The causes of what is said while the sink does this with one payload after the other, ten seconds between them.
fn said(acts: &str) -> Vec<String> {
    let log = Log::default();
    tracing::subscriber::with_default(log.clone(), || {
        let mut scene = Scene::new(settings());
        scene.offer(1);
        for act in acts.split_whitespace() {
            scene.now += Duration::from_secs(10);
            scene.offer(1);
            scene.pump_with(if act == "fail" { Act::Fail } else { Act::Take });
        }
    });
    let cause =
        |line: String| line.split_once("cause=").map_or(line.clone(), |(_, cause)| cause.trim_matches('"').into());
    log.lines().into_iter().map(cause).collect()
}

#[test]
fn an_outage_is_said_once_and_the_next_one_again() {
    let outage = ["sink_failed", "breaker_opened"];
    assert_eq!(said("fail take fail take fail"), outage[..1], "the breaker never opened");
    assert_eq!(said("fail fail fail fail fail"), outage, "one outage");
    assert_eq!(said("fail fail fail take fail fail fail take"), [outage, outage].concat());
}
