//! Options as languages without types give them.

use std::time::Duration;

use super::sh::{running, shell};
use super::{ClientBuilder, Command, SandboxOptions, Source, Stdio};
use crate::error::{Error, ErrorCode, Result};
use crate::model::{Labels, NetPattern, Quoted, Secret};
use crate::rest::page::ListOptions;
use crate::rpc::dynamic::Dynamic;
use crate::rpc::given::{Given, read_options};
use crate::rpc::methods::WriteOptions;
use crate::rpc::shape::EXACT;

const OF_CLIENT: &[&str] = &[
    "token",
    "org",
    "endpoint",
    "sandboxEndpoint",
    "sandboxBaseDomain",
    "connectTimeoutMs",
    "requestTimeoutMs",
    "idleTimeoutMs",
    "retryBudgetMs",
];

const OF_SANDBOX: &[&str] = &[
    "region", "memory", "timeout", "labels", "root", "volumes", "allowNet", "secrets", "env",
];

const OF_PROCESS: &[&str] = &[
    "command", "args", "cwd", "clearEnv", "env", "stdin", "stdout", "stderr",
];

const OF_LINE: &[&str] = &["script", "sudo", "cwd", "env", "stdin", "stdout", "stderr"];

const OF_WRITING: &[&str] = &["append", "create", "createNew", "mode"];

impl ClientBuilder {
    /// Takes options from an object; times are in milliseconds, their names end with `Ms`.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorCode::InvalidOption) for one that is of another kind, or misspelt.
    pub fn read(&mut self, options: &impl Dynamic) -> Result<()> {
        read_options(options, OF_CLIENT, &mut |given| {
            let text = match given.name {
                "token" => &mut self.token,
                "org" => &mut self.org,
                "endpoint" => &mut self.endpoint,
                "sandboxEndpoint" => &mut self.sandbox_endpoint,
                "sandboxBaseDomain" => &mut self.sandbox_base_domain,
                limit => {
                    let limit = match limit {
                        "connectTimeoutMs" => &mut self.connect_timeout,
                        "requestTimeoutMs" => &mut self.request_timeout,
                        "idleTimeoutMs" => &mut self.idle_timeout,
                        _ => &mut self.retry_budget,
                    };
                    *limit = Some(Duration::from_millis(given.whole(EXACT)?));
                    return Ok(());
                }
            };
            *text = Some(given.text()?);
            Ok(())
        })
    }
}

impl SandboxOptions {
    /// Takes options from an object.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorCode::InvalidOption) for one that is of another kind, or misspelt; else the code of
    /// the first that is malformed.
    pub fn read(options: &impl Dynamic) -> Result<Self> {
        let mut sandbox = Self::new();
        read_options(options, OF_SANDBOX, &mut |given| {
            match given.name {
                "region" => sandbox.config.region = given.text()?.parse()?,
                "memory" => sandbox.config.memory = given.scalar()?.parse()?,
                "timeout" => sandbox.timeout = given.scalar()?.parse()?,
                "labels" => given.each_text(ErrorCode::InvalidLabels, &mut |key, value| {
                    sandbox.config.labels.insert(key, value)
                })?,
                "root" => sandbox.boot_from(source(&given)?)?,
                "volumes" => given.each(&mut |path, value| {
                    let name = given.name;
                    Ok(sandbox.mount(path, source(&Given { name, value })?)?)
                })?,
                "allowNet" => {
                    let mut patterns = Vec::new();
                    for pattern in given.list()? {
                        patterns.push(pattern.parse::<NetPattern>()?);
                    }
                    sandbox.config.allow_net = Some(patterns);
                }
                "secrets" => given.each(&mut |name, value| {
                    let secret = secret(name, value)?;
                    sandbox.config.secrets.insert(name.to_owned(), secret);
                    Ok(())
                })?,
                _ => given.each_text(ErrorCode::InvalidEnv, &mut |name, value| {
                    sandbox.env.insert(name, value)
                })?,
            }
            Ok(())
        })?;
        Ok(sandbox)
    }
}

impl WriteOptions {
    /// Takes options from an object.
    ///
    /// # Errors
    /// [`InvalidOption`](ErrorCode::InvalidOption) for one that is of another kind, or misspelt.
    pub fn read(options: &impl Dynamic) -> Result<Self> {
        let mut write = Self::default();
        read_options(options, OF_WRITING, &mut |given| {
            let flag = match given.name {
                "append" => &mut write.append,
                "create" => &mut write.create,
                "createNew" => &mut write.create_new,
                _ => {
                    write.mode = Some(given.whole(u32::MAX.into())? as u32);
                    return Ok(());
                }
            };
            *flag = Some(given.flag()?);
            Ok(())
        })?;
        Ok(write)
    }
}

