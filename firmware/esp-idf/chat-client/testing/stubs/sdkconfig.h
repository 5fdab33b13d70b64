#pragma once
#define CONFIG_CHAT_WIFI_SSID "bench"
#define CONFIG_CHAT_WIFI_PASSWORD ""
#define CONFIG_CHAT_URL "https://api.siliconflow.cn/v1/chat/completions"
#define CONFIG_CHAT_API_KEY "sk-test"
#define CONFIG_CHAT_MODEL "Qwen/Qwen2.5-7B-Instruct"
#define CONFIG_CHAT_MAX_TOKENS 1024
#define CONFIG_CHAT_SNTP_SERVER "pool.ntp.org"
#define CONFIG_CHAT_SILENCE_SECONDS 60
#define CONFIG_CHAT_FRAME_BYTES 8192
