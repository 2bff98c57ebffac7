//! EMF over UDP: one document a datagram. Nothing is answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;

use crate::emf::documents::{Documents, Origin};
use crate::instance::Instance;
use crate::own::counters::Intake;
use crate::stop::Stop;
use crate::writes::Writes;

/// The largest datagram there is.
const DATAGRAM_BYTES_MAX: usize = 65_535;
/// How long receiving pauses after the system refused it.
const RECEIVE_PAUSE: Duration = Duration::from_millis(50);
/// The most datagrams that become one write.
const DATAGRAMS_MAX: usize = 1024;

/// Takes datagrams until the stop, then waits for their writes. What waits in the socket becomes one write.
pub(crate) async fn serve(instance: Arc<Instance>, socket: UdpSocket, mut stop: Stop) {
    let writes_max = instance.config.limits.emf_writes;
    let mut datagram = vec![0; DATAGRAM_BYTES_MAX];
    let mut documents = Documents::new(&instance, Intake::EmfUdp, &instance.default_scope);
    let mut writes = Writes::default();
    loop {
        let received = tokio::select! {
            biased;
            () = stop.stopped() => break,
            () = writes.settle_oldest(&instance), if !writes.is_empty() => continue,
            received = socket.recv_from(&mut datagram), if writes.len() < writes_max => received,
        };
        match received {
            Ok((length, peer)) => {
                take(&instance, &mut documents, &datagram[..length], peer);
                while documents.received() < DATAGRAMS_MAX
                    && let Ok((length, peer)) = socket.try_recv_from(&mut datagram)
                {
                    take(&instance, &mut documents, &datagram[..length], peer);
                }
                writes.push(documents.write(&instance, &instance.default_scope, instance.clock.now()));
            }
            Err(error) => {
                instance.fault(&format!("a datagram could not be received: {error}"));
                tokio::time::sleep(RECEIVE_PAUSE).await;
            }
        }
    }
    writes.settle_all(&instance).await;
}

/// Reads the document of a datagram; some clients end it as a line.
fn take(instance: &Instance, documents: &mut Documents, datagram: &[u8], peer: SocketAddr) {
    let document = datagram.trim_ascii();
    if !document.is_empty() {
        documents.read(instance, document, Origin::of(Some(peer)), instance.clock.now());
    }
}
