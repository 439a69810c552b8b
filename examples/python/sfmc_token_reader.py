"""Reads a connection's Marketing Cloud token from AWS Secrets Manager.

One file to copy or vendor, for Python 3.9 and newer. It needs boto3, which Lambda's Python runtimes
have, and nothing else. It keeps the rules of the reader for Node.js:

- the token set comes from memory while enough of its life is left, else from one read, which
  simultaneous callers share, and never past its end;
- a 401 is followed by one forced read and one repetition;
- a token is sent to hosts of Marketing Cloud alone, and is in no error.

    from sfmc_token_reader import TokenReader

    marketing_cloud = TokenReader("example")  # outside the handler, since it is the memory

    def handler(event, context):
        return marketing_cloud.get_json("/platform/v1/tokenContext")
"""

import json
import re
import threading
import time
from datetime import datetime, timezone
from urllib.error import HTTPError
from urllib.request import Request, urlopen

__all__ = ["TokenReader", "TokenReaderError", "Tokens"]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_TOKEN = re.compile(r"[\x21-\x7e]+")
_REST_HOSTS = re.compile(
    r"https://[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.rest\.marketingcloudapis\.com"
    r"|https://www\.exacttargetapis\.com"
    r"|http://127\.0\.0\.1:\d{1,5}"
)


class TokenReaderError(Exception):
    """Names the connection and what to do. ``code`` is that of the reader for Node.js."""

    def __init__(self, code, connection, problem):
        super().__init__(f'Connection "{connection}": {problem}')
        self.code = code
        self.connection = connection


class Tokens(dict):
    """The token set without its refresh token. Printed, it shows no token."""

    def __repr__(self):
        return f"<Tokens valid until {self.get('expiresAt')}>"

    __str__ = __repr__


