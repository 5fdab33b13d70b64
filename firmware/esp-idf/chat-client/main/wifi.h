#ifndef WIFI_H
#define WIFI_H

/** Joins the network of the configuration, and again whenever it is lost. Returns when the board has its address. */
void wifi_join(void);

#endif
