//! Pages over two stores.

use nepho_model::Metric;
use nepho_store::{Listed, Page, StoreError};

/// Begins a token of the store behind.
const BEHIND: &str = "behind ";
/// Begins a token of the tables.
const TABLES: &str = "tables ";

/// One page of metrics that are in the order of their keys.
pub(super) fn page(metrics: &[Metric], page: &Page) -> Listed {
    let start = match &page.after {
        None => 0,
        Some(after) => metrics.partition_point(|metric| metric.key().as_str() <= after.as_str()),
    };
    let end = metrics.len().min(start + page.limit);
    let listed = metrics[start..end].to_vec();
    let next = (end < metrics.len()).then(|| listed.last().map(|last| last.key().as_str().to_owned())).flatten();
    Listed { metrics: listed, next }
}

/// First what the store behind has, page by page, then what the tables have.
pub(super) fn both(
    page: &Page,
    behind: impl FnOnce(&Page) -> Result<Listed, StoreError>,
    tables: impl FnOnce(&Page) -> Result<Listed, StoreError>,
) -> Result<Listed, StoreError> {
    let after = page.after.as_deref();
    let (mut listed, in_tables) = match after {
        None => (behind(&Page { after: None, limit: page.limit })?, None),
        Some(token) => match (token.strip_prefix(BEHIND), token.strip_prefix(TABLES)) {
            (Some(token), _) => (behind(&Page { after: Some(token.to_owned()), limit: page.limit })?, None),
            (_, Some(key)) => (Listed::default(), Some(key.to_owned()).filter(|key| !key.is_empty())),
            _ => return Err(StoreError::BadToken(token.to_owned())),
        },
    };
    if let Some(next) = listed.next {
        return Ok(Listed { next: Some(format!("{BEHIND}{next}")), ..listed });
    }
    let room = page.limit - listed.metrics.len();
    if room == 0 {
        let rest = tables(&Page { after: None, limit: 1 })?;
        listed.next = (!rest.metrics.is_empty()).then(|| TABLES.to_owned());
        return Ok(listed);
    }
    let rest = tables(&Page { after: in_tables, limit: room })?;
    listed.metrics.extend(rest.metrics);
    listed.next = rest.next.map(|next| format!("{TABLES}{next}"));
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metrics(namespace: &str, count: usize) -> Vec<Metric> {
        (0..count).map(|number| Metric::new(namespace, &format!("m{number}"), &[]).unwrap()).collect()
    }

    #[test]
    fn every_metric_is_on_one_page() {
        for (behind, tables) in [(0, 0), (0, 5), (5, 0), (2, 5), (4, 4), (3, 1), (6, 2)] {
            for limit in 1..9 {
                let (ours, theirs) = (metrics("Operational", tables), metrics("Shop", behind));
                let (mut after, mut listed) = (None, Vec::new());
                loop {
                    let wanted = Page { after, limit };
                    let found = both(&wanted, |wanted| Ok(page(&theirs, wanted)), |wanted| Ok(page(&ours, wanted)));
                    let found = found.unwrap();
                    assert!(found.metrics.len() <= limit && (found.next.is_none() || found.metrics.len() == limit));
                    listed.extend(found.metrics);
                    after = found.next;
                    if after.is_none() {
                        break;
                    }
                }
                let expected: Vec<Metric> = theirs.into_iter().chain(ours).collect();
                assert_eq!(listed, expected, "{behind} {tables} {limit}");
            }
        }
    }

    #[test]
    fn a_token_of_somebody_elses_is_refused() {
        let wanted = Page { after: Some("what".to_owned()), limit: 1 };
        let nobody = |_: &Page| Ok(Listed::default());
        assert!(matches!(both(&wanted, nobody, nobody), Err(StoreError::BadToken(_))));
    }
}
