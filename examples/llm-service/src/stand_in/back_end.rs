//! A back end of metrics that has good and bad days.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{Request, StatusCode, Uri};
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::http::{Answer, Client, answer, serve};

/// Connections that wait to be accepted.
const BACKLOG: u32 = 128;
/// How long the real back end may take.
const FORWARD_TIME: Duration = Duration::from_secs(10);

/// How a back end behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Everything is passed on at once.
    Up,
    /// Everything is passed on after this time.
    Slow(Duration),
    /// Everything is taken, and nothing answered, until the manner changes: then the connection breaks.
    Hanging,
    /// Everything is answered with an error.
    Refusing,
    /// Nobody listens.
    Down,
}

/// Stands in front of a real back end, on a port of its own.
#[derive(Debug)]
pub struct BackEnd {
    address: SocketAddr,
    door: Arc<Door>,
    open: Option<(JoinHandle<()>, oneshot::Sender<()>)>,
    /// Holds the port, also while nobody listens: a socket that does not listen takes no connections.
    _holder: TcpSocket,
}

#[derive(Debug)]
struct Door {
    behind: Authority,
    manner: watch::Sender<Manner>,
    arrived: watch::Sender<u64>,
    client: Client,
}

impl BackEnd {
    /// Stands before the back end at this authority (`HOST:PORT`), and is up.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start(behind: Authority) -> io::Result<Self> {
        let holder = socket(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = holder.local_addr()?;
        let (manner, arrived) = (watch::Sender::new(Manner::Up), watch::Sender::new(0));
        let door = Arc::new(Door { behind, manner, arrived, client: Client::default() });
        let mut back_end = BackEnd { address, door, open: None, _holder: holder };
        back_end.listen()?;
        Ok(back_end)
    }

    /// Where it is: `http://HOST:PORT`.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Behaves like this from now on.
    ///
    /// # Errors
    /// When nobody listens and it cannot be changed.
    pub async fn behave(&mut self, manner: Manner) -> io::Result<()> {
        self.door.manner.send_replace(manner);
        match self.open.take() {
            Some((serving, stop)) if manner == Manner::Down => {
                let _ = stop.send(());
                let _ = serving.await;
                Ok(())
            }
            None if manner != Manner::Down => self.listen(),
            unchanged => {
                self.open = unchanged;
                Ok(())
            }
        }
    }

    /// How many requests have come since the start.
    pub fn arrivals(&self) -> u64 {
        *self.door.arrived.borrow()
    }

    /// Waits until so many requests have come since the start.
    pub async fn arrived(&self, requests: u64) {
        let mut arrived = self.door.arrived.subscribe();
        arrived.wait_for(|arrived| *arrived >= requests).await.expect("the sender is in `self`");
    }

    fn listen(&mut self) -> io::Result<()> {
        let listener: TcpListener = socket(self.address)?.listen(BACKLOG)?;
        let door = Arc::clone(&self.door);
        let handle = move |request| {
            let door = Arc::clone(&door);
            async move { door.answer(request).await }
        };
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, handle, async {
            let _ = stopped.await;
        }));
        self.open = Some((serving, stop));
        Ok(())
    }
}

/// A socket that shares its port with others of this kind.
fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

impl Door {
    async fn answer(&self, request: Request<Bytes>) -> Option<Answer> {
        let mut manner = self.manner.subscribe();
        let now = *manner.borrow_and_update();
        self.arrived.send_modify(|arrived| *arrived += 1);
        match now {
            Manner::Up => self.pass_on(request).await,
            Manner::Slow(time) => {
                tokio::time::sleep(time).await;
                self.pass_on(request).await
            }
            Manner::Hanging => {
                // Nothing is said, whether the manner changes or this ends.
                let _ = manner.changed().await;
                None
            }
            Manner::Refusing => Some(answer(StatusCode::SERVICE_UNAVAILABLE, &json!({"message": "try another time"}))),
            Manner::Down => None,
        }
    }

    async fn pass_on(&self, mut request: Request<Bytes>) -> Option<Answer> {
        let mut to = std::mem::take(request.uri_mut()).into_parts();
        (to.scheme, to.authority) = (Some(Scheme::HTTP), Some(self.behind.clone()));
        *request.uri_mut() = Uri::from_parts(to).ok()?;
        self.client.ask(request, FORWARD_TIME).await.ok()
    }
}
