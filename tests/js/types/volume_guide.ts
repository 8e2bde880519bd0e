// The examples of the volume guide.

import { Client, Sandbox } from "@deno/sandbox";

const client = new Client();

{
  const volume = await client.volumes.create({
    slug: "training-cache",
    region: "ord", // ord (Chicago) or ams (Amsterdam)
    capacity: "2GB", // accepts bytes or "1GB"/"512MB" style strings
  });

  console.log(volume);
}

{
  const page = await client.volumes.list({ search: "training" });
  for (const vol of page.items) {
    console.log(vol.slug, vol.estimatedFlattenedSize, vol.capacity);
  }

  const vol = await client.volumes.get("training-cache");
  console.log(vol?.slug);
}

{
  const volume = await client.volumes.create({
    slug: "dataset",
    region: "ord",
    capacity: "1GB",
  });

  // First run writes a file to the volume
  {
    await using sandbox = await Sandbox.create({
      region: "ord",
      volumes: {
        "/data/dataset": volume.slug,
      },
      labels: { job: "prepare" },
    });

    await sandbox.fs.writeTextFile("/data/dataset/hello.txt", "Persist me!\n");
  }

  // A new sandbox—possibly started hours later—can read the same file
  {
    await using sandbox = await Sandbox.create({
      region: "ord",
      volumes: {
        "/data/dataset": volume.id, // IDs work too
      },
    });

    const contents = await sandbox.fs.readTextFile("/data/dataset/hello.txt");
    console.log(contents); // "Persist me!"
  }
}

await client.volumes.delete("training-cache");
