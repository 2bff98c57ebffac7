//! What users are told.

use bytes::Bytes;
use churn::model::synthetic;
use churn::sheet::FILE_BYTES_MAX;
use churn::template::Template;
use http::Request;
use serde_json::{Value, json};

use crate::server::send;
use crate::stage::{Stage, USER, json_of};

fn example() -> String {
    Template::find("example.csv").unwrap().text()
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_are_uploaded_as_they_are() {
    let stage = Stage::set().await;
    let listed = json_of(&stage.get("/templates").await);
    assert_eq!(listed["templates"][1]["path"], "/templates/example.csv");
    let template = stage.get("/templates/example.csv").await;
    assert_eq!(template.headers()["content-type"], "text/csv; charset=utf-8");
    let id = stage.uploaded("example.csv", std::str::from_utf8(template.body()).unwrap()).await;
    let waiting = json_of(&stage.get(&format!("/uploads/{id}")).await);
    assert_eq!((&waiting["status"], &waiting["fix"]), (&json!("queued"), &json!("Ask again in a moment.")));
    assert_eq!(stage.get(&format!("/uploads/{id}/predictions")).await.status(), 409);
    assert_eq!(stage.work().await, 1);
    let done = json_of(&stage.get(&format!("/uploads/{id}")).await);
    assert_eq!((&done["status"], &done["rows"], &done["model"]), (&json!("completed"), &json!(3), &json!("churn-1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn predictions_say_why() {
    let stage = Stage::set().await;
    let id = stage.uploaded("customers.csv", &synthetic::file(7, 50, false)).await;
    stage.work().await;
    let file = stage.get(&format!("/uploads/{id}/predictions")).await;
    let mut reader = csv::Reader::from_reader(file.body().as_ref());
    let header = reader.headers().unwrap().clone();
    let place = |name: &str| header.iter().position(|column| column == name).unwrap();
    let base = stage.load(&stage.model()).unwrap().base;
    let mut rows = 0;
    for record in reader.records().map(Result::unwrap) {
        let number = |name: &str| record[place(name)].parse::<f64>().unwrap();
        assert_eq!(record[0], (rows + 2).to_string(), "rows are numbered as in the file");
        assert_eq!(record[1], format!("C-{:05}", rows + 1));
        let gained: f64 = record.iter().skip(6).map(|value| value.parse::<f64>().unwrap()).sum();
        assert!((number("log_odds") - base - gained).abs() < 1e-9, "{record:?}");
        let probability = 1.0 / (1.0 + (-number("log_odds")).exp());
        assert!((number("churn_probability") - probability).abs() < 1e-12, "{record:?}");
        assert_eq!(record[place("because")].split("; ").count(), 3);
        rows += 1;
    }
    assert_eq!(rows, 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_clear_is_asked_and_the_answer_is_taken() {
    let stage = Stage::set().await;
    let unclear = example().replace("tenure_months", "Tenur Months");
    let asked = stage.upload("a.csv", &unclear).await;
    assert_eq!(asked.status(), 422);
    let asked = json_of(&asked);
    assert_eq!(asked["error"], "it is not clear which columns are tenure_months");
    assert_eq!(asked["columns"]["contract"], "contract");
    let question = json!({
        "feature": "tenure_months", "meaning": "For how many months this has been a customer.",
        "candidates": [{"column": "Tenur Months", "likeness": 0.92}],
    });
    assert_eq!(asked["questions"], json!([question]));
    let query = "column.tenure_months=Tenur+Months";
    let columns = Request::post(format!("/columns?{query}")).body(Bytes::from(unclear.clone())).unwrap();
    let columns = json_of(&send(stage.api, columns).await);
    assert_eq!(columns["columns"]["tenure_months"], "Tenur Months");
    let id = stage.uploaded(&format!("a.csv&{query}"), &unclear).await;
    stage.work().await;
    assert_eq!(json_of(&stage.get(&format!("/uploads/{id}")).await)["status"], "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_file_is_told_by_row_and_column() {
    let stage = Stage::set().await;
    let id = stage.uploaded("a.csv", &example().replace("two_year", "forever").replace("79.00", "$79")).await;
    stage.work().await;
    let told = json_of(&stage.get(&format!("/uploads/{id}")).await);
    assert_eq!(told["status"], "refused");
    assert_eq!(told["fix"], "Put right what is listed, by row and column, and upload the file again.");
    let expected = json!({"total": 2, "errors": [
        {"row": 3, "column": "monthly_charges",
         "error": "\"$79\" is not a number from 0 to 1000000, without signs and separators"},
        {"row": 4, "column": "contract", "error": "\"forever\" is not one of monthly, one_year, two_year"},
    ]});
    assert_eq!(told["faults"], expected);
    assert_eq!(stage.server.depth(&stage.queue_url).await, 0, "a file does not get better by being read again");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_says_what_to_do() {
    let stage = Stage::set().await;
    let long = "x".repeat(256);
    let cases: [(&str, &str, u16, &str, &str); 7] = [
        ("a.xlsx", "x", 415, "\"a.xlsx\" is no CSV file", "Save the table as CSV"),
        (
            "a.csv",
            "PK\u{3}\u{0}",
            415,
            "this is no CSV file: byte 4 of the file is not UTF-8 text",
            "Save the table as CSV",
        ),
        ("a.csv", "", 415, "this is no CSV file: the file is empty", "Save the table as CSV"),
        ("", "x", 400, "a file's name has 1 to 255 bytes, and this one has 0", "Name the file"),
        (&long, "x", 400, "a file's name has 1 to 255 bytes, and this one has 256", "Name the file"),
        ("a.csv&priority=now", "x", 400, "no priority \"now\"", "Say low, normal or high."),
        ("a.csv&column.tenur=x", "x", 400, "\"tenur\" is no feature", "Name a feature and a column of the file."),
    ];
    for (query, text, status, error, fix) in cases {
        let answer = stage.upload(query, text).await;
        let told: Value = json_of(&answer);
        assert_eq!(answer.status().as_u16(), status, "{query}: {told}");
        assert!(told["error"].as_str().unwrap().starts_with(error), "{query}: {told}");
        assert!(told["fix"].as_str().unwrap().starts_with(fix), "{query}: {told}");
    }
    let nobody = Request::post("/uploads?file=a.csv").body(Bytes::from(example())).unwrap();
    assert_eq!(send(stage.api, nobody).await.status(), 401);
    for (bytes, status) in [(256, 404), (257, 401)] {
        let user = Request::get("/uploads/none").header("x-user-id", "x".repeat(bytes)).body(Bytes::new()).unwrap();
        assert_eq!(send(stage.api, user).await.status(), status);
    }
    assert_eq!(stage.get("/other").await.status(), 404);
    assert_eq!(stage.get("/templates/none.csv").await.status(), 404);
    assert_eq!(stage.get("/uploads/none").await.status(), 404);
    assert_eq!(stage.get("/health").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_the_uploads_of_others() {
    let stage = Stage::set().await;
    let id = stage.uploaded("a.csv", &example()).await;
    stage.work().await;
    for path in [format!("/uploads/{id}"), format!("/uploads/{id}/predictions")] {
        assert_eq!(stage.get(&path).await.status(), 200);
        let other = Request::get(&path).header("x-user-id", "eve@example.com").body(Bytes::new()).unwrap();
        assert_eq!(send(stage.api, other).await.status(), 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_has_a_limit() {
    let stage = Stage::set().await;
    for (bytes, status) in [(FILE_BYTES_MAX, 415), (FILE_BYTES_MAX + 1, 413)] {
        let body = Bytes::from(vec![b'\n'; bytes]);
        let request = Request::post("/uploads?file=a.csv").header("x-user-id", USER).body(body).unwrap();
        assert_eq!(send(stage.api, request).await.status(), status, "{bytes}");
    }
}
