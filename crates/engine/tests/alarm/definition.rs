//! What PutMetricAlarm takes and what it says of what it does not take.

use nepho_engine::FaultCode;
use nepho_engine::alarm::{AlarmFault, MAX_ACTIONS, MetricAlarm, MetricsFault, Parameters, Source};

use super::text::{alarm, parameters, put, refused, scope, zones};

const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:ops";

const BAND: &str = "
    m1: Shop Latency Average 60
    ad1 = ANOMALY_DETECTION_BAND(m1, 2)
";

#[test]
fn an_alarm_is_what_its_parameters_say() {
    let cases = [
        String::new(),
        "N=3 M=2 treat=ignore description=d enabled=false sliding=".to_owned(),
        format!("ok={TOPIC} alarm={TOPIC},{TOPIC} insufficient={TOPIC}"),
        "dimensions=Host:b,Az:a unit=Seconds stat= extended=p99 low=ignore period=10".to_owned(),
        "period=3600 N=168 clock=Europe/Berlin".to_owned(),
        "clock= warmup=2880,end".to_owned(),
        "warmup=1".to_owned(),
        format!("band=ad1 op=outside {BAND}"),
        "threshold=1 op=<=
            m1: Shop Errors Sum 300 hidden unit=Count dimensions=Host:a label=${MAX} account=123456789012
            m2: Shop Orders Sum 300 hidden
            e1 = m1 / m2 ; label=rate"
            .to_owned(),
        "N=180
            q1 = SELECT MAX(Latency) FROM Shop GROUP BY Host ORDER BY MAX() DESC ; period=60"
            .to_owned(),
    ];
    for text in cases {
        let alarm = alarm(&text);
        let again = Parameters::from(&alarm);
        assert_eq!(MetricAlarm::new(&scope(), &again, &zones), Ok(alarm), "{text}");
    }
}

#[test]
fn what_is_left_out_is_told_apart_from_what_is_given() {
    let (unset, set) = (alarm(""), alarm("M=1 treat=missing sliding="));
    assert_eq!((unset.datapoints_to_alarm(), unset.needed_to_alarm()), (None, 1));
    assert_eq!((set.datapoints_to_alarm(), set.needed_to_alarm()), (Some(1), 1));
    assert_eq!((unset.treat_missing_data(), unset.treatment().as_str()), (None, "missing"));
    assert!(unset.window().is_none() && set.window().is_some());
    assert_eq!(alarm("namespace=AWS/DynamoDB").treatment().as_str(), "ignore");
    assert_eq!(alarm("namespace=AWS/DynamoDB treat=breaching").treatment().as_str(), "breaching");
    assert_eq!(unset.arn(), "arn:aws:cloudwatch:us-east-1:123456789012:alarm:Slow");
}

