//! Requests that are built once; before each use only times and numbers are written over, in place.

use crate::http::{aws_request, json_headers};
use crate::random::Random;

/// How the request is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// PutMetricData, awsJson 1.0.
    Json,
    /// PutMetricData, rpc-v2-cbor.
    Cbor,
    /// InfluxDB lines: one with four fields for a cell.
    Influx,
    /// Prometheus text: four lines for a cell.
    Prometheus,
    /// VictoriaMetrics' own JSON: four lines for a cell.
    JsonLines,
}

/// What a datum holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One value.
    Value,
    /// Count, sum, minimum and maximum.
    StatisticSet,
}

#[derive(Debug, Clone, Copy)]
enum Field {
    Time,
    Count,
    Sum,
    Minimum,
    Maximum,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    at: u32,
    datum: u32,
    field: Field,
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    bytes: Vec<u8>,
    slots: Vec<Slot>,
    is_binary: bool,
}

/// The numbers of one datum, in such ranges that each has a fixed number of digits.
struct Numbers {
    count: u64,
    sum_tenths: u64,
    min_thousandths: u64,
    max_thousandths: u64,
}

impl Numbers {
    fn new(random: &mut Random) -> Self {
        let word = random.next();
        let part = |shift: u32, end: u64| ((word >> shift & 0xFFFF) * end) >> 16;
        let count = 50 + part(0, 50);
        Numbers {
            count,
            sum_tenths: count * (4_000 + part(16, 1_000)),
            min_thousandths: 100_000 + part(32, 300_000) + (word >> 3 & 3),
            max_thousandths: 500_000 + part(48, 499_000) + (word >> 5 & 7),
        }
    }
}

const NAMES: [&str; 10] = [
    "RequestLatency",
    "RequestCount",
    "ErrorCount",
    "QueueDepth",
    "CpuUtilization",
    "MemoryUsed",
    "DiskReadBytes",
    "DiskWriteBytes",
    "ActiveConnections",
    "CacheHitRate",
];
const SERVICES: [&str; 10] =
    ["checkout", "catalog", "search", "payment", "shipping", "account", "basket", "review", "pricing", "gateway"];

/// Metric `number` of the fleet: its name, and the values of the dimensions `Service` and `Host`.
pub(crate) fn identity(number: usize) -> (&'static str, &'static str, String) {
    (NAMES[number % 10], SERVICES[number / 10 % 10], format!("host-{:05}", number / 100))
}

pub(crate) const NAMESPACE: &str = "Bench/Fleet";

/// How metrics are called: the namespace, and for each number the name and the values of `Service` and `Host`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names {
    pub(crate) namespace: &'static str,
    pub(crate) of: fn(usize) -> (&'static str, &'static str, String),
}

/// Those of [`identity`].
pub(crate) const FLEET: Names = Names { namespace: NAMESPACE, of: identity };

impl Template {
    /// A request with one datum for each metric of the fleet.
    pub(crate) fn new(wire: Wire, shape: Shape, metrics: std::ops::Range<usize>) -> Self {
        Template::of(FLEET, wire, shape, metrics)
    }

    /// The same for metrics that are called otherwise.
    pub(crate) fn of(names: Names, wire: Wire, shape: Shape, metrics: std::ops::Range<usize>) -> Self {
        let mut writer = Writer { names, bytes: Vec::new(), slots: Vec::new(), datum: 0 };
        let is_binary = wire == Wire::Cbor;
        let request = match wire {
            Wire::Json => {
                writer.json(shape, metrics);
                aws_request(&json_headers("PutMetricData"), "/", &writer.bytes)
            }
            Wire::Cbor => {
                writer.cbor(shape, metrics);
                let headers = "Content-Type: application/cbor\r\nAccept: application/cbor\r\n\
                               Smithy-Protocol: rpc-v2-cbor\r\n";
                let path = "/service/GraniteServiceVersion20100801/operation/PutMetricData";
                aws_request(headers, path, &writer.bytes)
            }
            Wire::Influx => {
                writer.influx(shape, metrics);
                aws_request("", "/write", &writer.bytes)
            }
            Wire::Prometheus => {
                writer.prometheus(metrics);
                aws_request("", "/api/v1/import/prometheus", &writer.bytes)
            }
            Wire::JsonLines => {
                writer.json_lines(metrics);
                aws_request("", "/api/v1/import", &writer.bytes)
            }
        };
        let head = (request.len() - writer.bytes.len()) as u32;
        let slots = writer.slots.into_iter().map(|slot| Slot { at: slot.at + head, ..slot }).collect();
        Template { bytes: request, slots, is_binary }
    }

