//! Prints the figures of the standard scenario.

fn main() {
    print!("{}", swarm::simulate(swarm::Scenario::default()));
}
