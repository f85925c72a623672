/* Finding messages: the index of gram.h, asked for candidates newest first; each candidate's text is then looked at, so an answer never
 * rests on the index alone. A request looks at a bounded number of candidates, for a bounded time, and says up to where it came.
 *
 * Order: messages that hold the terms as written, newest first; after them those that hold the words of the terms (ICU). Beside
 * the tokens of its text a message is indexed under who wrote it, whose conversation it is and its month, so that these filters
 * narrow the index; the others (agent, channel, tag, state, type, days) are looked at on the candidate.
 *
 * Pairs of letters that very many messages hold and hardly any holds together make the index walk its lists to the end, and nothing can
 * be asked of it meanwhile. So it is asked for a short time; who is not answered then asks block by block of the log, newest first (each
 * message is indexed under its block, too), until the time of a page is over: the next page goes on at the block it came to. What stays too
 * slow looks at the newest messages directly. */
#include "views/find.h"

#include "views/conversation.sql.h"
#include "views/customer.h"
#include "views/customer.sql.h"
#include "views/find.sql.h"
#include "views/find_query.h"
#include "views/json.h"
#include "views/show.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  SLICE_CHARS_MOST = 1 << 20,  /* one slice of indexing */
  CANDIDATES_MOST = 4000,      /* looked at for one page */
  CANDIDATES_FIRST = 64,
  TAIL_MOST = 4000,            /* not indexed yet and looked at all the same */
  NEWEST_MOST = 600,           /* looked at directly when the terms are too short for the index */
  BLOCK_MS = 1000,             /* one block */
  BLOCK_BITS = 18,             /* a block: 2^18 places of the log */
  IDS_MOST = 50,               /* people or customers of one name */
  MONTHS_MOST = 14,
  SNIPPET_BEFORE = 18, SNIPPET_LETTERS = 90, /* code points */
};
struct find_limits find_limits = {.whole_ms = 150, .page_ms = 1000};

/* Tokens that are not of the text begin with one of these (private use, never in plain form). */
static const char mark_by[] = "\xee\x80\x81", mark_customer[] = "\xee\x80\x82", mark_month[] = "\xee\x80\x83", mark_block[] = "\xee\x80\x84";

/* ---- indexing ---- */

static struct str id_token(struct arena *a, const char *mark, struct str id) { return arena_printf(a, "%s%016llx", mark, (unsigned long long)str_hash(id)); }

static struct str month_token(struct arena *a, i64 at_ms) {
  struct civil c = civil_from_date(instant_date(at_ms, 0)); /* UTC: a filter widens by a day */
  return arena_printf(a, "%s%04d%02d", mark_month, c.year, c.month);
}

static struct str block_token(struct arena *a, i64 seq) { return arena_printf(a, "%s%lld", mark_block, (long long)(seq >> BLOCK_BITS)); }

/* A message as the index takes it. */
struct entry {
  i64 seq, at_ms;
  struct str by, customer, text;
};

static struct str words_of(struct arena *a, struct buf *words, struct entry e) {
  struct grams g = gram_read(a, e.text);
  words->n = 0;
  buf_printf(words, "%.*s %.*s", STR_ARG(month_token(a, e.at_ms)), STR_ARG(block_token(a, e.seq)));
  if (e.by.n) buf_printf(words, " %.*s", STR_ARG(id_token(a, mark_by, e.by)));
  if (e.customer.n) buf_printf(words, " %.*s", STR_ARG(id_token(a, mark_customer, e.customer)));
  gram_tokens(&g, words);
  return buf_str(words);
}

