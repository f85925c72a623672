/* Figures counted conversation by conversation, for what the table of counts does not know: customers, and tags beside other
 * groupings. The same definitions as the fold (views/figure.c), so that one customer's figures and those of all others add up to the
 * report's. It costs a walk over the conversations of the time; more than EACH_MOST is refused with the advice to ask for less. */
#include "reports/reception.h"

#include "base/calendar.h"
#include "reports/reception_internal.h"
#include "views/figure.sql.h"

enum { PAGE = 500, EACH_MOST = 100000 };
static const size_t PAGE_ARENA = (size_t)1 << 27;

struct each {
  struct read_ctx *r;
  const struct ask *q;
  struct tally *t;
  const struct figure_each_row *talk;
  struct arena *page; /* of one page of conversations */
};

/* One fact: at its own time, or for tags on the day the conversation began. */
struct fact {
  i64 measure, at, slot, total;
  struct str agent;
  i64 spoke_ms; /* whose shift it was: that of the agent then */
  bool has_shift;
  struct str shift; /* if it is known already */
};

static enum status shift_of(struct each *x, const struct fact *f, struct str *name) {
  struct figure_shift_row *row = NULL;
  *name = f->shift;
  if (f->has_shift || (x->q->by != BY_SHIFT && !x->q->shift.n)) return OK;
  struct figure_shift_in in = {.person = f->agent, .at_ms = f->spoke_ms, .early_ms = f->spoke_ms + FIGURE_SHIFT_EARLY_MS, .late_ms = f->spoke_ms - FIGURE_SHIFT_REACH_MS};
  enum status status = figure_shift(x->r->store, x->page, &in, &row, x->r->problem);
  *name = status == OK && row ? row->name : STR("");
  return status;
}

static enum status put(struct each *x, struct fact f) {
  const struct ask *q = x->q;
  struct str shift, channel = x->talk ? x->talk->channel : STR("");
  i64 at = q->by == BY_TAG ? x->talk->started_ms : f.at;
  if (at < q->from_ms || at >= q->to_ms || !f.agent.n || !reception_passes(q, f.agent, channel, q->shift, f.measure)) return OK;
  enum status status = shift_of(x, &f, &shift);
  if (status != OK || !reception_passes(q, f.agent, channel, shift, f.measure)) return status;
  if (q->by == BY_TAG) {
    json_t *list = show_stored(x->talk->tags, json_array()), *tag;
    size_t i;
    json_array_foreach(list, i, tag) {
      struct str key = arena_dup(x->page, str_c(json_string_value(tag)));
      if (!q->tag.n || str_eq(q->tag, key)) reception_add(x->r, x->t, key, f.measure, f.slot, 1, f.total);
    }
    json_decref(list);
    return OK;
  }
  struct str key = q->by == BY_AGENT ? f.agent : q->by == BY_SHIFT ? shift : q->by == BY_CHANNEL ? channel : q->by == BY_DAY ? calendar_show_date(x->page, instant_date(f.at, x->r->zone_offset_ms)) : STR("");
  reception_add(x->r, x->t, key, f.measure, f.slot, 1, f.total);
  return OK;
}

/* A wait in service hours, where any were in force when it began. */
static enum status put_open(struct each *x, struct fact f, i64 from, i64 to, bool first) {
  const struct service *hours = service_history_before(&x->q->hours, from);
  if (!hours->known) return OK;
  f.total = service_between(hours, from, to);
  f.slot = figure_step(f.total);
  f.measure = FIGURE_REPLY_OPEN;
  enum status status = put(x, f);
  f.measure = FIGURE_FIRST_OPEN;
  return status == OK && first ? put(x, f) : status;
}

static struct str speaker_of(const struct figure_each_row *k) { return k->speaker.n ? k->speaker : STR("-"); }

