//! Nephoscope: server.
