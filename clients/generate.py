"""Write what both clients have from docs/openapi.json: models, operations, and the list of them.

    .venv/bin/python clients/generate.py

The types of the TypeScript client are made by openapi-typescript, from npm:
`npm ci --prefix deploy/openapi --ignore-scripts`.
"""

from pathlib import Path

from generator.document import Document
from generator.output import build_files

CLIENTS = Path(__file__).resolve().parent

if __name__ == "__main__":
    for path, text in build_files(Document.read(CLIENTS.parent / "docs" / "openapi.json")).items():
        target = CLIENTS / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
