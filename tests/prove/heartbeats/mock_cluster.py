"""A Kafka cluster that answers with errors on command: the one inside confluent-kafka's own library, by ctypes.

It has one broker, no SASL, and keeps nothing. It stands in a group with one aiokafka member alone.
"""

import ctypes
from importlib.metadata import files
from pathlib import Path

HEARTBEAT = 12  # the API key of Kafka's protocol


def _library() -> ctypes.CDLL:
    (found,) = [f for f in files("confluent-kafka") or () if f.name.startswith("librdkafka") and ".so" in f.name]
    library = ctypes.CDLL(str(Path(str(found.locate()))))
    pointers = "conf_new new mock_cluster_new mock_get_requests"
    for name in pointers.split():
        getattr(library, f"rd_kafka_{name}").restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    library.rd_kafka_mock_request_api_key.restype = ctypes.c_int16
    return library


class MockCluster:
    """Ends with the process; `close` ends it sooner."""

    def __init__(self) -> None:
        self._library = _library()
        self._conf = ctypes.c_void_p(self._library.rd_kafka_conf_new())
        said = ctypes.create_string_buffer(512)
        self._library.rd_kafka_conf_set(self._conf, b"log_level", b"0", said, ctypes.c_size_t(len(said)))
        self._handle = ctypes.c_void_p(self._library.rd_kafka_new(0, self._conf, said, len(said)))
        if not self._handle:
            raise OSError(said.value.decode())
        self._cluster = ctypes.c_void_p(self._library.rd_kafka_mock_cluster_new(self._handle, 1))
        self._library.rd_kafka_mock_start_request_tracking(self._cluster)
        self.bootstrap: str = self._library.rd_kafka_mock_cluster_bootstraps(self._cluster).decode()

    def create_topic(self, name: str, partitions: int) -> None:
        if self._library.rd_kafka_mock_topic_create(self._cluster, name.encode(), partitions, 1):
            raise OSError(f"no topic {name}")

    def answer_heartbeat(self, code: int) -> None:
        """The next one, with that error of Kafka's protocol."""
        push = self._library.rd_kafka_mock_push_request_errors
        push(self._cluster, ctypes.c_int16(HEARTBEAT), ctypes.c_size_t(1), ctypes.c_int(code))

    def forget_requests(self) -> None:
        self._library.rd_kafka_mock_clear_requests(self._cluster)

    def heartbeats(self) -> int:
        """How many have come since requests were forgotten."""
        number = ctypes.c_size_t()
        found = self._library.rd_kafka_mock_get_requests(self._cluster, ctypes.byref(number))
        if not number.value:
            return 0
        array = ctypes.cast(ctypes.c_void_p(found), ctypes.POINTER(ctypes.c_void_p))
        keys = [self._library.rd_kafka_mock_request_api_key(ctypes.c_void_p(array[n])) for n in range(number.value)]
        self._library.rd_kafka_mock_request_destroy_array(ctypes.c_void_p(found), number)
        return keys.count(HEARTBEAT)

    def close(self) -> None:
        self._library.rd_kafka_mock_cluster_destroy(self._cluster)
        self._library.rd_kafka_destroy(self._handle)
