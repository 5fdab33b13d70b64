#pragma once
#include <stdint.h>
#include "esp_err.h"
#include "esp_event.h"
typedef struct esp_netif esp_netif_t;
typedef struct { uint32_t addr; } esp_ip4_addr_t;
typedef struct { esp_ip4_addr_t ip, netmask, gw; } esp_netif_ip_info_t;
typedef struct { esp_netif_t *esp_netif; esp_netif_ip_info_t ip_info; int ip_changed; } ip_event_got_ip_t;
extern esp_event_base_t const IP_EVENT;
enum { IP_EVENT_STA_GOT_IP };
#define IPSTR "%d.%d.%d.%d"
#define IP2STR(ip) (int)((ip)->addr & 255), (int)((ip)->addr >> 8 & 255), (int)((ip)->addr >> 16 & 255), (int)((ip)->addr >> 24)
esp_err_t esp_netif_init(void);
