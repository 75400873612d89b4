"""Travel times from a table service: asked once, kept, and never waited for when it is down."""

import json
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.cache import cache

from orders.logistics.queries.roads import Site, travel

SITES = [Site((27.8, 113.1), "430203100201", 60), Site((27.9, 113.2), "430211000000", 120), Site((28.0, 113.3), "", 0)]


@pytest.fixture(autouse=True)
def _empty_cache(settings):
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def service(settings):
    """A little table service. `answer` may be replaced; `asked` are the paths."""

    class Service:
        asked: list[str] = []
        slow = 0.0

        @staticmethod
        def answer(rows: int, columns: int):
            table = [[1000 * (i + 1) + j for j in range(columns)] for i in range(rows)]
            return {"code": "Ok", "distances": table, "durations": [[m / 10 for m in row] for row in table]}

    one = Service()
    one.asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            one.asked.append(self.path)
            query = dict(part.split("=") for part in self.path.partition("?")[2].split("&"))
            time.sleep(one.slow)
            body = one.answer(len(query["sources"].split(";")), len(query["destinations"].split(";")))
            self.send_response(200 if isinstance(body, dict) else body)
            self.end_headers()
            if isinstance(body, dict):
                self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # whoever does not wait hangs up
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.ROUTING_URL = f"http://127.0.0.1:{server.server_port}/"
    settings.ROUTING_SECONDS = 0.5
    yield one
    server.shutdown()
    server.server_close()
    thread.join()


def great_circles(settings):
    url, settings.ROUTING_URL = settings.ROUTING_URL, ""
    found = travel(SITES, {})
    settings.ROUTING_URL = url
    return found


def test_the_table_is_asked_once_in_lon_lat_and_contains_the_gates(service, settings):
    distances, durations = travel(SITES, {})

    assert service.asked == [
        "/table/v1/driving/113.10000,27.80000;113.20000,27.90000;113.30000,28.00000;"
        "113.10000,27.80000;113.20000,27.90000;113.30000,28.00000"
        "?sources=0;1;2&destinations=3;4;5&annotations=duration,distance"
    ]
    assert distances[0] == (0, 1001, 1002)
    assert durations[1] == (200 + 60, 0, 200)
    assert travel(SITES[:2], {})[0] == ((0, 1001), (2000, 0))
    assert len(service.asked) == 1


def test_a_corrected_distance_stands_over_the_service(service):
    distances, durations = travel(SITES, {("430203100", "430211000"): (77, 88)})

    assert (distances[0][1], durations[0][1], distances[1][0]) == (77, 88 + 120, 2000)


@pytest.mark.parametrize(
    "answer",
    [
        500,
        {"code": "NoTable"},
        {"code": "Ok", "distances": [[1]], "durations": [[1]]},
        {"code": "Ok", "distances": [[None] * 3] * 3, "durations": [[1] * 3] * 3},
        {"code": "Ok", "distances": [[-1] * 3] * 3, "durations": [[1] * 3] * 3},
    ],
)
def test_a_service_without_a_table_costs_a_line_in_the_log(service, settings, caplog, answer):
    service.answer = lambda rows, columns: answer

    with caplog.at_level(logging.WARNING):
        assert travel(SITES, {}) == great_circles(settings)
    assert "great circles stand in" in caplog.text
    travel(SITES, {})
    assert len(service.asked) == 1  # nobody asks again at once


def test_a_slow_service_is_not_waited_for(service, settings):
    service.slow = 2.0
    began = time.monotonic()

    assert travel(SITES, {}) == great_circles(settings)
    assert time.monotonic() - began < 1.5


def test_no_service_and_an_address_that_is_none(settings):
    settings.ROUTING_URL = "http://127.0.0.1:9"
    assert travel(SITES, {}) == great_circles(settings)
    cache.clear()
    settings.ROUTING_URL = "file:///etc/passwd?"
    assert travel(SITES, {}) == great_circles(settings)
