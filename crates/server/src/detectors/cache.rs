//! Models in memory.

use std::collections::HashMap;
use std::sync::Arc;

use nepho_engine::anomaly::Model;
use nepho_model::Timestamp;

use super::detector::ModelOf;

/// The most models in memory: about 5 MB.
const MODELS_MAX: usize = 1000;

/// Models by what they are of. When there are too many, the one that has not been asked for longest goes.
#[derive(Debug, Default)]
pub(super) struct Cache {
    /// By the key of the detector, which need not be there.
    models: HashMap<(String, ModelOf), Cached>,
    asked: u64,
}

#[derive(Debug)]
struct Cached {
    model: Arc<Model>,
    until: Timestamp,
    asked: u64,
}

impl Cache {
    /// The model of something, if it is still good.
    pub(super) fn get(&mut self, key: &str, of: ModelOf, now: Timestamp) -> Option<Arc<Model>> {
        self.asked += 1;
        let cached = self.models.get_mut(&(key.to_owned(), of))?;
        // A clock that is moved by hand may have been behind.
        if now >= cached.until || now < cached.model.trained_at() {
            return None;
        }
        cached.asked = self.asked;
        Some(cached.model.clone())
    }

    /// Keeps a model until a time.
    pub(super) fn put(&mut self, key: &str, of: ModelOf, model: Arc<Model>, until: Timestamp) {
        self.asked += 1;
        if self.models.len() >= MODELS_MAX && !self.models.contains_key(&(key.to_owned(), of)) {
            let oldest = self.models.iter().min_by_key(|(_, cached)| cached.asked).map(|(of, _)| of.clone());
            oldest.map(|oldest| self.models.remove(&oldest));
        }
        self.models.insert((key.to_owned(), of), Cached { model, until, asked: self.asked });
    }

    /// Forgets all models of something.
    pub(super) fn forget(&mut self, key: &str) {
        self.models.retain(|(of, _), _| of != key);
    }
}

#[cfg(test)]
mod tests {
    use nepho_engine::Period;
    use nepho_engine::anomaly::{Configuration, train};

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn model(seconds: i64) -> Arc<Model> {
        Arc::new(train(&[], Period::MINUTE, &Configuration::default(), at(seconds)))
    }

    #[test]
    fn a_model_is_good_from_its_training_to_its_end() {
        let mut cache = Cache::default();
        cache.put("a", ModelOf::first(), model(100), at(200));
        for (now, is_good) in [(99, false), (100, true), (199, true), (200, false)] {
            assert_eq!(cache.get("a", ModelOf::first(), at(now)).is_some(), is_good, "{now}");
        }
        assert!(cache.get("a", ModelOf::new(Period::MINUTE, None), at(150)).is_none());
        cache.forget("a");
        assert!(cache.get("a", ModelOf::first(), at(150)).is_none());
    }

    #[test]
    fn the_model_that_nobody_asks_for_goes_when_there_are_too_many() {
        let mut cache = Cache::default();
        for number in 0..MODELS_MAX {
            cache.put(&number.to_string(), ModelOf::first(), model(100), at(200));
        }
        assert!(cache.get("0", ModelOf::first(), at(150)).is_some());
        cache.put("0", ModelOf::first(), model(100), at(300));
        assert!(cache.get("1", ModelOf::first(), at(150)).is_some(), "one is not one more");
        cache.put("more", ModelOf::first(), model(100), at(200));
        let left = ["0", "1", "2", "more"].map(|key| cache.get(key, ModelOf::first(), at(150)).is_some());
        assert_eq!(left, [true, true, false, true]);
    }
}
