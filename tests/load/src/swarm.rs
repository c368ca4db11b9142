//! A swarm of WebTorrent peers over WebSocket, in one thread and with so little work of its own that
//! the tracker is what is measured.
//!
//! Every peer announces five offers of realistic size, announces again as soon as it is answered, and
//! answers each offer that reaches it. What counts is what the tracker sends: announce replies, relayed
//! offers, relayed answers. Frames are masked with zeros, which RFC 6455 allows and which costs us
//! nothing; the tracker cannot know and unmasks as always.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use memchr::memmem;
use rustix::event::epoll;

/// Offers per announce: as many as `bittorrent-tracker`'s client sends at most.
pub const OFFERS: usize = 5;
/// Of one SDP with a few candidates, in bytes of JSON.
const SDP_BYTES: usize = 900;
/// Read at once.
const READ_BYTES: usize = 256 * 1024;
/// Length of every binary string of the protocol.
const ID_BYTES: usize = 20;
/// Final text frame.
const TEXT_FRAME: u8 = 0x81;

/// What a run is like.
#[derive(Debug, Clone)]
pub struct Plan {
    /// `host:port`.
    pub host: String,
    /// Path of the upgrade.
    pub path: String,
    /// 20 characters of ASCII.
    pub info_hash: String,
    /// Sockets.
    pub peers: usize,
    /// Whether relayed offers are answered.
    pub answers: bool,
    /// Not counted, before the measurement.
    pub warm_up: Duration,
    /// Counted.
    pub measured: Duration,
}

/// What the tracker did while it was measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Frames that the tracker received.
    pub sent: u64,
    /// Announce replies.
    pub replies: u64,
    /// Relayed offers.
    pub offers: u64,
    /// Relayed answers.
    pub answers: u64,
    /// Anything else: errors.
    pub others: u64,
}

impl Counts {
    /// All that the tracker sent.
    #[must_use]
    pub fn responses(&self) -> u64 {
        self.replies + self.offers + self.answers
    }
}

struct Peer {
    stream: TcpStream,
    announce: Vec<u8>,
    /// Where the number of each offer stands in `announce`.
    offer_ids: Vec<usize>,
    answer_head: String,
    unread: Vec<u8>,
    unsent: Vec<u8>,
    wants_writing: bool,
    announced: u64,
}

/// Finders, built once.
struct Marks {
    interval: memmem::Finder<'static>,
    answer: memmem::Finder<'static>,
    offer_id: memmem::Finder<'static>,
    peer_id: memmem::Finder<'static>,
}

impl Marks {
    fn new() -> Self {
        Self {
            interval: memmem::Finder::new("\"interval\":"),
            answer: memmem::Finder::new("\"answer\":"),
            offer_id: memmem::Finder::new("\"offer_id\":\""),
            peer_id: memmem::Finder::new("\"peer_id\":\""),
        }
    }
}

fn sdp() -> String {
    let mut text = "v=0\\r\\no=- 4611731400430051336 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\na=group:BUNDLE 0\\r\\n".to_owned();
    while text.len() < SDP_BYTES {
        text += "a=candidate:1467250027 1 udp 2122260223 192.168.0.196 46243 typ host generation 0\\r\\n";
    }
    text.truncate(SDP_BYTES / 4 * 4);
    // Never end inside of an escape.
    text.trim_end_matches(['\\', 'r', 'n']).to_owned()
}

fn frame(payload: &str) -> Vec<u8> {
    let mut bytes = vec![TEXT_FRAME];
    match u16::try_from(payload.len()) {
        Ok(short @ 0..=125) => bytes.push(0x80 | short.to_be_bytes()[1]),
        Ok(medium) => {
            bytes.push(0x80 | 126);
            bytes.extend(medium.to_be_bytes());
        }
        Err(_) => panic!("no message here is that long"),
    }
    bytes.extend([0; 4]);
    bytes.extend(payload.as_bytes());
    bytes
}

