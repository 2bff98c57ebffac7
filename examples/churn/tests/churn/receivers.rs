//! Who is told: a mail server, and an endpoint that takes messages over HTTP.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use churn::http::{json, serve};
use http::StatusCode;
use mail_parser::MessageParser;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::stage::TIME;

/// What has come, in its order.
#[derive(Debug)]
pub(crate) struct Inbox<T> {
    pub(crate) address: SocketAddr,
    state: Arc<State<T>>,
}

#[derive(Debug)]
struct State<T> {
    received: Mutex<Vec<T>>,
    arrived: Notify,
    refuses: AtomicBool,
}

/// A mail.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl<T: Clone + Send + 'static> Inbox<T> {
    fn new(address: SocketAddr) -> Self {
        let state = State { received: Mutex::default(), arrived: Notify::new(), refuses: AtomicBool::new(false) };
        Inbox { address, state: Arc::new(state) }
    }

    /// Takes nothing any more.
    pub(crate) fn refuse(&self) {
        self.state.refuses.store(true, Ordering::Relaxed);
    }

    /// All that has come, when there is as much as that.
    pub(crate) async fn until(&self, count: usize) -> Vec<T> {
        let waiting = async {
            loop {
                let arrived = self.state.arrived.notified();
                let received = self.state.received.lock().unwrap().clone();
                if received.len() >= count {
                    return received;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(TIME, waiting).await.unwrap()
    }
}

impl<T> State<T> {
    fn add(&self, one: T) {
        self.received.lock().unwrap().push(one);
        self.arrived.notify_waiters();
    }
}

/// An endpoint that takes every message.
pub(crate) async fn webhook() -> Inbox<Value> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let inbox = Inbox::new(listener.local_addr().unwrap());
    let state = Arc::clone(&inbox.state);
    let handle = move |_, body: Result<Bytes, _>| {
        let message = serde_json::from_slice(&body.unwrap()).unwrap();
        state.add(message);
        std::future::ready(json(StatusCode::OK, &json!({})))
    };
    tokio::spawn(serve(listener, handle, std::future::pending()));
    inbox
}

/// A mail server that takes every mail, until it is told otherwise.
pub(crate) async fn mail_server() -> Inbox<Mail> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let inbox = Inbox::new(listener.local_addr().unwrap());
    let state = Arc::clone(&inbox.state);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let state = Arc::clone(&state);
            // A client that goes away without a word has nothing more to say.
            tokio::spawn(async move { drop(talk(stream, &state).await) });
        }
    });
    inbox
}

/// SMTP (RFC 5321), as far as a mail needs it.
async fn talk(stream: TcpStream, state: &State<Mail>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 ready\r\n").await?;
    let (mut to, mut line) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                state.add(read_mail(&mut stream, &to).await?);
                stream.write_all(b"250 taken\r\n").await?;
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            "RCPT" if state.refuses.load(Ordering::Relaxed) => stream.write_all(b"550 nobody here\r\n").await?,
            _ => {
                if verb == "RCPT" {
                    to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                }
                stream.write_all(b"250 well\r\n").await?;
            }
        }
    }
}

async fn read_mail(stream: &mut BufReader<TcpStream>, to: &str) -> std::io::Result<Mail> {
    let (mut text, mut line) = (String::new(), String::new());
    while stream.read_line(&mut line).await? > 0 && line != ".\r\n" {
        text += line.strip_prefix('.').unwrap_or(&line);
        line.clear();
    }
    let mail = MessageParser::default().parse(&text).unwrap();
    let (subject, body) = (mail.subject().unwrap().to_owned(), mail.body_text(0).unwrap().into_owned());
    Ok(Mail { to: to.to_owned(), subject, text: body })
}
