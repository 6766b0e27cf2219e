"""Makes a poster of a brief: reads the job on standard input, leaves files in FULFILLMENT_OUTPUT."""

import html
import json
import os
import sys
import textwrap
from pathlib import Path

# What sysexits.h calls EX_DATAERR: the order waits for a human at once, since trying again changes nothing.
NOT_POSSIBLE = 65


def main() -> int:
    job = json.load(sys.stdin)
    out = Path(os.environ["FULFILLMENT_OUTPUT"])
    words = " ".join(part for part in (job["order"]["brief"], job["feedback"], job["note"]) if part)
    lines = textwrap.wrap(words, 28)
    if len(lines) > 12:
        print("The brief is too long for a poster.", file=sys.stderr)
        return NOT_POSSIBLE

    print("drawing", flush=True)
    (out / "poster.svg").write_text(svg_of(lines), encoding="utf-8")
    print("describing", flush=True)
    (out / "read-me.md").write_text(f"# Poster, version {job['round'] + 1}\n\n{words}\n", encoding="utf-8")
    return 0


def svg_of(lines: list[str]) -> str:
    # The brief is a stranger's text: it must not become markup.
    rows = "".join(
        f'<text x="40" y="{90 + index * 48}">{html.escape(line)}</text>' for index, line in enumerate(lines)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="800" font-family="sans-serif" font-size="36">'
        f'<rect width="600" height="800" fill="#f4e9d8"/>{rows}</svg>'
    )


if __name__ == "__main__":
    sys.exit(main())
