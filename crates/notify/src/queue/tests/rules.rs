//! Rules one by one, with the words of refusals.

use super::*;

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> (FaultKind, String) {
    let fault = outcome.unwrap_err();
    (fault.kind, fault.message)
}

fn send(queues: &mut Queues, id: u64, body: &str, millis: i64) -> Sent {
    let number = queues.next_number.into();
    queues.send(id, draft(number, body), at(millis)).unwrap().value
}

fn receive(queues: &mut Queues, id: u64, millis: i64) -> Vec<Delivery> {
    queues.receive(id, &wish(MESSAGES_MAX), at(millis)).unwrap().value
}

fn redrive(target: &str, receives_max: u32) -> String {
    format!(
        r#"{{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:{target}","maxReceiveCount":{receives_max}}}"#
    )
}

#[test]
fn the_same_queue_is_created_once() {
    let mut queues = Queues::new(1 << 20);
    let id = create(&mut queues, "q", &[("DelaySeconds", "1")]).unwrap();
    for same in [&[][..], &[("DelaySeconds", "1")], &[("VisibilityTimeout", "30")]] {
        assert_eq!(create(&mut queues, "q", same), Ok(id));
    }
    let (kind, message) = refusal(create(&mut queues, "q", &[("DelaySeconds", "2")]));
    assert_eq!(kind, FaultKind::QueueNameExists);
    assert_eq!(message, "A queue already exists with the same name and a different value for attribute DelaySeconds");
    let other = Scope::new("000000000000", "eu-west-1");
    let elsewhere = queues.create(&other, "q", &Given::new(), Tags::new(), at(0)).unwrap().value;
    assert_ne!(elsewhere, id);
}

#[test]
fn a_name_is_free_a_minute_after_its_queue_was_deleted() {
    let mut queues = Queues::new(1 << 20);
    let id = create(&mut queues, "q", &[]).unwrap();
    send(&mut queues, id, "gone", 0);
    queues.delete_queue(id, at(1000)).unwrap();
    assert_eq!((queues.messages(), queues.bytes()), (0, 0));
    assert_eq!(refusal(queues.find(&scope(), "q").map(drop)).0, FaultKind::QueueDoesNotExist);
    let create = |queues: &mut Queues, millis| queues.create(&scope(), "q", &Given::new(), Tags::new(), at(millis));
    let (kind, message) = refusal(create(&mut queues, 60_999));
    assert_eq!(kind, FaultKind::QueueDeletedRecently);
    assert_eq!(
        message,
        "You must wait 60 seconds after deleting a queue before you can create another with the same name."
    );
    let again = create(&mut queues, 61_000).unwrap().value;
    assert!(again != id && receive(&mut queues, again, 61_000).is_empty());
}

