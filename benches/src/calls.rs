//! The Rust SDK's side of a comparison with another language's: for every line of its input, the name of a
//! measurement, it measures once and prints the seconds that took.

use std::io::{BufRead, Write};
use std::time::Instant;

use anyhow::{Result, bail, ensure};
use deno_sandbox::{Client, Sandbox, SandboxOptions};

/// How many calls are made one after the other.
const CALLS: usize = 1000;
/// How large the file is.
const SIZE: usize = 32 << 20;

#[tokio::main]
async fn main() -> Result<()> {
    let client = Client::from_env()?;
    let sandbox = Sandbox::create(&client, SandboxOptions::new()).await?;
    let content = vec![0x5a; SIZE];
    for line in std::io::stdin().lock().lines() {
        let start = Instant::now();
        match line?.trim() {
            "calls" => {
                for _ in 0..CALLS {
                    sandbox.env().get("HOME").await?;
                }
            }
            "write" => sandbox.write_file("big", &content).await?,
            "read" => ensure!(
                sandbox.read_file("big").await? == content,
                "the file changed"
            ),
            other => bail!("there is no measurement {other:?}: calls, write, read"),
        }
        println!("{}", start.elapsed().as_secs_f64());
        std::io::stdout().flush()?;
    }
    sandbox.close().await;
    Ok(())
}
