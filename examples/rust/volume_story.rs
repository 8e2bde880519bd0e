//! The life of a volume: created, found, filled by one sandbox, read by another, deleted.

use deno_sandbox::{
    Client, Command, ListOptions, Sandbox, SandboxOptions, Stdio, VolumeOptions, format_bytes,
};
use futures_util::TryStreamExt;

#[tokio::main]
async fn main() -> deno_sandbox::Result<()> {
    let client = Client::from_env()?;
    let volumes = client.volumes();

    step("Create a volume");
    let volume = volumes
        .create(VolumeOptions::new("training-cache", "ord", "2GB"))
        .await?;
    println!(
        "{} ({}): {} in {}",
        volume.slug,
        volume.id,
        format_bytes(volume.capacity),
        volume.region
    );
    let logs = volumes
        .create(VolumeOptions::new("training-logs", "ord", "300MB"))
        .await?;
    println!(
        "{} ({}): {} in {}",
        logs.slug,
        logs.id,
        format_bytes(logs.capacity),
        logs.region
    );

    step("List all volumes, whatever the number of pages");
    let mut all = volumes.list_all(ListOptions::default());
    while let Some(volume) = all.try_next().await? {
        println!(
            "{}: {} of {}",
            volume.slug,
            format_bytes(volume.used),
            format_bytes(volume.capacity)
        );
    }

    step("Search, page by page");
    let mut page = Some(
        volumes
            .list(ListOptions::default().search("training").limit(1))
            .await?,
    );
    while let Some(found) = page {
        let slugs: Vec<_> = found.items().iter().map(|volume| &volume.slug).collect();
        println!("{slugs:?}, more: {}", found.has_more());
        page = found.next_page().await?;
    }

    step("Get one by its slug, and by its id");
    let by_slug = volumes.get("training-cache").await?;
    let by_id = volumes.get(&volume.id).await?;
    println!("the same: {}", by_slug == by_id && by_id.is_some());

    step("A first sandbox writes to the volume");
    let options = SandboxOptions::new()
        .region("ord")
        .volume("/data/dataset", &volume);
    let first = Sandbox::create(&client, options.label("job", "prepare")).await?;
    first
        .write_text_file("/data/dataset/words.txt", "state\noutlives\nsandboxes\n")
        .await?;
    let program = "#!/bin/sh\necho \"$(wc -l < /data/dataset/words.txt) words, read by $0\"\n";
    first
        .write_text_file("/data/dataset/count.sh", program)
        .await?;
    first.fs().chmod("/data/dataset/count.sh", 0o755).await?;
    let files = first.sh("ls /data/dataset").await?.text()?;
    println!("{}: {:?}", first.id(), files.lines().collect::<Vec<_>>());
    first.close().await;

    step("A second sandbox mounts it by id, reads, and runs what it finds");
    let options = SandboxOptions::new()
        .region("ord")
        .volume("/data/dataset", volume.id.as_str());
    let second = Sandbox::create(&client, options).await?;
    let words = second.read_text_file("/data/dataset/words.txt").await?;
    println!("{}: {words:?}", second.id());
    let program = Command::new("/data/dataset/count.sh").stdout(Stdio::Piped);
    let count = second.spawn(program).await?.output().await?;
    print!("{}", count.text()?);
    second.close().await;

    step("Delete the volumes");
    volumes.delete(&volume.slug).await?;
    volumes.delete(&logs.slug).await?;
    println!("gone: {}", volumes.get("training-cache").await?.is_none());
    let again = volumes
        .create(VolumeOptions::new("training-cache", "ord", "1GiB"))
        .await?;
    println!(
        "the slug is free for another: {} ({})",
        again.slug, again.id
    );
    volumes.delete(&again.id).await?;

    step("What the second sandbox read");
    print!("{words}");
    Ok(())
}

/// Prints a heading, numbered.
fn step(title: &str) {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static STEPS: AtomicUsize = AtomicUsize::new(1);
    println!("\n{}. {title}", STEPS.fetch_add(1, Ordering::Relaxed));
}