impl Peer {
    fn connect(plan: &Plan, number: usize, sdp: &str) -> io::Result<Self> {
        let mut stream = TcpStream::connect(&plan.host)?;
        stream.set_nodelay(true)?;
        write!(
            stream,
            "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            plan.path, plan.host
        )?;
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte)?;
            head.push(byte[0]);
        }
        if !head.starts_with(b"HTTP/1.1 101") {
            return Err(io::Error::other(
                String::from_utf8_lossy(&head).into_owned(),
            ));
        }
        stream.set_nonblocking(true)?;
        let peer_id = format!("-PM0203-{number:012}");
        let info_hash = &plan.info_hash;
        let offers: Vec<String> = (0..OFFERS)
            .map(|at| {
                format!("{{\"offer\":{{\"type\":\"offer\",\"sdp\":\"{sdp}\"}},\"offer_id\":\"{at:04}{number:06}{:010}\"}}", 0)
            })
            .collect();
        let announce = frame(&format!(
            "{{\"numwant\":{OFFERS},\"uploaded\":0,\"downloaded\":0,\"action\":\"announce\",\"info_hash\":\"{info_hash}\",\
             \"peer_id\":\"{peer_id}\",\"offers\":[{}]}}",
            offers.join(",")
        ));
        let offer_ids = memmem::find_iter(&announce, "\"offer_id\":\"")
            .map(|at| at + "\"offer_id\":\"".len() + 10)
            .collect();
        Ok(Self {
            stream,
            announce,
            offer_ids,
            answer_head: format!(
                "{{\"action\":\"announce\",\"info_hash\":\"{info_hash}\",\"peer_id\":\"{peer_id}\",\
                 \"answer\":{{\"type\":\"answer\",\"sdp\":\"{sdp}\"}},"
            ),
            unread: Vec::new(),
            unsent: Vec::new(),
            wants_writing: false,
            announced: 0,
        })
    }

    fn announce(&mut self) {
        self.announced += 1;
        let number = format!("{:010}", self.announced);
        for at in &self.offer_ids {
            self.announce[*at..*at + 10].copy_from_slice(number.as_bytes());
        }
        self.unsent.extend_from_slice(&self.announce);
    }

    fn answer(&mut self, to: &[u8], offer_id: &[u8]) {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let payload = format!(
            "{}\"to_peer_id\":\"{}\",\"offer_id\":\"{}\"}}",
            self.answer_head,
            text(to),
            text(offer_id)
        );
        self.unsent.extend(frame(&payload));
    }

    fn receive(
        &mut self,
        plan: &Plan,
        marks: &Marks,
        scratch: &mut [u8],
        counts: &mut Counts,
    ) -> io::Result<()> {
        loop {
            match self.stream.read(scratch) {
                Ok(0) => return Err(io::Error::other("the tracker closed a socket")),
                Ok(count) => {
                    self.unread.extend_from_slice(&scratch[..count]);
                    if count < scratch.len() {
                        break;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        let unread = std::mem::take(&mut self.unread);
        let mut at = 0;
        while let Some((start, end)) = next_frame(&unread[at..]) {
            self.take_message(&unread[at + start..at + end], plan, marks, counts);
            at += end;
        }
        self.unread = unread;
        self.unread.drain(..at);
        Ok(())
    }

    fn take_message(&mut self, message: &[u8], plan: &Plan, marks: &Marks, counts: &mut Counts) {
        let Some(offer_at) = marks.offer_id.find(message) else {
            if marks.interval.find(message).is_some() {
                counts.replies += 1;
                counts.sent += 1;
                self.announce();
            } else {
                counts.others += 1;
            }
            return;
        };
        if marks.answer.find(message).is_some() {
            counts.answers += 1;
            return;
        }
        counts.offers += 1;
        if plan.answers
            && let Some(peer_at) = marks.peer_id.find(message)
        {
            let id = |at: usize, mark: &str| &message[at + mark.len()..at + mark.len() + ID_BYTES];
            self.answer(
                id(peer_at, "\"peer_id\":\""),
                id(offer_at, "\"offer_id\":\""),
            );
            counts.sent += 1;
        }
    }

    /// Sends what it can.
    fn flush(&mut self) -> io::Result<()> {
        let mut sent = 0;
        while sent < self.unsent.len() {
            match self.stream.write(&self.unsent[sent..]) {
                Ok(count) => sent += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        self.unsent.drain(..sent);
        Ok(())
    }
}

/// Where the payload of the first whole frame stands.
fn next_frame(bytes: &[u8]) -> Option<(usize, usize)> {
    let short = usize::from(*bytes.get(1)? & 0x7f);
    let (start, length) = match short {
        126 => (
            4,
            usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])),
        ),
        127 => panic!("no message here is that long"),
        _ => (2, short),
    };
    (bytes.len() >= start + length).then_some((start, start + length))
}

/// Runs the plan.
///
/// # Errors
/// If the tracker refuses or closes a socket.
pub fn run(plan: &Plan) -> io::Result<(Counts, Duration)> {
    let sdp = sdp();
    let marks = Marks::new();
    let mut peers: Vec<Peer> = (0..plan.peers)
        .map(|number| Peer::connect(plan, number, &sdp))
        .collect::<io::Result<_>>()?;
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    for (number, peer) in peers.iter_mut().enumerate() {
        let data = epoll::EventData::new_u64(u64::try_from(number).unwrap_or(u64::MAX));
        epoll::add(&poll, peer.stream.as_fd(), data, epoll::EventFlags::IN)?;
        peer.announce();
        peer.flush()?;
    }
    let mut counts = Counts::default();
    let mut events = Vec::with_capacity(1024);
    let mut scratch = vec![0; READ_BYTES];
    let started = Instant::now();
    let mut measured_from = None;
    loop {
        let now = started.elapsed();
        if measured_from.is_none() && now >= plan.warm_up {
            counts = Counts::default();
            measured_from = Some(Instant::now());
        }
        if let Some(from) = measured_from
            && from.elapsed() >= plan.measured
        {
            return Ok((counts, from.elapsed()));
        }
        let patience = rustix::event::Timespec {
            tv_sec: 0,
            tv_nsec: 100_000_000,
        };
        events.clear();
        epoll::wait(
            &poll,
            rustix::buffer::spare_capacity(&mut events),
            Some(&patience),
        )?;
        for event in &events {
            let number = event.data.u64();
            let peer = &mut peers[usize::try_from(number).unwrap_or(usize::MAX)];
            let flags = event.flags;
            if flags.contains(epoll::EventFlags::IN) {
                peer.receive(plan, &marks, &mut scratch, &mut counts)?;
            }
            peer.flush()?;
            let wants_writing = !peer.unsent.is_empty();
            if wants_writing != peer.wants_writing {
                peer.wants_writing = wants_writing;
                let flags = if wants_writing {
                    epoll::EventFlags::IN | epoll::EventFlags::OUT
                } else {
                    epoll::EventFlags::IN
                };
                epoll::modify(
                    &poll,
                    peer.stream.as_fd(),
                    epoll::EventData::new_u64(number),
                    flags,
                )?;
            }
        }
    }
}
