//! Nephoscope: store.
