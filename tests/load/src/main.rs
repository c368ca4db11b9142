//! `load [names…]`: figures of the built product, each beside its bound. `cargo xtask bench` builds
//! everything and runs this.
//!
//! A group of figures is one module in [`group`]; without names all run. Every group starts instances
//! of its own, so none sees what another left behind. Nothing here is a test: a figure over its bound
//! is printed as such, and only what cannot be measured at all ends the program.
//!
//! Programs are found as [`e2e`] finds them. All run on one machine: the figures hold for its cores
//! only, and say little while it does something else, which the first lines warn of.

mod bare;
mod conditions;
mod figure;
mod foreign_trackers;
mod group;
mod heap;
mod http1;
mod process;
mod recorder;
mod sample;
mod stage;
mod swarm;
mod wrk;

use figure::Table;

fn main() {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let chosen: Vec<_> = group::ALL
        .iter()
        .filter(|group| names.is_empty() || names.iter().any(|name| group.name.contains(name)))
        .collect();
    if chosen.is_empty() {
        let known: Vec<_> = group::ALL.iter().map(|group| group.name).collect();
        eprintln!("there is no such group; known are: {}", known.join(", "));
        std::process::exit(2);
    }
    conditions::print();
    let mut table = Table::default();
    for group in chosen {
        table.heading(group.name, group.title);
        (group.measure)(&mut table);
    }
    table.closing_line();
    conditions::print();
}
