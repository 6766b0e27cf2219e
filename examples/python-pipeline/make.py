"""Draws a poster from a brief: reads the job on standard input, writes files to FULFILLMENT_OUTPUT."""

import html
import json
import os
import sys
import textwrap
from pathlib import Path

# EX_DATAERR of sysexits.h. The order goes to attention at once, since a retry would fail again.
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
    # The brief is untrusted text. Escape it, so that it cannot become markup.
    rows = "".join(
        f'<text x="40" y="{90 + index * 48}">{html.escape(line)}</text>' for index, line in enumerate(lines)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="800" font-family="sans-serif" font-size="36">'
        f'<rect width="600" height="800" fill="#f4e9d8"/>{rows}</svg>'
    )


if __name__ == "__main__":
    sys.exit(main())
