/* A shop of any size for the rule benchmark and its test: a rulebook of 200 rules and a log of rows, both from a seed.
 *
 * The book's rules come in families; rule number i of a family has figures that follow from i alone, so that the hard-coded
 * loop, the SQL and the CLIPS rules beside it can say the same. A row is 32 bytes. */
#ifndef GUIJU_BENCH_LOAD_H
#define GUIJU_BENCH_LOAD_H

#include "rules/replay.h"

enum { LOAD_ZONE = 8 * 3600 * 1000, LOAD_AGENTS = 2000, LOAD_ITEMS = 40, LOAD_DAYS = 120 };
enum load_kind { LK_SPOKE, LK_REPLIED, LK_CLOSED, LK_RATED, LK_PLACED, LK_PAID, LK_NOTED, LK_CHECKED, LK_REMINDED, LK_FOUND, LK_OPENED, LK_EXAMINED, LK_COUNT };
struct load_row {
  i64 at;
  uint16_t kind, flag; /* flag: first, deal, red, passed, on shift */
  u32 person;          /* 0 … LOAD_AGENTS - 1 */
  u32 object;          /* conversation or order, from 0 */
  u32 seq;
  int32_t x, y;        /* x: wait, duration (ms), stars, pieces, item; y: characters, fen, points */
};
_Static_assert(sizeof(struct load_row) == 32, "a row is 32 bytes");
struct load {
  struct load_row *rows;
  u64 n;
  u32 conversations, orders;
  i64 from, to;        /* to: an instant after every deadline */
};
struct load load_make(u64 seed, u64 rows);
void load_free(struct load *l);

/* Families of the book, and how many rules each has. */
enum { F_REPLY = 30, F_CLOSE = 20, F_RATE = 10, F_PLACE = 10, F_OPEN = 10, F_LADDER = 30, F_RATE_LADDER = 10, F_TABLE = 20, F_FIRST = 6, F_NOTE = 12,
       F_CHECK = 12, F_REMIND = 10, F_EXAM = 10, F_PAY = 10 };
enum { LOAD_RULES = F_REPLY + F_CLOSE + F_RATE + F_PLACE + F_OPEN + F_LADDER + F_RATE_LADDER + F_TABLE + F_FIRST + F_NOTE + F_CHECK + F_REMIND + F_EXAM + F_PAY };
/* The book's text; `changed`: the first reply rule has another figure. `filler`: so many more clauses that never apply. */
struct str load_book(struct arena *a, bool changed, u32 filler);
/* The same facts for the replay and for the live engine. */
void load_words(struct replay *r, u32 *words, const struct load *l); /* words: agents, then items, then objects; load_word_count of them */
u64 load_word_count(const struct load *l);
void load_replay(struct replay *r, const struct load *l);
struct event *load_event(struct arena *a, const struct load *l, u64 row); /* row -1 - i: agent i joins */

#endif
