//! Measures the Rust SDK against the emulator the environment points at; `cargo xtask bench rust`
//! builds both for speed and runs it.

mod measure;
mod memory;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use deno_sandbox::{Client, ListOptions, Sandbox, SandboxOptions, VolumeOptions};
use futures_util::{StreamExt, TryStreamExt, stream};
use measure::{Samples, report};

const MIB: usize = 1 << 20;

#[tokio::main]
async fn main() -> Result<()> {
    let client = Client::from_env()?;
    let round_trips = round_trip(&client).await?;
    if std::env::args().nth(1).as_deref() == Some("round-trip") {
        // In microseconds, for what measures another language beside it.
        println!("{}", round_trips.median().as_nanos() as f64 / 1e3);
        return Ok(());
    }
    report("RPC round trip, p50", round_trips.median(), "≤ 300 µs");
    report("RPC round trip, p99", round_trips.percentile(99), "");
    create_to_first_command(&client).await?;
    whole_file(&client).await?;
    streamed_read(&client).await?;
    list_volumes(&client).await
}

async fn round_trip(client: &Client) -> Result<Samples> {
    let sandbox = Sandbox::create(client, SandboxOptions::new()).await?;
    let mut samples = Samples::default();
    for round in 0..5_500 {
        let start = Instant::now();
        sandbox.env().get("HOME").await?;
        if round >= 500 {
            samples.add(start.elapsed());
        }
    }
    sandbox.close().await;
    Ok(samples)
}

async fn create_to_first_command(client: &Client) -> Result<()> {
    let mut samples = Samples::default();
    for _ in 0..40 {
        let start = Instant::now();
        let sandbox = Sandbox::create(client, SandboxOptions::new()).await?;
        sandbox.sh("true").await?;
        samples.add(start.elapsed());
        sandbox.close().await;
    }
    report(
        "create to first command, p50",
        samples.percentile(50),
        "≤ 15 ms",
    );
    Ok(())
}

async fn whole_file(client: &Client) -> Result<()> {
    let sandbox = Sandbox::create(client, SandboxOptions::new()).await?;
    let content = Bytes::from(vec![0x5a; 64 * MIB]);
    let (mut writes, mut reads) = (Samples::default(), Samples::default());
    for _ in 0..7 {
        let start = Instant::now();
        sandbox.write_file("big", content.clone()).await?;
        writes.add(start.elapsed());
        let start = Instant::now();
        let back = sandbox.read_file("big").await?;
        reads.add(start.elapsed());
        anyhow::ensure!(back == content, "the file came back changed");
    }
    let speed = |time: Duration| content.len() as f64 / 1e6 / time.as_secs_f64();
    report(
        "write of a 64 MiB file",
        format!("{:.0} MB/s", speed(writes.median())),
        "≥ 300 MB/s",
    );
    report(
        "read of a 64 MiB file",
        format!("{:.0} MB/s", speed(reads.median())),
        "≥ 300 MB/s",
    );
    sandbox.close().await;
    Ok(())
}

async fn streamed_read(client: &Client) -> Result<()> {
    let sandbox = Sandbox::create(client, SandboxOptions::new()).await?;
    sandbox.sh("head -c 1073741824 /dev/zero > gib").await?;
    let idle = memory::start_peak()?;
    let start = Instant::now();
    let mut chunks = sandbox.fs().read_stream("gib").await?;
    let mut total = 0;
    while let Some(chunk) = chunks.next().await {
        total += chunk?.len();
    }
    let time = start.elapsed();
    anyhow::ensure!(total == 1 << 30, "{total} bytes arrived");
    let above = memory::peak()?.saturating_sub(idle) as f64 / MIB as f64;
    report(
        "peak memory of a 1 GiB streamed read",
        format!("{above:.1} MiB above idle"),
        "≤ 64 MiB",
    );
    let speed = total as f64 / 1e6 / time.as_secs_f64();
    report("1 GiB streamed read", format!("{speed:.0} MB/s"), "");
    sandbox.close().await;
    Ok(())
}

async fn list_volumes(client: &Client) -> Result<()> {
    const COUNT: usize = 10_000;
    let start = Instant::now();
    stream::iter(0..COUNT)
        .map(|n| async move {
            let volume = VolumeOptions::new(format!("bench-{n:05}"), "ord", "300MB");
            client.volumes().create(volume).await.map(drop)
        })
        .buffer_unordered(32)
        .try_collect::<()>()
        .await
        .context("creating the volumes to list")?;
    report("creating 10 000 volumes", start.elapsed(), "");
    let start = Instant::now();
    let options = ListOptions::default().limit(100).search("bench-");
    let volumes: Vec<_> = client.volumes().list_all(options).try_collect().await?;
    anyhow::ensure!(
        volumes.len() == COUNT,
        "{} volumes were listed",
        volumes.len()
    );
    report("listing 10 000 volumes", start.elapsed(), "");
    Ok(())
}