#[test]
fn dead_letter_queues_have_to_be_there_and_alike_and_willing() {
    let mut queues = Queues::new(1 << 20);
    create(&mut queues, "dead", &[]).unwrap();
    create(&mut queues, "dead.fifo", &[("FifoQueue", "true")]).unwrap();
    create(&mut queues, "deny", &[("RedriveAllowPolicy", r#"{"redrivePermission":"denyAll"}"#)]).unwrap();
    let by_queue = r#"{"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:us-east-1:000000000000:q"]}"#;
    create(&mut queues, "some", &[("RedriveAllowPolicy", by_queue)]).unwrap();
    let cases = [
        ("q", "dead", ""),
        ("q2", "some", "The RedriveAllowPolicy of the dead-letter queue does not allow this queue."),
        ("q3", "deny", "The RedriveAllowPolicy of the dead-letter queue does not allow this queue."),
        ("q4", "dead.fifo", "Dead-letter queue must be same type of queue as the source."),
        ("q5", "nowhere", "Dead letter target does not exist."),
    ];
    for (name, target, reason) in cases {
        let policy = redrive(target, 1);
        let outcome = create(&mut queues, name, &[("RedrivePolicy", &policy)]);
        match reason {
            "" => assert!(outcome.is_ok(), "{name}"),
            reason => assert_eq!(
                refusal(outcome).1,
                format!("Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}")
            ),
        }
    }
    let q = queues.find(&scope(), "q").unwrap().id;
    assert!(queues.set_attributes(q, &given(&[("RedrivePolicy", &redrive("some", 1))]), at(0)).is_ok());
    let some = QueueArn::parse("arn:aws:sqs:us-east-1:000000000000:some").unwrap();
    assert_eq!(queues.sources(&some).map(|queue| queue.arn.name.as_str()).collect::<Vec<_>>(), ["q"]);
}

#[test]
fn what_is_handed_over_again_is_known_however_late() {
    for (name, pairs) in [("q", &[][..]), ("q.fifo", &[("FifoQueue", "true")])] {
        let mut queues = Queues::new(1 << 20);
        let id = create(&mut queues, name, pairs).unwrap();
        let message = |number| Draft {
            group: name.ends_with(".fifo").then(|| "g".to_owned()),
            deduplication: name.ends_with(".fifo").then(|| format!("d{number}")),
            ..draft(number, "told")
        };
        let mut hand_over = |number, millis| queues.hand_over(id, message(number), at(millis)).unwrap().events.len();
        assert_eq!(hand_over(1, 0), 2, "a message, and that it was handed over");
        // A month later, after it was received and deleted; and a purge forgets nothing.
        assert_eq!(hand_over(1, 31 * 86_400_000), 0);
        queues.purge(id, at(0)).unwrap();
        assert_eq!((queues.hand_over(id, message(1), at(1)).unwrap().events.len(), queues.messages()), (0, 0));
        queues.settle_handover(id, Uuid::from_u128(1));
        queues.settle_handover(id, Uuid::from_u128(5));
        let events = queues.hand_over(id, message(2), at(2)).unwrap().events;
        assert!(
            matches!(&events[..], [Event::Put { .. }, Event::Settled { .. }, Event::HandedOver { .. }]),
            "{events:?}"
        );
        assert!(!queues.has_taken(id, Uuid::from_u128(1)) && queues.has_taken(id, Uuid::from_u128(2)));
        queues.delete_queue(id, at(3)).unwrap();
        assert!(!queues.has_taken(id, Uuid::from_u128(2)));
    }
}

#[test]
fn without_its_dead_letter_queue_a_message_stays_and_is_received_again() {
    let mut queues = Queues::new(1 << 20);
    let dead = create(&mut queues, "dead", &[]).unwrap();
    let id = create(&mut queues, "q", &[("RedrivePolicy", &redrive("dead", 1)), ("VisibilityTimeout", "0")]).unwrap();
    send(&mut queues, id, "poison", 0);
    assert_eq!(receive(&mut queues, id, 0).len(), 1);
    queues
        .set_attributes(dead, &given(&[("RedriveAllowPolicy", r#"{"redrivePermission":"denyAll"}"#)]), at(0))
        .unwrap();
    assert_eq!(receive(&mut queues, id, 0).len(), 1);
    queues.delete_queue(dead, at(0)).unwrap();
    assert_eq!(receive(&mut queues, id, 0)[0].receives, 3);
}

#[test]
fn dead_letters_say_where_they_come_from_and_keep_their_age() {
    let mut queues = Queues::new(1 << 20);
    let dead = create(&mut queues, "dead", &[]).unwrap();
    let id = create(&mut queues, "q", &[("RedrivePolicy", &redrive("dead", 2))]).unwrap();
    let sent = send(&mut queues, id, "poison", 0);
    for millis in [0, 30_000] {
        assert_eq!(receive(&mut queues, id, millis).len(), 1);
    }
    assert_eq!(receive(&mut queues, id, 60_000), []);
    let letters = receive(&mut queues, dead, 61_000);
    assert_eq!((letters[0].content.id, letters[0].sent, letters[0].receives), (sent.id, at(0), 3));
    assert_eq!(letters[0].source.as_deref(), Some("arn:aws:sqs:us-east-1:000000000000:q"));
    let report = queues.report(at(70_000)).remove(0).1;
    assert_eq!(report.oldest, Some(at(60_000)), "the age of a dead letter is the time it has been in this queue");
    assert_eq!(report.tally.sent, 0, "nobody has sent it here");
}

#[test]
fn receipts_belong_to_a_queue() {
    let mut queues = Queues::new(1 << 20);
    let (id, other) = (create(&mut queues, "q", &[]).unwrap(), create(&mut queues, "other", &[]).unwrap());
    send(&mut queues, id, "m", 0);
    let handle = receive(&mut queues, id, 0)[0].receipt.handle();
    let cases = [
        (id, "", FaultKind::MissingParameter, "The request must contain the parameter ReceiptHandle.".to_owned()),
        (
            id,
            "garbage",
            FaultKind::ReceiptHandleIsInvalid,
            "The input receipt handle \"garbage\" is not a valid receipt handle.".to_owned(),
        ),
        (
            other,
            &handle,
            FaultKind::ReceiptHandleIsInvalid,
            format!("The receipt handle \"{handle}\" is not valid for this queue."),
        ),
    ];
    for (queue, handle, kind, message) in cases {
        assert_eq!(refusal(queues.delete(queue, handle, at(0))), (kind, message.clone()));
        assert_eq!(refusal(queues.change_visibility(queue, handle, 0, at(0))), (kind, message));
    }
    assert!(queues.delete(id, &handle, at(0)).is_ok());
    assert!(queues.delete(id, &handle, at(0)).is_ok(), "as often as one likes");
    let gone = format!(
        "Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for \
         visibility timeout change."
    );
    assert_eq!(refusal(queues.change_visibility(id, &handle, 0, at(0))), (FaultKind::InvalidParameterValue, gone));
}

#[test]
fn an_old_receipt_deletes_from_a_standard_queue_and_not_from_a_fifo_queue() {
    let mut queues = Queues::new(1 << 20);
    let standard = create(&mut queues, "q", &[]).unwrap();
    send(&mut queues, standard, "m", 0);
    let old = receive(&mut queues, standard, 0)[0].receipt.handle();
    assert_eq!(receive(&mut queues, standard, 30_000).len(), 1);
    assert!(queues.delete(standard, &old, at(30_000)).is_ok());
    assert_eq!(queues.messages(), 0);
    let fifo = create(&mut queues, "q.fifo", &[("FifoQueue", "true"), ("ContentBasedDeduplication", "true")]).unwrap();
    queues.send(fifo, Draft { group: Some("g".to_owned()), ..draft(9, "m") }, at(0)).unwrap();
    let old = receive(&mut queues, fifo, 0)[0].receipt.handle();
    let expired =
        format!("Value {old} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.");
    assert_eq!(refusal(queues.delete(fifo, &old, at(30_000))).1, expired);
    assert_eq!(receive(&mut queues, fifo, 30_000).len(), 1);
    assert_eq!(refusal(queues.delete(fifo, &old, at(30_000))).1, expired);
    assert_eq!(refusal(queues.change_visibility(fifo, &old, 1, at(30_000))).1, expired);
}

#[test]
fn a_message_is_hidden_for_twelve_hours_at_most() {
    let mut queues = Queues::new(1 << 20);
    let id = create(&mut queues, "q", &[]).unwrap();
    send(&mut queues, id, "m", 0);
    let handle = receive(&mut queues, id, 0)[0].receipt.handle();
    assert!(queues.change_visibility(id, &handle, VISIBILITY_SECONDS_MAX, at(0)).is_ok());
    let (_, message) = refusal(queues.change_visibility(id, &handle, VISIBILITY_SECONDS_MAX, at(1)));
    assert_eq!(
        message,
        "Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond \
         the limit [43200 seconds]"
    );
    assert_eq!(visibility(Some(43_200)), Ok(43_200));
    for (seconds, reason) in [(43_201, "Must be between 0 and 43200."), (-1, "Must be between 0 and 43200.")] {
        let message = format!("Value {seconds} for parameter VisibilityTimeout is invalid. Reason: {reason}");
        assert_eq!(refusal(visibility(Some(seconds))).1, message);
    }
}

#[test]
fn wishes_have_ranges() {
    let cases = [
        (Wish::check(Some(10), Some(43_200), Some(20), None), ""),
        (Wish::check(Some(1), Some(0), Some(0), None), ""),
        (
            Wish::check(Some(11), None, None, None),
            "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
        ),
        (
            Wish::check(Some(0), None, None, None),
            "Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
        ),
        (
            Wish::check(None, None, Some(21), None),
            "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.",
        ),
        (
            Wish::check(None, None, Some(-1), None),
            "Value -1 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.",
        ),
        (
            Wish::check(None, Some(43_201), None, None),
            "Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.",
        ),
    ];
    for (wish, expect) in cases {
        assert_eq!(wish.err().map(|fault| fault.message).unwrap_or_default(), expect);
    }
}

#[test]
fn what_does_not_fit_is_refused_and_fits_when_there_is_room() {
    let weight = {
        let mut queues = Queues::new(usize::MAX);
        let id = create(&mut queues, "q", &[]).unwrap();
        send(&mut queues, id, &"b".repeat(100), 0);
        queues.bytes()
    };
    let mut queues = Queues::new(2 * weight);
    let id = create(&mut queues, "q", &[]).unwrap();
    let try_send = |queues: &mut Queues, bytes: usize| queues.send(id, draft(1, &"b".repeat(bytes)), at(0)).map(drop);
    assert!(try_send(&mut queues, 100).is_ok() && try_send(&mut queues, 101).is_err());
    assert!(try_send(&mut queues, 100).is_ok());
    let (kind, message) = refusal(try_send(&mut queues, 1));
    assert_eq!(kind, FaultKind::OverLimit);
    assert!(message.contains(&format!("limit of {} bytes", 2 * weight)), "{message}");
    let handle = receive(&mut queues, id, 0)[0].receipt.handle();
    queues.delete(id, &handle, at(0)).unwrap();
    assert!(try_send(&mut queues, 100).is_ok());
}

#[test]
fn in_flight_messages_have_a_limit() {
    let mut queues = Queues::new(usize::MAX);
    let standard = create(&mut queues, "q", &[]).unwrap();
    let by_content = [("FifoQueue", "true"), ("ContentBasedDeduplication", "true")];
    let fifo = create(&mut queues, "q.fifo", &by_content).unwrap();
    for number in 0..=IN_FLIGHT_MAX {
        let text = number.to_string();
        send(&mut queues, standard, "m", 0);
        queues.send(fifo, Draft { group: Some(text.clone()), ..draft(1, &text) }, at(0)).unwrap();
    }
    for id in [standard, fifo] {
        queues.receive(id, &wish(1), at(0)).unwrap();
        for _ in 1..IN_FLIGHT_MAX / MESSAGES_MAX {
            assert_eq!(receive(&mut queues, id, 0).len(), MESSAGES_MAX);
        }
        // There is room for fewer than are wished.
        assert_eq!(receive(&mut queues, id, 0).len(), MESSAGES_MAX - 1);
    }
    let one = |queues: &mut Queues, id| queues.receive(id, &wish(1), at(0)).map(|step| step.value);
    assert_eq!(refusal(one(&mut queues, standard)).0, FaultKind::OverLimit);
    assert_eq!(one(&mut queues, fifo), Ok(Vec::new()));
}

#[test]
fn a_queue_is_purged_once_a_minute() {
    let mut queues = Queues::new(1 << 20);
    let id = create(&mut queues, "q", &[]).unwrap();
    send(&mut queues, id, "m", 0);
    queues.purge(id, at(0)).unwrap();
    assert_eq!(queues.messages(), 0);
    let (kind, message) = refusal(queues.purge(id, at(59_999)));
    assert_eq!(
        (kind, message.as_str()),
        (FaultKind::PurgeQueueInProgress, "Only one PurgeQueue operation on q is allowed every 60 seconds.")
    );
    assert!(queues.purge(id, at(60_000)).is_ok());
}

#[test]
fn permissions_are_statements() {
    let mut queues = Queues::new(1 << 20);
    let id = create(&mut queues, "q", &[]).unwrap();
    let policy = |queues: &Queues| queues.get(id).unwrap().settings.policy.as_ref().map(|policy| policy.text.clone());
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let add = |queues: &mut Queues, label: &str, accounts: &[&str], actions: &[&str]| {
        queues.add_permission(id, label, &texts(accounts), &texts(actions), at(0)).map(drop)
    };
    add(&mut queues, "one", &["111111111111"], &["ReceiveMessage"]).unwrap();
    let expected = r#"{"Version":"2008-10-17","Id":"arn:aws:sqs:us-east-1:000000000000:q/SQSDefaultPolicy","Statement":[{"Action":"SQS:ReceiveMessage","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Resource":"arn:aws:sqs:us-east-1:000000000000:q","Sid":"one"}]}"#;
    assert_eq!(policy(&queues).as_deref(), Some(expected));
    add(&mut queues, "two", &["111111111111", "222222222222"], &["*", "SendMessage"]).unwrap();
    let cases = [
        (
            add(&mut queues, "one", &["111111111111"], &["*"]),
            "Value one for parameter Label is invalid. Reason: Already exists.",
        ),
        (add(&mut queues, "", &["111111111111"], &["*"]), "The request must contain the parameter Label."),
        (add(&mut queues, "x", &[], &["*"]), "The request must contain the parameter AWSAccountId."),
        (
            add(&mut queues, "x", &["1"], &["*"]),
            "Value [1] for parameter PrincipalId is invalid. Reason: Unable to verify.",
        ),
        (add(&mut queues, "x", &["111111111111"], &[]), "The request must contain the parameter ActionName."),
        (
            add(&mut queues, "x", &["111111111111"], &["CreateQueue"]),
            "Value SQS:CreateQueue for parameter ActionName is invalid. Reason: Only the queue owner is allowed to invoke this action.",
        ),
        (
            add(&mut queues, "x", &["111111111111"], &["Fly"]),
            "Value SQS:Fly for parameter ActionName is invalid. Reason: Please refer to the appropriate WSDL for a list of valid actions.",
        ),
        (
            add(&mut queues, "x", &["111111111111"], &["*"; ACTIONS_MAX + 1]),
            "8 Actions were found, maximum allowed is 7.",
        ),
        (
            queues.remove_permission(id, "x", at(0)).map(drop),
            "Value x for parameter Label is invalid. Reason: can't find label.",
        ),
    ];
    for (outcome, expect) in cases {
        assert_eq!(refusal(outcome).1, expect);
    }
    assert!(add(&mut queues, &"l".repeat(LABEL_MAX), &["111111111111"], &["*"; ACTIONS_MAX]).is_ok());
    assert!(add(&mut queues, &"l".repeat(LABEL_MAX + 1), &["111111111111"], &["*"]).is_err());
    for label in ["one", "two", &"l".repeat(LABEL_MAX)] {
        queues.remove_permission(id, label, at(0)).unwrap();
    }
    assert_eq!(policy(&queues), None);
    for label in 0..20 {
        add(&mut queues, &label.to_string(), &["111111111111"], &["*"]).unwrap();
    }
    let fault = refusal(add(&mut queues, "last", &["111111111111"], &["*"]));
    assert_eq!(fault, (FaultKind::OverLimit, "21 Statements were found, maximum allowed is 20.".to_owned()));
}

#[test]
fn poison_goes_behind_the_others_and_does_not_count_as_the_oldest() {
    let mut queues = Queues::new(1 << 20);
    let id = create(&mut queues, "q", &[("VisibilityTimeout", "0")]).unwrap();
    send(&mut queues, id, "poison", 0);
    for millis in [1, 2, 3] {
        assert_eq!(receive(&mut queues, id, millis).len(), 1);
    }
    send(&mut queues, id, "food", 10);
    let bodies: Vec<_> = receive(&mut queues, id, 11).iter().map(|delivery| delivery.content.body.clone()).collect();
    assert_eq!(bodies, ["food", "poison"]);
    assert_eq!(queues.report(at(20)).remove(0).1.oldest, Some(at(10)));
}

#[test]
fn a_queue_tells_about_itself_for_six_hours_after_its_last_message_and_request() {
    const HOURS: i64 = 3_600_000;
    let mut queues = Queues::new(1 << 20);
    let id = create(&mut queues, "q", &[]).unwrap();
    assert_eq!(queues.report(at(6 * HOURS)).len(), 1);
    assert!(queues.report(at(6 * HOURS + 1)).is_empty());
    send(&mut queues, id, "four", 7 * HOURS);
    send(&mut queues, id, "eleven char", 7 * HOURS);
    let handle = receive(&mut queues, id, 7 * HOURS)[0].receipt.handle();
    queues.delete(id, &handle, at(7 * HOURS)).unwrap();
    queues.count_empty_receive(id);
    let report = queues.report(at(20 * HOURS)).remove(0).1;
    assert_eq!((report.counts, report.oldest), (Counts { visible: 1, in_flight: 0, delayed: 0 }, Some(at(7 * HOURS))));
    let Tally { sent, received, deleted, empty_receives, sizes } = report.tally;
    assert_eq!((sent, received, deleted, empty_receives), (2, 2, 1, 1));
    assert_eq!(sizes.map(|sizes| (sizes.count(), sizes.min(), sizes.max())), Some((2.0, 4.0, 11.0)));
    assert_eq!(queues.report(at(20 * HOURS)).remove(0).1.tally, Tally::default());
    queues.purge(id, at(20 * HOURS)).unwrap();
    assert_eq!(queues.report(at(26 * HOURS)).len(), 1);
    assert!(queues.report(at(26 * HOURS + 1)).is_empty());
    queues.look(id, at(40 * HOURS)).unwrap();
    assert_eq!(queues.report(at(46 * HOURS)).len(), 1);
}

#[test]
fn queues_are_listed_by_name() {
    let mut queues = Queues::new(1 << 20);
    for name in ["b", "a-2", "a-1", "c"] {
        create(&mut queues, name, &[]).unwrap();
    }
    let other = Scope::new("000000000000", "eu-west-1");
    queues.create(&other, "a-9", &Given::new(), Tags::new(), at(0)).unwrap();
    let cases = [
        ("", None, "a-1 a-2 b c"),
        ("a-", None, "a-1 a-2"),
        ("a-", Some("a-1"), "a-2"),
        ("", Some("b"), "c"),
        ("x", None, ""),
    ];
    for (prefix, after, expect) in cases {
        let names: Vec<_> =
            queues.list(&scope(), prefix, after).map(|queue| queue.arn.name.as_str().to_owned()).collect();
        assert_eq!(names.join(" "), expect, "{prefix} {after:?}");
    }
}

#[test]
fn tags_and_attributes_are_set() {
    let mut queues = Queues::new(1 << 20);
    let id = create(&mut queues, "q", &[]).unwrap();
    queues.tag(id, Tags::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), String::new())]), at(5000)).unwrap();
    queues.untag(id, &["a".to_owned(), "x".to_owned()], at(6000)).unwrap();
    assert_eq!(queues.get(id).unwrap().tags, Tags::from([("b".to_owned(), String::new())]));
    assert_eq!(queues.get(id).unwrap().modified, at(0));
    queues.set_attributes(id, &given(&[("DelaySeconds", "7")]), at(7000)).unwrap();
    let queue = queues.get(id).unwrap();
    assert_eq!((queue.settings.delay_seconds, queue.created, queue.modified), (7, at(0), at(7000)));
}

#[test]
fn owners_may_and_others_as_the_policy_says() {
    use crate::policy::Principal;
    let topic = "arn:aws:sns:us-east-1:000000000000:alarms";
    let context = [("aws:SourceArn", topic), ("aws:SourceAccount", "000000000000")];
    let statement = |effect: &str, principal: &str| {
        format!(
            r#"{{"Effect":"{effect}","Principal":{principal},"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:000000000000:q","Condition":{{"ArnEquals":{{"aws:SourceArn":"{topic}"}}}}}}"#
        )
    };
    let (service, everybody) = (r#"{"Service":"sns.amazonaws.com"}"#, "\"*\"");
    let policy =
        |statements: &[String]| format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    let (sns, owner, other) = (
        Principal::Service("sns.amazonaws.com"),
        Principal::Account("000000000000"),
        Principal::Account("111111111111"),
    );
    let cases = [
        (String::new(), [false, true, false]),
        (policy(&[statement("Allow", service)]), [true, true, false]),
        (policy(&[statement("Allow", everybody)]), [true, true, true]),
        (policy(&[statement("Allow", everybody), statement("Deny", service)]), [false, true, true]),
        (policy(&[statement("Deny", everybody)]), [false, false, false]),
    ];
    for (policy, expect) in cases {
        let mut queues = Queues::new(1 << 20);
        let id = create(&mut queues, "q", &[("Policy", &policy)]).unwrap();
        let queue = queues.get(id).unwrap();
        let may = [sns, owner, other].map(|principal| queue.allows(principal, "SQS:SendMessage", &context));
        assert_eq!(may, expect, "{policy}");
        assert!(!queue.allows(sns, "SQS:SendMessage", &[]), "from anywhere else");
        assert!(!queue.allows(other, "SQS:ReceiveMessage", &context));
    }
}