    /// Writes `seconds` as the time of every datum, and new numbers. Gives the whole request.
    pub(crate) fn fill(&mut self, seconds: i64, random: &mut Random) -> &[u8] {
        let mut time = [b'0'; 10];
        digits(&mut time, seconds as u64);
        let mut numbers = Numbers::new(random);
        let mut datum = 0;
        for slot in &self.slots {
            if slot.datum != datum {
                datum = slot.datum;
                numbers = Numbers::new(random);
            }
            let out = &mut self.bytes[slot.at as usize..];
            if self.is_binary {
                binary(out, slot.field, seconds, &numbers);
            } else {
                text(out, slot.field, &time, &numbers);
            }
        }
        &self.bytes
    }
}

fn text(out: &mut [u8], field: Field, time: &[u8; 10], numbers: &Numbers) {
    match field {
        Field::Time => out[..10].copy_from_slice(time),
        Field::Count => digits(&mut out[..2], numbers.count),
        Field::Sum => decimal(&mut out[..7], 5, numbers.sum_tenths),
        Field::Minimum => decimal(&mut out[..7], 3, numbers.min_thousandths),
        Field::Maximum => decimal(&mut out[..7], 3, numbers.max_thousandths),
    }
}

fn binary(out: &mut [u8], field: Field, seconds: i64, numbers: &Numbers) {
    let number = match field {
        Field::Time => return out[..4].copy_from_slice(&(seconds as u32).to_be_bytes()),
        Field::Count => numbers.count as f64,
        Field::Sum => numbers.sum_tenths as f64 / 10.0,
        Field::Minimum => numbers.min_thousandths as f64 / 1000.0,
        Field::Maximum => numbers.max_thousandths as f64 / 1000.0,
    };
    out[..8].copy_from_slice(&number.to_be_bytes());
}

