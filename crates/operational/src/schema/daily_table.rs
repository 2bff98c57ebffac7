//! `operational_metrics_daily`: a row for each day, type and label.

use crate::labels::LABELS_KEY_LENGTH_MAX;
use crate::metric_type::TYPE_LENGTH_MAX;

/// The unique index takes a null label for an empty one, so that nulls do not defeat it. `NULLS NOT DISTINCT` would
/// say the same, but only from PostgreSQL 15 on.
pub(super) fn up() -> String {
    format!(
        "CREATE TABLE operational_metrics_daily (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    metric_type varchar({TYPE_LENGTH_MAX}) NOT NULL,
    date date NOT NULL,
    labels_key varchar({LABELS_KEY_LENGTH_MAX}),
    sample_count bigint NOT NULL,
    sum_value double precision NOT NULL,
    avg_value double precision NOT NULL,
    min_value double precision NOT NULL,
    max_value double precision NOT NULL,
    p95_value double precision,
    CONSTRAINT operational_metrics_daily_labels_key_check CHECK (labels_key <> '')
);
CREATE UNIQUE INDEX operational_metrics_daily_key
    ON operational_metrics_daily (metric_type, date, (coalesce(labels_key, '')));
CREATE INDEX operational_metrics_daily_date_idx ON operational_metrics_daily (date);
"
    )
}

pub(super) fn down() -> String {
    "DROP TABLE operational_metrics_daily;\n".to_owned()
}
