//! Pages of queues.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nepho_notify::queue::{Fault, Queue};

/// The most queues on one page, and how many when nothing is said.
pub(super) const PAGE_MAX: usize = 1000;

/// Which page is wanted.
#[derive(Debug)]
pub(super) struct Page {
    size: usize,
    /// Whether the client wants pages; the others get as many as there may be on one.
    is_wanted: bool,
    after: Option<String>,
}

impl Page {
    pub(super) fn check(size: Option<i64>, token: Option<&str>) -> Result<Self, Fault> {
        let found = size.unwrap_or(PAGE_MAX as i64);
        if !(1..=PAGE_MAX as i64).contains(&found) {
            let reason = format!("Must be between 1 and {PAGE_MAX}, if provided.");
            return Err(Fault::invalid(found, "MaxResults", &reason));
        }
        let after = token.map(|token| {
            let bytes = URL_SAFE_NO_PAD.decode(token).ok();
            let name = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            name.ok_or_else(|| Fault::invalid(token, "NextToken", "It is none that was given out."))
        });
        Ok(Page { size: found as usize, is_wanted: size.is_some(), after: after.transpose()? })
    }

    /// The name that the page before ended with.
    pub(super) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// The queues on the page, and the token of the next, if there is one.
    pub(super) fn cut<'a, T>(
        &self,
        mut queues: impl Iterator<Item = &'a Queue>,
        show: impl Fn(&Queue) -> T,
    ) -> (Vec<T>, Option<String>) {
        let mut shown = Vec::new();
        let mut last = None;
        while shown.len() < self.size
            && let Some(queue) = queues.next()
        {
            shown.push(show(queue));
            last = Some(queue.arn.name.as_str());
        }
        let token = last.filter(|_| self.is_wanted && queues.next().is_some()).map(|name| URL_SAFE_NO_PAD.encode(name));
        (shown, token)
    }
}
