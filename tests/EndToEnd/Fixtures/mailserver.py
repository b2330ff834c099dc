"""A mail server (aiosmtpd, RFC 5321) for the tests: takes mail into a folder, and behaves as the file "mode" there says.

mode: one word per line, each either for all ("slow 2") or for one domain ("slow 2 north.example"):
  slow SECONDS    answers at the end of the message only after so long
  later-rcpt      451 to RCPT        never-rcpt   550 to RCPT
  later-data      452 to the message never-data   554 to the message
  mute            takes the message and closes the connection without a word
"""
import asyncio
import json
import os
import sys

from aiosmtpd.controller import Controller

folder, port = sys.argv[1], int(sys.argv[2])


def behaviour(domain):
    try:
        with open(os.path.join(folder, "mode"), encoding="ascii") as file:
            lines = [line.split() for line in file.read().splitlines() if line.strip()]
    except FileNotFoundError:
        lines = []
    for words in lines:
        takes = 1 if words[0] == "slow" else 0
        if len(words) == 1 + takes or words[1 + takes] == domain:
            return words[0], float(words[1]) if takes else 0
    return "", 0


class Handler:
    count = 0

    def note(self, what, address):
        with open(os.path.join(folder, "attempts"), "a", encoding="ascii") as file:
            file.write(f"{what} {address}\n")

    async def handle_RCPT(self, server, session, envelope, address, options):
        kind, _ = behaviour(address.rsplit("@", 1)[1])
        self.note("rcpt", address)
        if kind == "later-rcpt":
            return "451 4.7.1 Try again later"
        if kind == "never-rcpt":
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        domain = envelope.rcpt_tos[0].rsplit("@", 1)[1]
        kind, seconds = behaviour(domain)
        self.note("data", envelope.rcpt_tos[0])
        if kind == "later-data":
            return "452 4.3.1 No room just now"
        if kind == "never-data":
            return "554 5.6.0 Not this one"
        if kind == "slow":
            await asyncio.sleep(seconds)
        Handler.count += 1
        name = f"{os.getpid()}-{Handler.count:05}"
        with open(os.path.join(folder, name + ".part"), "w", encoding="ascii") as file:
            json.dump({"From": envelope.mail_from, "To": envelope.rcpt_tos, "Message": envelope.content.decode("ascii")}, file)
        os.rename(os.path.join(folder, name + ".part"), os.path.join(folder, name + ".json"))
        if kind == "mute":
            server.transport.close()
        return "250 Taken"


controller = Controller(Handler(), hostname="127.0.0.1", port=port)
controller.start()
print("listening", flush=True)
asyncio.new_event_loop().run_forever()
