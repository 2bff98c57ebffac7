//! What the model looks at: seven features of a customer, how files spell them, and which values they have.

/// The column that names a customer, and is no feature.
pub const CUSTOMER_ID: &str = "customer_id";

/// A feature of a customer.
#[derive(Debug)]
pub struct Feature {
    /// Its name, which is the header of its column in a template.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub meaning: &'static str,
    /// Other usual headers, in the form that [`normal`](crate::columns::normal) gives them.
    pub aliases: &'static [&'static str],
    /// Which values it has.
    pub kind: Kind,
    /// A value, for templates.
    pub example: &'static str,
}

/// Which values a feature has.
#[derive(Debug)]
pub enum Kind {
    /// A number in a range, both ends included.
    Number {
        /// The least.
        min: f64,
        /// The most.
        max: f64,
        /// Whether it has no fraction.
        is_whole: bool,
    },
    /// One of these; the first is what the others are compared with.
    Choice(&'static [Choice]),
}

/// A value of a [`Kind::Choice`].
#[derive(Debug)]
pub struct Choice {
    /// What it is called.
    pub name: &'static str,
    /// Other usual spellings, in normal form.
    pub aliases: &'static [&'static str],
}

const fn whole(max: f64) -> Kind {
    Kind::Number { min: 0.0, max, is_whole: true }
}

/// All features, in the order of the columns of a template.
pub const FEATURES: [Feature; 7] = [
    Feature {
        name: "tenure_months",
        meaning: "For how many months this has been a customer.",
        aliases: &[
            "tenure",
            "months",
            "months_as_customer",
            "customer_age_months",
            "account_age_months",
            "tenure_in_months",
        ],
        kind: whole(1200.0),
        example: "18",
    },
    Feature {
        name: "monthly_charges",
        meaning: "What the customer pays in a month.",
        aliases: &["monthly_charge", "monthly_fee", "monthly_revenue", "mrr", "monthly_price", "price_per_month"],
        kind: Kind::Number { min: 0.0, max: 1_000_000.0, is_whole: false },
        example: "49.90",
    },
    Feature {
        name: "support_tickets",
        meaning: "Tickets that the customer has opened in 90 days.",
        aliases: &[
            "tickets",
            "support_cases",
            "num_tickets",
            "number_of_tickets",
            "tickets_90d",
            "support_tickets_90d",
        ],
        kind: whole(10_000.0),
        example: "2",
    },
    Feature {
        name: "logins_last_30_days",
        meaning: "How often somebody of the customer has logged in within 30 days.",
        aliases: &["logins", "login_count", "logins_30d", "num_logins", "logins_last_month", "number_of_logins"],
        kind: whole(100_000.0),
        example: "21",
    },
    Feature {
        name: "late_payments",
        meaning: "Payments that came late in 12 months.",
        aliases: &["late_payments_12m", "overdue_payments", "payments_overdue", "num_late_payments", "delinquencies"],
        kind: whole(1000.0),
        example: "0",
    },
    Feature {
        name: "contract",
        meaning: "How long the customer is bound.",
        aliases: &["contract_type", "contract_term", "subscription_type", "billing_term", "plan_term"],
        kind: Kind::Choice(&[
            Choice { name: "monthly", aliases: &["month_to_month", "month", "m"] },
            Choice { name: "one_year", aliases: &["1_year", "year", "yearly", "annual", "12_months"] },
            Choice { name: "two_year", aliases: &["2_year", "2_years", "two_years", "biennial", "24_months"] },
        ]),
        example: "one_year",
    },
    Feature {
        name: "payment",
        meaning: "Whether payments are made by hand or happen by themselves.",
        aliases: &["payment_method", "payment_type", "autopay", "auto_pay", "billing_method"],
        kind: Kind::Choice(&[
            Choice { name: "manual", aliases: &["no", "false", "0", "check", "invoice", "mailed_check"] },
            Choice { name: "automatic", aliases: &["yes", "true", "1", "auto", "card", "credit_card", "direct_debit"] },
        ]),
        example: "automatic",
    },
];

/// Other usual headers of [`CUSTOMER_ID`].
pub const CUSTOMER_ID_ALIASES: &[&str] = &["customer", "customerid", "id", "account_id", "client_id", "cust_id"];

/// How many numbers a customer is for the model: [`columns`] of all features.
pub const COLUMNS: usize = 8;

/// The numbers that a feature becomes, by name: itself, or one for each choice but the first.
pub fn columns(feature: &Feature) -> Vec<String> {
    match &feature.kind {
        Kind::Number { .. } => vec![feature.name.to_owned()],
        Kind::Choice(choices) => {
            choices[1..].iter().map(|choice| format!("{}.{}", feature.name, choice.name)).collect()
        }
    }
}

/// The names of all numbers, in their order.
pub fn column_names() -> Vec<String> {
    FEATURES.iter().flat_map(columns).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::normal;

    #[test]
    fn no_spelling_is_that_of_two_features_and_all_are_normal() {
        let of = |feature: &Feature| [feature.name].iter().chain(feature.aliases).copied().collect::<Vec<_>>();
        let mut all: Vec<&str> = FEATURES.iter().flat_map(of).chain(CUSTOMER_ID_ALIASES.iter().copied()).collect();
        all.push(CUSTOMER_ID);
        assert!(all.iter().all(|alias| normal(alias) == *alias));
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn columns_are_counted() {
        assert_eq!(column_names().len(), COLUMNS);
        assert_eq!(column_names()[5..], ["contract.one_year", "contract.two_year", "payment.automatic"]);
    }
}
