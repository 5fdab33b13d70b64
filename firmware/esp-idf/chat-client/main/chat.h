#ifndef CHAT_H
#define CHAT_H

/**
 * Asks the service a question and prints its answer as it arrives (docs/dialect-text-chat.md, TEXT_CHAT). Returns when that is over.
 * Needs some 6 KB of stack and, while it runs, twice CONFIG_CHAT_FRAME_BYTES of heap beside what TLS takes.
 */
void chat_ask(const char *question);

#endif
