//! What happened to alarms. It outlives them, for thirty days.

use std::sync::atomic::{AtomicU64, Ordering};

use nepho_engine::alarm::text::HistoryItemType;
use nepho_engine::turn::Noted;
use nepho_model::{Scope, Timestamp};
use nepho_store::{Change, Record, Records, StoreError, Table};
use serde::{Deserialize, Serialize};

/// Items, by scope, alarm and time.
pub(crate) const HISTORY: Table = Table("alarm-history");
/// The alarms of items, by scope and time: what is too old is found here, and what is asked about all alarms.
const TIMELINE: Table = Table("alarm-timeline");
/// How long items are kept, in seconds.
const KEPT_SECONDS: i64 = 30 * 24 * 3600;
/// Items that are dropped in one transaction.
const FORGOTTEN_AT_ONCE: usize = 1000;
/// Items that are read at once.
const READ_AT_ONCE: usize = 200;

/// An item on disk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stored {
    pub(crate) alarm: String,
    pub(crate) alarm_type: String,
    pub(crate) at_ms: i64,
    pub(crate) item_type: String,
    pub(crate) summary: String,
    pub(crate) data: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) contributor: Option<(String, Vec<(String, String)>)>,
}

/// Which items are wanted.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) alarm: Option<&'a str>,
    pub(crate) contributor: Option<&'a str>,
    /// Kinds of alarms.
    pub(crate) alarm_types: &'a [String],
    pub(crate) item_type: Option<HistoryItemType>,
    pub(crate) start: Option<Timestamp>,
    pub(crate) end: Option<Timestamp>,
    /// Whether the oldest comes first.
    pub(crate) is_ascending: bool,
}

/// Some items, and where the next ones begin.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) items: Vec<Stored>,
    pub(crate) next: Option<String>,
}

/// The histories of all alarms.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    /// Items of one instant keep their order by this.
    next: AtomicU64,
}

impl Histories {
    /// Goes on behind the last item that there is.
    pub(crate) fn load(records: &dyn Records) -> Result<Self, StoreError> {
        let last = records.scan_back(TIMELINE, "", None, 1)?;
        let number = last.first().and_then(|record| record.key.rsplit_once('-')?.1.parse::<u64>().ok());
        Ok(Histories { next: AtomicU64::new(number.map_or(0, |number| number + 1)) })
    }

    /// Adds the changes that write an item.
    pub(crate) fn add(&self, scope: &Scope, item: &Noted, changes: &mut Vec<Change>) {
        let moment = format!("{:015}-{:012}", item.at.millis().max(0), self.next.fetch_add(1, Ordering::Relaxed));
        let stored = Stored {
            alarm: item.alarm.clone(),
            alarm_type: item.alarm_type.as_str().to_owned(),
            at_ms: item.at.millis(),
            item_type: item.item.kind.as_str().to_owned(),
            summary: item.item.summary.clone(),
            data: item.item.data.clone(),
            contributor: item.item.contributor.as_ref().map(|one| (one.id.clone(), one.attributes.clone())),
        };
        let value = serde_json::to_vec(&stored).expect("texts and numbers can be written");
        changes.push(Change::Put(HISTORY, Record { key: format!("{scope}\n{}\n{moment}", item.alarm), value }));
        let value = item.alarm.clone().into_bytes();
        changes.push(Change::Put(TIMELINE, Record { key: format!("{scope}\n{moment}"), value }));
    }

