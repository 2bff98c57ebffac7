//! `operational_metrics`: what was recorded, row by row.

use super::{Schema, Storage};
use crate::metric_type::TYPE_LENGTH_MAX;
use crate::partition;
use crate::sample::{TIME_END, TIME_MIN};

/// Three constraints keep out what would spoil the roll-up of a whole day, also when others than the recorder write:
/// numbers that are none, labels that PostgreSQL cannot read back, and times that are in no calendar.
pub(super) fn up(schema: &Schema) -> String {
    let email_id = schema.email_id;
    let (key, partitions) = match schema.storage {
        Storage::Plain => ("id", ""),
        Storage::DailyPartitions => ("id, recorded_at", " PARTITION BY RANGE (recorded_at)"),
    };
    let mut sql = format!(
        "CREATE TABLE operational_metrics (
    id bigint GENERATED ALWAYS AS IDENTITY,
    metric_type varchar({TYPE_LENGTH_MAX}) NOT NULL,
    metric_value double precision NOT NULL,
    labels json,
    email_id {email_id},
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT operational_metrics_pkey PRIMARY KEY ({key}),
    CONSTRAINT operational_metrics_value_check CHECK (abs(metric_value) <= power(2::double precision, 360)),
    CONSTRAINT operational_metrics_labels_check
        CHECK (jsonb_typeof(labels::jsonb) = 'object'),
    CONSTRAINT operational_metrics_time_check CHECK (recorded_at >= '{TIME_MIN}' AND recorded_at < '{TIME_END}')
){partitions};
CREATE INDEX operational_metrics_type_idx ON operational_metrics (metric_type, recorded_at);
CREATE INDEX operational_metrics_time_idx ON operational_metrics (recorded_at);
"
    );
    if schema.storage == Storage::DailyPartitions {
        sql.push_str("CREATE TABLE operational_metrics_default PARTITION OF operational_metrics DEFAULT;\n");
    }
    if let Some(reference) = &schema.references {
        // Without the index, deleting one email would read the whole table.
        sql.push_str(&format!(
            "ALTER TABLE operational_metrics ADD CONSTRAINT operational_metrics_email_id_fkey
    FOREIGN KEY (email_id) REFERENCES {reference} ON DELETE SET NULL;
CREATE INDEX operational_metrics_email_id_idx ON operational_metrics (email_id) WHERE email_id IS NOT NULL;
"
        ));
    }
    sql
}

/// With what retention has taken away from the table, and was kept from removing.
pub(super) fn down() -> String {
    format!("{}DROP TABLE operational_metrics;\n", partition::remove_detached_sql())
}
