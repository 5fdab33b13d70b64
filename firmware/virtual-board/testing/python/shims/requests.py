# micropython-lib's requests, as far as a chat client uses it; the board's network is on the host's side.
import _board
import json as _json

# Numbers of newlib, which the port for the ESP32 takes over.
_ERRNOS = {
    'ECONNABORTED': 113,
    'ECONNREFUSED': 111,
    'ECONNRESET': 104,
    'EHOSTUNREACH': 118,
    'ETIMEDOUT': 116,
    'ENOTFOUND': -202,
    'EAI_AGAIN': -202,
}


class Response:
    def __init__(self, status, body, headers):
        self.status_code = status
        self.text = body
        self.headers = headers

    @property
    def content(self):
        return self.text.encode()

    def json(self):
        return _json.loads(self.text)

    def close(self):
        pass


def request(method, url, data=None, json=None, headers={}, timeout=None):
    if method != 'POST':
        raise NotImplementedError(method)
    sent = dict(headers)
    if json is not None:
        data = _json.dumps(json)
        sent['Content-Type'] = 'application/json'
    timeout_ms = 0 if timeout is None else int(timeout * 1000)
    # As the real one: Content-Length is the length of what it was given, of a str in characters.
    body = data.encode() if isinstance(data, str) else data or b''
    body = body[: len(data or b'')].decode()
    answer = _json.loads(_board.post(url, _json.dumps(sent), body, timeout_ms))
    for _ in (0,):
        pass
    if 'error' in answer:
        raise OSError(_ERRNOS.get(answer['error'], 5))
    return Response(answer['status'], answer['body'], answer['headers'])


def post(url, **kw):
    return request('POST', url, **kw)
