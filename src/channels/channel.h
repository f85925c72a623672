/* One interface for every way customers reach the desk, and the threads that serve the ways which must be fetched from.
 *
 * A channel takes in: whatever arrives becomes one command to the writer (the channel keeps no truth of its own: where it stopped
 * reading is folded from the log). A channel gives out: words that were committed wait in the outbox (`delivery`), are handed over
 * one by one, and what became of each is noted by a command. A channel says how it goes: connected or in trouble, with a reason
 * in both languages; only a change is an event. What it can do is said by its class, so that pages offer nothing else.
 *
 * The chat widget has the same shape with nothing to fetch: its visitors push through the API and are pushed to by the live feed.
 *
 * Each mailbox has two threads of its own, one that fetches and one that sends, so that a server which hangs holds up nothing but
 * itself. They touch the database through the writer's queue and its readers alone. */
#ifndef GUIJU_CHANNELS_CHANNEL_H
#define GUIJU_CHANNELS_CHANNEL_H

#include "commands/writer.h"
#include "views/channel.h"

enum channel_can { CHANNEL_FILES = 1, CHANNEL_RECALL = 2, CHANNEL_TYPING = 4, CHANNEL_READ = 8 };

/* One account of a channel, as its threads see it; text lives as long as the link. */
struct channel_link {
  struct writer *writer;
  struct str data_dir;
  struct arena *arena;             /* dies with one errand */
  const _Atomic bool *stop;       /* set: leave soon */
  struct str id, address;
  struct channel_settings settings;
  struct str password_in, password_out;
  i64 created_ms;
  char position[64];               /* where reading stopped; moved on by `receive` */
  void *session;                   /* of `receive`: what it keeps between looks; NULL: nothing */
};

enum channel_outcome { CHANNEL_SENT, CHANNEL_LATER, CHANNEL_FAILED };

struct channel_class {
  const char *name, *word;         /* "mail", "邮件" (as events say it) */
  unsigned can;                    /* channel_can */
  /* Takes in everything new. OK, or the trouble that stopped it; what was taken stays taken. NULL: it is pushed to. */
  enum status (*receive)(struct channel_link *l, struct problem *p);
  void (*leave)(struct channel_link *l); /* ends the session, before the thread does; NULL: there is none */
  /* Hands one letter (an item of the read delivery.due) over. The problem tells why not. NULL: the live feed does it. A letter that was
   * sent, but not to everybody, gets members: "refused", the addresses that get none, the problem tells why; "later", those to try again,
   * with "later_reason" and "later_reason_en". A letter whose state is not 待发 any more goes to the addresses of its "again" alone. */
  enum channel_outcome (*send)(struct channel_link *l, json_t *letter, json_t *due, struct problem *p);
  /* Tries both ways: {"in":{"ok",…},"out":{…}}; new reference. NULL: nothing to try. */
  json_t *(*check)(struct channel_link *l);
};
const struct channel_class *channel_class_find(struct str name); /* NULL: there is none */

/* ---- the threads ------------------------------------------------------------------------------------------------------ */

struct channels;
MUST_CHECK enum status channels_start(struct writer *w, struct str data_dir, struct channels **out, struct problem *p);
void channels_stop(struct channels *s); /* NULL is allowed; before the writer closes */
void channels_free(struct channels *s); /* after it, when nothing is fed any more */
/* Committed items of the feed pass by here: a change of settings or a new letter wakes who is concerned. */
void channels_feed(struct channels *s, const struct feed_item *items, size_t count);
/* Try an account without keeping it: args as channel.add with "password" (and "password_out"), or "id" of a kept one. Blocks. */
MUST_CHECK enum status channels_check(void *channels, json_t *args, json_t **result, struct problem *p);

#endif
