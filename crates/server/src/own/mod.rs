//! What the server knows of itself: counts, `/metrics`, the namespace `Nephoscope`, `/health`.

pub(crate) mod counters;
pub(crate) mod figures;
pub(crate) mod health;
pub(crate) mod prometheus;
pub(crate) mod publish;
pub(crate) mod rejections;
