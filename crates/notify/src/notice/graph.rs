//! A picture of what an alarm watches, for whoever is told of it.

use std::fmt::Write;

use nepho_model::Timestamp;

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    /// The alarm.
    pub title: String,
    /// What it watches.
    pub subtitle: String,
    /// Where the axis of time begins.
    pub start: Timestamp,
    /// Where it ends: when the alarm went into its state.
    pub end: Timestamp,
    /// The datapoints of each series, the oldest first. Of many series the first [`GRAPH_LINES_MAX`] are drawn.
    pub lines: Vec<Vec<GraphPoint>>,
    /// How far apart two datapoints may be that a line joins, in seconds.
    pub gap_seconds: i64,
    /// What they are compared with, if that is a number.
    pub threshold: Option<f64>,
}

/// A datapoint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GraphPoint {
    /// The begin of its period.
    pub at: Timestamp,
    /// Its value, finite.
    pub value: f64,
    /// What was expected, from and to, if it is compared with that.
    pub band: Option<(f64, f64)>,
}

/// The most series that are drawn.
pub const GRAPH_LINES_MAX: usize = 12;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 260.0;
/// Where the axes are.
const LEFT: f64 = 72.0;
const RIGHT: f64 = 620.0;
const TOP: f64 = 52.0;
const BOTTOM: f64 = 228.0;
/// Marks on each axis, less one.
const MARKS: i64 = 4;
/// Values beyond are drawn there: their differences would be no numbers.
const VALUE_MAX: f64 = 1e300;
/// What is free above and below the line, as a share of its height.
const AIR: f64 = 0.08;

impl Graph {
    /// The picture, as SVG that loads and runs nothing.
    pub fn to_svg(&self) -> String {
        let scale = Scale::of(self);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
             height=\"{HEIGHT}\" font-family=\"sans-serif\" font-size=\"11\">\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n\
             <text x=\"12\" y=\"20\" font-size=\"14\" font-weight=\"bold\">{}</text>\n\
             <text x=\"12\" y=\"38\" fill=\"#555555\">{}</text>\n",
            escaped(&self.title),
            escaped(&self.subtitle)
        );
        self.axes(&scale, &mut svg);
        for line in self.drawn().rev() {
            self.band(line, &scale, &mut svg);
        }
        if let Some(threshold) = self.threshold {
            let y = scale.y(threshold);
            let _ = writeln!(
                svg,
                "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{RIGHT}\" y2=\"{y:.1}\" stroke=\"#c62828\" \
                 stroke-dasharray=\"6 4\"><title>threshold {threshold}</title></line>"
            );
        }
        // The first is on top of the others.
        for line in self.drawn().rev() {
            self.line(line, &scale, &mut svg);
        }
        if self.drawn().all(<[GraphPoint]>::is_empty) {
            let (x, y) = ((LEFT + RIGHT) / 2.0, (TOP + BOTTOM) / 2.0);
            let _ = writeln!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">no datapoints</text>");
        }
        svg + "</svg>\n"
    }

    fn axes(&self, scale: &Scale, svg: &mut String) {
        for mark in 0..=MARKS {
            let value = scale.least + (scale.most - scale.least) * mark as f64 / MARKS as f64;
            let y = scale.y(value);
            let _ = writeln!(
                svg,
                "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{RIGHT}\" y2=\"{y:.1}\" stroke=\"#e0e0e0\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                short(value)
            );
            let millis = self.start.millis() + (self.end.millis() - self.start.millis()) * mark / MARKS;
            let at = Timestamp::from_millis(millis);
            let anchor = if mark == MARKS { "end" } else { "middle" };
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                scale.x(at),
                BOTTOM + 18.0,
                clock(at)
            );
        }
    }

    fn drawn(&self) -> impl DoubleEndedIterator<Item = &[GraphPoint]> {
        self.lines.iter().take(GRAPH_LINES_MAX).map(Vec::as_slice)
    }

    fn band(&self, line: &[GraphPoint], scale: &Scale, svg: &mut String) {
        for run in self.runs(line) {
            let edges: Vec<_> = run.iter().filter_map(|point| Some((point.at, point.band?))).collect();
            if edges.len() < 2 {
                continue;
            }
            let upper = edges.iter().map(|(at, (_, upper))| (*at, *upper));
            let lower = edges.iter().rev().map(|(at, (lower, _))| (*at, *lower));
            let _ = writeln!(
                svg,
                "<polygon points=\"{}\" fill=\"#bdbdbd\" fill-opacity=\"0.4\"/>",
                scale.places(upper.chain(lower))
            );
        }
    }

    fn line(&self, line: &[GraphPoint], scale: &Scale, svg: &mut String) {
        for run in self.runs(line) {
            let places = scale.places(run.iter().map(|point| (point.at, point.value)));
            let _ =
                writeln!(svg, "<polyline points=\"{places}\" fill=\"none\" stroke=\"#1565c0\" stroke-width=\"1.5\"/>");
        }
        if let Some(last) = line.last() {
            let (x, y) = (scale.x(last.at), scale.y(last.value));
            let _ = writeln!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"#1565c0\"><title>{}</title></circle>",
                last.value
            );
        }
    }

    /// Datapoints that lines join.
    fn runs<'a>(&self, line: &'a [GraphPoint]) -> impl Iterator<Item = &'a [GraphPoint]> + use<'a> {
        let gap = self.gap_seconds * 1000;
        line.chunk_by(move |one, next| next.at.millis() - one.at.millis() <= gap)
    }
}

