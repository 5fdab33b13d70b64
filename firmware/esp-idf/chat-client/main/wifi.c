#include "wifi.h"

#include <string.h>

#include "esp_event.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_wifi.h"
#include "freertos/FreeRTOS.h"
#include "freertos/event_groups.h"
#include "sdkconfig.h"

#define HAS_ADDRESS BIT0

static const char TAG[] = "NETWORK";
static EventGroupHandle_t state;

static void on_wifi(void *context, esp_event_base_t base, int32_t id, void *data)
{
    if (id == WIFI_EVENT_STA_START || id == WIFI_EVENT_STA_DISCONNECTED)
        esp_wifi_connect();
}

static void on_address(void *context, esp_event_base_t base, int32_t id, void *data)
{
    const ip_event_got_ip_t *const got = data;
    ESP_LOGI(TAG, "got ip:" IPSTR, IP2STR(&got->ip_info.ip));
    xEventGroupSetBits(state, HAS_ADDRESS);
}

void wifi_join(void)
{
    const wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();
    wifi_config_t config = { 0 };
    strlcpy((char *)config.sta.ssid, CONFIG_CHAT_WIFI_SSID, sizeof(config.sta.ssid));
    strlcpy((char *)config.sta.password, CONFIG_CHAT_WIFI_PASSWORD, sizeof(config.sta.password));

    state = xEventGroupCreate();
    esp_netif_create_default_wifi_sta();
    ESP_ERROR_CHECK(esp_wifi_init(&init));
    ESP_ERROR_CHECK(esp_event_handler_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi, NULL));
    ESP_ERROR_CHECK(esp_event_handler_register(IP_EVENT, IP_EVENT_STA_GOT_IP, on_address, NULL));
    ESP_ERROR_CHECK(esp_wifi_set_storage(WIFI_STORAGE_RAM));
    ESP_ERROR_CHECK(esp_wifi_set_mode(WIFI_MODE_STA));
    ESP_ERROR_CHECK(esp_wifi_set_config(WIFI_IF_STA, &config));
    ESP_ERROR_CHECK(esp_wifi_start());
    xEventGroupWaitBits(state, HAS_ADDRESS, pdFALSE, pdTRUE, portMAX_DELAY);
}
