//! The server that does nothing: what a generator can do against it is the most it can ever measure.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Outcome;

/// Answers every request with 200, and counts the lines that come in as EMF.
pub(crate) fn serve() -> Outcome<()> {
    let (http, emf) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    announce(&http, &emf)?;
    let lines = Arc::new(AtomicU64::new(0));
    let counted = lines.clone();
    std::thread::spawn(move || accept(&emf, |stream| swallow(stream, &counted)));
    accept(&http, |stream| answer(stream, &lines));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "whoever started it reads this line")]
fn announce(http: &TcpListener, emf: &TcpListener) -> std::io::Result<()> {
    println!("nepho ready http={} emf={} data=-", http.local_addr()?, emf.local_addr()?);
    Ok(())
}

fn accept(listener: &TcpListener, handle: impl Fn(TcpStream) -> std::io::Result<()> + Sync) {
    std::thread::scope(|scope| {
        for stream in listener.incoming().flatten() {
            let handle = &handle;
            scope.spawn(move || drop(handle(stream)));
        }
    });
}

fn answer(mut stream: TcpStream, lines: &AtomicU64) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = vec![0; 1 << 18];
    let mut filled = 0;
    loop {
        while let Some(end) = buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end + 4]).into_owned();
            let length = |line: &str| line.strip_prefix("Content-Length: ")?.parse::<usize>().ok();
            let whole = end + 4 + head.split("\r\n").find_map(length).unwrap_or(0);
            while filled < whole {
                buffer.resize(buffer.len().max(whole), 0);
                match stream.read(&mut buffer[filled..])? {
                    0 => return Ok(()),
                    length => filled += length,
                }
            }
            buffer.copy_within(whole..filled, 0);
            filled -= whole;
            if head.starts_with("GET /metrics") {
                let stored = lines.load(Ordering::Relaxed);
                let body = format!("nepho_stored_items_total{{intake=\"EmfTcp\"}} {stored}\n");
                write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
            } else {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?;
            }
        }
        match stream.read(&mut buffer[filled..])? {
            0 => return Ok(()),
            length => filled += length,
        }
    }
}

fn swallow(mut stream: TcpStream, lines: &AtomicU64) -> std::io::Result<()> {
    let mut buffer = vec![0; 1 << 18];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            length => {
                let ends = buffer[..length].iter().filter(|byte| **byte == b'\n').count();
                lines.fetch_add(ends as u64, Ordering::Relaxed);
            }
        }
    }
}