/* Every question with the answer it got, and what had none when the conversation ended. */
static enum status put_waits(struct each *x) {
  const struct figure_each_row *k = x->talk;
  struct figure_messages_row *m = NULL;
  size_t count = 0;
  bool open = false, spoken = false;
  i64 since = 0;
  enum status status = OK;
  TRY(figure_messages(x->r->store, x->page, &(struct figure_messages_in){.id = k->id}, &m, &count, x->r->problem));
  for (size_t i = 0; i < count; i++) {
    if (str_is(m[i].by_type, "customer")) {
      if (!open) open = true, since = m[i].at_ms;
      continue;
    }
    i64 wait = m[i].at_ms - since;
    struct fact f = {.measure = FIGURE_REPLY, .at = since, .agent = m[i].by_id, .slot = figure_step(wait), .total = wait, .spoke_ms = m[i].at_ms};
    if (open) TRY(put(x, f));
    f.measure = FIGURE_FIRST;
    if (open && !spoken) TRY(put(x, f));
    if (open) TRY(put_open(x, f, since, m[i].at_ms, !spoken));
    open = false;
    spoken = true;
  }
  if (open && k->has_closed_ms) {
    struct fact f = {.measure = spoken ? FIGURE_LEFT : FIGURE_FIRST, .at = since, .slot = spoken ? 0 : FIGURE_NEVER, .agent = speaker_of(k), .spoke_ms = since};
    TRY(put(x, f));
    f.measure = FIGURE_FIRST_OPEN;
    if (!spoken && service_history_before(&x->q->hours, since)->known) TRY(put(x, f));
  }
done:
  return status;
}

/* By tags only what ended counts, its first reply but not the later ones: as the fold does (docs/reports.md). */
static enum status put_tagged(struct each *x) {
  const struct figure_each_row *k = x->talk;
  enum status status = OK;
  if (!k->has_took_ms) return OK;
  struct fact f = {.at = k->started_ms, .agent = speaker_of(k), .spoke_ms = k->has_closed_ms ? k->closed_ms : k->started_ms};
  f.measure = FIGURE_TOOK, f.slot = figure_step(k->took_ms), f.total = k->took_ms;
  TRY(put(x, f));
  f.measure = FIGURE_FIRST, f.slot = k->has_first_ms ? figure_step(k->first_ms) : FIGURE_NEVER, f.total = k->has_first_ms ? k->first_ms : 0;
  if (k->has_asked_ms) TRY(put(x, f));
  f.measure = FIGURE_FIRST_OPEN, f.slot = k->has_first_ms ? figure_step(k->first_open_ms) : FIGURE_NEVER, f.total = k->has_first_ms ? k->first_open_ms : 0;
  if (k->has_first_ms ? k->has_first_open_ms : k->has_asked_ms && service_history_before(&x->q->hours, k->asked_ms)->known) TRY(put(x, f));
  f.measure = FIGURE_TOOK_OPEN, f.slot = figure_step(k->took_open_ms), f.total = k->took_open_ms;
  if (k->has_took_open_ms) TRY(put(x, f));
  f.measure = FIGURE_DEAL, f.slot = 0, f.total = 0;
  if (k->deal) TRY(put(x, f));
  f.measure = FIGURE_STARS, f.slot = k->stars;
  if (k->has_stars) TRY(put(x, f));
done:
  return status;
}