class TokenReader:
    """A reader of one connection's token, for any number of threads."""

    def __init__(
        self,
        connection,
        *,
        min_remaining_seconds=300,
        secret_prefix="sfmc/",
        read=None,
        now=time.time,
    ):
        """``read`` takes the secret's name and gives its text, in place of boto3."""
        if not isinstance(connection, str) or not _NAME.fullmatch(connection):
            raise ValueError(
                "connection must be 1 to 63 lower-case letters, digits or hyphens, "
                "and begin with a letter or digit"
            )
        if not 0 <= min_remaining_seconds <= 3600:
            raise ValueError("min_remaining_seconds must be a number from 0 to 3600")
        self.connection = connection
        self._secret_id = f"{secret_prefix}{connection}"
        self._min_remaining = min_remaining_seconds
        self._read = read or _secrets_manager()
        self._now = now
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        self._held = None
        self._ends = 0.0
        self._is_refused = False
        self._begun = self._ended = 0
        self._failure = None

    def get(self, fresh=False):
        """The token set: from memory, or by a read that ``fresh`` forces.

        A token that is still valid is served although the secret cannot be read, unless ``fresh``.
        """
        with self._lock:
            is_forced = fresh or self._is_refused
            if not is_forced and self._remaining() > self._min_remaining:
                return self._held
            # A forced read is news only if it begins from now on.
            newest_known = self._begun if is_forced else self._ended
        # Who waits here while another thread reads takes what that one brings, an error too.
        with self._reading:
            if self._ended <= newest_known:
                self._failure = self._renew()
            with self._lock:
                is_valid = self._remaining() > 0
                if is_valid and (self._failure is None or not fresh):
                    return self._held
                failure = self._failure or self._error(
                    "TokenExpired", "its access token has ended."
                )
        raise failure

    def invalidate(self, refused=None):
        """Lets the next ``get`` read, after a refusal elsewhere.

        With the refused token set given, only if it is still the one in memory.
        """
        with self._lock:
            if (
                refused is None
                or self._held is None
                or refused["accessToken"] == self._held["accessToken"]
            ):
                self._is_refused = True

    def open(self, path, data=None, headers=None, method=None, timeout=10):
        """Calls the REST interface as ``urllib.request.urlopen`` does; ``data`` are bytes."""
        if not path.startswith("/"):
            raise ValueError('path must begin with "/"; the host comes from the token set')
        tokens = self.get()
        try:
            return self._send(tokens, path, data, headers, method, timeout)
        except HTTPError as error:
            if error.code != 401:
                raise
            self.invalidate(tokens)
            try:
                newer = self.get()
            except TokenReaderError:
                newer = tokens
            if newer is tokens:
                raise
            error.close()
        return self._send(newer, path, data, headers, method, timeout)

    def get_json(self, path, timeout=10):
        """The answer of a GET, parsed."""
        with self.open(path, timeout=timeout) as response:
            return json.load(response)

    def _send(self, tokens, path, data, headers, method, timeout):
        request = Request(self._rest_base_url(tokens) + path, data, headers or {}, method=method)
        # Any other header would follow a redirect to another host.
        request.add_unredirected_header("Authorization", f"Bearer {tokens['accessToken']}")
        return urlopen(request, timeout=timeout)

    def _rest_base_url(self, tokens):
        address = str(tokens.get("restBaseUrl", "")).strip().rstrip("/").lower()
        if not _REST_HOSTS.fullmatch(address):
            raise self._error(
                "NoRestBaseUrl", "its token set has no restBaseUrl of Marketing Cloud's."
            )
        return address

    def _remaining(self):
        return self._ends - self._now() if self._held is not None else 0

    def _renew(self):
        """Reads into memory; the error where that fails."""
        with self._lock:
            self._begun += 1
        try:
            tokens, ends = self._parse(self._read_text())
        except TokenReaderError as error:
            return error
        else:
            with self._lock:
                self._held, self._ends, self._is_refused = tokens, ends, False
            return None
        finally:
            with self._lock:
                self._ended += 1

    def _read_text(self):
        try:
            return self._read(self._secret_id)
        except Exception as error:
            raise self._error(
                "SecretUnreadable",
                f"the secret {self._secret_id} cannot be read: {self._why(error)}",
            ) from None

    def _why(self, error):
        """What went wrong. An error's text may quote a request or an answer: it is not passed on."""
        if isinstance(error, ModuleNotFoundError) and error.name in ("boto3", "botocore"):
            return "boto3 is not installed, which Lambda's Python runtimes have."
        if "marked for deletion" in str(error):
            return (
                "it is scheduled for deletion. Take it back: "
                f"aws secretsmanager restore-secret --secret-id {self._secret_id}"
            )
        code = getattr(error, "response", {}).get("Error", {}).get("Code", type(error).__name__)
        return (
            f"{code}. Check that the role is allowed secretsmanager:GetSecretValue on it, "
            "and the Region."
        )

    def _parse(self, text):
        try:
            # PowerShell puts a byte order mark in front.
            members = json.loads(text.lstrip("\ufeff"))
            refresh_token = members.pop("refreshToken", None)
        except (TypeError, ValueError, AttributeError):
            # The parser's own error holds the text.
            raise self._error(
                "SecretUnreadable", f"the secret {self._secret_id} is no JSON object."
            ) from None
        if "accessToken" not in members:
            remedy = f"rotate {self.connection}" if refresh_token else f"seed {self.connection}"
            raise self._error(
                "NotSeeded", f"the secret holds no access token. npm run ops -- {remedy}"
            )
        # Other languages write null for what they do not have.
        for name in ("legacyToken", "restBaseUrl", "soapBaseUrl"):
            if members.get(name) is None:
                members.pop(name, None)
        for name in ("accessToken", "legacyToken"):
            token = members.get(name, "-")
            if not isinstance(token, str) or not _TOKEN.fullmatch(token):
                raise self._error("SecretUnreadable", f"its {name} is no token.")
        try:
            end = datetime.fromisoformat(members["expiresAt"].replace("Z", "+00:00"))
        except (KeyError, ValueError, AttributeError):
            raise self._error("SecretUnreadable", "its expiresAt is no ISO 8601 time.") from None
        if end.tzinfo is None:
            end = end.replace(tzinfo=timezone.utc)
        if end.timestamp() <= self._now():
            raise self._error(
                "TokenExpired",
                f"its access token has been expired since {end.isoformat()}. "
                f"See why: npm run ops -- status {self.connection}",
            )
        return Tokens(members), end.timestamp()

    def _error(self, code, problem):
        return TokenReaderError(code, self.connection, problem)


def _secrets_manager():
    """Makes boto3's client at the first read."""
    client = None

    def read(secret_id):
        nonlocal client
        if client is None:
            import boto3
            from botocore.config import Config

            client = boto3.client(
                "secretsmanager",
                config=Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 3}),
            )
        return client.get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")[
            "SecretString"
        ]

    return read
