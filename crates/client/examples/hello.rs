//! A shop that counts its orders and times its checkouts.

use nepho::{Metrics, Unit};

fn main() {
    let metrics = Metrics::builder("Shop").dimension("Service", "web").build();

    let orders = metrics.counter("Orders", &[]);
    let checkout = metrics.timer("Checkout", &[]);
    for items in [1.0, 3.0, 2.0] {
        let _timing = checkout.start();
        orders.increment();
        metrics.put_metric("Items", items, Unit::Count, &[("Method", "card")]);
    }
} // Here the client goes, and sends what is left.
