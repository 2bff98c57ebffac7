//! Nephoscope: emf.
