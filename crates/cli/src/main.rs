//! The `nepho` binary.
fn main() {}
