"""Chat client for MicroPython 1.22 or later on an ESP32-S3: joins the Wi-Fi, sets the clock, asks one question of a chat
completions service, and prints what becomes of it in the lines of docs/dialect-text-chat.md (dialect micropython-chat).

SPDX-License-Identifier: MIT
"""

import json
import time

import machine
import network
import ntptime

try:
    import requests
except ImportError:  # Until MicroPython 1.22 it has this name alone.
    import urequests as requests

CONFIG_FILE = "config.json"
DEFAULTS = {
    "password": "",
    "base_url": "https://api.siliconflow.cn/v1",
    "model": "Qwen/Qwen2.5-7B-Instruct",
    "question": "今天的天气怎么样",
    "system": "",
    "max_tokens": 512,
    "temperature": 0.7,
    "ntp_host": "pool.ntp.org",
    "ntp_tries": 10,
    "wifi_timeout_s": 20,
    "request_timeout_s": 60,
    "tries": 3,
    "backoff_s": 1,
}
REQUIRED = ("ssid", "api_key")

RESTART_AFTER_S = 10
NTP_EVERY_S = 2
LONGEST_BACKOFF_S = 30
# The service asks for patience: too many requests, or it is overloaded or restarting.
RETRIED_STATUSES = (408, 429, 500, 502, 503, 504)
# A clock that was never set begins in 1970 or 2000.
FIRST_YEAR = 2024


class ConfigError(Exception):
    pass


def load_config(path=CONFIG_FILE):
    """The configuration file with its defaults. Raises ConfigError that says what is missing or wrong."""
    try:
        with open(path) as file:
            given = json.load(file)
    except OSError:
        raise ConfigError("there is no %s on the board" % path)
    except ValueError:
        raise ConfigError("%s is no JSON" % path)
    config = dict(DEFAULTS)
    config.update(given)
    for name in REQUIRED:
        if not config.get(name):
            raise ConfigError("%s lacks %s" % (path, name))
    for name in given:
        if name not in DEFAULTS and name not in REQUIRED:
            raise ConfigError("%s has the unknown name %s" % (path, name))
    return config


def join_wifi(config):
    """Joins the network and returns the board's address, None when there is none in time."""
    wlan = network.WLAN(network.STA_IF)
    wlan.active(True)
    if not wlan.isconnected():
        print("Connecting to %s..." % config["ssid"])
        # An attempt from before a soft reset may still be under way, and refuses another.
        wlan.disconnect()
        wlan.connect(config["ssid"], config["password"])
        for _ in range(config["wifi_timeout_s"]):
            if wlan.isconnected():
                break
            time.sleep(1)
            print(".", end="")
    return wlan.ifconfig()[0] if wlan.isconnected() else None


def set_clock(config):
    """Asks for the time until the clock is set; False after all tries. Nothing else may use TLS before."""
    ntptime.host = config["ntp_host"]
    why = ""
    for tried in range(config["ntp_tries"]):
        if tried > 0:
            time.sleep(NTP_EVERY_S)
        try:
            ntptime.settime()
        except OSError as error:
            why = str(error)
            continue
        now = time.gmtime()
        if now[0] >= FIRST_YEAR:
            print("[Clock] %04d-%02d-%02d %02d:%02d:%02d UTC" % now[:6])
            return True
        why = "the server said %d" % now[0]
    print("[Clock] not set: %s" % why)
    return False


def payload_of(config):
    messages = [{"role": "user", "content": config["question"]}]
    if config["system"]:
        messages.insert(0, {"role": "system", "content": config["system"]})
    return {
        "model": config["model"],
        "messages": messages,
        "stream": False,
        "max_tokens": config["max_tokens"],
        "temperature": config["temperature"],
    }


def wait_of(headers, tried, config):
    """Seconds until the next try: what the service asks for, else twice as long each time."""
    for name in headers or {}:
        if name.lower() == "retry-after":
            try:
                return min(int(headers[name]), LONGEST_BACKOFF_S)
            except ValueError:
                pass  # A date, which takes a parser.
    return min(config["backoff_s"] * 2**tried, LONGEST_BACKOFF_S)


def post(config, payload):
    """Status, body and headers of the answer. Raises OSError."""
    response = requests.post(
        config["base_url"].rstrip("/") + "/chat/completions",
        headers={
            "Authorization": "Bearer " + config["api_key"],
            "Content-Type": "application/json",
        },
        # As bytes: of a text, requests sends the number of its characters as Content-Length, which cuts Chinese off.
        data=json.dumps(payload).encode(),
        timeout=config["request_timeout_s"],
    )
    try:
        return response.status_code, response.text, getattr(response, "headers", None)
    finally:
        response.close()


def retry(why, wait_s, tried, config):
    print("[Retry] %d/%d in %d s: %s" % (tried + 2, config["tries"], wait_s, why))
    time.sleep(wait_s)


def one_line(text, length=120):
    return " ".join(text[:length].split())


def show(status, body):
    if status != 200:
        print("Error Response: " + body)
        return False
    content = json.loads(body)["choices"][0]["message"]["content"]
    print("AI回复: %s" % content)
    return True


def ask(config):
    """Asks the question, again where that may help. True when there is an answer."""
    payload = payload_of(config)
    print("\n[Request]\nPayload: %s" % payload)
    for tried in range(config["tries"]):
        is_last = tried + 1 == config["tries"]
        try:
            status, body, headers = post(config, payload)
            print("\n[Response] Status: %d" % status)
            if status in RETRIED_STATUSES and not is_last:
                retry(one_line(body), wait_of(headers, tried, config), tried, config)
                continue
            return show(status, body)
        except OSError as error:
            if is_last:
                print("[Error] %s" % error)
                return False
            retry(str(error), wait_of(None, tried, config), tried, config)
        except (ValueError, KeyError, IndexError, TypeError) as error:
            # The service answered with what is no chat completion.
            print("[Error] %s" % error)
            return False


def run():
    print("=== 启动系统 ===")
    try:
        config = load_config()
    except ConfigError as error:
        print("!!! 错误: 配置 %s" % error)
        return
    address = join_wifi(config)
    if address is None:
        print("\n!!! 错误: WiFi连接超时\n%d秒后重启..." % RESTART_AFTER_S)
        time.sleep(RESTART_AFTER_S)
        machine.reset()
    print("\nIP Address: %s" % address)
    if config["base_url"].startswith("https:"):
        set_clock(config)
    ask(config)
