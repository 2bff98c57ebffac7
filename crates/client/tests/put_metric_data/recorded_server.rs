//! A server that keeps the bytes of every request and answers as it is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as it was on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Method and path.
    pub(crate) fn target(&self) -> &str {
        self.head.split_once(" HTTP/").map_or("", |(target, _)| target)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// What a server says to a request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Taken.
    Ok,
    /// CloudWatch's error: status, code, message.
    Error(u16, &'static str, String),
    /// A status, headers each with its line end, and a body.
    Reply(u16, String, Vec<u8>),
    /// These bytes; the connection is closed behind them.
    Bytes(&'static [u8]),
    /// Nothing; the connection stays open.
    Silence,
}

/// The server, on a port of its own. Its threads end with the process.
#[derive(Debug)]
pub(crate) struct RecordedServer {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl RecordedServer {
    /// Starts one: `answer` says what to answer to the nth request, from 0.
    pub(crate) fn start(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Self {
        RecordedServer::answering(move |number, _| answer(number))
    }

    /// Starts one that looks at what is asked.
    pub(crate) fn answering(answer: impl Fn(usize, &Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (requests.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (kept, answer) = (kept.clone(), answer.clone());
                std::thread::spawn(move || serve(connection.unwrap(), &kept, &*answer));
            }
        });
        RecordedServer { address, requests }
    }

    /// Everything that was asked so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn serve(mut connection: TcpStream, kept: &Mutex<Vec<Request>>, answer: &dyn Fn(usize, &Request) -> Answer) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    while let Some(request) = read(&mut reader) {
        let number = {
            let mut kept = kept.lock().unwrap();
            kept.push(request.clone());
            kept.len() - 1
        };
        let bytes = match answer(number, &request) {
            Answer::Reply(status, headers, body) => response(status, &headers, &body),
            Answer::Ok => response(200, "", b"\xbf\xff"),
            Answer::Error(status, code, message) => {
                let header = format!("x-amzn-query-error: {code};Sender\r\n");
                response(status, &header, &cbor(&[("__type", code), ("message", &message)]))
            }
            Answer::Bytes(bytes) => {
                let _ = connection.write_all(bytes);
                return;
            }
            Answer::Silence => continue,
        };
        // A client that gave up is no concern of the server's.
        let _ = connection.write_all(&bytes);
    }
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let mut request = Request { head, body: Vec::new() };
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    reader.take(length).read_to_end(&mut request.body).ok()?;
    Some(request)
}

fn response(status: u16, header: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Status\r\nsmithy-protocol: rpc-v2-cbor\r\ncontent-type: application/cbor\r\n\
         content-length: {length}\r\n{header}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A map of texts.
fn cbor(members: &[(&str, &str)]) -> Vec<u8> {
    let text = |text: &str| [&[0x79], &(text.len() as u16).to_be_bytes()[..], text.as_bytes()].concat();
    let mut bytes = vec![0xa0 + members.len() as u8];
    members.iter().for_each(|(name, value)| bytes.extend([text(name), text(value)].concat()));
    bytes
}
