use super::*;

const STANDARD: &str =
    "customer_id,tenure_months,monthly_charges,support_tickets,logins_last_30_days,late_payments,contract,payment";

fn header(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

/// A header, and the columns in the order of the features, or the questions.
#[track_caller]
fn check(text: &str, confirmed: &[(&str, &str)], expect: &str) {
    let confirmed = confirmed.iter().map(|(name, column)| ((*name).to_owned(), (*column).to_owned())).collect();
    let header = header(text);
    let found = match map(&header, &confirmed) {
        Ok(Mapped::Sure(mapping)) => {
            let columns = mapping.customer_id.iter().chain(&mapping.features);
            columns.map(|place| header[*place].as_str()).collect::<Vec<_>>().join(" | ")
        }
        Ok(Mapped::Unsure { questions, .. }) => {
            let candidates = |question: &Question| {
                question.candidates.iter().map(|it| format!("{} {}", it.column, it.likeness)).collect::<Vec<_>>()
            };
            let lines = questions.iter().map(|it| format!("{}? {}", it.feature, candidates(it).join(", ")));
            lines.collect::<Vec<_>>().join("\n")
        }
        Err(error) => format!("!! {error}"),
    };
    assert_eq!(found, expect, "{text}");
}

#[test]
fn names_are_compared_without_capitals_spaces_and_signs() {
    for spelt in ["Tenure Months", "TENURE-MONTHS", "tenureMonths", " tenure  (months) ", "Tenure.Months"] {
        assert_eq!(normal(spelt), "tenure_months", "{spelt}");
    }
    assert_eq!(normal("Logins Last30Days"), "logins_last30_days");
    assert_eq!(normal("MRR"), "mrr");
    assert_eq!(normal("§ !"), "");
}

#[test]
fn usual_headers_are_known() {
    check(STANDARD, &[], &STANDARD.replace(',', " | "));
    let usual = "Account ID,Notes,MRR,Tenure,Contract Type,AutoPay,Tickets,Logins (30d),Overdue Payments";
    check(
        usual,
        &[],
        "Account ID | Tenure | MRR | Tickets | Logins (30d) | Overdue Payments | Contract Type | AutoPay",
    );
}

#[test]
fn what_only_looks_like_a_feature_is_asked() {
    let unsure = STANDARD.replace("tenure_months", "Tenur Months");
    check(&unsure, &[], "tenure_months? Tenur Months 0.92");
    check(&unsure, &[("tenure_months", "Tenur Months")], &unsure.replace(',', " | "));
    let missing = STANDARD.replace("contract,", "colour,");
    check(&missing, &[], "contract? ");
}

#[test]
fn two_columns_of_one_name_are_asked() {
    let two = format!("{STANDARD},Tenure");
    check(&two, &[], "tenure_months? tenure_months 1, Tenure 1");
    check(&two, &[("tenure_months", "Tenure")], &STANDARD.replace("tenure_months", "Tenure").replace(',', " | "));
}

#[test]
fn an_answer_that_does_not_fit_is_refused() {
    let names =
        "tenure_months, monthly_charges, support_tickets, logins_last_30_days, late_payments, contract, payment";
    check(STANDARD, &[("tenur", "contract")], &format!("!! \"tenur\" is no feature: they are {names}"));
    check("a,b", &[("contract", "c")], "!! the file has no column \"c\": it has a, b");
    check("a,a", &[("contract", "a")], "!! the file has more than one column \"a\": rename all but one");
    let both = [("contract", "a"), ("payment", "a")];
    check("a,b", &both, "!! column \"a\" is said to be both contract and payment");
}

#[test]
fn candidates_have_a_limit() {
    let many = (0..=CANDIDATES_MAX).map(|number| format!("contracts{number}")).collect::<Vec<_>>().join(",");
    let header = header(&many);
    let Ok(Mapped::Unsure { questions, .. }) = map(&header, &BTreeMap::new()) else { panic!() };
    let contract = questions.iter().find(|question| question.feature == "contract").unwrap();
    assert_eq!(contract.candidates.len(), CANDIDATES_MAX);
}
