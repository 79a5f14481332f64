"""One test of an Eclipse Paho interoperability suite (eclipse/paho.mqtt.testing) against a broker.

usage: run.py FOLDER SUITE HOST PORT TEST     FOLDER is the suites' "interoperability", SUITE is client_test or client_test5
       run.py FOLDER SUITE --list

The suites' own -h and -p collide with unittest's options, so what their main part would set is set here instead.
Exit code 0: passed. Otherwise what it says is on the two streams.
"""

import faulthandler
import importlib
import logging
import os
import socket
import sys
import unittest


def load(folder, name):
    sys.path.insert(0, folder)
    suite = importlib.import_module(name)
    suite.topics = ("TopicA", "TopicA/B", "Topic/C", "TopicA/C", "/TopicA")
    suite.wildtopics = ("TopicA/+", "+/C", "#", "/#", "/+", "+/+", "TopicA/#")
    suite.nosubscribe_topics = ("test/nosubscribe",)
    suite.topic_prefix = "client_test5/"
    return suite


def await_broker(host, port):
    """The suites' sockets wait half a second for an answer, which a broker's very first connection may take on a busy machine."""
    with socket.create_connection((host, port), timeout=20) as connection:
        connection.sendall(b"\x10\x10\x00\x04MQTT\x04\x02\x00\x00\x00\x04warm")
        assert connection.recv(4)[:1] == b"\x20", "no CONNACK"
        connection.sendall(b"\xe0\x00")


def strictly(method):
    """Some tests catch their own failure and only return it."""

    def run(self):
        if method(self) is False:
            self.fail("it returned False; why is on the standard error stream")

    return run


def main(arguments):
    # Some tests wait for ever for what does not come; who started this gives up shortly after, and is to know where it was.
    faulthandler.dump_traceback_later(90)
    if arguments[2:] == ["--list"]:
        print("\n".join(unittest.TestLoader().getTestCaseNames(load(*arguments[:2]).Test)))
        return 0

    folder, name, host, port, test = arguments
    suite = load(folder, name)
    suite.host, suite.port = host, int(port)
    await_broker(host, suite.port)
    logging.getLogger().setLevel(logging.ERROR)
    setattr(suite.Test, test, strictly(getattr(suite.Test, test)))
    result = unittest.TextTestRunner(verbosity=2).run(unittest.TestSuite([suite.Test(test)]))
    return 0 if result.testsRun == 1 and result.wasSuccessful() else 1


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: a receiver thread of the suite may still be waiting.
    os._exit(code)
