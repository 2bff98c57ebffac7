//! Nephoscope: engine.
