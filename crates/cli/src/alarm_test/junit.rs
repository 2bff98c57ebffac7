//! Reports in the XML of JUnit, which continuous integration reads.

use quick_xml::escape::escape;

use super::report::FileReport;

/// A suite for each file, a test case for each test.
pub fn junit(reports: &[FileReport]) -> String {
    let suites: String = reports.iter().map(suite).collect();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n{suites}</testsuites>\n")
}

fn suite(report: &FileReport) -> String {
    let file = text(&report.path.display().to_string());
    let failures = report.cases.iter().filter(|case| !case.has_passed()).count();
    let mut out = format!("  <testsuite name=\"{file}\" tests=\"{}\" failures=\"{failures}\">\n", report.cases.len());
    for case in &report.cases {
        let name = text(&case.name);
        match case.has_passed() {
            true => out.push_str(&format!("    <testcase classname=\"{file}\" name=\"{name}\"/>\n")),
            false => out.push_str(&format!(
                "    <testcase classname=\"{file}\" name=\"{name}\">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                text(&format!("{}: not as expected", case.place)),
                text(&case.failure()),
            )),
        }
    }
    out + "  </testsuite>\n"
}

/// A text in XML, which cannot hold control characters.
fn text(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    escape(&clean).into_owned()
}
