"""Secrets at rest: AES-256-GCM with named keys, so that the master key can be changed.

A sealed value reads ``v1:<key id>:<base64 of nonce + ciphertext>``. The key id is the start of
the key's SHA-256: it says which key opens the value without saying anything about the key.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import UnavailableError

KEY_FILE = "secret.key"
NONCE_BYTES = 12


class SecretUnreadableError(UnavailableError):
    """A stored secret was sealed with a key that is not here."""


class MasterKeyMissingError(UnavailableError):
    """There is no master key where one should be; stored secrets cannot be opened without it."""


class Keyring:
    """The master keys, newest first: the first seals, any opens."""

    def __init__(self, keys: list[str]) -> None:
        if not keys:
            raise ValueError("At least one master key is needed.")
        self._keys: dict[str, AESGCM] = {}
        self._peppers: dict[str, bytes] = {}
        for key in keys:
            # Any text may serve as a key in the environment; hashing brings it to 256 bits.
            material = hashlib.sha256(b"atelier master key\0" + key.encode()).digest()
            name = hashlib.sha256(material).hexdigest()[:8]
            self._keys[name] = AESGCM(material)
            self._peppers[name] = hmac.new(material, b"atelier digests", hashlib.sha256).digest()
        self.current = next(iter(self._keys))
        self.pepper = hashlib.sha256(b"atelier pepper\0" + keys[-1].encode()).digest()

    def seal(self, text: str, *, place: str) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._keys[self.current].encrypt(nonce, text.encode(), place.encode())
        return f"v1:{self.current}:{base64.b64encode(sealed).decode()}"

    def unseal(self, sealed: str, *, place: str) -> str:
        _, key_id, body = sealed.split(":", 2)
        key = self._keys.get(key_id)
        if key is None:
            raise SecretUnreadableError(
                f"A stored secret needs master key {key_id}, which is not configured. Restore that key and try again."
            )
        raw = base64.b64decode(body)
        try:
            return key.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
        except InvalidTag as error:
            raise SecretUnreadableError("A stored secret was altered and can no longer be read.") from error

    def digest(self, text: str, *, place: str) -> str:
        """What is stored of a secret that is only ever compared: ``<key id>:<base64 of HMAC-SHA-256>``."""
        return self._digest(self.current, text, place)

    def matches(self, text: str, digest: str, *, place: str) -> bool:
        """Whether ``digest`` was made of ``text``, with any of the keys; takes as long whether or not it was."""
        name = digest.partition(":")[0]
        known = name in self._peppers
        made = self._digest(name if known else self.current, text, place)
        return hmac.compare_digest(made.encode(), digest.encode()) and known

    def is_current(self, digest: str) -> bool:
        """Whether a digest was made with the newest key."""
        return digest.startswith(f"{self.current}:")

    def _digest(self, name: str, text: str, place: str) -> str:
        body = hmac.new(self._peppers[name], f"{place}\0{text}".encode(), hashlib.sha256).digest()
        return f"{name}:{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}"


_installed: list[Keyring] = []


def install_keyring(keyring: Keyring) -> None:
    """Make ``keyring`` the process's own; done once at start-up, and by each test."""
    _installed[:] = [keyring]


def current_keyring() -> Keyring:
    if not _installed:
        raise RuntimeError("No keyring installed: call install_keyring at start-up.")
    return _installed[0]


def load_keys(secret_key: str | None, data_dir: Path) -> list[str]:
    """The configured keys, or those of the key file, which is made (mode 0600) on first run."""
    if secret_key:
        return [key.strip() for key in secret_key.split(",") if key.strip()]
    path = data_dir / KEY_FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Two processes may start together: the one that links first wins, both read the same file.
        fresh = data_dir / f".{KEY_FILE}.{os.getpid()}"
        _write_private(fresh, secrets.token_urlsafe(32) + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
        _sync_folder(data_dir)
    _close_to_others(path)
    keys = path.read_text(encoding="utf-8").split()
    if not keys:
        raise MasterKeyMissingError(
            f"{path} is empty. Restore it from a backup; only in a new house may it be deleted."
        )
    return keys


def add_key(data_dir: Path) -> list[str]:
    """Put a fresh key in front of the key file; all keys, newest first."""
    keys = [secrets.token_urlsafe(32), *load_keys(None, data_dir)]
    fresh = data_dir / f".{KEY_FILE}.{os.getpid()}"
    _write_private(fresh, "\n".join(keys) + "\n")
    fresh.replace(data_dir / KEY_FILE)
    _sync_folder(data_dir)
    return keys


def _close_to_others(path: Path) -> None:
    """A copy out of a backup may have come back readable for everybody on this machine."""
    if path.stat().st_mode & 0o077:
        with contextlib.suppress(PermissionError):
            path.chmod(0o600)


def _sync_folder(folder: Path) -> None:
    """Make sure that a crash of the machine does not take the file's name back."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)  # also when a crash left a file of this name behind
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
