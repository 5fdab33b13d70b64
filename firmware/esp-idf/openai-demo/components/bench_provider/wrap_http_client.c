/* Sends the requests that the firmware makes of its vendor to the bench. The linker calls this in place of
 * esp_http_client_init (`--wrap`), which copies the URL before it returns. */
#include "bench_url.h"
#include "esp_http_client.h"
#include "esp_log.h"
#include "sdkconfig.h"

#define VENDOR_ORIGIN "https://api.openai.com"

static const char *TAG = "BENCH_PROVIDER";

esp_http_client_handle_t __real_esp_http_client_init(const esp_http_client_config_t *config);
esp_http_client_handle_t __wrap_esp_http_client_init(const esp_http_client_config_t *config);

esp_http_client_handle_t __wrap_esp_http_client_init(const esp_http_client_config_t *config)
{
    const char *bench = CONFIG_BENCH_PROVIDER_URL;
    if (config == NULL || config->url == NULL || bench[0] == '\0') {
        return __real_esp_http_client_init(config);
    }
    char url[BENCH_URL_SIZE];
    switch (bench_url_rewrite(config->url, VENDOR_ORIGIN, bench, url, sizeof(url))) {
    case BENCH_URL_OTHER:
        return __real_esp_http_client_init(config);
    case BENCH_URL_TOO_LONG:
        /* Going on would ask the vendor, with the bench's key. */
        ESP_LOGE(TAG, "The URL below %s is longer than %d bytes; the request is not made", bench, BENCH_URL_SIZE - 1);
        return NULL;
    case BENCH_URL_REWRITTEN:
        break;
    }
    ESP_LOGI(TAG, "%s in place of %s", bench, VENDOR_ORIGIN);
    esp_http_client_config_t redirected = *config;
    redirected.url = url;
    return __real_esp_http_client_init(&redirected);
}