/// Fills `out` with decimal digits.
pub(crate) fn digits(out: &mut [u8], mut number: u64) {
    for digit in out.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Fills `out` with a decimal that has `whole` digits before its point.
fn decimal(out: &mut [u8], whole: usize, number: u64) {
    digits(&mut out[1..], number);
    out.copy_within(1..=whole, 0);
    out[whole] = b'.';
}

struct Writer {
    names: Names,
    bytes: Vec<u8>,
    slots: Vec<Slot>,
    datum: u32,
}

impl Writer {
    fn put(&mut self, text: impl AsRef<[u8]>) {
        self.bytes.extend_from_slice(text.as_ref());
    }

    /// Marks what is written next as `field`, and writes something of its length.
    fn field(&mut self, field: Field, placeholder: impl AsRef<[u8]>) {
        self.slots.push(Slot { at: self.bytes.len() as u32, datum: self.datum, field });
        self.put(placeholder);
    }

    fn json(&mut self, shape: Shape, metrics: std::ops::Range<usize>) {
        self.put(format!(r#"{{"Namespace":"{}","MetricData":["#, self.names.namespace));
        let first = metrics.start;
        for metric in metrics {
            let (name, service, host) = (self.names.of)(metric);
            self.put(if metric == first { "" } else { "," });
            self.put(format!(r#"{{"MetricName":"{name}","Dimensions":[{{"Name":"Service","Value":"{service}"}},"#));
            self.put(format!(r#"{{"Name":"Host","Value":"{host}"}}],"Timestamp":"#));
            self.field(Field::Time, "1767225600");
            match shape {
                Shape::Value => {
                    self.put(r#","Value":"#);
                    self.field(Field::Minimum, "123.456");
                }
                Shape::StatisticSet => {
                    self.put(r#","StatisticValues":{"SampleCount":"#);
                    self.field(Field::Count, "50");
                    self.put(r#","Sum":"#);
                    self.field(Field::Sum, "12345.6");
                    self.put(r#","Minimum":"#);
                    self.field(Field::Minimum, "123.456");
                    self.put(r#","Maximum":"#);
                    self.field(Field::Maximum, "123.456");
                    self.put("}");
                }
            }
            self.put(r#","Unit":"Milliseconds"}"#);
            self.datum += 1;
        }
        self.put("]}");
    }

    fn cbor(&mut self, shape: Shape, metrics: std::ops::Range<usize>) {
        self.put([0xA2]);
        self.cbor_text("Namespace");
        self.cbor_text(self.names.namespace);
        self.cbor_text("MetricData");
        self.put([0x99]);
        self.put((metrics.len() as u16).to_be_bytes());
        for metric in metrics {
            let (name, service, host) = (self.names.of)(metric);
            self.put([0xA5]);
            self.cbor_text("MetricName");
            self.cbor_text(name);
            self.cbor_text("Dimensions");
            self.put([0x82]);
            for (name, value) in [("Service", service), ("Host", &host)] {
                self.put([0xA2]);
                self.cbor_text("Name");
                self.cbor_text(name);
                self.cbor_text("Value");
                self.cbor_text(value);
            }
            self.cbor_text("Timestamp");
            self.put([0xC1, 0x1A]);
            self.field(Field::Time, [0; 4]);
            match shape {
                Shape::Value => self.cbor_number("Value", Field::Minimum),
                Shape::StatisticSet => {
                    self.cbor_text("StatisticValues");
                    self.put([0xA4]);
                    self.cbor_number("SampleCount", Field::Count);
                    self.cbor_number("Sum", Field::Sum);
                    self.cbor_number("Minimum", Field::Minimum);
                    self.cbor_number("Maximum", Field::Maximum);
                }
            }
            self.cbor_text("Unit");
            self.cbor_text("Milliseconds");
            self.datum += 1;
        }
    }

    /// A text below 24 bytes, as all of them here are.
    fn cbor_text(&mut self, text: &str) {
        assert!(text.len() < 24, "{text} is too long for this writer");
        self.put([0x60 | text.len() as u8]);
        self.put(text);
    }

    fn cbor_number(&mut self, name: &str, field: Field) {
        self.cbor_text(name);
        self.put([0xFB]);
        self.field(field, [0; 8]);
    }

    fn influx(&mut self, shape: Shape, metrics: std::ops::Range<usize>) {
        let namespace = self.names.namespace;
        let fields = match shape {
            Shape::Value => &[VALUE_FIELD][..],
            Shape::StatisticSet => &FIELDS[..],
        };
        for metric in metrics {
            let (name, service, host) = (self.names.of)(metric);
            self.put(format!("{name},namespace={namespace},service={service},host={host} "));
            for (prefix, _, field, placeholder) in fields.iter().copied() {
                self.put(prefix);
                self.field(field, placeholder);
            }
            self.put(" ");
            self.field(Field::Time, "1767225600");
            self.put("000000000\n");
            self.datum += 1;
        }
    }

    fn prometheus(&mut self, metrics: std::ops::Range<usize>) {
        let namespace = self.names.namespace;
        for metric in metrics {
            let (name, service, host) = (self.names.of)(metric);
            for (_, statistic, field, placeholder) in FIELDS {
                self.put(format!(
                    "{name}_{statistic}{{namespace=\"{namespace}\",service=\"{service}\",host=\"{host}\"}} "
                ));
                self.field(field, placeholder);
                self.put(" ");
                self.field(Field::Time, "1767225600");
                self.put("000\n");
            }
            self.datum += 1;
        }
    }

    fn json_lines(&mut self, metrics: std::ops::Range<usize>) {
        let namespace = self.names.namespace;
        for metric in metrics {
            let (name, service, host) = (self.names.of)(metric);
            for (_, statistic, field, placeholder) in FIELDS {
                self.put(format!(r#"{{"metric":{{"__name__":"{name}_{statistic}","namespace":"{namespace}","#));
                self.put(format!(r#""service":"{service}","host":"{host}"}},"values":["#));
                self.field(field, placeholder);
                self.put(r#"],"timestamps":["#);
                self.field(Field::Time, "1767225600");
                self.put("000]}\n");
            }
            self.datum += 1;
        }
    }
}

/// A single value for VictoriaMetrics.
const VALUE_FIELD: (&str, &str, Field, &str) = ("value=", "value", Field::Minimum, "123.456");

/// The four numbers of a cell for VictoriaMetrics: as an InfluxDB field, and as the end of a name.
const FIELDS: [(&str, &str, Field, &str); 4] = [
    ("count=", "count", Field::Count, "50"),
    (",sum=", "sum", Field::Sum, "12345.6"),
    (",min=", "min", Field::Minimum, "123.456"),
    (",max=", "max", Field::Maximum, "123.456"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_over_in_place() {
        let mut template = Template::new(Wire::Influx, Shape::StatisticSet, 0..2);
        let text = String::from_utf8(template.fill(1_777_000_060, &mut Random::new(1)).to_vec()).unwrap();
        let lines: Vec<_> = text.split("\r\n\r\n").nth(1).unwrap().lines().collect();
        assert_eq!(lines.len(), 2);
        for line in lines {
            let fields = line.split(' ').nth(1).unwrap();
            let numbers: Vec<f64> =
                fields.split(',').map(|field| field.split('=').nth(1).unwrap().parse().unwrap()).collect();
            let [count, sum, min, max] = numbers[..] else { panic!("{line}") };
            assert!(min * count <= sum && sum <= max * count, "{line}");
            assert!(line.ends_with(" 1777000060000000000"), "{line}");
        }
    }
}
