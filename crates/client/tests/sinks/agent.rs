//! Agents over TCP and UDP. What happens to the account when they fail is tested with the outlets.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};

use nepho::Sink;
use nepho::sink::{Agent, Datums, Form, Payload, Rest};

use crate::{SOON, payload};

struct Peer {
    listener: TcpListener,
    agent: Agent,
}

impl Peer {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let agent = Agent::parse(&format!("tcp://{}", listener.local_addr().unwrap())).unwrap();
        Peer { listener, agent }
    }

    fn accept(&self) -> BufReader<TcpStream> {
        let (stream, _) = self.listener.accept().unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        BufReader::new(stream)
    }
}

fn line(reader: &mut impl BufRead) -> String {
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    line
}

#[test]
fn documents_are_lines_of_one_connection() {
    let mut peer = Peer::new();
    assert_eq!(peer.agent.form(), Form::Documents);
    peer.agent.send(&payload(&["{1}", "{2}"])).unwrap();
    let mut reader = peer.accept();
    assert_eq!((line(&mut reader), line(&mut reader)), ("{1}\n".to_owned(), "{2}\n".to_owned()));
    peer.agent.send(&payload(&["{3}"])).unwrap();
    assert_eq!(line(&mut reader), "{3}\n");
}

#[test]
fn a_connection_that_ended_meanwhile_costs_nothing() {
    let mut peer = Peer::new();
    peer.agent.send(&payload(&["{1}"])).unwrap();
    let mut reader = peer.accept();
    line(&mut reader);
    drop(reader);
    peer.agent.send(&payload(&["{2}"])).unwrap();
    let mut reader = peer.accept();
    assert_eq!(line(&mut reader), "{2}\n");
}

#[test]
fn what_an_agent_says_is_not_listened_to() {
    let mut peer = Peer::new();
    peer.agent.send(&payload(&["{1}"])).unwrap();
    let mut reader = peer.accept();
    line(&mut reader);
    reader.get_mut().write_all(b"220 welcome\r\n").unwrap();
    peer.agent.send(&payload(&["{2}"])).unwrap();
    assert_eq!(line(&mut reader), "{2}\n", "over the same connection");
    // One that says something, and ends.
    reader.get_mut().write_all(b"421 good bye\r\n").unwrap();
    drop(reader);
    peer.agent.send(&payload(&["{3}"])).unwrap();
    assert_eq!(line(&mut peer.accept()), "{3}\n");
}

#[test]
fn an_agent_that_talks_without_end_is_left() {
    let mut peer = Peer::new();
    peer.agent.send(&payload(&["{1}"])).unwrap();
    let mut reader = peer.accept();
    line(&mut reader);
    let mut talker = reader.get_ref().try_clone().unwrap();
    let thread = std::thread::spawn(move || while talker.write_all(&[b'x'; 64 * 1024]).is_ok() {});
    // Until so much has come that it is noticed, documents go over the old connection.
    let mut sent = 1;
    let second = loop {
        sent += 1;
        peer.agent.send(&payload(&[format!("{{{sent}}}")])).unwrap();
        peer.listener.set_nonblocking(true).unwrap();
        if let Ok((stream, _)) = peer.listener.accept() {
            break stream;
        }
    };
    second.set_nonblocking(false).unwrap();
    assert_eq!(line(&mut BufReader::new(second)), format!("{{{sent}}}\n"));
    thread.join().unwrap();
}

#[test]
fn nobody_there_is_tried_again() {
    let peer = Peer::new();
    let mut agent = peer.agent;
    drop(peer.listener);
    let error = agent.send(&payload(&["{1}"])).unwrap_err();
    assert_eq!((error.delivered, error.rest), (0, Rest::Retry));
    assert!(error.message.contains("refused"), "{error}");
    let error = Agent::tcp("no such host:1").send(&payload(&["{1}"])).unwrap_err();
    assert_eq!((error.delivered, error.rest), (0, Rest::Retry));
}

#[test]
fn datums_are_not_for_agents() {
    let datums = Payload::Datums(Datums { namespace: "Shop".into(), datums: Vec::new() });
    for mut agent in [Agent::tcp("127.0.0.1:1"), Agent::udp("127.0.0.1:1")] {
        assert_eq!(agent.send(&datums).unwrap_err().rest, Rest::Refused);
    }
}

#[test]
fn a_document_is_a_datagram_up_to_its_limit() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(SOON)).unwrap();
    let mut agent = Agent::parse(&format!("udp://{}", socket.local_addr().unwrap())).unwrap();
    let of = |bytes: usize| vec![b'x'; bytes];
    let texts = [of(1), of(Agent::DATAGRAM_BYTES_MAX + 1), of(Agent::DATAGRAM_BYTES_MAX), of(70_000), of(2)];
    let error = agent.send(&payload(&texts)).unwrap_err();
    assert_eq!((error.refused.as_slice(), error.delivered, error.rest), ([1, 3].as_slice(), 3, Rest::Refused));
    assert_eq!(error.message, "document of 70000 bytes exceeds the datagram limit of 65507");
    let mut datagram = of(70_000);
    let lengths = [(); 3].map(|()| socket.recv(&mut datagram).unwrap());
    assert_eq!(lengths, [1, Agent::DATAGRAM_BYTES_MAX, 2]);
    assert_eq!(agent.send(&payload(&["{}"])), Ok(()));
    let length = socket.recv(&mut datagram).unwrap();
    assert_eq!(&datagram[..length], b"{}");
}
