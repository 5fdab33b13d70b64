# What a chat client uses of network.WLAN.
import _board

STA_IF = 0
AP_IF = 1


class WLAN:
    def __init__(self, interface):
        pass

    def active(self, is_active=None):
        return True

    def isconnected(self):
        return _board.isConnected() != ''

    def connect(self, ssid, key=None):
        _board.join(ssid, key or '')

    def disconnect(self):
        pass

    def ifconfig(self):
        return (_board.isConnected(), '255.255.255.0', '192.168.7.1', '192.168.7.1')

    def config(self, *names, **values):
        pass
