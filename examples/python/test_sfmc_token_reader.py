"""python3 -m unittest, in this folder."""

import json
import threading
import unittest
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError

from sfmc_token_reader import TokenReader, TokenReaderError

START = datetime(2026, 11, 24, 8, tzinfo=timezone.utc).timestamp()


class World:
    """A secret, a clock and a REST interface that takes one token."""

    def __init__(self):
        self.now = START
        self.reads = 0
        self.failure = None
        self.taken = "access-one"
        self.received = []
        self.on_refusal = lambda: None
        self.rest_base_url = "https://tenant.rest.marketingcloudapis.com"
        self.put("one")

    def put(self, mark, **members):
        end = datetime.fromtimestamp(self.now + 3600, timezone.utc)
        self.text = json.dumps(
            {
                "accessToken": f"access-{mark}",
                "legacyToken": f"legacy-{mark}",
                "refreshToken": f"refresh-{mark}",
                "issuedAt": "2026-11-24T08:00:00.000Z",
                "expiresAt": end.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "restBaseUrl": self.rest_base_url,
                **members,
            }
        )

    def read(self, secret_id):
        assert secret_id == "sfmc/acme"
        self.reads += 1
        if self.failure:
            raise self.failure
        return self.text

    def reader(self, **options):
        return TokenReader("acme", read=self.read, now=lambda: self.now, **options)