/// How times and values become places.
struct Scale {
    start: i64,
    end: i64,
    least: f64,
    most: f64,
}

impl Scale {
    fn of(graph: &Graph) -> Self {
        let of_point = |point: &GraphPoint| {
            let (lower, upper) = point.band.unwrap_or((point.value, point.value));
            [point.value, lower, upper]
        };
        let values =
            graph.drawn().flatten().flat_map(of_point).chain(graph.threshold).filter(|value| value.is_finite());
        let values = values.map(|value| value.clamp(-VALUE_MAX, VALUE_MAX));
        let (least, most) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)));
        let (least, most) = if least <= most { (least, most) } else { (0.0, 1.0) };
        // A line that is level is in the middle.
        let air = if most > least { (most - least) * AIR } else { least.abs().max(1.0) * 0.5 };
        let end = graph.end.millis().max(graph.start.millis() + 1);
        Scale { start: graph.start.millis(), end, least: least - air, most: most + air }
    }

    fn x(&self, at: Timestamp) -> f64 {
        let passed = (at.millis() - self.start) as f64 / (self.end - self.start) as f64;
        LEFT + (RIGHT - LEFT) * passed.clamp(0.0, 1.0)
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value - self.least) / (self.most - self.least);
        BOTTOM - (BOTTOM - TOP) * share.clamp(0.0, 1.0)
    }

    fn places(&self, points: impl Iterator<Item = (Timestamp, f64)>) -> String {
        let places: Vec<_> = points.map(|(at, value)| format!("{:.1},{:.1}", self.x(at), self.y(value))).collect();
        places.join(" ")
    }
}

/// A value in few characters.
fn short(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-3..1e6).contains(&size) {
        return format!("{value:.1e}");
    }
    let digits = match size {
        100.0.. => 0,
        1.0.. => 1,
        _ => 3,
    };
    format!("{value:.digits$}")
}

/// A time of day, in UTC.
fn clock(at: Timestamp) -> String {
    let time = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
    time.strftime("%H:%M").to_string()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn graph(points: &[(i64, f64)], threshold: Option<f64>) -> Graph {
        let point =
            |(at, value): &(i64, f64)| GraphPoint { at: Timestamp::from_seconds(*at), value: *value, band: None };
        Graph {
            title: "High <load>".to_owned(),
            subtitle: "Shop & Co".to_owned(),
            start: Timestamp::from_seconds(0),
            end: Timestamp::from_seconds(3600),
            lines: vec![points.iter().map(point).collect()],
            gap_seconds: 60,
            threshold,
        }
    }

    #[test]
    fn datapoints_are_a_line_with_gaps_below_a_threshold() {
        let svg = graph(&[(0, 0.0), (60, 100.0), (600, 50.0)], Some(50.0)).to_svg();
        assert!(svg.contains(">High &lt;load&gt;</text>") && svg.contains(">Shop &amp; Co</text>"), "{svg}");
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains("<polyline points=\"72.0,215.9 81.1,64.1\""), "{svg}");
        assert!(svg.contains("y1=\"140.0\" x2=\"620\" y2=\"140.0\" stroke=\"#c62828\""), "{svg}");
        for label in [">00:00<", ">00:30<", ">01:00<", ">-8.0<", ">108<"] {
            assert!(svg.contains(label), "{label} {svg}");
        }
    }

    #[test]
    fn a_band_is_behind_the_line() {
        let mut graph = graph(&[(0, 1.0), (60, 1.0)], None);
        graph.lines[0].iter_mut().for_each(|point| point.band = Some((0.0, 2.0)));
        assert!(graph.to_svg().contains("<polygon points=\"72.0,64.1 81.1,64.1 81.1,215.9 72.0,215.9\""));
    }

    #[test]
    fn nothing_is_said_to_be_nothing() {
        assert!(graph(&[], None).to_svg().contains(">no datapoints</text>"));
        assert!(graph(&[(5, 7.0)], None).to_svg().contains("cy=\"140.0\""));
    }

    #[test]
    fn of_many_series_the_first_are_drawn() {
        let mut many = graph(&[(0, 1.0), (60, 2.0)], None);
        many.lines = vec![many.lines[0].clone(); GRAPH_LINES_MAX];
        assert_eq!(many.to_svg().matches("<polyline").count(), GRAPH_LINES_MAX);
        many.lines.push(many.lines[0].clone());
        assert_eq!(many.to_svg().matches("<polyline").count(), GRAPH_LINES_MAX);
    }

    proptest! {
        #[test]
        fn every_place_is_in_the_picture(
            points in prop::collection::vec((0_i64..3600, -1e308..1e308_f64), 0..20),
            threshold in prop::option::of(-1e308..1e308_f64),
        ) {
            let svg = graph(&points, threshold).to_svg();
            prop_assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}
