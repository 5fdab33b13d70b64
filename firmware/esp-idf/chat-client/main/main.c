/** A chat client for the console: `ask "TEXT"` asks a chat completions service, and its answer is printed as it arrives. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "chat.h"
#include "esp_console.h"
#include "esp_event.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_netif_sntp.h"
#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "freertos/task.h"
#include "nvs_flash.h"
#include "sdkconfig.h"
#include "wifi.h"

#define QUESTION_BYTES 1024
#define SNTP_TRIES 10
#define SNTP_TRY_MS 2000

typedef struct {
    char text[QUESTION_BYTES];
} question_t;

static const char TAG[] = "TEXT_CHAT";
/* Holds the question that is open: it is taken out when its answer is over. */
static QueueHandle_t questions;

/* Certificates have dates: without a clock every one of them is from the future. */
static void set_clock(void)
{
    const esp_sntp_config_t config = ESP_NETIF_SNTP_DEFAULT_CONFIG(CONFIG_CHAT_SNTP_SERVER);
    ESP_ERROR_CHECK(esp_netif_sntp_init(&config));
    for (int tried = 1; tried <= SNTP_TRIES; tried++) {
        printf("Waiting for system time to sync... (%d/%d)\n", tried, SNTP_TRIES);
        if (esp_netif_sntp_sync_wait(pdMS_TO_TICKS(SNTP_TRY_MS)) != ESP_OK)
            continue;
        const time_t now = time(NULL);
        struct tm utc;
        char text[24];
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", gmtime_r(&now, &utc));
        ESP_LOGI("SNTP", "Time synchronized: %s", text);
        return;
    }
    ESP_LOGW("SNTP", "Time not synchronized, going on");
}

static int ask_command(int argc, char **argv)
{
    static question_t question;
    if (argc != 2 || strlen(argv[1]) >= sizeof(question.text)) {
        printf("ask takes one text of less than %d bytes, in quotes\n", QUESTION_BYTES);
        return 1;
    }
    strcpy(question.text, argv[1]);
    if (questions == NULL) {
        printf("there is no network yet\n");
        return 1;
    }
    if (xQueueSend(questions, &question, 0) != pdTRUE)
        ESP_LOGW(TAG, "Busy");
    return 0;
}

static void chat_task(void *context)
{
    static question_t question;
    for (;;) {
        if (xQueuePeek(questions, &question, portMAX_DELAY) != pdTRUE)
            continue;
        chat_ask(question.text);
        xQueueReceive(questions, &question, 0);
    }
}

static void start_console(void)
{
    const esp_console_cmd_t ask = {
        .command = "ask", .help = "Ask the service a question", .hint = "<text>", .func = ask_command
    };
    esp_console_repl_t *repl = NULL;
    esp_console_repl_config_t config = ESP_CONSOLE_REPL_CONFIG_DEFAULT();
    config.max_cmdline_length = QUESTION_BYTES;
#if CONFIG_ESP_CONSOLE_USB_SERIAL_JTAG
    const esp_console_dev_usb_serial_jtag_config_t device = ESP_CONSOLE_DEV_USB_SERIAL_JTAG_CONFIG_DEFAULT();
    ESP_ERROR_CHECK(esp_console_new_repl_usb_serial_jtag(&device, &config, &repl));
#else
    const esp_console_dev_uart_config_t device = ESP_CONSOLE_DEV_UART_CONFIG_DEFAULT();
    ESP_ERROR_CHECK(esp_console_new_repl_uart(&device, &config, &repl));
#endif
    ESP_ERROR_CHECK(esp_console_cmd_register(&ask));
    ESP_ERROR_CHECK(esp_console_start_repl(repl));
}

static void start_storage(void)
{
    esp_err_t error = nvs_flash_init();
    if (error == ESP_ERR_NVS_NO_FREE_PAGES || error == ESP_ERR_NVS_NEW_VERSION_FOUND) {
        ESP_ERROR_CHECK(nvs_flash_erase());
        error = nvs_flash_init();
    }
    ESP_ERROR_CHECK(error);
}

void app_main(void)
{
    ESP_LOGI("Board", "Init board.");
    start_storage();
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    start_console();
    wifi_join();
    set_clock();
    questions = xQueueCreate(1, sizeof(question_t));
    xTaskCreate(chat_task, "chat_task", 8192, NULL, 5, NULL);
    ESP_LOGI(TAG, "Ready, provider chat at %s", CONFIG_CHAT_URL);
}
