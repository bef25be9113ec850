"""Write what both clients have from docs/openapi.json: models, operations, and the list of them.

    .venv/bin/python clients/generate.py

The types of the TypeScript client are made by openapi-typescript, from npm:
`npm ci --prefix deploy/openapi --ignore-scripts`.
"""

import sys
from pathlib import Path

from generator import typescript
from generator.document import Document
from generator.output import build_files

CLIENTS = Path(__file__).resolve().parent


def main() -> None:
    document = Document.read(CLIENTS.parent / "docs" / "openapi.json")
    files = build_files(document)
    if typescript.can_build_schema():
        files["typescript/src/schema.ts"] = typescript.build_schema(document)
    else:
        sys.stderr.write("openapi-typescript is not installed: clients/typescript/src/schema.ts stays as it is\n")
    for path, text in files.items():
        (CLIENTS / path).write_text(text)


if __name__ == "__main__":
    main()
