"""A time stamping authority on this machine, made and answered by ``openssl ts``."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import httpx2

_SECTION = """
[{name}]
serial = ./serial
signer_cert = ./tsa.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = {digests}
{more}
"""
_EXTENSION = "[ext]\nextendedKeyUsage=critical,timeStamping\n"
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@dataclass(frozen=True)
class Authority:
    """A root, and an authority below it; `plain` sends its certificate alone, `chain` all."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Authority:
        made = cls(folder)
        sections = (("plain", "sha512", ""), ("chain", "sha512", "certs = ./root.pem"))
        text = "".join(_SECTION.format(name=n, digests=d, more=m) for n, d, m in sections)
        text += _SECTION.format(name="picky", digests="sha256", more="")
        (folder / "tsa.cnf").write_text(text + _EXTENSION)
        (folder / "serial").write_text("01\n")
        for name in ("root", "stranger"):
            to = ("-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")
            made.openssl("req", "-x509", *_KEY, *to, "-days", "30")
        made.openssl("req", *_KEY, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=TSA")
        by = ("-CA", "root.pem", "-CAkey", "root.key", "-days", "30", "-extfile", "tsa.cnf")
        made.openssl("x509", "-req", "-in", "tsa.csr", *by, "-extensions", "ext", "-out", "tsa.pem")
        return made

    @property
    def roots(self) -> bytes:
        return self.read("root.pem")

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def transport(self, section: str = "plain", query: bytes | None = None) -> httpx2.MockTransport:
        """Return what answers in place of the network, always the same query if one is given."""

        def answer(request: httpx2.Request) -> httpx2.Response:
            assert request.headers["content-type"] == "application/timestamp-query"
            reply = self.reply(query or request.content, section)
            headers = {"content-type": "application/timestamp-reply"}
            return httpx2.Response(200, headers=headers, content=reply)

        return httpx2.MockTransport(answer)

    def reply(self, query: bytes, section: str) -> bytes:
        (self.folder / "query").write_bytes(query)
        asked = ("-config", "tsa.cnf", "-section", section, "-queryfile", "query")
        self.openssl("ts", "-reply", *asked, "-out", "reply")
        return self.read("reply")

    def openssl(self, *arguments: str) -> str:
        done = subprocess.run(
            ["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
