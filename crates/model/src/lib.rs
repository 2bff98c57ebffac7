//! Nephoscope: model.