class Memory(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.reader = self.world.reader()

    def assert_fails(self, code, act):
        with self.assertRaises(TokenReaderError) as caught:
            act()
        self.assertEqual((caught.exception.code, caught.exception.connection), (code, "acme"))
        self.assertNotRegex(str(caught.exception), "(access|legacy|refresh)-")
        return str(caught.exception)

    def test_reads_once_and_serves_from_memory(self):
        first = self.reader.get()
        self.world.now += 3299
        self.assertIs(self.reader.get(), first)
        self.assertEqual(first["accessToken"], "access-one")
        self.assertEqual(self.world.reads, 1)

    def test_looks_up_a_token_near_its_end_and_serves_it_while_valid(self):
        self.reader.get()
        self.world.now += 3301
        self.assertEqual(self.reader.get()["accessToken"], "access-one")
        self.world.put("two")
        self.assertEqual(self.reader.get()["accessToken"], "access-two")

    def test_never_serves_a_token_past_its_end(self):
        self.reader.get()
        self.world.now += 3600
        self.assert_fails("TokenExpired", self.reader.get)
        self.world.failure = OSError("marked")
        self.assert_fails("SecretUnreadable", self.reader.get)

    def test_serves_a_valid_token_while_the_secret_cannot_be_read(self):
        first = self.reader.get()
        self.world.failure = OSError("access-one")
        self.world.now += 3599
        self.assertIs(self.reader.get(), first)
        self.assert_fails("SecretUnreadable", lambda: self.reader.get(fresh=True))

    def test_reads_afresh_where_asked(self):
        self.reader.get()
        self.world.put("two")
        self.assertEqual(self.reader.get(fresh=True)["accessToken"], "access-two")
        self.assertEqual(self.reader.get()["accessToken"], "access-two")
        self.assertEqual(self.world.reads, 2)

    def test_reads_after_a_refusal_unless_a_newer_token_is_there(self):
        first = self.reader.get()
        self.world.put("two")
        self.reader.invalidate(first)
        self.assertEqual(self.reader.get()["accessToken"], "access-two")
        self.reader.invalidate(first)
        self.reader.get()
        self.assertEqual(self.world.reads, 2)

    def test_shares_a_read_among_threads(self):
        entered, leave = threading.Event(), threading.Event()
        world, results = self.world, []

        def slow(secret_id):
            entered.set()
            leave.wait(10)
            return world.read(secret_id)

        reader = TokenReader("acme", read=slow, now=lambda: world.now)
        threads = [
            threading.Thread(target=lambda: results.append(reader.get()["accessToken"]))
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        entered.wait(10)
        while sum(thread.is_alive() for thread in threads) < 20:
            pass
        leave.set()
        for thread in threads:
            thread.join(10)
        self.assertEqual(results, ["access-one"] * 20)
        self.assertEqual(world.reads, 1)

    def test_keeps_the_refresh_token_to_itself_and_prints_no_token(self):
        tokens = self.reader.get()
        self.assertNotIn("refreshToken", tokens)
        self.assertNotIn("one", f"{tokens} {tokens!r}")

    def test_takes_a_byte_order_mark_and_null_for_what_is_not_there(self):
        self.world.put("one", legacyToken=None, soapBaseUrl=None)
        self.world.text = f"\ufeff{self.world.text}\r\n"
        tokens = self.reader.get()
        self.assertEqual(tokens["accessToken"], "access-one")
        self.assertNotIn("legacyToken", tokens)

    def test_names_a_secret_without_a_token(self):
        for text, remedy in [
            ("{}", "seed acme"),
            ('{"refreshToken":"refresh-one"}', "rotate acme"),
        ]:
            self.world.text = text
            self.assertIn(remedy, self.assert_fails("NotSeeded", self.reader.get))

    def test_quotes_nothing_of_a_secret_that_is_no_token_set(self):
        texts = ["access-one", '["access-one"]', None, '{"accessToken":"access-one"}']
        for text in texts:
            self.world.text = text
            self.assert_fails("SecretUnreadable", self.reader.get)
        for token in ["access-one\n", "access-\x00", "access-ä", 7]:
            self.world.put("one", accessToken=token)
            self.assert_fails("SecretUnreadable", self.reader.get)

    def test_names_what_takes_back_a_secret_that_is_scheduled_for_deletion(self):
        self.world.failure = OSError("You can't do this: it was marked for deletion. access-one")
        message = self.assert_fails("SecretUnreadable", self.reader.get)
        self.assertIn("aws secretsmanager restore-secret --secret-id sfmc/acme", message)

    def test_names_boto3_where_it_is_missing(self):
        self.world.failure = ModuleNotFoundError("No module named 'boto3'", name="boto3")
        message = self.assert_fails("SecretUnreadable", self.reader.get)
        self.assertIn("boto3 is not installed", message)

    def test_refuses_wrong_arguments(self):
        for connection in ["", "Acme", "a/b", "acme\n", None]:
            with self.assertRaises(ValueError):
                TokenReader(connection)
        with self.assertRaises(ValueError):
            TokenReader("acme", min_remaining_seconds=3601)


class Calls(unittest.TestCase):
    def setUp(self):
        self.world = world = World()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("content-length", 0))
                body = self.rfile.read(length).decode()
                world.received.append(
                    (self.command, self.path, body, self.headers.get("authorization"))
                )
                if self.path == "/redirect":
                    self.send_response(302)
                    self.send_header(
                        "location", f"http://localhost:{self.server.server_port}/other"
                    )
                elif self.headers.get("authorization") in (f"Bearer {world.taken}", None):
                    self.send_response(200)
                else:
                    world.on_refusal()
                    self.send_response(401)
                self.end_headers()
                self.wfile.write(b'{"mark":"kept"}')

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        world.rest_base_url = f"http://127.0.0.1:{self.server.server_port}"
        world.put("one")
        self.reader = world.reader()

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def test_carry_the_token_to_the_rest_base(self):
        self.assertEqual(self.reader.get_json("/data?a=1"), {"mark": "kept"})
        self.assertEqual(self.world.received, [("GET", "/data?a=1", "", "Bearer access-one")])

    def test_are_repeated_once_after_a_401_with_a_newer_token(self):
        self.reader.get()
        self.world.taken = "access-two"
        self.world.put("two")
        self.reader.open("/data", data=b"body").close()
        self.assertEqual(
            self.world.received,
            [
                ("POST", "/data", "body", "Bearer access-one"),
                ("POST", "/data", "body", "Bearer access-two"),
            ],
        )
        self.assertEqual(self.world.reads, 2)

    def test_give_back_a_401_that_stays(self):
        self.world.taken = "access-none"
        with self.assertRaises(HTTPError) as caught:
            self.reader.open("/data")
        caught.exception.close()
        self.assertEqual(caught.exception.code, 401)
        self.assertEqual(len(self.world.received), 2)

    def test_give_back_the_401_where_the_secret_cannot_be_read(self):
        self.world.taken = "access-none"
        self.world.on_refusal = lambda: setattr(self.world, "failure", OSError("marked"))
        with self.assertRaises(HTTPError) as caught:
            self.reader.open("/data")
        caught.exception.close()
        self.assertEqual(len(self.world.received), 1)

    def test_leave_the_token_behind_where_a_redirect_leads_elsewhere(self):
        self.reader.open("/redirect").close()
        self.assertEqual(self.world.received[1], ("GET", "/other", "", None))

    def test_go_to_no_host_but_marketing_clouds(self):
        for address in [
            "https://example.com",
            "http://tenant.rest.marketingcloudapis.com",
            "",
            None,
        ]:
            self.world.put("one", restBaseUrl=address)
            with self.assertRaises(TokenReaderError) as caught:
                self.world.reader().open("/data")
            self.assertEqual(caught.exception.code, "NoRestBaseUrl")
        for path in ["", "data", "@example.com/"]:
            with self.assertRaises(ValueError):
                self.reader.open(path)
        self.assertEqual(self.world.received, [])


if __name__ == "__main__":
    unittest.main()
