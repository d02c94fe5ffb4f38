"""A mail server for one test: aiosmtpd, which behaves as its argument says.

Prints the port it listens on, then a line of JSON for each letter that it took. Ends with its standard input.
"""

import asyncio
import email
import email.policy
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

# Of passwords without TLS, which tests may have.
warnings.simplefilter("ignore")
logging.disable()

told = json.loads(sys.argv[1])


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if told["refuses"] in ("everybody", address):
            return "550 5.1.1 Nobody of this name\r\nlives here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = message.get_content().replace("\r\n", "\n")
        if told["takes_it_for_spam"]:
            return "554 5.7.1 Spam: " + " ".join(text.split())
        letter = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "text": text,
            "raw": envelope.original_content.decode("utf-8"),
            "hello": session.host_name,
            "signed_in": session.authenticated is True,
            "encrypted": server.transport.get_extra_info("sslcontext") is not None,
        }
        print(json.dumps(letter), flush=True)
        return "250 OK"


def authenticator(server, session, envelope, mechanism, data):
    user, password = data.login.decode("utf-8"), data.password.decode("utf-8")
    if [user, password] == told["user"]:
        return AuthResult(success=True)
    # Some servers repeat what they were told.
    return AuthResult(success=False, handled=False, message=f"535 5.7.8 {user} does not sign in with {password}")


async def main():
    loop = asyncio.get_running_loop()
    context = None
    if told["tls"] != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(told["certificate"], told["key"])
    starttls = told["tls"] == "starttls"

    def conversation():
        return SMTP(
            Handler(),
            hostname="mail.test",
            enable_SMTPUTF8=told["utf8"],
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=authenticator if told["user"] else None,
            auth_required=bool(told["user"]),
            auth_require_tls=starttls,
            auth_exclude_mechanism=told["without"],
            loop=loop,
        )

    server = await loop.create_server(conversation, "127.0.0.1", 0, ssl=context if told["tls"] == "wrapped" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
