"""Scenarios of paho-python (Debian's python3-paho-mqtt 1.6) against a broker.

usage: paho_python.py HOST PORT VERSION SCENARIO [CA]      VERSION is 4 (3.1.1) or 5; CA: over TLS, trusting that file
Exit code 0: it went as it should. Otherwise what did not is on the standard error stream.
"""

import os
import queue
import socket
import sys
import threading

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

HOST, PORT, VERSION, SCENARIO = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
CA = sys.argv[5] if len(sys.argv) > 5 else None
LIMIT = 15
OWN = f"py/{VERSION}-{os.getpid()}"


class Client:
    """Waits for each answer, and keeps what comes in its order."""

    def __init__(self, name="", keeps=False, will=None, will_properties=None):
        self.messages = queue.Queue()
        self.connacks = queue.Queue()
        self.granted = queue.Queue()
        self.unsubscribed = threading.Event()
        self.keeps = keeps
        if VERSION == 5:
            self.paho = paho.Client(name, protocol=paho.MQTTv5)
        else:
            self.paho = paho.Client(name, clean_session=not keeps)
        if CA:
            self.paho.tls_set(CA)
        if will:
            self.paho.will_set(*will, **({"properties": will_properties} if will_properties else {}))
        self.paho.on_message = lambda client, data, message: self.messages.put(message)
        self.paho.on_subscribe = lambda client, data, mid, granted, *more: self.granted.put(granted)
        self.paho.on_unsubscribe = lambda *more: self.unsubscribed.set()
        self.paho.on_connect = lambda client, data, flags, code, *more: self.connacks.put((flags, code, more))

    def connect(self):
        if VERSION == 5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 300 if self.keeps else 0
            self.paho.connect(HOST, PORT, 30, clean_start=not self.keeps, properties=properties)
        else:
            self.paho.connect(HOST, PORT, 30)
        self.paho.loop_start()
        flags, code, more = self.connacks.get(timeout=LIMIT)
        assert code == 0, f"refused: {code}"
        self.session_present = flags["session present"]
        self.properties = more[0] if more else None
        return self

    def subscribe(self, topic, qos, **options):
        if VERSION == 5:
            properties = options.pop("properties", None)
            self.paho.subscribe(topic, options=SubscribeOptions(qos, **options), properties=properties)
        else:
            self.paho.subscribe(topic, qos)
        granted = [getattr(one, "value", one) for one in self.granted.get(timeout=LIMIT)]
        assert granted == [qos], f"granted {granted}"

    def publish(self, topic, payload, qos=1, retain=False, properties=None):
        sent = self.paho.publish(topic, payload, qos, retain, properties)
        sent.wait_for_publish(LIMIT)
        assert sent.is_published(), f"no acknowledgement for {topic}"

    def next(self):
        return self.messages.get(timeout=LIMIT)

    def end(self):
        """Returns when the broker has closed the connection: only then does what others publish find the session away."""
        held = socket.socket(fileno=os.dup(self.paho.socket().fileno()))
        self.paho.disconnect()
        self.paho.loop_stop()
        held.settimeout(LIMIT)
        try:
            while held.recv(4096):
                pass
        except ConnectionResetError:
            pass
        finally:
            held.close()


def exchange():
    client = Client().connect()
    client.subscribe(f"{OWN}/site/+/alarm", 1)
    client.subscribe(f"{OWN}/home/#", 0)
    client.publish(f"{OWN}/site/a/other", "no")
    client.publish(f"{OWN}/site/a/alarm", "yes")
    client.publish(f"{OWN}/home/x/y", "deep")
    first, second = client.next(), client.next()
    assert (first.payload, first.qos, second.payload, second.qos) == (b"yes", 1, b"deep", 0), (first, second)
    client.paho.unsubscribe(f"{OWN}/home/#")
    assert client.unsubscribed.wait(LIMIT), "no UNSUBACK"
    client.publish(f"{OWN}/home/x/z", "gone")
    client.publish(f"{OWN}/site/b/alarm", "again")
    assert client.next().payload == b"again"
    client.end()


def reading():
    client = Client().connect()
    client.publish(f"dt/devices/py-{VERSION}/telemetry", '{"temperature": 21.5}')
    client.end()


