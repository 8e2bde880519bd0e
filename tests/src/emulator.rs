use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use deno_sandbox::Client;

/// A running `deno-sandbox-emulator`, ended when dropped.
#[derive(Debug)]
pub struct Emulator {
    process: Child,
    variables: BTreeMap<String, String>,
}

/// How to start an [`Emulator`].
#[derive(Debug, Default)]
pub struct EmulatorBuilder {
    args: Vec<String>,
    user: Option<u32>,
}

impl EmulatorBuilder {
    /// Adds a command-line argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Runs it as the user of this number, which root alone can.
    #[must_use]
    pub fn user(mut self, user: u32) -> Self {
        self.user = Some(user);
        self
    }

    /// Starts the emulator on a free port and waits until it serves.
    ///
    /// # Panics
    /// When it does not start, with what it printed.
    pub fn start(self) -> Emulator {
        let mut command = Command::new(Emulator::program());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        let mut process = command
            .args(["--listen", "127.0.0.1:0"])
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the emulator starts");
        let stdout = process.stdout.take().expect("stdout is piped");
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            // Read to the end: a full pipe would stop the emulator.
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        let mut emulator = Emulator {
            process,
            variables: BTreeMap::new(),
        };
        while !emulator.variables.contains_key("DENO_SANDBOX_ENDPOINT") {
            let line = lines
                .recv_timeout(Duration::from_secs(20))
                .expect("the emulator prints the variables that point an SDK at it");
            let assignment = line.trim().trim_start_matches("export ");
            if let Some((name, value)) = assignment.split_once('=') {
                let value = value.trim_matches(['"', '\'']);
                emulator.variables.insert(name.to_owned(), value.to_owned());
            }
        }
        emulator
    }
}

impl Emulator {
    /// Starts an emulator with nothing in it.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// An emulator with options of one's own.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    /// The program, built beside the running test.
    ///
    /// # Panics
    /// When it is not there.
    pub fn program() -> PathBuf {
        let test = std::env::current_exe().expect("a running program has a path");
        // target/<profile>/deps/<test>
        let folder = test
            .parent()
            .and_then(|deps| deps.parent())
            .expect("target/<profile>");
        let program = folder.join("deno-sandbox-emulator");
        assert!(
            program.exists(),
            "{} is missing; build it with `cargo build -p deno-sandbox-emulator`, or run `cargo xtask test`",
            program.display()
        );
        program
    }

    /// The variables that point an SDK at it.
    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// One of the variables.
    ///
    /// # Panics
    /// When the emulator did not print it.
    pub fn variable(&self, name: &str) -> &str {
        self.variables
            .get(name)
            .unwrap_or_else(|| panic!("the emulator did not print {name}"))
    }

    /// A client of the Rust SDK pointed at it.
    ///
    /// # Panics
    /// When the variables it printed make no client.
    pub fn client(&self) -> Client {
        Client::builder()
            .token(self.variable("DENO_DEPLOY_TOKEN"))
            .endpoint(self.variable("DENO_DEPLOY_ENDPOINT"))
            .sandbox_endpoint(self.variable("DENO_SANDBOX_ENDPOINT"))
            .build()
            .expect("a client")
    }

    /// The operating system's number for it.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Ends it without warning, as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Emulator {
    /// Asks it to end, so that it leaves nothing behind, and insists after a while.
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(Some(_))) {
            return;
        }
        let pid = self.process.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        for _ in 0..100 {
            match self.process.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(50)),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        self.kill();
    }
}