static enum status catch_up(struct store *s, struct arena *a, i64 most, bool *more, struct problem *p) {
  struct find_up_to_row *state;
  struct find_to_index_row *rows;
  size_t count;
  struct buf words;
  enum status status = OK;
  buf_init(&words, SLICE_CHARS_MOST);
  TRY(find_up_to(s, a, &state, p));
  TRY(find_to_index(s, a, &(struct find_to_index_in){.after = state->up_to, .most = most}, &rows, &count, p));
  for (size_t i = 0; i < count; i++) {
    struct find_put_in in = {.seq = rows[i].seq, .words = words_of(a, &words, (struct entry){rows[i].seq, rows[i].at_ms, rows[i].by_id, rows[i].customer, rows[i].text})};
    TRY(find_put(s, &in, NULL, p));
  }
  if (count) TRY(find_set_up_to(s, &(struct find_set_up_to_in){.up_to = rows[count - 1].seq}, NULL, p));
  *more = count == (size_t)most;
done:
  buf_release(&words);
  return status;
}

enum status find_change_text(struct store *s, struct arena *a, const struct find_change *c, struct problem *p) {
  struct find_up_to_row *state;
  struct buf words;
  enum status status = OK;
  buf_init(&words, SLICE_CHARS_MOST);
  TRY(find_up_to(s, a, &state, p));
  if (c->seq > state->up_to) goto done;
  struct entry e = {c->seq, c->at_ms, c->by, c->customer, c->old_text};
  TRY(find_remove(s, &(struct find_remove_in){.seq = c->seq, .words = words_of(a, &words, e)}, NULL, p));
  e.text = c->new_text;
  TRY(find_put(s, &(struct find_put_in){.seq = c->seq, .words = words_of(a, &words, e)}, NULL, p));
done:
  buf_release(&words);
  return status;
}

/* ---- asking the index ---- */

struct question {
  struct read_ctx *r;
  const struct find_query *q;
  struct buf match;   /* in the language of the engine */
  bool weak;          /* only beginnings of tokens could be given */
  struct str by[IDS_MOST], customers[IDS_MOST], agents[IDS_MOST];
  size_t by_count, customer_count, agent_count;
  bool nobody;        /* a filter names nobody: nothing can be found */
};

static bool postgres(const struct question *x) { return store_engine(x->r->store) == STORE_POSTGRES; }

static void and_or(struct question *x, bool or) {
  bool post = postgres(x);
  buf_addc(&x->match, or ? (post ? "|" : " OR ") : (post ? "&" : " AND "));
}

/* Tokens hold letters, digits and marks only, so a quotation needs no escapes. */
static void put_token(struct question *x, struct str token, enum gram_shape shape) {
  buf_printf(&x->match, postgres(x) ? "'%.*s'" : "\"%.*s\"", STR_ARG(token));
  if (shape == GRAM_BEGINNING) buf_addc(&x->match, postgres(x) ? ":*" : " *");
}

static void ask(void *ctx, struct str token, enum gram_shape shape) {
  struct question *x = ctx;
  if (x->match.n) and_or(x, false);
  put_token(x, token, shape);
}

static void ask_any(struct question *x, const struct str *tokens, size_t count) {
  if (count == 0) return;
  if (x->match.n) and_or(x, false);
  buf_addc(&x->match, "(");
  for (size_t i = 0; i < count; i++) {
    if (i) and_or(x, true);
    put_token(x, tokens[i], GRAM_WHOLE);
  }
  buf_addc(&x->match, ")");
}

static void ask_ids(struct question *x, const char *mark, const struct str *ids, size_t count) {
  struct str tokens[IDS_MOST];
  for (size_t i = 0; i < count; i++) tokens[i] = id_token(x->r->arena, mark, ids[i]);
  ask_any(x, tokens, count);
}

static void ask_months(struct question *x) {
  struct str tokens[MONTHS_MOST];
  size_t n = 0;
  if (x->q->from_ms == INT64_MIN) return;
  i64 until = x->q->to_ms == INT64_MAX ? x->r->now_ms + MS_DAY : x->q->to_ms;
  for (i64 month = month_start(instant_date(x->q->from_ms, 0)); month <= instant_date(until, 0); month = date_add_months(month, 1)) {
    if (n == MONTHS_MOST) return; /* so long a time narrows little */
    tokens[n++] = month_token(x->r->arena, instant_at(month, 0, 0));
  }
  ask_any(x, tokens, n);
}

