use super::{CliError, Command, Mode, parse};
use std::ffi::OsString;

fn read(line: &str, environment: &[(&str, &str)]) -> Result<Command, CliError> {
    let words = line.split_whitespace().map(OsString::from);
    let variable = |name: &str| {
        environment
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    };
    parse(words, variable)
}

#[test]
fn reads_options_over_the_environment() {
    let environment = [
        (
            "EDGETUBE_SERVER",
            "https://a.example,http://127.0.0.1:9000/sub",
        ),
        ("EDGETUBE_REGISTRATION_TOKEN", "ptrrt-1"),
        ("EDGETUBE_THREADS", "3"),
        ("EDGETUBE_MAX_DISK", ""),
    ];
    let Command::Run(run) = read("--once --threads 2 --max-disk 2G", &environment).unwrap() else {
        panic!("not a run");
    };
    let servers: Vec<&str> = run.servers.iter().map(url::Url::as_str).collect();
    assert_eq!(
        servers,
        ["https://a.example/", "http://127.0.0.1:9000/sub/"]
    );
    assert_eq!((run.mode, run.common.threads), (Mode::Once, 2));
    assert_eq!(run.common.max_disk_bytes, 2 << 30);
    assert_eq!(run.registration_token.as_ref().unwrap().reveal(), "ptrrt-1");
    assert!(
        !format!("{run:?}").contains("ptrrt"),
        "tokens are not printed"
    );
    assert!(run.name.starts_with("edgetube-"));
}

#[test]
fn local_commands_need_their_files() {
    let Command::Transcode(local) = read(
        "transcode in.mp4 --out o --resolutions 720,0 --picture 280x157",
        &[],
    )
    .unwrap() else {
        panic!("not a transcode");
    };
    assert_eq!(
        (local.resolutions, local.keeps_original),
        (vec![720, 0], false)
    );
    assert_eq!(local.pictures, [(280, 157)]);
    assert!(matches!(
        read("transcode in.mp4", &[]),
        Err(CliError::Missing { what: "--out" })
    ));
    assert!(matches!(
        read("bench", &[]),
        Err(CliError::Missing { what: "--source" })
    ));
    assert_eq!(read("transcode --help", &[]).unwrap(), Command::Help);
}

#[test]
fn says_what_is_wrong() {
    let check = |line: &str, expected: &str| {
        let error = read(line, &[]).unwrap_err().to_string();
        assert!(error.contains(expected), "{line}: {error}");
    };
    check("", "--server");
    check(
        "--server https://a.example",
        "--registration-token or --runner-token",
    );
    check("--server a.example", "https://video.example");
    check("--server https://u@a.example", "https://video.example");
    check(
        "--server https://a --server https://b --runner-token x",
        "belongs to one server",
    );
    check("--nonsense", "--nonsense");
    check("--threads 1000", "0 to 128");
    check("--max-disk 1K", "at least 16M");
    check("--max-disk 99999999999T", "at least 16M");
    check("frobnicate", "transcode, bench");
    check("transcode a --out b --resolutions 7x", "1080,720,0");
    check("transcode a --out b --picture 0x9", "850x480");
}
