//! `edgetube-transcoder`: see `--help`.

use std::process::ExitCode;
use transcoder::bench::bench;
use transcoder::cli::{Command, HELP, parse};
use transcoder::local::transcode_file;
use transcoder::terminal::Terminal;
use transcoder::worker::{Stop, work};

fn main() -> ExitCode {
    let command = match parse(std::env::args_os().skip(1), |name| std::env::var(name).ok()) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("edgetube-transcoder: {error}");
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("edgetube-transcoder: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(execute(command))
}

async fn execute(command: Command) -> ExitCode {
    let terminal = Terminal::default();
    let failure = match command {
        Command::Help => {
            print!("{HELP}");
            None
        }
        Command::Version => {
            println!("edgetube-transcoder {}", env!("CARGO_PKG_VERSION"));
            None
        }
        Command::Transcode(options) => transcode_file(&options, &terminal)
            .await
            .err()
            .map(|error| error.to_string()),
        Command::Bench(options) => bench(&options, &terminal)
            .await
            .err()
            .map(|error| error.to_string()),
        Command::Run(options) => match Stop::new() {
            Ok(mut stop) => work(&options, &terminal, &mut stop)
                .await
                .err()
                .map(|error| error.to_string()),
            Err(error) => Some(format!("cannot listen for signals: {error}")),
        },
    };
    match failure {
        Some(failure) => {
            terminal.say(&format!("edgetube-transcoder: {failure}"));
            ExitCode::FAILURE
        }
        None => ExitCode::SUCCESS,
    }
}