static void ask_terms(struct question *x) {
  bool strong = false;
  for (int pass = 0; pass < 2; pass++) { /* a short term is left to the look at the text when another one narrows */
    for (size_t i = 0; i < x->q->term_count; i++) {
      bool weak;
      size_t before = x->match.n;
      if (x->q->terms[i].without) continue;
      gram_ask(&x->q->terms[i].grams, ask, x, &weak);
      if (weak == (pass == 0)) x->match.n = before;
      else strong |= !weak;
    }
    if (strong) return;
  }
  x->weak = x->match.n > 0;
}

/* ---- filters ---- */

static bool is_me(struct str s) { return str_is(s, "我") || str_is(s, "me"); }

/* Channels by the names that pages show. */
static bool channel_is(struct str channel, struct str said) {
  static const struct { const char *said, *channel; } names[] = {
      {"网页", "web"}, {"网页", "widget"}, {"微信", "wechat"}, {"电话", "phone"}, {"邮件", "mail"}, {"邮件", "email"},
      {"导入", "import"}, {"天猫", "tmall"}, {"小程序", "mini"}, {"淘宝", "taobao"}, {"web", "widget"}, {"mail", "email"},
  };
  if (str_eq(channel, said)) return true;
  for (size_t i = 0; i < COUNT_OF(names); i++)
    if (str_is(said, names[i].said) && str_is(channel, names[i].channel)) return true;
  return false;
}

static enum status add_people(struct question *x, struct str name, struct str *ids, size_t *count) {
  struct find_people_row *rows;
  size_t n;
  if (is_me(name)) {
    if (*count < IDS_MOST) ids[(*count)++] = x->r->actor.id;
    return OK;
  }
  enum status status = find_people(x->r->store, x->r->arena, &(struct find_people_in){.name = name, .from_name = name, .most = IDS_MOST}, &rows, &n, x->r->problem);
  for (size_t i = 0; status == OK && i < n && *count < IDS_MOST; i++) ids[(*count)++] = rows[i].id;
  return status;
}

static enum status add_customers(struct question *x, struct str name, struct str *ids, size_t *count) {
  struct customer_get_row *one;
  struct customer_by_name_row *named;
  struct customer_by_phone_row *called;
  size_t n;
  enum status status = OK;
  TRY(customer_get(x->r->store, x->r->arena, &(struct customer_get_in){.id = name}, &one, x->r->problem));
  if (one && *count < IDS_MOST) ids[(*count)++] = one->id;
  struct customer_by_name_in in = {.from_name = name, .to_name = arena_printf(x->r->arena, "%.*s\xF4\x8F\xBF\xBF", STR_ARG(name)), .most = IDS_MOST};
  TRY(customer_by_name(x->r->store, x->r->arena, &in, &named, &n, x->r->problem));
  for (size_t i = 0; i < n && *count < IDS_MOST; i++) ids[(*count)++] = named[i].id;
  if (name.n >= 7) { /* a whole number finds; it is not shown */
    TRY(customer_by_phone(x->r->store, x->r->arena, &(struct customer_by_phone_in){.phone = name, .most = IDS_MOST}, &called, &n, x->r->problem));
    for (size_t i = 0; i < n && *count < IDS_MOST; i++) ids[(*count)++] = called[i].id;
  }
done:
  return status;
}

static enum status resolve(struct question *x) {
  enum status status = OK;
  bool from = false, customer = false, agent = false;
  for (size_t i = 0; i < x->q->filter_count && status == OK; i++) {
    struct str value = x->q->filters[i].value;
    switch (x->q->filters[i].key) {
      case FIND_FROM: /* who wrote it: one of us, or a customer */
        from = true;
        status = add_people(x, value, x->by, &x->by_count);
        if (status == OK) status = add_customers(x, value, x->by, &x->by_count);
        break;
      case FIND_CUSTOMER: customer = true; status = add_customers(x, value, x->customers, &x->customer_count); break;
      case FIND_AGENT: agent = true; status = add_people(x, value, x->agents, &x->agent_count); break;
      default: break;
    }
  }
  x->nobody = (from && !x->by_count) || (customer && !x->customer_count) || (agent && !x->agent_count);
  return status;
}

