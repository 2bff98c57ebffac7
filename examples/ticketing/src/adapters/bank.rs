//! A bank for tests: decides by the card's number, as the test cards of payment providers do.

use std::sync::Mutex;
use std::sync::PoisonError;

use crate::domain::ports::{Declined, PaymentGateway, Receipt};

/// A card that pays.
pub const GOOD_CARD: &str = "4242424242424242";
/// A card that is declined.
pub const DECLINED_CARD: &str = "4000000000000002";

/// Takes every card whose number has the right check digit, except [`DECLINED_CARD`], and keeps account of the money.
#[derive(Debug, Default)]
pub struct LocalBank {
    account: Mutex<Account>,
}

#[derive(Debug, Default)]
struct Account {
    payments: u64,
    cents: u64,
}

impl LocalBank {
    /// What was paid so far, in cents.
    pub fn balance_cents(&self) -> u64 {
        self.account.lock().unwrap_or_else(PoisonError::into_inner).cents
    }
}

impl PaymentGateway for LocalBank {
    fn charge(&self, card: &str, amount_cents: u32) -> Result<Receipt, Declined> {
        if card == DECLINED_CARD || !has_check_digit(card) {
            return Err(Declined);
        }
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        account.payments += 1;
        account.cents += u64::from(amount_cents);
        Ok(Receipt(account.payments))
    }
}

/// Whether the last digit is the one that follows from the others (ISO/IEC 7812-1, annex B).
fn has_check_digit(card: &str) -> bool {
    let digits: Option<Vec<u32>> = card.chars().map(|digit| digit.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (12..=19).contains(&digits.len())) else { return false };
    let weighed = digits.iter().rev().enumerate().map(|(at, digit)| match at % 2 {
        0 => *digit,
        _ => digit * 2 / 10 + digit * 2 % 10,
    });
    weighed.sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_card_decides() {
        let cases = [
            (GOOD_CARD, Ok(Receipt(1))),
            (DECLINED_CARD, Err(Declined)),
            ("4242424242424241", Err(Declined)),
            ("5555555555554444", Ok(Receipt(2))),
            ("", Err(Declined)),
            ("0", Err(Declined)),
            ("4242 4242 4242 4242", Err(Declined)),
        ];
        let bank = LocalBank::default();
        for (card, expected) in cases {
            assert_eq!(bank.charge(card, 100), expected, "{card}");
        }
        assert_eq!(bank.balance_cents(), 200);
    }
}
