use std::fs;

/// Where the launcher shows the sandbox its own control group, if the system has one.
const CGROUP: &str = "/run/deno-sandbox/cgroup";

/// Watches whether the sandbox's memory runs out while a process lives.
#[derive(Debug)]
pub(super) struct OutOfMemory {
    kills_before: Option<u64>,
}

impl OutOfMemory {
    pub(super) fn watch() -> Self {
        Self {
            kills_before: kills(),
        }
    }

    /// Whether the system ended a process for want of memory since the watch began.
    pub(super) fn happened(&self) -> bool {
        self.kills_before < kills()
    }
}

/// How many processes of the sandbox the system ended for want of memory.
fn kills() -> Option<u64> {
    // Version 2 of control groups, then version 1: the line has the same form in both.
    ["memory.events", "memory.oom_control"]
        .iter()
        .filter_map(|file| fs::read_to_string(format!("{CGROUP}/{file}")).ok())
        .find_map(|text| parse_kills(&text))
}

fn parse_kills(text: &str) -> Option<u64> {
    text.lines()
        .find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::parse_kills;

    #[test]
    fn both_versions_of_control_groups_tell_the_count() {
        let version_1 = "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n";
        let version_2 = "low 0\nhigh 0\nmax 9\noom 3\noom_kill 2\noom_group_kill 0\n";
        assert_eq!(parse_kills(version_1), Some(2));
        assert_eq!(parse_kills(version_2), Some(2));
        assert_eq!(parse_kills("oom_kill_disable 0\n"), None);
    }
}