static bool among(struct str id, const struct str *ids, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (str_eq(id, ids[i])) return true;
  return count == 0;
}

static bool tagged(struct str tags, struct str tag) {
  json_t *list = json_loadb(tags.p, tags.n, 0, NULL);
  bool found = false;
  size_t i;
  json_t *t;
  json_array_foreach(list, i, t) {
    struct str own = {json_string_value(t), json_string_length(t)};
    if (json_is_string(t)) found |= str_eq(own, tag);
  }
  json_decref(list);
  return found;
}

/* ---- one candidate ---- */

typedef struct find_newest_row candidate;

static bool passes(const struct question *x, const candidate *m) {
  const struct find_query *q = x->q;
  if (m->at_ms < q->from_ms || m->at_ms >= q->to_ms) return false;
  if (!among(m->by_id, x->by, x->by_count) || !among(m->customer, x->customers, x->customer_count) || !among(m->agent, x->agents, x->agent_count)) return false;
  for (size_t i = 0; i < q->filter_count; i++) {
    struct str value = q->filters[i].value;
    switch (q->filters[i].key) {
      case FIND_CHANNEL: if (!channel_is(m->channel, value)) return false; break;
      case FIND_TAG: if (!tagged(m->tags, value)) return false; break;
      case FIND_STATE: if (!str_eq(m->state, value)) return false; break;
      case FIND_TYPE: if (!str_eq(m->by_type, value)) return false; break;
      default: break;
    }
  }
  return true;
}

static bool holds(const struct find_query *q, const struct grams *text) {
  for (size_t i = 0; i < q->term_count; i++)
    if ((gram_find(text, &q->terms[i].grams, 0) == SIZE_MAX) != q->terms[i].without) return false;
  return true;
}

/* ---- showing a hit ---- */

static size_t step_back(struct str s, size_t at, int code_points) {
  while (at > 0 && code_points > 0) {
    at--;
    code_points -= ((unsigned char)s.p[at] & 0xc0) != 0x80;
  }
  return at;
}

static void add_part(json_t *parts, struct str text, bool hit) {
  if (text.n) json_array_append_new(parts, json_pack("{s:o,s:b}", "text", json_of(text), "hit", (int)hit));
}

/* A stretch of the text around the first place, in parts, those that were found marked. */
static json_t *parts_of(struct arena *a, const struct find_query *q, struct str text, const struct grams *g) {
  json_t *parts = json_array();
  bool *marked = ARENA_ARRAY(a, bool, g->n + 1);
  memset(marked, 0, g->n + 1);
  size_t first = g->n;
  for (size_t i = 0; i < q->term_count; i++) {
    const struct grams *term = &q->terms[i].grams;
    for (size_t at = 0; !q->terms[i].without && (at = gram_find(g, term, at)) != SIZE_MAX; at += term->n) {
      memset(marked + at, 1, term->n);
      if (at < first) first = at;
    }
  }
  size_t from = first < g->n ? step_back(text, g->p[first].from, SNIPPET_BEFORE) : 0, to = from;
  u32 c;
  for (int n = 0; n < SNIPPET_LETTERS && to < text.n; n++) to += str_decode(text, to, &c);
  if (from) add_part(parts, STR("…"), false);
  size_t plain = from;
  for (size_t i = 0; i < g->n && g->p[i].from < to; i++) {
    if (!marked[i] || g->p[i].from < from) continue;
    size_t last = i;
    while (last + 1 < g->n && marked[last + 1] && g->p[last + 1].from < to) last++;
    add_part(parts, str_slice(text, plain, g->p[i].from), false);
    add_part(parts, str_slice(text, g->p[i].from, g->p[last].to), true);
    plain = g->p[last].to;
    i = last;
  }
  if (plain < to) add_part(parts, str_slice(text, plain, to), false);
  if (to < text.n) add_part(parts, STR("…"), false);
  return parts;
}

