"""Makes the blocking half of the package, `deno_sandbox/_sync`, from the asynchronous one, `_async`.

`python make_sync.py` writes it; with `--check` it only says whether it is up to date. A comment `# sync: CODE`
at the end of a line gives the line the blocking half has instead; without CODE it has none.
"""

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent / "python" / "deno_sandbox"

REPLACEMENTS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in [
        (r"\basync (def|with|for)\b", r"\1"),
        (r"\bawait ", ""),
        (r"\b__a(enter|exit|iter|next)__\b", r"__\1__"),
        (r"\bStopAsyncIteration\b", "StopIteration"),
        (r"\bAsync(?=[A-Z])", ""),
        (r"\basync_(?=[a-z])", ""),
        (r"``async (with|for)``", r"``\1``"),
    ]
]


def blocking(text: str) -> str:
    """The blocking half of a module."""
    lines = []
    for line in text.splitlines():
        code, marker, instead = line.partition("  # sync:")
        if marker:
            if not instead.strip():
                continue
            code = code[: len(code) - len(code.lstrip())] + instead.strip()
        for pattern, replacement in REPLACEMENTS:
            code = pattern.sub(replacement, code)
        lines.append(code)
    return "\n".join(lines) + "\n"


def main() -> int:
    stale = []
    for source in sorted((PACKAGE / "_async").glob("*.py")):
        target = PACKAGE / "_sync" / source.name
        text = blocking(source.read_text()) if source.stat().st_size else ""
        if text:
            text = f"# Made by make_sync.py from _async/{source.name}: change that one.\n" + text
        if target.exists() and target.read_text() == text:
            continue
        stale.append(target.name)
        if "--check" not in sys.argv:
            target.parent.mkdir(exist_ok=True)
            target.write_text(text)
    if "--check" in sys.argv and stale:
        print(f"_sync is out of date: {', '.join(stale)}; run `python make_sync.py`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
