//! The metrics as they were seen last.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use nepho_model::Timestamp;
use nepho_operational::{Error, TIME_MIN, read};
use sqlx::PgPool;

use super::names::{Names, end_of};

/// Rows that were recorded so long before the last look are looked at again, for transactions that were on their way.
const OVERLAP: Duration = Duration::from_secs(300);

#[derive(Debug)]
pub(super) struct Looked {
    pub(super) at: Duration,
    pub(super) names: Arc<Names>,
    /// The newest row at each look of late.
    ids: VecDeque<(Duration, i64)>,
    /// When it had been rolled up last.
    rolled_up_at: Option<jiff::Timestamp>,
}

impl Looked {
    /// Every series of days that were rolled up, and of all rows since; then everything that there are daily rows of.
    pub(super) async fn look(pool: &PgPool, now: Duration) -> Result<Self, Error> {
        let id = read::last_id(pool).await?;
        let mut names = Names::default();
        for (series, _, last) in read::series(pool).await? {
            names.add(&series, end_of(last));
        }
        let since = read::rolled_up_until(pool).await?.unwrap_or(TIME_MIN);
        for (series, seen) in read::series_since(pool, 0, since).await? {
            names.add(&series, Timestamp::from_millis(seen.as_millisecond()));
        }
        let rolled_up_at = read::last_roll_up(pool).await?;
        names.add_daily(read::daily_series(pool, None).await?);
        Ok(Looked { at: now, names: Arc::new(names), ids: VecDeque::from([(now, id)]), rolled_up_at })
    }

    /// Adds every series of rows that have come since, and what days have been rolled up to.
    pub(super) async fn look_again(&mut self, pool: &PgPool, now: Duration) -> Result<(), Error> {
        let id = read::last_id(pool).await?;
        let from = self.ids.front().map_or(0, |(_, id)| *id);
        let found = read::series_since(pool, from, TIME_MIN).await?;
        let rolled_up_at = read::last_roll_up(pool).await?;
        let daily = match rolled_up_at == self.rolled_up_at {
            true => Vec::new(),
            false => read::daily_series(pool, self.rolled_up_at).await?,
        };
        let names = Arc::make_mut(&mut self.names);
        for (series, seen) in found {
            names.add(&series, Timestamp::from_millis(seen.as_millisecond()));
        }
        if !daily.is_empty() {
            names.add_daily(daily);
        }
        self.at = now;
        self.rolled_up_at = rolled_up_at;
        self.ids.push_back((now, id));
        while self.ids.get(1).is_some_and(|(at, _)| now.saturating_sub(*at) >= OVERLAP) {
            self.ids.pop_front();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use nepho_model::Metric;
    use nepho_operational::{Clock, Outcome, Recorder, RollUp, Sample, Schema};
    use nepho_test_postgres::TestDatabase;
    use sqlx::PgConnection;

    use super::*;

    /// Noon of a day.
    struct Noon(&'static str);

    impl Clock for Noon {
        fn now(&self) -> jiff::Timestamp {
            format!("{}T12:00:00Z", self.0).parse().unwrap()
        }

        async fn sleep(&self, _time: Duration) {}
    }

    async fn roll_up(connection: &mut PgConnection, noon: &Noon) {
        let rolled = RollUp::default().run(connection, noon, None).await.unwrap();
        assert!(matches!(rolled, Outcome::Done(_)));
    }

    #[tokio::test]
    async fn a_server_that_starts_after_the_retention_shows_what_one_shows_that_ran_before() {
        let database = TestDatabase::create().await;
        let mut connection = database.connect().await;
        let schema = Schema { references: None, ..Schema::default() };
        schema.up(&mut connection, Noon("2026-04-01").now()).await.unwrap();
        let pool = PgPool::connect_with(database.options()).await.unwrap();
        let mut running = Looked::look(&pool, Duration::ZERO).await.unwrap();
        let rows = ["2026-03-31", "2026-03-30"].map(|day| Sample::queue_depth("old", 1).at(Noon(day).now()));
        Recorder::default().record_all(&mut connection, &rows).await.unwrap();
        for noon in ["2026-04-01", "2026-05-10"] {
            roll_up(&mut connection, &Noon(noon)).await;
        }
        // The rows came and went between two looks.
        running.look_again(&pool, Duration::ZERO).await.unwrap();
        let started = Looked::look(&pool, Duration::ZERO).await.unwrap();
        let metric = Metric::new("Operational", "queue_depth", &[("queue", "old")]).unwrap();
        for looked in [&running, &started] {
            let known = &looked.names.metrics()[&metric];
            assert_eq!((known.labels.len(), known.seen), (0, end_of("2026-03-31".parse().unwrap())));
        }
        assert_eq!(running.names.metrics(), started.names.metrics());
    }
}
