//! Operators: how they are written, how tightly they bind, and what they compute of two numbers.

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

/// Every spelling of an operator.
const SPELLINGS: [(&str, Operator); 15] = [
    ("OR", Operator::Or),
    ("||", Operator::Or),
    ("AND", Operator::And),
    ("&&", Operator::And),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("+", Operator::Add),
    ("-", Operator::Subtract),
    ("*", Operator::Multiply),
    ("/", Operator::Divide),
    ("^", Operator::Power),
];

/// How tightly a sign in front of an operand binds: looser than a power, tighter than a product.
pub(super) const NEGATION: u8 = 6;

impl Operator {
    /// The operator that is written so.
    pub(super) fn parse(text: &str) -> Option<Self> {
        SPELLINGS.iter().find(|(spelling, _)| *spelling == text).map(|(_, operator)| *operator)
    }

    /// Its first spelling.
    pub(super) fn as_str(self) -> &'static str {
        SPELLINGS.iter().find(|(_, operator)| *operator == self).map_or("", |(spelling, _)| spelling)
    }

    /// How tightly it binds.
    pub(super) fn precedence(self) -> u8 {
        match self {
            Operator::Or => 1,
            Operator::And => 2,
            Operator::Equal
            | Operator::NotEqual
            | Operator::LessOrEqual
            | Operator::GreaterOrEqual
            | Operator::Less
            | Operator::Greater => 3,
            Operator::Add | Operator::Subtract => 4,
            Operator::Multiply | Operator::Divide => 5,
            Operator::Power => 7,
        }
    }

    /// Whether it computes a number; the others compare or combine, and give 0 or 1.
    pub(super) fn is_arithmetic(self) -> bool {
        self.precedence() >= Operator::Add.precedence()
    }

    /// What it gives of two numbers. NaN and infinity mean that there is no value: a division by zero, a root of a
    /// negative number, an operand that has no value.
    pub(super) fn apply(self, left: f64, right: f64) -> f64 {
        if left.is_nan() || right.is_nan() {
            return f64::NAN;
        }
        match self {
            Operator::Add => left + right,
            Operator::Subtract => left - right,
            Operator::Multiply => left * right,
            Operator::Divide => left / right,
            Operator::Power => left.powf(right),
            Operator::Or => truth(left != 0.0 || right != 0.0),
            Operator::And => truth(left != 0.0 && right != 0.0),
            Operator::Equal => truth(left == right),
            Operator::NotEqual => truth(left != right),
            Operator::LessOrEqual => truth(left <= right),
            Operator::GreaterOrEqual => truth(left >= right),
            Operator::Less => truth(left < right),
            Operator::Greater => truth(left > right),
        }
    }
}

fn truth(value: bool) -> f64 {
    f64::from(u8::from(value))
}
