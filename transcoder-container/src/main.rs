//! transcoder
fn main() {}
