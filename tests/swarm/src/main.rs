//! Prints the figures of the standard scenario; another seed may be given.

fn main() {
    let standard = swarm::Scenario::default();
    let given = std::env::args().nth(1).and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or(standard.seed);
    print!("{}", swarm::simulate(swarm::Scenario { seed, ..standard }));
}
