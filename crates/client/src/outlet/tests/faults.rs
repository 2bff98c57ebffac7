//! Real sockets and files that fail, with exact accounts.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

use super::*;
use crate::sink::{Agent, Stream};

/// How long a sink may take here before it gives up. Nothing waits for it that could be noticed otherwise.
const BRIEF: Duration = Duration::from_millis(100);
/// How much one payload has, so that no buffer takes it all.
const DOCUMENTS: u64 = 4000;
const DOCUMENT_BYTES: usize = 4000;

/// An outlet to a real sink. Every document has one sample, and begins with its number.
struct Real {
    inlet: Inlet,
    outlet: Outlet,
    offered: u64,
}

impl Real {
    fn new(sink: impl Sink + 'static) -> Self {
        // The clock stands still: no breaker may open, and there is nothing to wait for.
        let breaker = Breaker { failures: u32::MAX, ..Breaker::default() };
        let settings = Settings { queue_bytes_max: usize::MAX / 2, breaker, ..settings() };
        let (inlet, outlet) = outlet(Box::new(sink), settings);
        Real { inlet, outlet, offered: 0 }
    }

    fn offer(&mut self, documents: u64, bytes: usize) {
        let mut all = Documents::default();
        for number in self.offered + 1..=self.offered + documents {
            all.push(1, |text| {
                write!(text, "{number} ").unwrap();
                text.resize(text.len() + bytes, b'x');
            });
        }
        self.offered += documents;
        self.inlet.offer(Payload::Documents(all));
    }

    /// Sends once. Answers how many are delivered so far, and how many are left.
    fn pump(&mut self) -> (u64, u64) {
        self.outlet.pump(&|| Duration::ZERO);
        let accounting = self.inlet.accounting();
        assert_eq!(accounting.accepted, self.offered);
        assert_eq!(accounting.accepted, accounting.delivered + accounting.dropped_total() + accounting.buffered);
        (accounting.delivered, accounting.buffered)
    }
}

fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// The numbers of the whole documents that come until the end, or a reset.
fn read_numbers(stream: impl Read) -> Vec<u64> {
    let mut numbers = Vec::new();
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        if line.ends_with(b"\n") {
            let text = str::from_utf8(&line).unwrap();
            numbers.push(text.split_once(' ').unwrap().0.parse().unwrap());
        }
        line.clear();
    }
    numbers
}

/// Reads, on another thread, one connection after the other, until this number has come.
fn reader(listener: TcpListener, last: u64) -> thread::JoinHandle<Vec<u64>> {
    thread::spawn(move || {
        let mut numbers = Vec::new();
        while numbers.last() != Some(&last) {
            numbers.extend(read_numbers(listener.accept().unwrap().0));
        }
        numbers
    })
}

#[test]
fn an_agent_that_was_restarted_gets_the_rest() {
    let (listener, address) = listen();
    let mut real = Real::new(Agent::tcp(address.to_string()));
    real.offer(3, 10);
    assert_eq!(real.pump(), (3, 0));
    let mut lines = BufReader::new(listener.accept().unwrap().0);
    for number in 1..=3 {
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        assert!(line.starts_with(&format!("{number} ")));
    }
    // It ends, and nobody listens.
    drop((lines, listener));
    real.offer(2, 10);
    assert_eq!(real.pump(), (3, 2));
    let listener = TcpListener::bind(address).unwrap();
    assert_eq!(real.pump(), (5, 0));
    // It ends again, and is back before the next payload: that is not even noticed.
    let (stream, _) = listener.accept().unwrap();
    drop(stream);
    real.offer(1, 10);
    assert_eq!(real.pump(), (6, 0));
    let reader = reader(listener, 6);
    drop(real);
    assert_eq!(reader.join().unwrap(), [6]);
}

#[test]
fn an_agent_that_never_reads_holds_what_it_got() {
    let (listener, address) = listen();
    let mut real = Real::new(Agent::tcp(address.to_string()).send_time(BRIEF));
    real.offer(DOCUMENTS, DOCUMENT_BYTES);
    let (delivered, left) = real.pump();
    assert!(delivered > 0 && left > 0 && delivered + left == DOCUMENTS, "{delivered} and {left}");
    // It wakes up: what was counted is what it finds, and what it finds torn comes again.
    let (hung, _) = listener.accept().unwrap();
    assert_eq!(read_numbers(hung), (1..=delivered).collect::<Vec<_>>());
    let reader = reader(listener, DOCUMENTS);
    while real.pump().1 > 0 {}
    drop(real);
    assert_eq!(reader.join().unwrap(), (delivered + 1..=DOCUMENTS).collect::<Vec<_>>());
}

