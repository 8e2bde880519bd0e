//! What is published: the jar with the core inside it, as a Maven repository holds it.

use std::fs;

use anyhow::{Result, ensure};

use super::project::{Profile, Program, platform, prepare};
use super::sources;
use crate::run;
use crate::tools::maven::Maven;

/// The package for this machine's platform, used once by a program that finds nothing else of this
/// repository.
pub(crate) fn package() -> Result<()> {
    let maven = Maven::ensure()?;
    let target = run::target_dir().join("package/kotlin");
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    prepare(Profile::Release)?;
    let mut deploy = maven.command();
    deploy
        .arg("--quiet")
        .arg("--file")
        .arg(sources().join("pom.xml"))
        .args([
            "deploy",
            "-Dmaven.test.skip=true",
            "-Dmaven.install.skip=true",
        ]);
    deploy.arg(format!(
        "-DaltDeploymentRepository=package::file:{}",
        target.display()
    ));
    run::run(&mut deploy)?;
    check(&maven)?;
    println!("kotlin   {} ({})", target.display(), platform());
    Ok(())
}

/// Builds and runs a program that has the package from its repository.
fn check(maven: &Maven) -> Result<()> {
    let consumer = run::target_dir().join("kotlin/consumer");
    let code = consumer.join("src/main/kotlin");
    fs::create_dir_all(&code)?;
    let example = run::root().join("examples/kotlin/volume-story/pom.xml");
    let repository = format!(
        "  <repositories>\n    <repository>\n      <id>package</id>\n      <url>file:{}</url>\n    \
         </repository>\n  </repositories>\n\n  <dependencies>",
        run::target_dir().join("package/kotlin").display()
    );
    let pom = fs::read_to_string(example)?.replacen("  <dependencies>", &repository, 1);
    fs::write(consumer.join("pom.xml"), pom)?;
    fs::write(
        code.join("Consumer.kt"),
        "import com.deno.sandbox.*\n\nfun main() = println(formatBytes(2_000_000_000) + \" \" + quote(\"a b\"))\n",
    )?;
    // The version stays the same while it is made, and Maven would look at no other of it.
    maven.forget("com/deno/sandbox")?;
    let program = Program::build(maven, &consumer.join("pom.xml"), &[], &consumer)?;
    let printed = run::capture(&mut program.command(maven, "ConsumerKt"))?;
    maven.forget("com/deno/sandbox")?;
    ensure!(
        printed == "2 GB 'a b'",
        "a program with the package printed {printed:?}"
    );
    Ok(())
}
