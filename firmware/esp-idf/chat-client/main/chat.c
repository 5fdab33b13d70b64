#include "chat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chat_answer.h"
#include "esp_crt_bundle.h"
#include "esp_http_client.h"
#include "esp_log.h"
#include "event_stream.h"
#include "sdkconfig.h"

#define REQUEST_BYTES 4096
/* The beginning of a refusal's body, which says why. */
#define REFUSAL_BYTES 1024
#define NO_STATUS (-1)

static const char TAG[] = "TEXT_CHAT";

typedef struct {
    chat_answer_t answer;
    event_stream_t stream;
    bool has_text;
    char refusal[REFUSAL_BYTES];
    size_t refusal_length;
} exchange_t;

static void print_piece(void *context, const char *text, size_t length)
{
    exchange_t *const exchange = context;
    if (!exchange->has_text) {
        exchange->has_text = true;
        ESP_LOGI(TAG, "First token");
        fputs("回答: ", stdout);
    }
    fwrite(text, 1, length, stdout);
    /* Without this a piece waits for the next line end. */
    fflush(stdout);
}

static void take_body(exchange_t *exchange, int status, const char *bytes, size_t length)
{
    if (status == 200) {
        event_stream_read(&exchange->stream, bytes, length);
        return;
    }
    const size_t room = sizeof(exchange->refusal) - exchange->refusal_length;
    const size_t taken = length < room ? length : room;
    memcpy(exchange->refusal + exchange->refusal_length, bytes, taken);
    exchange->refusal_length += taken;
}

/* Data is told here as it arrives; esp_http_client_read() would wait until its buffer is full, and hold pieces back. */
static esp_err_t on_http(esp_http_client_event_t *event)
{
    if (event->event_id == HTTP_EVENT_HEADERS_SENT)
        /* The body, which is in one packet with them or in the next, follows in the same call. */
        ESP_LOGI(TAG, "Request sent");
    else if (event->event_id == HTTP_EVENT_ON_DATA)
        take_body(event->user_data, esp_http_client_get_status_code(event->client), event->data,
                  (size_t)event->data_len);
    return ESP_OK;
}

static void report(exchange_t *exchange, int status, esp_err_t error)
{
    chat_answer_t *const answer = &exchange->answer;
    if (status == 200)
        event_stream_end(&exchange->stream);
    if (exchange->has_text)
        fputc('\n', stdout);
    if (status > 0 && status != 200) {
        chat_failure_read(&answer->failure, exchange->refusal, exchange->refusal_length);
        ESP_LOGE(TAG, "Request failed: %d %s %s", status, answer->failure.code, answer->failure.message);
    } else if (answer->has_failed) {
        ESP_LOGE(TAG, "Request failed: %d %s %s", status, answer->failure.code, answer->failure.message);
    } else if (exchange->stream.too_long > 0) {
        ESP_LOGE(TAG, "Request failed: %d - %u frames were longer than %d bytes", status,
                 exchange->stream.too_long, CONFIG_CHAT_FRAME_BYTES);
    } else if (answer->is_complete) {
        ESP_LOGI(TAG, "Answer complete, %u bytes, %d tokens", (unsigned)answer->bytes, answer->tokens);
    } else {
        const char *const why = error == ESP_OK ? "the answer was cut" : esp_err_to_name(error);
        ESP_LOGE(TAG, "Request failed: %d - %s", status > 0 ? status : NO_STATUS, why);
    }
}

static void post(exchange_t *exchange, const char *body, size_t length)
{
    const esp_http_client_config_t config = {
        .url = CONFIG_CHAT_URL,
        .method = HTTP_METHOD_POST,
        .timeout_ms = CONFIG_CHAT_SILENCE_SECONDS * 1000,
        .crt_bundle_attach = esp_crt_bundle_attach,
        .event_handler = on_http,
        .user_data = exchange,
        .buffer_size_tx = 1024,
    };
    esp_http_client_handle_t client = esp_http_client_init(&config);
    if (client == NULL) {
        ESP_LOGE(TAG, "Request failed: %d - the URL is none, or there is no memory", NO_STATUS);
        return;
    }
    esp_http_client_set_header(client, "Authorization", "Bearer " CONFIG_CHAT_API_KEY);
    esp_http_client_set_header(client, "Content-Type", "application/json");
    esp_http_client_set_header(client, "Accept", "text/event-stream");
    esp_http_client_set_post_field(client, body, (int)length);
    const esp_err_t error = esp_http_client_perform(client);
    report(exchange, esp_http_client_get_status_code(client), error);
    esp_http_client_cleanup(client);
}

void chat_ask(const char *question)
{
    ESP_LOGI(TAG, "Asking: %s", question);
    exchange_t *const exchange = calloc(1, sizeof(*exchange));
    char *const line = malloc(CONFIG_CHAT_FRAME_BYTES);
    char *const piece = malloc(CONFIG_CHAT_FRAME_BYTES);
    char *const body = malloc(REQUEST_BYTES);
    if (exchange == NULL || line == NULL || piece == NULL || body == NULL) {
        ESP_LOGE(TAG, "Request failed: %d - there is no memory", NO_STATUS);
    } else {
        const size_t length =
            chat_request(body, REQUEST_BYTES, CONFIG_CHAT_MODEL, question, CONFIG_CHAT_MAX_TOKENS);
        chat_answer_init(&exchange->answer, piece, CONFIG_CHAT_FRAME_BYTES, print_piece, exchange);
        event_stream_init(&exchange->stream, line, CONFIG_CHAT_FRAME_BYTES, chat_answer_frame,
                          &exchange->answer);
        if (length == 0)
            ESP_LOGE(TAG, "Request failed: %d - the question is too long", NO_STATUS);
        else
            post(exchange, body, length);
    }
    free(body);
    free(piece);
    free(line);
    free(exchange);
}