static struct str joined(struct arena *a, json_t *parts) {
  struct str all = STR("");
  size_t i;
  json_t *part;
  json_array_foreach(parts, i, part) all = arena_printf(a, "%.*s%s", STR_ARG(all), json_string_value(json_object_get(part, "text")));
  return all;
}

static json_t *hit_json(struct read_ctx *r, const struct show_people *people, const struct find_query *q, const candidate *m, const struct grams *g) {
  struct str customer = customer_show_name(r->arena, m->customer_name);
  bool theirs = str_is(m->by_type, "customer");
  json_t *o = json_pack("{s:s,s:o,s:I,s:o,s:I,s:{s:o,s:o,s:o},s:{s:o,s:o}}", "type", "message", "id", json_of(m->id), "seq", (json_int_t)m->seq, "conversation",
                        json_of(m->conversation), "at", (json_int_t)m->at_ms, "by", "type", json_of(m->by_type), "id", json_of(m->by_id), "name",
                        json_of(theirs ? customer : show_name(people, m->by_id)), "customer", "id", json_of(m->customer), "name", json_of(customer));
  json_t *parts = parts_of(r->arena, q, m->text, g);
  json_object_set_new(o, "title", json_of(customer)); /* for lists that show every kind of hit alike */
  json_object_set_new(o, "text", json_of(joined(r->arena, parts)));
  json_object_set_new(o, "channel", json_of(m->channel));
  json_object_set_new(o, "state", json_of(m->state));
  json_object_set_new(o, "agent_name", json_of(show_name(people, m->agent)));
  json_object_set_new(o, "parts", parts);
  json_object_set_new(o, "to", json_of(arena_printf(r->arena, "/desk/%.*s?at=%lld", STR_ARG(m->conversation), (long long)m->seq)));
  return o;
}

/* ---- a page ---- */

struct page {
  struct question *x;
  const struct find_query *skip; /* in the second turn: what the first one has told already */
  const struct show_people *people;
  json_t *items;
  size_t most, looked;
  i64 before; /* the next page begins below */
  i64 until_ms; /* monotonic: after it no block is begun but the first */
  bool full;
};

static void look_at(struct page *g, const candidate *m) {
  struct arena *a = g->x->r->arena;
  g->before = m->seq;
  g->looked++;
  if (m->hidden || !passes(g->x, m)) return; /* taken back, a line that the program wrote, or between two people */
  struct grams text = gram_read(a, m->text);
  if (!holds(g->x->q, &text) || (g->skip && holds(g->skip, &text))) return;
  json_array_append_new(g->items, hit_json(g->x->r, g->people, g->x->q, m, &text));
  g->full = json_array_size(g->items) == g->most;
}

/* Messages in (after, before), newest first, looked at directly. */
static enum status look_directly(struct page *g, i64 after, size_t most, bool *exhausted) {
  struct find_newest_row *rows;
  size_t count, chunk = CANDIDATES_FIRST, seen = 0;
  *exhausted = false;
  while (!g->full && seen < most) {
    struct find_newest_in in = {.before = g->before, .after = after, .most = (i64)chunk};
    enum status status = find_newest(g->x->r->store, g->x->r->arena, &in, &rows, &count, g->x->r->problem);
    if (status != OK) return status;
    for (size_t i = 0; i < count && !g->full; i++) look_at(g, &rows[i]);
    seen += count;
    if (count < chunk) {
      *exhausted = !g->full;
      return OK;
    }
    if (chunk < 512) chunk *= 2;
  }
  return OK;
}

