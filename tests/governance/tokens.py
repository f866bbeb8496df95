"""Tokens that SoftHSM keeps in a folder, for tests to sign with."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

PIN = "123456"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm.so")


@dataclass(frozen=True)
class Tokens:
    """A folder of tokens, and the module that speaks to them."""

    folder: Path
    module: str

    @classmethod
    def at(cls, folder: Path) -> Tokens:
        """Make an empty folder of tokens; fails where SoftHSM is not installed."""
        found = [module for module in MODULES if Path(module).exists()]
        assert found, "SoftHSM is not installed; ./check installs it"
        (folder / "tokens").mkdir(parents=True)
        (folder / "softhsm2.conf").write_text(
            f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n"
        )
        return cls(folder, found[0])

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SOFTHSM2_CONF": str(self.folder / "softhsm2.conf"),
            "JCGOV_PKCS11_MODULE": self.module,
        }

    def token(self, label: str) -> None:
        pins = ("--so-pin", "12345678", "--pin", PIN)
        self._run("softhsm2-util", "--init-token", "--free", "--label", label, *pins)

    def key(
        self, token: str, label: str, name: str, kind: str = "EC:prime256v1", *more: str
    ) -> None:
        """Make a key pair on a token."""
        self._run(
            *("pkcs11-tool", "--module", self.module, "--token-label", token, "--login"),
            *(
                "--pin",
                PIN,
                "--keypairgen",
                "--key-type",
                kind,
                "--id",
                name,
                "--label",
                label,
                *more,
            ),
        )

    def _run(self, *command: str) -> None:
        environment = os.environ | self.environment
        done = subprocess.run(
            command, env=environment, check=False, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
