//! What the roll-up remembers: which days are done, up to where rows were seen, and which labels there were.

use crate::metric_type::TYPE_LENGTH_MAX;

pub(super) fn up() -> String {
    format!(
        "CREATE TABLE operational_metrics_rolled_up (
    date date PRIMARY KEY,
    zone text NOT NULL,
    sample_count bigint NOT NULL,
    row_count bigint NOT NULL,
    is_final boolean NOT NULL DEFAULT false,
    rolled_up_at timestamptz NOT NULL
);
CREATE TABLE operational_metrics_seen (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    through_id bigint NOT NULL,
    mark_id bigint NOT NULL,
    mark_transaction bigint NOT NULL
);
CREATE TABLE operational_metrics_series (
    metric_type varchar({TYPE_LENGTH_MAX}) NOT NULL,
    labels text,
    first_date date NOT NULL,
    last_date date NOT NULL
);
CREATE UNIQUE INDEX operational_metrics_series_key
    ON operational_metrics_series (metric_type, (coalesce(labels, '')));
"
    )
}

pub(super) fn down() -> String {
    let tables = ["series", "seen", "rolled_up"];
    tables.map(|table| format!("DROP TABLE operational_metrics_{table};\n")).concat()
}