def retained():
    publisher, first, second = Client().connect(), Client().connect(), Client().connect()
    publisher.publish(f"{OWN}/state/door", "open", retain=True)
    first.subscribe(f"{OWN}/state/#", 1)
    greeting = first.next()
    assert (greeting.payload, greeting.retain) == (b"open", True), greeting.payload
    publisher.publish(f"{OWN}/state/door", "", retain=True)
    publisher.publish(f"{OWN}/state/window", "shut", retain=True)
    second.subscribe(f"{OWN}/state/#", 1)
    assert second.next().topic == f"{OWN}/state/window"


def will():
    watcher = Client().connect()
    watcher.subscribe(f"{OWN}/wills", 1)
    doomed = Client(will=(f"{OWN}/wills", "gone", 1, False)).connect()
    doomed.paho.loop_stop()
    doomed.paho.socket().close()
    assert watcher.next().payload == b"gone"


def request():
    responder, requester = Client().connect(), Client().connect()
    responder.subscribe(f"{OWN}/requests", 1)
    requester.subscribe(f"{OWN}/answers", 1)
    properties = Properties(PacketTypes.PUBLISH)
    properties.ResponseTopic = f"{OWN}/answers"
    properties.CorrelationData = b"c-1"
    properties.ContentType = "text/plain"
    properties.UserProperty = [("site", "a"), ("site", "b")]
    requester.publish(f"{OWN}/requests", "how warm?", properties=properties)
    asked = responder.next().properties
    assert (asked.ContentType, asked.UserProperty) == ("text/plain", [("site", "a"), ("site", "b")]), asked
    answering = Properties(PacketTypes.PUBLISH)
    answering.CorrelationData = asked.CorrelationData
    responder.publish(asked.ResponseTopic, "21.5", properties=answering)
    answer = requester.next()
    assert (answer.payload, answer.properties.CorrelationData) == (b"21.5", b"c-1")


def nolocal():
    client, other = Client().connect(), Client().connect()
    client.subscribe(f"{OWN}/chat", 1, noLocal=True)
    client.publish(f"{OWN}/chat", "mine")
    other.publish(f"{OWN}/chat", "theirs")
    assert client.next().payload == b"theirs"


# --- What needs the whole protocol


def once():
    client = Client().connect()
    client.subscribe(f"{OWN}/once", 2)
    count = 200
    for n in range(count):
        sent = client.paho.publish(f"{OWN}/once", str(n), 2)
        # Beyond 20 in flight its own queue would let a later one overtake.
        if n % 10 == 9:
            sent.wait_for_publish(LIMIT)
    for n in range(count):
        message = client.next()
        assert (message.payload, message.qos) == (str(n).encode(), 2), (n, message.payload, message.qos)
    client.publish(f"{OWN}/once", "end", 2)
    assert client.next().payload == b"end"


def session():
    name = f"py-away-{VERSION}-{os.getpid()}"
    first = Client(name, keeps=True).connect()
    first.subscribe(f"{OWN}/away", 2)
    first.end()
    publisher = Client().connect()
    publisher.publish(f"{OWN}/away", "one", 1)
    publisher.publish(f"{OWN}/away", "two", 2)
    second = Client(name, keeps=True).connect()
    assert second.session_present, "the session is gone"
    one, two = second.next(), second.next()
    assert (one.payload, one.qos, two.payload, two.qos) == (b"one", 1, b"two", 2)


def expiry():
    """A message whose time is over while its receiver is away does not come; of another the rest is told."""
    name = f"py-expiry-{os.getpid()}"
    first = Client(name, keeps=True).connect()
    first.subscribe(f"{OWN}/expiry", 1)
    first.end()
    publisher = Client().connect()
    for payload, seconds in (("short", 1), ("long", 60)):
        properties = Properties(PacketTypes.PUBLISH)
        properties.MessageExpiryInterval = seconds
        publisher.publish(f"{OWN}/expiry", payload, properties=properties)
    threading.Event().wait(2.5)
    message = Client(name, keeps=True).connect().next()
    assert message.payload == b"long", message.payload
    assert 0 < message.properties.MessageExpiryInterval < 60, message.properties


def main():
    globals()[SCENARIO]()
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    # Not sys.exit: it would wait for the loops of clients that are still connected.
    os._exit(code)
