//! An empty project with the package in it, and what can run its scripts.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::run;
use crate::tools::{bun, deno, js_build, node, npm};

/// What runs JavaScript.
pub(super) struct Runtime {
    pub(super) name: &'static str,
    program: PathBuf,
    args: &'static [&'static str],
}

impl Runtime {
    /// Every one that the package is tested in.
    pub(super) fn all() -> Result<Vec<Self>> {
        let mut all = vec![Self::named("deno")?, Self::named("bun")?];
        for (name, version) in node::LINES {
            all.push(Self {
                name,
                program: node::version(version)?,
                args: &[],
            });
        }
        Ok(all)
    }

    pub(super) fn named(name: &str) -> Result<Self> {
        Ok(match name {
            "deno" => Self {
                name: "deno",
                program: deno::ensure()?,
                args: &[
                    "run",
                    "--quiet",
                    "--no-remote",
                    "--node-modules-dir=manual",
                    "--allow-all",
                ],
            },
            "node" => Self {
                name: "node",
                program: node::ensure()?,
                args: &[],
            },
            "bun" => Self {
                name: "bun",
                program: bun::ensure()?,
                args: &[],
            },
            other => bail!("{other:?} is not one of deno, node, bun"),
        })
    }

    /// Whether it is too old for `await using` in the source.
    pub(super) fn lacks_using(&self) -> bool {
        ["node20", "node22"].contains(&self.name)
    }

    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// Installs a tarball the runtime's own way into an empty project, and asks it for what it exports.
    pub(super) fn install_and_import(&self, tarball: &Path) -> Result<String> {
        let project = Project::empty()?;
        match self.name {
            "bun" => {
                let mut add = Command::new(&self.program);
                add.arg("add").arg(tarball).current_dir(project.folder());
                run::capture(&mut add)?;
            }
            "deno" => project.link(tarball)?,
            _ => npm::install_packed(tarball, project.folder())?,
        }
        let ask = "import * as sdk from \"@deno/sandbox\"; console.log(Object.keys(sdk).length)";
        fs::write(project.folder().join("ask.mjs"), ask)?;
        let mut command = Command::new(&self.program);
        match self.name {
            "deno" => command.args(["run", "--quiet"]).arg("ask.mjs"),
            _ => command.args(self.args).arg("ask.mjs"),
        };
        command.env("DENO_DIR", project.folder().join(".deno"));
        let count = run::capture(command.current_dir(project.folder()))?;
        Ok(format!("{} imports it: {count} names", self.name))
    }
}

/// A folder with `@deno/sandbox` in its `node_modules`.
pub(super) struct Project(TempDir);

impl Project {
    fn empty() -> Result<Self> {
        let folder = tempfile::tempdir().context("a temporary folder")?;
        fs::write(
            folder.path().join("package.json"),
            "{\"type\":\"module\"}\n",
        )?;
        Ok(Self(folder))
    }

    /// Unpacks a tarball and links the folder, which is Deno's way to a package that is not published.
    fn link(&self, tarball: &Path) -> Result<()> {
        let mut unpack = Command::new("tar");
        run::capture(unpack.arg("xzf").arg(tarball).current_dir(self.folder()))?;
        fs::write(
            self.folder().join("deno.json"),
            r#"{
  "links": ["./package"],
  "imports": { "@deno/sandbox": "npm:@deno/sandbox" },
  "nodeModulesDir": "auto"
}"#,
        )?;
        fs::remove_file(self.folder().join("package.json"))?;
        Ok(())
    }

    /// With a packed package.
    pub(super) fn with_package(tarball: &Path) -> Result<Self> {
        let project = Self::empty()?;
        npm::install_packed(tarball, project.folder())?;
        Ok(project)
    }

    /// With a folder `node_modules` that is there.
    pub(super) fn with_modules(modules: &Path) -> Result<Self> {
        let project = Self::empty()?;
        symlink(modules, project.folder().join("node_modules"))?;
        Ok(project)
    }

    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// Copies a file of the repository beside `node_modules`, where its imports find the package.
    pub(super) fn add(&self, file: &str) -> Result<()> {
        let from = run::root().join(file);
        let name = from.file_name().context("a file's name")?;
        fs::copy(&from, self.folder().join(name))
            .with_context(|| format!("copying {}", from.display()))?;
        Ok(())
    }

    /// Writes the scripts as TypeScript's users have them compiled, for runtimes that know no `await using`.
    pub(super) fn lower_scripts(&self) -> Result<()> {
        let scripts = fs::read_dir(self.folder())?.collect::<std::io::Result<Vec<_>>>()?;
        let scripts = scripts
            .iter()
            .map(fs::DirEntry::path)
            .filter(|path| path.extension().is_some_and(|extension| extension == "mjs"));
        let mut lower = Command::new(node::ensure()?);
        lower
            .arg(js_build::ensure()?.join("esbuild/bin/esbuild"))
            .args(scripts)
            .args([
                "--target=es2022",
                "--out-extension:.js=.mjs",
                "--allow-overwrite",
            ])
            .arg("--outdir=.")
            .current_dir(self.folder());
        run::capture(&mut lower)?;
        Ok(())
    }

    /// A script, run against an emulator of its own.
    pub(super) fn with_emulator(&self, profile: &str, runtime: &Runtime, args: &[&str]) -> Command {
        let emulator = run::target_dir()
            .join(profile)
            .join("deno-sandbox-emulator");
        let mut command = Command::new(emulator);
        command
            .args(["exec", "--"])
            .arg(&runtime.program)
            .args(runtime.args)
            .args(args)
            .env(
                "DENO_SANDBOX_TEST_VECTORS",
                run::root().join("tests/vectors"),
            )
            // Deno's cache stays out of the user's home.
            .env("DENO_DIR", self.folder().join(".deno"))
            .env("DENO_NO_UPDATE_CHECK", "1")
            .current_dir(self.folder());
        command
    }
}
