//! Nephoscope: protocol.
