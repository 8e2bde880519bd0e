//! The commands of this repository: `cargo xtask help` lists them.

mod bench;
mod check;
mod demo;
mod fuzz;
mod js;
mod kotlin;
mod language;
mod package;
mod python;
mod run;
mod rust;
mod summary;
mod swift;
mod test;
mod tools;

use std::process::ExitCode;

use anyhow::{Result, bail};

use language::Languages;

const HELP: &str = "\
cargo xtask demo    [LANGUAGE]           run the volume story against an emulator (default: rust)
cargo xtask demo js [--runtime NAME]     the same in deno (default), node or bun
cargo xtask test    [LANGUAGE]           everything CI runs: checks, then every test (default: all)
cargo xtask check                        format, lints, documentation, wasm, Android, iOS
cargo xtask bench   [LANGUAGE]           measurements (default: rust)
cargo xtask package [LANGUAGE]           what is published (default: all)
cargo xtask fuzz    TARGET [SECONDS]     fuzz one decoder (default: 60 seconds)
cargo xtask setup                        only fetch the tools the others need

LANGUAGE is rust, js, python, swift, kotlin or all. What is missing is installed at a
pinned version into target/tools, once.";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[&str]) -> Result<()> {
    match *args {
        [] | ["help" | "-h" | "--help"] => println!("{HELP}"),
        ["demo"] => demo::run(Languages::RUST)?,
        ["demo", "js", "--runtime", runtime] => js::demo(Some(runtime))?,
        ["demo", language] => demo::run(language.parse()?)?,
        ["test"] => test::run(Languages::All)?,
        ["test", language] => test::run(language.parse()?)?,
        ["check"] => check::run()?.conclude()?,
        ["bench"] => bench::run(Languages::RUST)?,
        ["bench", language] => bench::run(language.parse()?)?,
        ["package"] => package::run(Languages::All)?,
        ["package", language] => package::run(language.parse()?)?,
        ["fuzz", target] => fuzz::run(target, 60)?,
        ["fuzz", target, seconds] => match seconds.parse() {
            Ok(seconds) => fuzz::run(target, seconds)?,
            Err(_) => bail!("SECONDS must be a whole number, and {seconds:?} is not"),
        },
        ["setup"] => tools::Tools::set_up().report(),
        _ => bail!("unknown command {:?}\n\n{HELP}", args.join(" ")),
    }
    Ok(())
}
