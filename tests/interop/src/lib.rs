//! Interoperability: an instance of ours beside a real PeerTube 6.3, on one machine, over HTTP.
//!
//! This library starts PeerTube with a PostgreSQL and a Redis of its own, and speaks to both sides
//! through the REST API that they share; the tests are in `tests/it`. Where no PeerTube is
//! installed, every test says so in one line and passes.
//!
//! # What it wants from the machine
//!
//! | variable | default | what |
//! |---|---|---|
//! | `EDGETUBE_PEERTUBE_DIR` | none | an installed PeerTube 6.3; unset, the tests are skipped |
//! | `EDGETUBE_PEERTUBE_NODE` | `node` | Node 18 or 20, which that release wants |
//! | `EDGETUBE_INTEROP_BASELINE` | none | if set, a second PeerTube stands for our instance |
//!
//! PostgreSQL 13 or newer with its contrib modules (`initdb`, `postgres`, `psql`) and
//! `redis-server` are taken from `PATH` or from where Debian puts them
//! (`apt-get install postgresql postgresql-contrib redis-server`). Everything listens on 127.0.0.1
//! and ends with the test process, however that ends. PostgreSQL refuses to run as root: started
//! by root, it runs as the user `postgres`.
//!
//! # An installed PeerTube
//!
//! `EDGETUBE_PEERTUBE_DIR` is a folder as PeerTube's own production guide makes one: a release
//! archive unpacked, with its production dependencies installed. Used are `dist/server.js`,
//! `config/` and `node_modules/`; the built client is not. PeerTube is under the AGPL: it stays
//! outside of this repository, and nothing of it is copied here.
//!
//! # How the two meet
//!
//! PeerTube runs in its test mode, the only one in which it speaks plain HTTP to peers. In that
//! mode its actors have keys of 1024 bits, its collections have pages of two items, and what it
//! knows of us is stale after 10 s. Our instance runs with `FEDERATION_ALLOW_PRIVATE=true`.
//!
//! Without the network PeerTube cannot load the JSON-LD contexts that it names, and then sends
//! bodies without `@context` and signature. If the npm package `@fedify/vocab-runtime`, which
//! carries these documents, is among our `node_modules`, PeerTube is given them from there.

pub mod comments;
pub mod follows;
pub mod lifeline;
pub mod media;
pub mod moderation;
pub mod pair;
pub mod peertube;
pub mod services;
pub mod side;
pub mod videos;

pub use pair::{Direction, Pair};
pub use peertube::PeerTube;
pub use side::Side;