static enum status put_talk(struct each *x) {
  const struct figure_each_row *k = x->talk;
  struct figure_passes_row *passes = NULL;
  size_t count = 0;
  enum status status = OK;
  if (x->q->by == BY_TAG) return put_tagged(x);
  TRY(put_waits(x));
  struct fact f = {.measure = FIGURE_TOOK, .at = k->closed_ms, .slot = figure_step(k->took_ms), .total = k->took_ms, .agent = speaker_of(k), .spoke_ms = k->closed_ms};
  if (k->has_took_ms) TRY(put(x, f));
  f.measure = FIGURE_TOOK_OPEN, f.slot = figure_step(k->took_open_ms), f.total = k->took_open_ms;
  if (k->has_took_open_ms) TRY(put(x, f));
  f.measure = FIGURE_DEAL, f.slot = 0, f.total = 0;
  if (k->has_took_ms && k->deal) TRY(put(x, f));
  if (k->has_stars) TRY(put(x, (struct fact){.measure = FIGURE_STARS, .at = k->rated_ms, .slot = k->stars, .agent = k->rated_by, .shift = k->rated_shift, .has_shift = true}));
  TRY(figure_passes(x->r->store, x->page, &(struct figure_passes_in){.conversation = k->id}, &passes, &count, x->r->problem));
  for (size_t i = 0; i < count; i++) TRY(put(x, (struct fact){.measure = FIGURE_TRANSFER, .at = passes[i].at_ms, .agent = passes[i].person, .shift = passes[i].shift, .has_shift = true}));
done:
  return status;
}

static enum status too_many(struct read_ctx *r) {
  return problem_set(r->problem, E_INVALID, "report.too_many", "这样筛选要逐个看的会话太多（超过 %d 个）：把时间选短一些，或去掉一个条件",
                     "With these filters too many conversations (more than %d) must be looked at one by one: choose fewer days or remove a filter", EACH_MOST);
}

/* Orders stand behind no conversation: with a filter of tags they are left out. */
static enum status put_orders(struct each *x) {
  const struct ask *q = x->q;
  i64 after = INT64_MIN;
  struct str after_id = STR("");
  enum status status = OK;
  if (q->tag.n || q->by == BY_TAG) return OK;
  x->talk = NULL;
  for (bool more = true; more; arena_reset(x->page)) {
    struct figure_orders_row *rows = NULL;
    size_t count = 0;
    struct figure_orders_in in = {.from_ms = q->from_ms, .to_ms = q->to_ms, .after_ms = after, .after_id = after_id, .customer = q->customer, .level = q->level, .most = PAGE};
    TRY(figure_orders(x->r->store, x->page, &in, &rows, &count, x->r->problem));
    for (size_t i = 0; i < count; i++) {
      if (!reception_has_tag(rows[i].customer_tags, q->customer_tag)) continue;
      TRY(put(x, (struct fact){.measure = FIGURE_ORDER, .at = rows[i].at_ms, .total = rows[i].fen, .agent = rows[i].agent, .shift = rows[i].shift, .has_shift = true}));
    }
    more = count == PAGE;
    if (more) after = rows[count - 1].at_ms, after_id = arena_dup(x->r->arena, rows[count - 1].id);
  }
done:
  return status;
}

enum status reception_each(struct read_ctx *r, const struct ask *q, struct tally *t) {
  struct each x = {.r = r, .q = q, .t = t, .page = arena_new(PAGE_ARENA)};
  i64 after = INT64_MIN, seen = 0;
  struct str after_id = STR("");
  enum status status = OK;
  for (bool more = true; more; arena_reset(x.page)) {
    struct figure_each_row *rows = NULL;
    size_t count = 0;
    struct figure_each_in in = {.from_ms = q->from_ms, .to_ms = q->to_ms + MS_DAY, .after_ms = after, .after_id = after_id, .customer = q->customer, .level = q->level, .most = PAGE};
    TRY(figure_each(r->store, x.page, &in, &rows, &count, r->problem));
    for (size_t i = 0; i < count; i++) {
      if ((q->channel.n && !str_eq(q->channel, rows[i].channel)) || !reception_has_tag(rows[i].tags, q->tag) || !reception_has_tag(rows[i].customer_tags, q->customer_tag)) continue;
      if (++seen > EACH_MOST) TRY(too_many(r));
      x.talk = &rows[i];
      TRY(put_talk(&x));
    }
    more = count == PAGE;
    if (more) after = rows[count - 1].started_ms, after_id = arena_dup(r->arena, rows[count - 1].id);
  }
  TRY(put_orders(&x));
done:
  arena_free(x.page);
  return status;
}
