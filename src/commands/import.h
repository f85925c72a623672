/* Rows of imports as the readers of the floor above hand them in (channels/import_orders.c, channels/import_chat.c).
 *
 * A file is read in batches; each batch is one command, so one batch is all there or not at all, and a batch sent twice changes
 * nothing: facts have stable ids and rows are compared with what is known.
 *
 *   import.begin  {type, name, bytes}                                        → {id}
 *   import.orders {import, rows:[order], rejects:[{line, zh, en, text}], bytes_done, encoding, ignored:[column]}  → counts
 *   import.chat   {import, rows:[line], rejects, bytes_done, encoding}       → counts
 *   import.finish {import, error:{key, zh, en}?}                             → {id, state, …}
 *
 * order: {line, no, buyer, amount_fen, state, created_ms, paid_ms?, closed_ms?, goods:[{name,qty,price_fen?}], qty, note, flag, special,
 *         phone, receiver, address, refund_fen?}
 * line:  {line, at_ms, speaker, text, conversation?: what the file says the talk is with} */
#ifndef GUIJU_COMMANDS_IMPORT_H
#define GUIJU_COMMANDS_IMPORT_H

#include "commands/command.h"

enum {
  IMPORT_BATCH_ROWS = 1000,          /* each batch costs the rules one look back */
  IMPORT_BATCH_ALONE = 2000,         /* … and where nobody else waits for the writer */
  IMPORT_BATCH_MOST = 4000,
  IMPORT_BATCH_BYTES = 512 * 1024,       /* text of one batch: a command's memory has a cap */
  IMPORT_REJECTS_KEPT = 10000,           /* refused lines kept with their text; all are counted */
  IMPORT_CHAT_GAP_MS = 2 * 3600 * 1000,  /* silence after which a new conversation begins */
};

struct import_counts {
  i64 read, added, changed, same, rejected;
};
/* Progress and refused lines of one batch. */
MUST_CHECK enum status import_store_batch(struct command_ctx *c, json_t *args, struct str import, const struct import_counts *n);
json_t *import_counts_json(const struct import_counts *n);
/* Handlers of the row commands: import_orders.c, import_chat.c. */
enum status import_run_orders(struct command_ctx *c, json_t *args, json_t **result);
enum status import_run_chat(struct command_ctx *c, json_t *args, json_t **result);

#endif
