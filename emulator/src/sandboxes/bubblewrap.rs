//! A container for one sandbox: what it sees, and the program that starts in it.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use deno_sandbox::model::Env;
use tokio::process::Command;

use super::cgroup::Cgroup;
use super::config::Network;

/// Folders of this machine's own system a sandbox shares, read-only.
const SYSTEM: [&str; 6] = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// Files below `/etc` that programs need and that hold no secret.
const SETTINGS: [&str; 13] = [
    "alternatives",
    "ca-certificates",
    "host.conf",
    "hosts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "resolv.conf",
    "services",
    "ssl",
];

/// `sudo` without a user to become: the sandbox's user is mapped to root in a namespace of its own.
const SUDO: &str = r#"#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in
    -u | --user | -g | --group) shift 2 ;;
    --) shift; break ;;
    -*) shift ;;
    *=*) export "$1"; shift ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || { echo "usage: sudo COMMAND [ARG…]" >&2; exit 1; }
exec unshare --map-root-user -- "$@"
"#;

/// How containers are made on this machine.
#[derive(Debug, Clone)]
pub(crate) struct Bubblewrap {
    program: PathBuf,
    agent: PathBuf,
    /// Files every sandbox sees, written once.
    skeleton: PathBuf,
}

/// What one container is made of.
#[derive(Debug)]
pub(crate) struct Container {
    pub(crate) home: PathBuf,
    pub(crate) root: Option<PathBuf>,
    /// Path inside, folder outside; parents before what lies in them.
    pub(crate) volumes: Vec<(String, PathBuf)>,
    pub(crate) network: Network,
    pub(crate) env: Env,
    /// Paths inside, and the bytes the agent is to keep each of them to.
    pub(crate) limits: Vec<(String, u64)>,
    /// The first id of the streams its agent announces.
    pub(crate) stream_base: u64,
}

impl Bubblewrap {
    /// Prepares to make containers with the program given; `folder` takes the files they share.
    pub(crate) fn new(program: PathBuf, folder: &Path) -> io::Result<Self> {
        let skeleton = folder.join("skeleton");
        fs::create_dir_all(skeleton.join("bin"))?;
        fs::write(
            skeleton.join("passwd"),
            "root:x:0:0:root:/root:/bin/bash\napp:x:1000:1000:app:/home/app:/bin/bash\n\
             nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
        )?;
        fs::write(
            skeleton.join("group"),
            "root:x:0:\napp:x:1000:\nnogroup:x:65534:\n",
        )?;
        let sudo = skeleton.join("bin/sudo");
        fs::write(&sudo, SUDO)?;
        fs::set_permissions(&sudo, fs::Permissions::from_mode(0o755))?;
        Ok(Self {
            program,
            agent: std::env::current_exe()?,
            skeleton,
        })
    }

    /// The command that starts the agent in a new container.
    pub(crate) fn command(&self, container: &Container, cgroup: Option<&Cgroup>) -> Command {
        let mut args = Args::default();
        args.flags(&[
            "--die-with-parent",
            "--new-session",
            "--unshare-user",
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-uts",
            "--unshare-cgroup-try",
        ]);
        args.add("--uid", ["1000"])
            .add("--gid", ["1000"])
            .add("--hostname", ["sandbox"]);
        if container.network == Network::None {
            args.flags(&["--unshare-net"]);
        }
        match &container.root {
            Some(root) => args.bind("--bind", root, "/"),
            None => self.system(&mut args),
        }
        args.add("--proc", ["/proc"]).add("--dev", ["/dev"]);
        args.add("--perms", ["1777"]).add("--tmpfs", ["/tmp"]);
        // A root of its own keeps its own home, as a booted volume does.
        if container.root.is_none() {
            args.bind("--bind", &container.home, "/home/app");
        }
        args.bind(
            "--ro-bind",
            &self.skeleton.join("bin"),
            "/run/deno-sandbox/bin",
        );
        args.bind("--ro-bind", &self.agent, "/run/deno-sandbox/agent");
        if let Some(cgroup) = cgroup {
            args.bind("--ro-bind", cgroup.folder(), "/run/deno-sandbox/cgroup");
        }
        for (path, folder) in &container.volumes {
            args.bind("--bind", folder, path);
        }
        args.add("--dir", ["/home/app"])
            .add("--chdir", ["/home/app"]);
        args.add("--", ["/run/deno-sandbox/agent", "agent", "--stream-base"]);
        args.0.push(container.stream_base.to_string().into());
        for (path, bytes) in &container.limits {
            args.add("--limit", [&format!("{bytes}={path}")]);
        }
        let mut command = match cgroup {
            Some(cgroup) => cgroup.command(&self.program),
            None => Command::new(&self.program),
        };
        command.args(args.0);
        // Through the environment, since a command line is there for everyone on the machine to read.
        command.env_clear();
        command.envs([
            ("HOME", "/home/app"),
            ("USER", "app"),
            ("LOGNAME", "app"),
            ("SHELL", "/bin/bash"),
            ("LANG", "C.UTF-8"),
            (
                "PATH",
                "/run/deno-sandbox/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ),
        ]);
        command.envs(container.env.iter());
        command
    }

    /// This machine's own system, read-only.
    fn system(&self, args: &mut Args) {
        args.bind("--ro-bind", Path::new("/usr"), "/usr");
        for name in SYSTEM {
            let path = Path::new("/").join(name);
            match fs::read_link(&path) {
                Ok(target) => args.bind("--symlink", &target, &format!("/{name}")),
                Err(_) if path.is_dir() => args.bind("--ro-bind", &path, &format!("/{name}")),
                Err(_) => {}
            }
        }
        for name in SETTINGS {
            let path = format!("/etc/{name}");
            args.bind("--ro-bind-try", Path::new(&path), &path);
        }
        args.bind("--ro-bind", &self.skeleton.join("passwd"), "/etc/passwd");
        args.bind("--ro-bind", &self.skeleton.join("group"), "/etc/group");
    }
}

/// Finds bubblewrap: the program given, or the one in `PATH`.
pub(crate) fn find(given: Option<&Path>) -> Option<PathBuf> {
    let is_file = |path: &PathBuf| path.is_file();
    match given {
        Some(path) => Some(path.to_owned()).filter(is_file),
        None => std::env::split_paths(&std::env::var_os("PATH")?)
            .map(|dir| dir.join("bwrap"))
            .find(is_file),
    }
}

#[derive(Default)]
struct Args(Vec<std::ffi::OsString>);

impl Args {
    fn flags(&mut self, flags: &[&str]) {
        self.0.extend(flags.iter().map(Into::into));
    }

    fn add<const N: usize>(&mut self, flag: &str, values: [&str; N]) -> &mut Self {
        self.flags(&[flag]);
        self.flags(&values);
        self
    }

    fn bind(&mut self, flag: &str, outside: &Path, inside: &str) {
        self.0.extend([flag.into(), outside.into(), inside.into()]);
    }
}