#[test]
fn an_agent_that_resets_does_not_get_anything_twice() {
    let (listener, address) = listen();
    let resetter = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut some = vec![0; 10 * DOCUMENT_BYTES];
        stream.read_exact(&mut some).unwrap();
        // With unread data, closing is a reset.
        drop(stream);
        (listener, read_numbers(&some[..]))
    });
    let mut real = Real::new(Agent::tcp(address.to_string()).send_time(SOON));
    real.offer(DOCUMENTS, DOCUMENT_BYTES);
    let (delivered, left) = real.pump();
    assert!(left > 0 && delivered + left == DOCUMENTS, "{delivered} and {left}");
    let (listener, read) = resetter.join().unwrap();
    assert_eq!(read, (1..=read.len() as u64).collect::<Vec<_>>());
    assert!(read.len() as u64 <= delivered);
    let reader = reader(listener, DOCUMENTS);
    assert_eq!(real.pump(), (DOCUMENTS, 0));
    drop(real);
    assert_eq!(reader.join().unwrap(), (delivered + 1..=DOCUMENTS).collect::<Vec<_>>());
}

#[test]
fn nobody_listens_on_the_port_of_datagrams() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    drop(socket);
    let mut real = Real::new(Agent::udp(address.to_string()));
    real.offer(3, 10);
    assert_eq!(real.pump(), (0, 3));
    let socket = UdpSocket::bind(address).unwrap();
    assert_eq!(real.pump(), (3, 0));
    drop(socket);
    real.offer(2, 10);
    assert_eq!(real.pump(), (3, 2));
    let socket = UdpSocket::bind(address).unwrap();
    socket.set_read_timeout(Some(SOON)).unwrap();
    assert_eq!(real.pump(), (5, 0));
    let mut datagram = [0; 100];
    let count = socket.recv(&mut datagram).unwrap();
    assert_eq!(&datagram[..count], b"4 xxxxxxxxxx");
}