    /// At most `limit` items that are wanted, behind the key at which the page before ended.
    pub(crate) fn find(
        records: &dyn Records,
        scope: &Scope,
        wanted: &Wanted<'_>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Found, StoreError> {
        let (table, prefix) = match wanted.alarm {
            Some(alarm) => (HISTORY, format!("{scope}\n{alarm}\n")),
            None => (TIMELINE, format!("{scope}\n")),
        };
        let moment = |time: Timestamp| format!("{prefix}{:015}", time.millis().max(0));
        // Where the range begins, in the direction of the walk.
        let mut from = after.map(str::to_owned).or_else(|| match wanted.is_ascending {
            true => wanted.start.map(moment),
            // Behind every item of the last instant.
            false => wanted.end.map(|end| format!("{}~", moment(end))),
        });
        let mut found = Found::default();
        loop {
            let some = match wanted.is_ascending {
                true => records.scan(table, &prefix, from.as_deref(), READ_AT_ONCE)?,
                false => records.scan_back(table, &prefix, from.as_deref(), READ_AT_ONCE)?,
            };
            let is_last = some.len() < READ_AT_ONCE;
            for record in some {
                let key = record.key.clone();
                let Some(item) = stored(records, scope, table, record)? else { continue };
                let at = Timestamp::from_millis(item.at_ms);
                if wanted.is_past(at) {
                    return Ok(found);
                }
                if wanted.matches(&item, at) {
                    if found.items.len() == limit {
                        // The page is full, and there is at least one more.
                        found.next = from;
                        return Ok(found);
                    }
                    found.items.push(item);
                }
                from = Some(key);
            }
            if is_last {
                return Ok(found);
            }
        }
    }

    /// Drops what is too old.
    pub(crate) fn forget(&self, records: &dyn Records, now: Timestamp) -> Result<(), StoreError> {
        let oldest = now.plus_seconds(-KEPT_SECONDS).millis();
        for scope in scopes(records)? {
            let prefix = format!("{scope}\n");
            loop {
                let some = records.scan(TIMELINE, &prefix, None, FORGOTTEN_AT_ONCE)?;
                let is_old = |record: &&Record| at_ms(&record.key[prefix.len()..]).is_some_and(|at| at < oldest);
                let old: Vec<_> = some.iter().take_while(is_old).collect();
                let mut changes = Vec::with_capacity(2 * old.len());
                for record in &old {
                    let alarm = String::from_utf8_lossy(&record.value);
                    let key = format!("{prefix}{alarm}\n{}", &record.key[prefix.len()..]);
                    changes.extend([Change::Delete(HISTORY, key), Change::Delete(TIMELINE, record.key.clone())]);
                }
                if !changes.is_empty() {
                    records.commit(&changes)?;
                }
                if old.len() < FORGOTTEN_AT_ONCE {
                    break;
                }
            }
        }
        Ok(())
    }
}

impl Wanted<'_> {
    /// Whether an item and all behind it are out of the range.
    fn is_past(&self, at: Timestamp) -> bool {
        match self.is_ascending {
            true => self.end.is_some_and(|end| at > end),
            false => self.start.is_some_and(|start| at < start),
        }
    }

    fn matches(&self, item: &Stored, at: Timestamp) -> bool {
        let is_type = self.alarm_types.is_empty() || self.alarm_types.contains(&item.alarm_type);
        let contributor = item.contributor.as_ref().map(|(id, _)| id.as_str());
        is_type
            && self.start.is_none_or(|start| at >= start)
            && self.end.is_none_or(|end| at <= end)
            && self.item_type.is_none_or(|wanted| wanted.as_str() == item.item_type)
            && self.contributor.is_none_or(|wanted| contributor == Some(wanted))
    }
}

/// The item of a record of either table; `None` when it is damaged, or dropped by now.
fn stored(records: &dyn Records, scope: &Scope, table: Table, record: Record) -> Result<Option<Stored>, StoreError> {
    let value = match table {
        HISTORY => Some(record.value),
        _ => {
            let alarm = String::from_utf8_lossy(&record.value);
            let moment = record.key.rsplit_once('\n').map_or("", |(_, moment)| moment);
            records.get(HISTORY, &format!("{scope}\n{alarm}\n{moment}"))?
        }
    };
    Ok(value.and_then(|value| serde_json::from_slice(&value).ok()))
}

/// The scopes that have items.
fn scopes(records: &dyn Records) -> Result<Vec<String>, StoreError> {
    let mut scopes = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let next = records.scan(TIMELINE, "", after.as_deref(), 1)?;
        let Some(scope) =
            next.first().and_then(|record| record.key.split_once('\n')).map(|(scope, _)| scope.to_owned())
        else {
            return Ok(scopes);
        };
        // Behind every key of the scope, whose keys go on with a line's end.
        after = Some(format!("{scope}\u{b}"));
        scopes.push(scope);
    }
}

fn at_ms(moment: &str) -> Option<i64> {
    moment.split_once('-')?.0.parse().ok()
}