static i64 monotonic_ms(void) {
  struct timespec t;
  BUG_IF(clock_gettime(CLOCK_MONOTONIC, &t) != 0);
  return (i64)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What `match` gives, from g->before on; `exhausted`: there is no more of it. */
static enum status look_matching(struct page *g, struct str match, bool *exhausted) {
  struct find_indexed_row *rows;
  size_t count, chunk = CANDIDATES_FIRST;
  *exhausted = false;
  while (!g->full && g->looked < CANDIDATES_MOST) {
    struct find_indexed_in in = {.match = match, .before = g->before, .most = (i64)chunk};
    enum status status = find_indexed(g->x->r->store, g->x->r->arena, &in, &rows, &count, g->x->r->problem);
    if (status != OK) return status;
    for (size_t i = 0; i < count && !g->full; i++) {
      const candidate *m = (const candidate *)(const void *)&rows[i];
      look_at(g, m);
    }
    if (count < chunk) {
      *exhausted = !g->full;
      return OK;
    }
    if (chunk < 512) chunk *= 2;
  }
  return OK;
}

/* One block after the other, downwards. `stuck`: one alone took too long. */
static enum status look_by_blocks(struct page *g, bool *stuck) {
  struct question *x = g->x;
  size_t end = x->match.n;
  enum status status = OK;
  *stuck = false;
  for (bool first = true; !g->full && g->looked < CANDIDATES_MOST && g->before > 1 && (first || monotonic_ms() < g->until_ms); first = false) {
    i64 block = (g->before - 1) >> BLOCK_BITS;
    bool exhausted;
    x->match.n = end;
    and_or(x, false);
    put_token(x, block_token(x->r->arena, block << BLOCK_BITS), GRAM_WHOLE);
    TRY(store_time_begin(x->r->store, BLOCK_MS, x->r->problem));
    status = look_matching(g, buf_str(&x->match), &exhausted);
    *stuck = store_time_end(x->r->store) && !g->full;
    if (status != OK || *stuck) goto done;
    if (exhausted) g->before = block << BLOCK_BITS;
  }
  if (!g->full && g->before <= 1) g->before = 0;
done:
  return status;
}

static enum status look_indexed(struct page *g, i64 up_to) {
  struct question *x = g->x;
  bool exhausted = false, cut = true;
  enum status status = OK;
  if (find_limits.whole_ms > 0) {
    TRY(store_time_begin(x->r->store, find_limits.whole_ms, x->r->problem));
    status = look_matching(g, buf_str(&x->match), &exhausted);
    cut = store_time_end(x->r->store);
  }
  if (status == OK && cut) {
    bool stuck = x->weak; /* beginnings of tokens are gathered from the whole index before the first answer, whatever the block */
    exhausted = false;
    if (g->before > up_to + 1) g->before = up_to + 1; /* above it the index holds nothing */
    if (!stuck && !g->full) TRY(look_by_blocks(g, &stuck));
    if (stuck && !g->full) TRY(look_directly(g, 0, CANDIDATES_MOST, &exhausted));
    if (stuck && exhausted) g->before = 0;
  } else if (exhausted) g->before = 0;
done:
  return status;
}
_Static_assert(sizeof(struct find_indexed_row) == sizeof(struct find_newest_row), "the two queries give the same columns");

/* All of one turn below g->before: what is not indexed, then the index. */
static enum status look(struct page *g, i64 up_to) {
  struct question *x = g->x;
  bool exhausted = false;
  enum status status = OK;
  x->match.n = 0;
  ask_terms(x);
  ask_ids(x, mark_by, x->by, x->by_count);
  ask_ids(x, mark_customer, x->customers, x->customer_count);
  ask_months(x);
  bool indexed = x->match.n > 0;
  if (indexed && g->before > up_to + 1) {
    TRY(look_directly(g, up_to, TAIL_MOST, &exhausted));
    if (!exhausted) goto done; /* full, or so much is not indexed that the rest is for the next page */
    g->before = up_to + 1;
    exhausted = false;
  }
  if (x->weak || !indexed) TRY(look_directly(g, 0, indexed ? NEWEST_MOST : CANDIDATES_MOST, &exhausted));
  if (exhausted) g->before = 0;
  else if (!g->full && indexed) TRY(look_indexed(g, up_to));
done:
  return status;
}

static json_t *filters_json(const struct find_query *q) {
  json_t *list = json_array();
  for (size_t i = 0; i < q->filter_count; i++)
    json_array_append_new(list, json_pack("{s:s,s:o,s:o}", "key", find_key_name(q->filters[i].key), "value", json_of(q->filters[i].value), "written",
                                          json_of(q->filters[i].written)));
  return list;
}

static json_t *texts_json(const struct str *texts, size_t count) {
  json_t *list = json_array();
  for (size_t i = 0; i < count; i++) json_array_append_new(list, json_of(texts[i]));
  return list;
}

static json_t *terms_json(const struct find_query *q) {
  json_t *list = json_array();
  for (size_t i = 0; i < q->term_count; i++)
    if (!q->terms[i].without) json_array_append_new(list, json_of(q->terms[i].text));
  return list;
}

/* "1.<seq>" in the turn of the terms as written, "2.<seq>" in that of their words. */
static void read_cursor(json_t *query, int *turn, i64 *before) {
  struct str rest, first = str_cut(json_arg(query, "after"), '.', &rest);
  i64 seq;
  *turn = 1;
  *before = INT64_MAX;
  if (!str_to_i64(rest, &seq) || seq < 1) return;
  *before = seq;
  *turn = str_is(first, "2") ? 2 : 1;
}

static enum status read_messages(struct read_ctx *r, json_t *query, json_t **result) {
  struct find_query q, words;
  struct question x = {.r = r, .q = &q};
  struct show_people people;
  struct find_up_to_row *state;
  json_t *items = json_array();
  int turn;
  struct page g = {.x = &x, .items = items, .most = (size_t)json_arg_limit(query), .people = &people, .until_ms = monotonic_ms() + find_limits.page_ms};
  enum status status = OK;
  buf_init(&x.match, 1 << 16);
  read_cursor(query, &turn, &g.before);
  struct str text = json_arg(query, "q");
  if (str_code_points(text) > FIND_QUERY_MOST)
    TRY(problem_set(r->problem, E_INVALID, "find.long", "要找的字太多，最多 %d 个", "That is too long to look for; at most %d characters", FIND_QUERY_MOST));
  find_query_parse(r->arena, text, r->now_ms, r->zone_offset_ms, &q);
  bool has_words = find_query_words(r->arena, &q, &words), asks = q.term_count + q.filter_count > 0;
  TRY(resolve(&x));
  TRY(show_people_load(r->store, r->arena, &people, r->problem));
  TRY(find_up_to(r->store, r->arena, &state, r->problem));
  if (!asks || x.nobody) g.before = 0, turn = 2;
  if (turn == 1) {
    TRY(look(&g, state->up_to));
    if (g.before == 0 && has_words && !g.full) turn = 2, g.before = INT64_MAX;
  }
  if (turn == 2 && !has_words) g.before = 0;
  if (turn == 2 && g.before > 0 && !g.full && g.looked < CANDIDATES_MOST) {
    x.q = &words;
    g.skip = &q;
    TRY(look(&g, state->up_to));
  }
  *result = json_pack("{s:O,s:o,s:o,s:o,s:o,s:b,s:I}", "items", items, "next", g.before > 0 ? json_of(arena_printf(r->arena, "%d.%lld", turn, (long long)g.before)) : json_null(),
                      "terms", terms_json(turn == 2 && has_words ? &words : &q), "filters", filters_json(&q), "passed_over", texts_json(q.passed_over, q.passed_count), "partial",
                      (int)(!g.full && g.before > 0), "looked_at", (json_int_t)g.looked);
done:
  buf_release(&x.match);
  json_decref(items);
  return status;
}

static const struct read_def reads[] = {
    {"find.messages", "会话.查看", read_messages, false, "q:text! after:text limit:int", "Messages that hold the words, newest first", "找消息，新的在前"},
    {NULL},
};

static const char *const tables[] = {"message_find", "message_find_state", NULL};
const struct view_def view_find = {.noun = "find", .version = 2, .tables = tables, .reads = reads, .catch_up = catch_up};