/// A disk that is full now and then.
#[derive(Clone, Default)]
struct Disk(Arc<Mutex<(Vec<u8>, usize)>>);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut disk = self.0.lock().unwrap();
        let room = (disk.1 - disk.0.len()).min(bytes.len()).min(7);
        disk.0.extend_from_slice(&bytes[..room]);
        if room == 0 { Err(ErrorKind::StorageFull.into()) } else { Ok(room) }
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_disk_that_fills_up_in_the_middle_of_a_document_loses_none() {
    // A document has 13 bytes, newline included.
    for room in 0..=3 * 13 {
        let disk = Disk::default();
        disk.0.lock().unwrap().1 = room;
        let mut real = Real::new(Stream::to(disk.clone()));
        real.offer(3, 10);
        // A document that lacks nothing but its newline is there.
        let whole = (room as u64 + 1) / 13;
        assert_eq!(real.pump(), (whole, 3 - whole), "room for {room}");
        disk.0.lock().unwrap().1 = usize::MAX;
        real.offer(1, 10);
        while real.pump().1 > 0 {}
        let text = disk.0.lock().unwrap().0.clone();
        let lines = str::from_utf8(&text).unwrap().lines();
        let whole: Vec<_> = lines.filter(|line| line.len() == 12).map(|line| &line[..1]).collect();
        assert_eq!(whole, ["1", "2", "3", "4"], "room for {room}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_keeps_everything_waiting() {
    let mut real = Real::new(crate::sink::File::append("/dev/full"));
    real.offer(3, 10);
    assert_eq!((real.pump(), real.pump()), ((0, 3), (0, 3)));
}

#[cfg(feature = "http")]
mod http {
    use super::*;
    use crate::sink::Http;

    /// Answers one request after the other with these answers, each on a connection of its own. Answers the bodies.
    fn server(answers: &[&str]) -> (String, thread::JoinHandle<Vec<String>>) {
        let (listener, address) = listen();
        let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
        let serve = move || answers.iter().map(|answer| answer_one(&listener, answer)).collect();
        (format!("http://{address}/emf"), thread::spawn(serve))
    }

    fn answer_one(listener: &TcpListener, answer: &str) -> String {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let (mut length, mut line) = (0, String::new());
        while reader.read_line(&mut line).unwrap() > 2 {
            if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = told.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        (&stream).write_all(answer.as_bytes()).unwrap();
        String::from_utf8(body).unwrap()
    }

    fn answer(status: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn a_server_that_answers_with_garbage_is_asked_again() {
        let ok = answer("200 OK", r#"{"received":2,"stored":2,"rejected":[]}"#);
        let answers = [
            "",
            "garbage, and no HTTP\r\n\r\n",
            "HTTP/1.1 999999 What\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: no number\r\n\r\n",
            &answer("500 Internal Server Error", "the disk is full"),
            &answer("429 Too Many Requests", ""),
            &answer("302 Found", ""),
            // Something else than `nepho serve` answers.
            &answer("200 OK", "<html>log in</html>"),
            &answer("204 No Content", ""),
            &ok,
        ];
        let (url, server) = server(&answers);
        let mut real = Real::new(Http::new(&url).unwrap().send_time(SOON));
        real.offer(2, 3);
        for _ in 1..answers.len() {
            assert_eq!(real.pump(), (0, 2));
        }
        assert_eq!(real.pump(), (2, 0));
        assert_eq!(server.join().unwrap(), vec!["1 xxx\n2 xxx\n"; answers.len()]);
    }

    #[test]
    fn what_a_server_has_and_rejects_is_refused() {
        let some = r#"{"received":3,"stored":2,"rejected":[{"cause":"not_emf","detail":"x","count":1}]}"#;
        let (ok, no) = (answer("200 OK", some), answer("400 Bad Request", "not_emf"));
        let (url, server) = server(&[&ok, &no]);
        let mut real = Real::new(Http::new(&url).unwrap().send_time(SOON));
        real.offer(3, 1);
        assert_eq!(real.pump(), (2, 0));
        assert_eq!(real.inlet.accounting().dropped(Cause::Refused), 1);
        real.offer(2, 1);
        assert_eq!(real.pump(), (2, 0));
        assert_eq!(real.inlet.accounting().dropped(Cause::Refused), 3);
        assert_eq!(server.join().unwrap().len(), 2);
    }

    #[test]
    fn a_server_that_never_answers_is_not_waited_for() {
        let (listener, address) = listen();
        let mut real = Real::new(Http::new(&format!("http://{address}/emf")).unwrap().send_time(BRIEF));
        real.offer(2, 1);
        assert_eq!(real.pump(), (0, 2));
        drop(listener);
        assert_eq!(real.pump(), (0, 2));
    }

    #[test]
    fn a_connection_that_is_reset_in_the_request_is_made_again() {
        let (listener, address) = listen();
        let resetter = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            (&stream).read_exact(&mut [0; 10]).unwrap();
            drop(stream);
            answer_one(&listener, &answer("200 OK", r#"{"received":2,"stored":2,"rejected":[]}"#))
        });
        let mut real = Real::new(Http::new(&format!("http://{address}/emf")).unwrap().send_time(SOON));
        real.offer(DOCUMENTS, DOCUMENT_BYTES);
        assert_eq!(real.pump(), (0, DOCUMENTS));
        assert_eq!(real.pump(), (DOCUMENTS, 0));
        assert_eq!(read_numbers(resetter.join().unwrap().as_bytes()).len() as u64, DOCUMENTS);
    }

    #[test]
    #[cfg(feature = "https")]
    fn a_server_without_tls_is_not_spoken_to() {
        let (listener, address) = listen();
        let greeted = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut first = [0];
            stream.read_exact(&mut first).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            first
        });
        let mut real = Real::new(Http::new(&format!("https://{address}/emf")).unwrap().send_time(SOON));
        real.offer(1, 1);
        assert_eq!(real.pump(), (0, 1));
        // The record of a handshake, and not a document.
        assert_eq!(greeted.join().unwrap(), [22]);
    }
}
