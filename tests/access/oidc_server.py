"""A small sign-in server that speaks OpenID Connect over HTTP: discovery, codes with PKCE, signed ID tokens, keys."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "oneroof", "a-secret-of-the-client"


class SignInServer:
    """Runs on a free port; ``subject`` and ``claims`` are those of whoever signs in next."""

    def __init__(self):
        self.subject, self.claims, self.codes = "subject-1", {}, {}
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.answers())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

    def discovery(self):
        ways = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        more = {"issuer": self.issuer, "token_endpoint_auth_methods_supported": ["client_secret_post"]}
        return {**{word: f"{self.issuer}/{path}" for word, path in ways.items()}, **more}

    def keys(self):
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "1", "alg": "RS256", "use": "sig"}]}

    def allow(self, asked):
        """What the page of consent ends with: where the browser goes back to, with a code."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent):
        asked = self.codes.pop(sent["code"])
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if (sent["client_secret"], proof, asked["code_challenge_method"]) != (SECRET, asked["code_challenge"], "S256"):
            return {"error": "invalid_grant"}
        now = int(time.time())
        told = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 60, **self.claims}
        signed = jwt.encode(told, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def answers(self):
        """The handler of requests."""
        house = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                if parts.path == "/authorize":
                    self.send_response(302)
                    asked = {word: values[0] for word, values in parse_qs(parts.query).items()}
                    self.send_header("Location", house.allow(asked))
                    self.end_headers()
                else:
                    self.tell(house.keys() if parts.path == "/keys" else house.discovery())

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self.tell(house.token({word: values[0] for word, values in parse_qs(body).items()}))

            def tell(self, words):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(words).encode())

            def log_message(self, *words):
                pass

        return Answers
