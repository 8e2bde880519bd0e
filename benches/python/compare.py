"""``python compare.py PUBLISHED OURS WHEEL RUST``: both packages against the emulator that the environment points
at, turn by turn, so that neither has the quieter machine. Prints a Markdown table of medians.

PUBLISHED and OURS are the Pythons of two environments, WHEEL is our wheel, and RUST measures the Rust SDK.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path

MEASURE = Path(__file__).with_name("measure.py")


def main(published, ours, wheel, rust):
    pythons = (published, ours)
    print("| what | published 0.16.0 | this package | ratio |")
    print("|---|---|---|---|")
    row("`import deno_sandbox`", "ms", 15, "lower", pythons, "imported")
    row("import and a first client", "ms", 15, "lower", pythons, "client")
    row("installed, dependencies included", "MB", 1, "lower", pythons, "installed", lambda size: size / 1e6)
    show("wheel", None, Path(wheel).stat().st_size / 1e6, "MB", "lower")
    calls = row("small call, blocking", "µs", 5, "lower", pythons, "sync_round_trip")
    row("small call, `await`", "µs", 5, "lower", pythons, "async_round_trip")
    row("small call, 50 in flight", "µs", 5, "lower", pythons, "async_fifty")
    row("32 MiB file, write", "MiB/s", 3, "higher", pythons, "write")
    row("32 MiB file, read whole", "MiB/s", 3, "higher", pythons, "read")
    row("32 MiB file, read in pieces of 512 KiB", "MiB/s", 3, "higher", pythons, "read_in_pieces")
    streamed = [measure(python, "streamed") for python in pythons]
    show("1 GiB file, read in pieces: memory", *(one["memory"] for one in streamed), "MiB", "lower")
    show("1 GiB file, read in pieces", *(one["speed"] for one in streamed), "MiB/s", "higher")
    row("64 sandboxes at once, 50 small calls in each", "s", 3, "lower", pythons, "many_calls")
    row("64 sandboxes at once, 512 KiB written and read in each", "s", 3, "lower", pythons, "many_files")
    own = statistics.median(float(run([rust, "round-trip"])) for _ in range(3))
    print(f"\nThe Rust SDK's small call takes {own:.3g} µs; this package's blocking one {calls[1] / own:.2f} × that.")


def row(what, unit, rounds, better, pythons, name, pick=lambda result: result):
    """Measures both in turn, and shows their medians."""
    results = ([], [])
    for _ in range(rounds):
        for python, kept in zip(pythons, results):
            # What cannot be done once cannot be done again, and takes long to find out.
            kept.append(None if kept and kept[-1] is None else measure(python, name))
    done = [None if None in kept else statistics.median(map(pick, kept)) for kept in results]
    show(what, *done, unit, better)
    return done


def show(what, before, after, unit, better):
    shown = ["—" if value is None else f"{value:.3g} {unit}" for value in (before, after)]
    ratio = "" if None in (before, after) else f"{before / after if better == 'lower' else after / before:.2f} ×"
    print(f"| {what} | {' | '.join(shown)} | {ratio} |", flush=True)


def measure(python, name):
    return json.loads(run([python, MEASURE, name]))


def run(command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=180).stdout


main(*sys.argv[1:])
