//! A server elsewhere with videos, and copies of them here.

mod choosing;
mod copying;
mod room;
mod swarms;
mod together;
mod trying;
mod world;