/// A process to start, as an object says it.
pub(super) fn process(program: String, options: &impl Dynamic) -> Result<Command> {
    let mut command = Command::new(program)
        .stdout(Stdio::Piped)
        .stderr(Stdio::Piped);
    read_options(options, OF_PROCESS, &mut |given| set(&mut command, &given))?;
    Ok(command)
}

/// A command line to run, as an object says it.
pub(super) fn command_line(options: &impl Dynamic) -> Result<Command> {
    let (mut shell, mut script, mut sudo) = (shell(), String::new(), false);
    read_options(options, OF_LINE, &mut |given| {
        match given.name {
            "script" => script = given.text()?,
            "sudo" => sudo = given.flag()?,
            _ => set(&mut shell, &given)?,
        }
        Ok(())
    })?;
    Ok(running(shell, script, sudo))
}

fn set<V: Dynamic>(command: &mut Command, given: &Given<'_, V>) -> Result<()> {
    match given.name {
        "args" => command.args = given.list()?,
        "cwd" => command.cwd = Some(given.text()?),
        "clearEnv" => command.clear_env = given.flag()?,
        "env" => given.each_text(ErrorCode::InvalidEnv, &mut |name, value| {
            command.env.push((name, value));
            Ok(())
        })?,
        "stdin" => command.stdin = stdio(given)?,
        "stdout" => command.stdout = output(given)?,
        "stderr" => command.stderr = output(given)?,
        _ => {}
    }
    Ok(())
}

/// What is inherited is piped, and copied by whoever reads it.
fn output<V: Dynamic>(given: &Given<'_, V>) -> Result<Stdio> {
    Ok(match stdio(given)? {
        Stdio::Inherit => Stdio::Piped,
        stdio => stdio,
    })
}

fn stdio<V: Dynamic>(given: &Given<'_, V>) -> Result<Stdio> {
    Ok(match given.text()?.as_str() {
        "piped" => Stdio::Piped,
        "inherit" => Stdio::Inherit,
        "null" => Stdio::Null,
        other => {
            let (name, other) = (given.name, Quoted(other));
            let message =
                format!("\"{name}\" must be \"piped\", \"inherit\" or \"null\", not {other}");
            return Err(Error::new(ErrorCode::InvalidOption, message));
        }
    })
}

/// A volume or snapshot by slug or id, or as its record.
fn source<V: Dynamic>(given: &Given<'_, V>) -> Result<Source> {
    let Given { name, value } = given;
    if let Some(reference) = value.text() {
        return Ok(reference.into());
    }
    match (value.get("slug").text(), value.get("region").text()) {
        (Some(slug), Some(region)) => Ok(Source::in_region(slug, region)),
        _ => {
            let kind = value.describe();
            let message =
                format!("`{name}` takes a slug, an id, or a volume or snapshot, not {kind}");
            Err(Error::new(ErrorCode::InvalidReference, message))
        }
    }
}

fn secret<V: Dynamic>(name: &str, secret: &V) -> Result<Secret> {
    let (hosts, value) = (secret.get("hosts"), secret.get("value"));
    let hosts = Given {
        name: "hosts",
        value: &hosts,
    };
    match (hosts.list(), value.text()) {
        (Ok(hosts), Some(value)) => Ok(Secret::new(name, hosts, value)?),
        _ => {
            let name = Quoted(name);
            let message = format!("the secret {name} must be {{ hosts: string[], value: string }}");
            Err(Error::new(ErrorCode::InvalidSecret, message))
        }
    }
}

/// Which part of a list to read, and with which labels, of those of the options that are known for that list.
pub(super) fn list_options(
    options: &impl Dynamic,
    known: &[&str],
) -> Result<(ListOptions, Labels)> {
    let (mut list, mut labels) = (ListOptions::default(), Labels::default());
    read_options(options, known, &mut |given| {
        match given.name {
            "limit" => list.limit = Some(given.whole(u32::MAX.into())? as u32),
            "cursor" => list.cursor = Some(given.text()?),
            "search" => list.search = Some(given.text()?),
            _ => given.each_text(ErrorCode::InvalidLabels, &mut |key, value| {
                labels.insert(key, value)
            })?,
        }
        Ok(())
    })?;
    Ok((list, labels))
}