#[test]
fn the_model_refuses_first() {
    let cases = [
        (
            "name=",
            "1 validation error detected: Value null at 'alarmName' failed to satisfy constraint: Member must not be null",
        ),
        (
            "stat=Mean N=0 treat=x",
            "2 validation errors detected: Value 'Mean' at 'statistic' failed to satisfy constraint: Member must satisfy \
             enum value set: [SampleCount, Average, Sum, Minimum, Maximum]; Value '0' at 'evaluationPeriods' failed to \
             satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            "namespace=:a",
            "1 validation error detected: Value ':a' at 'namespace' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [^:].*",
        ),
        (
            "warmup=2881",
            "1 validation error detected: Value '2881' at 'warmUpConfiguration.warmUpPeriodDurationInMinutes' failed to \
             satisfy constraint: Member must have value less than or equal to 2880",
        ),
        (
            "op=GreaterThan",
            "1 validation error detected: Value 'GreaterThan' at 'comparisonOperator' failed to satisfy constraint: \
             Member must satisfy enum value set: [GreaterThanOrEqualToThreshold, GreaterThanThreshold, \
             LessThanThreshold, LessThanOrEqualToThreshold, LessThanLowerOrGreaterThanUpperThreshold, \
             LessThanLowerThreshold, GreaterThanUpperThreshold]",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refused(text), expected, "{text}");
        assert_eq!(put(text).unwrap_err().code(), FaultCode::Validation);
    }
    let lengths = [("name", 255), ("description", 1024), ("metric", 255), ("namespace", 255), ("clock", 50)];
    for (key, limit) in lengths {
        let text = |length: usize| format!("{key}={}", "x".repeat(length));
        let member = "failed to satisfy constraint: Member must have length less than or equal to";
        assert!(!matches!(put(&text(limit)), Err(faults) if faults.to_string().contains(member)), "{key}");
        assert!(refused(&text(limit + 1)).contains(&format!("{member} {limit}")), "{key}");
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let validation = [
        ("metric=", "MetricName must not be null"),
        ("namespace=", "Namespace must not be null"),
        ("period=", "Period must not be null"),
        ("N=", "EvaluationPeriods must not be null"),
        ("op=", "ComparisonOperator must not be null"),
        ("threshold=", "Threshold must not be null"),
        ("threshold= op=above", "ThresholdMetricId must not be null"),
        ("N=2 M=3", "DatapointsToAlarm must be less than or equal to EvaluationPeriods"),
        ("op=above", "ComparisonOperator GreaterThanUpperThreshold can only be used with ThresholdMetricId"),
        (
            "treat=never",
            "The value never is not supported for TreatMissingData parameter. Supported values are [breaching, \
             notBreaching, ignore, missing].",
        ),
        (
            "low=never",
            "Option never is not supported. Supported options for parameter EvaluateLowSampleCountPercentile are \
             evaluate and ignore.",
        ),
        ("interval=60", "EvaluationInterval can only be set with EvaluationCriteria"),
        ("alarm=ops", "Invalid arn syntax: ops"),
        (
            "alarm=arn:aws:automate:us-east-1:ec2:stop",
            "The EC2 action arn:aws:automate:us-east-1:ec2:stop can only be defined on a metric with the dimension \
             InstanceId.",
        ),
        (
            "alarm=arn:aws:automate:us-east-1:ec2:recover dimensions=InstanceId:i-1",
            "The EC2 'Recover' action can only be defined on the 'StatusCheckFailed_System' metric and 'AWS/EC2' \
             namespace.",
        ),
        (
            "period=60 clock=Mars",
            "The value Mars for parameter Timezone is neither a time zone nor an offset from UTC in \
             multiples of 5 minutes.",
        ),
        (
            "period=120 clock=",
            "Period must be one of [60, 300, 3600, 86400, 604800] if EvaluationWindow is a WallClockWindow",
        ),
        (
            "window=both",
            "Exactly one of SlidingWindow and WallClockWindow should be set in EvaluationWindow: both are set.",
        ),
        (
            "window=neither",
            "Exactly one of SlidingWindow and WallClockWindow should be set in EvaluationWindow: none is set.",
        ),
    ];
    for (text, expected) in validation {
        assert_eq!(refused(text), expected, "{text}");
        assert_eq!(put(text).unwrap_err().code(), FaultCode::Validation, "{text}");
    }
    let others = [
        (
            "extended=p99",
            FaultCode::InvalidParameterCombination,
            "The parameters Statistic and ExtendedStatistic are mutually exclusive and you have specified both.",
        ),
        (
            "stat=",
            FaultCode::MissingParameter,
            "At least one of the parameters Statistic or ExtendedStatistic must be specified.",
        ),
        (
            "stat= extended=p101",
            FaultCode::InvalidParameterValue,
            "The value p101 for parameter ExtendedStatistic is not supported.",
        ),
        ("threshold=NaN", FaultCode::InvalidParameterValue, "The value NaN for parameter Threshold is invalid."),
        ("threshold=-inf", FaultCode::InvalidParameterValue, "The value -∞ for parameter Threshold is invalid."),
    ];
    for (text, code, expected) in others {
        assert_eq!(refused(text), expected, "{text}");
        assert_eq!(put(text).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn all_that_is_wrong_is_told() {
    let text = "N=2 M=3 treat=never";
    let (first, second) =
        refused(text).split_once('\n').map(|(one, other)| (one.to_owned(), other.to_owned())).unwrap();
    assert_eq!(first, refused("N=2 M=3"));
    assert_eq!(second, refused("treat=never"));
}

#[test]
fn names_have_no_control_characters() {
    let mut parameters = parameters("");
    parameters.alarm_name = Some("a\u{7}b".to_owned());
    let faults = MetricAlarm::new(&scope(), &parameters, &zones).unwrap_err();
    assert_eq!(faults.0, [AlarmFault::NameControl('\u{7}')]);
    parameters.alarm_name = Some("für \"alle\" 🙂".to_owned());
    assert!(MetricAlarm::new(&scope(), &parameters, &zones).is_ok());
}

#[test]
fn periods_and_how_many() {
    for period in [10, 20, 30, 60, 120, 86_400] {
        assert!(put(&format!("period={period}")).is_ok(), "{period}");
    }
    for period in [1, 5, 40, 61, 90] {
        let text = "Period must be 10, 20, 30 or a multiple of 60";
        assert_eq!(refused(&format!("period={period}")), text);
    }
    for (legal, beyond) in [("period=60 N=1440", "period=60 N=1441"), ("period=10 N=8640", "period=10 N=8641")] {
        assert!(put(legal).is_ok());
        assert_eq!(
            refused(beyond),
            "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)."
        );
    }
    assert!(put("period=3600 N=168").is_ok() && put("period=604800").is_ok());
    assert_eq!(
        refused("period=3600 N=169"),
        "Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must be <= 604800)."
    );
}

#[test]
fn five_actions_for_a_state() {
    let list = |count: usize| vec![TOPIC; count].join(",");
    for (key, name) in [("ok", "OKActions"), ("alarm", "AlarmActions"), ("insufficient", "InsufficientDataActions")] {
        assert!(put(&format!("{key}={}", list(MAX_ACTIONS))).is_ok());
        let faults = put(&format!("{key}={}", list(MAX_ACTIONS + 1))).unwrap_err();
        assert_eq!(faults.to_string(), format!("The collection {name} must not have a size greater than 5."));
        assert_eq!(faults.code(), FaultCode::InvalidParameterValue);
    }
}

#[test]
fn an_alarm_keeps_to_its_account_and_region() {
    let elsewhere = alarm("alarm=arn:aws:sns:eu-west-1:123456789012:ops").check_scope().unwrap_err();
    assert_eq!(elsewhere.to_string(), "Invalid region eu-west-1 specified. Only us-east-1 is supported.");
    let local = alarm(&format!("alarm={TOPIC},arn:aws:ssm-incidents::123456789012:responseplan/a"));
    assert_eq!(local.check_scope(), Ok(()));
    let metrics = |account: &str| {
        alarm(&format!(
            "\n m1: Shop Errors Sum 60 hidden\n m2: Shop Orders Sum 60 hidden account={account}\n e1 = m1 / m2"
        ))
    };
    assert_eq!(metrics("123456789012").check_scope(), Ok(()));
    let foreign = metrics("210987654321").check_scope().unwrap_err();
    assert_eq!(foreign.code(), FaultCode::InvalidParameterValue);
    assert_eq!(
        foreign.to_string(),
        "The value 210987654321 for parameter Metrics.member.2.AccountId is invalid: no accounts are linked to \
         123456789012."
    );
}

#[test]
fn metrics_take_the_place_of_the_one_metric() {
    let metrics = "
        m1: Shop Errors Sum 300 hidden
        m2: Shop Orders Sum 300 hidden
        e1 = m1 / m2
    ";
    let alarm = alarm(metrics);
    assert_eq!(alarm.period().seconds(), 300);
    let Source::Math(math) = alarm.source() else { panic!("it is math") };
    assert_eq!(math.main().query.id.as_str(), "e1");
    assert!(math.bands().is_empty() && math.band().is_none());
    let cases = [
        ("stat=Sum", "Statistic should not be set if list of Metrics is set."),
        ("unit=Count", "Unit should not be set if list of Metrics is set."),
        ("metric=a", "MetricName should not be set if list of Metrics is set."),
    ];
    for (words, expected) in cases {
        assert_eq!(refused(&format!("{words}{metrics}")), expected);
    }
}

#[test]
fn lists_of_metrics_that_make_no_alarm() {
    let cases = [
        (
            "
            m1: Shop Errors Sum 300
            m2: Shop Orders Sum 300",
            "Exactly one element of the metrics list should return data.",
            "",
        ),
        (
            "
            m1: Shop Errors Sum 300 hidden",
            "Exactly one element of the metrics list should return data.",
            "",
        ),
        (
            "
            e1 = TIME_SERIES(1)",
            "Period must not be null",
            "",
        ),
        (
            "
            e1 = SEARCH('{Shop} Errors', 'Sum')",
            "SEARCH is not supported on Metric Alarms.",
            "e1 has a SEARCH, whose metrics would change",
        ),
        (
            "
            m1: Shop Errors Sum 300 hidden
            m2: Shop Orders Sum 60 hidden
            e1 = m1 ; period=300",
            "Invalid metrics list",
            "e1 has a period of 300 seconds and m2 one of 60: an alarm has one",
        ),
        (
            "
            m1: Shop Errors Sum 300 hidden
            e1 = [m1, m1]",
            "Invalid metrics list",
            "e1 is an array of time series: an alarm is about one",
        ),
        (
            "
            m1: Shop Errors Sum 300 hidden
            e1 = m2",
            "Invalid metrics list",
            "Error in expression 'e1': Id 'm2' not found at character 1, did you mean 'm1'?",
        ),
        (
            "
            M1: Shop Errors Sum 300",
            "Invalid metrics list",
            "M1: id \"M1\" is not a lowercase letter followed by letters, digits and underscores",
        ),
        (
            "
            m1: Shop Errors Sum 5",
            "Period must be 10, 20, 30 or a multiple of 60",
            "it is 5",
        ),
        (
            "
            q1 = SELECT MAX(Latency) FROM Shop",
            "Period must not be null",
            "",
        ),
        (
            "
            q1 = SELECT MAX(Latency) FROM Shop ; period=30",
            "Invalid metrics list",
            "q1: period of 30 seconds is below 60",
        ),
        (
            "N=181
            q1 = SELECT MAX(Latency) FROM Shop ; period=60",
            "Invalid metrics list",
            "10860 seconds are more than a query of Metrics Insights is about, which is 10800",
        ),
        (
            "N=180 clock=
            q1 = SELECT MAX(Latency) FROM Shop ; period=60",
            "Invalid metrics list",
            "10860 seconds are more than a query of Metrics Insights is about, which is 10800",
        ),
        (
            "
            m1: Shop Errors Sum 60 hidden
            q1 = SELECT MAX(Latency) FROM Shop ; period=60",
            "Invalid metrics list",
            "q1 is a query of Metrics Insights, which is the only element of an alarm",
        ),
    ];
    for (text, expected, detail) in cases {
        let faults = put(text).map(|_| ()).unwrap_err();
        assert_eq!(faults.to_string(), expected, "{text}");
        assert_eq!(faults.0[0].detail().unwrap_or_default(), detail, "{text}");
        assert_eq!(faults.code(), FaultCode::Validation, "{text}");
    }
}

#[test]
fn so_many_metrics_and_expressions() {
    let list = |metrics: usize, expressions: usize| {
        let metrics: String = (0..metrics).map(|at| format!("\nm{at}: Shop Errors{at} Sum 60 hidden")).collect();
        let expressions: String = (0..expressions)
            .map(|at| format!("\ne{at} = m0 * {at}{}", if at > 0 { " ; hidden" } else { "" }))
            .collect();
        format!("{metrics}{expressions}")
    };
    assert!(put(&list(10, 10)).is_ok());
    let fault = |text: String| put(&text).map(|_| ()).unwrap_err().0.remove(0);
    assert_eq!(fault(list(11, 9)), AlarmFault::Metrics(MetricsFault::TooManyMetrics(11)));
    assert_eq!(fault(list(9, 11)), AlarmFault::Metrics(MetricsFault::TooManyExpressions(11)));
    assert_eq!(fault(list(11, 10)), AlarmFault::Metrics(MetricsFault::TooMany(21)));
}

#[test]
fn a_band_is_around_one_metric() {
    let alarm = alarm(&format!("band=ad1 op=outside {BAND}"));
    let Source::Math(math) = alarm.source() else { panic!("it is math") };
    assert_eq!((math.main().query.id.as_str(), math.band().unwrap().query.id.as_str()), ("m1", "ad1"));
    assert_eq!(math.bands()[0].of.as_str(), "m1");
    let cases = [
        (format!("threshold=1 {BAND}"), "Exactly one element of the metrics list should return data."),
        (
            format!("band=m1 op=outside {BAND}"),
            "ThresholdMetricId m1 is not the id of an ANOMALY_DETECTION_BAND \
             expression in the metrics list.",
        ),
        (
            format!("band=ad1 op=> {BAND}"),
            "ComparisonOperator GreaterThanThreshold cannot be used with ThresholdMetricId",
        ),
        (format!("band=ad1 threshold=1 op=outside {BAND}"), "Threshold and ThresholdMetricId cannot both be set"),
        (
            format!("band=ad1 op=outside {}", BAND.replace("60", "60 hidden")),
            "Exactly two elements of the metrics list \
             should return data.",
        ),
        (format!("band=ad1 op=outside {}", BAND.replace("60", "7200")), "Invalid metrics list"),
        (
            "band=ad1 op=outside".to_owned(),
            "ThresholdMetricId ad1 is not the id of an ANOMALY_DETECTION_BAND expression in the metrics list.",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refused(&text), expected, "{text}");
    }
    let scaling = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:id:autoScalingGroupName/g:policyName/p";
    assert_eq!(
        refused(&format!("band=ad1 op=outside alarm={scaling} {BAND}")),
        format!("Auto Scaling actions cannot be set on alarms with a ThresholdMetricId: {scaling}")
    );
}

#[test]
fn promql_is_refused_by_name() {
    let text = refused("promql=up");
    assert!(text.starts_with("EvaluationCriteria.PromQLCriteria is not implemented"), "{text}");
}
