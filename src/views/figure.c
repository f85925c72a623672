/* The fold of the figures. See figure.h for what is promised.
 *
 * This view stands before the conversations', so what it reads there is the state before the event. Messages mostly come in
 * order of time; when one does not (an import, a late fact), the conversation's waits are taken back and counted anew from all of its
 * messages, then and at every later message, so the figures never depend on the order of arrival. */
#include "views/figure.h"

#include "base/calendar.h"
#include "views/figure.sql.h"
#include "views/json.h"
#include "views/service.h"
#include "views/show.h"
#include "views/tagging.h"

#include <string.h>

static const i64 ZONE_DEFAULT_MS = 8 * MS_HOUR;
#define S(n) ((n) * (i64)MS_SECOND)
const i64 figure_scale[FIGURE_STEPS] = {S(5),   S(10),  S(15),  S(20),  S(25),  S(30),  S(40),   S(50),   S(60),   S(75),   S(90),    S(120),   S(150),   S(180),   S(240),  S(300),   S(420),
                                        S(600), S(900), S(1200), S(1800), S(2700), S(3600), S(5400), S(7200), S(10800), S(14400), S(21600), S(28800), S(43200), S(86400), S(172800), INT64_MAX};
#undef S

int figure_step(i64 wait_ms) {
  int low = 0, high = FIGURE_STEPS - 1;
  while (low < high) {
    int middle = (low + high) / 2;
    if (wait_ms <= figure_scale[middle]) high = middle;
    else low = middle + 1;
  }
  return low;
}

i64 figure_month_span(i64 date) {
  struct civil c = civil_from_date(date);
  return -(12 * (i64)c.year + c.month - 1);
}

struct fold {
  struct store *s;
  struct arena *a;
  struct problem *p;
  i64 zone;
};

/* One fact into its day and, where a person stands behind it, its month. */
struct grain {
  enum figure_measure measure;
  i64 at;
  struct str agent, channel, shift;
  i64 slot, n, total;
};

static enum status add(struct fold *f, const struct grain *g) {
  i64 date = instant_date(g->at, f->zone);
  struct figure_add_in in = {.span = date, .measure = g->measure, .agent = g->agent, .channel = g->channel, .shift = g->shift, .slot = g->slot, .n = g->n, .total = g->total};
  enum status status = figure_add(f->s, &in, NULL, f->p);
  if (status != OK || !g->agent.n) return status;
  in.span = figure_month_span(date);
  return figure_add(f->s, &in, NULL, f->p);
}

static enum status add_half_hour(struct fold *f, enum figure_measure measure, i64 at, struct str channel) {
  return add(f, &(struct grain){.measure = measure, .at = at, .channel = channel, .slot = instant_time_of_day(at, f->zone) / (30 * MS_MINUTE), .n = 1});
}

static enum status shift_at(struct fold *f, struct str person, i64 at, struct str *name) {
  struct figure_shift_row *row = NULL;
  *name = STR("");
  if (!person.n) return OK;
  struct figure_shift_in in = {.person = person, .at_ms = at, .early_ms = at + FIGURE_SHIFT_EARLY_MS, .late_ms = at - FIGURE_SHIFT_REACH_MS};
  enum status status = figure_shift(f->s, f->a, &in, &row, f->p);
  if (status == OK && row) *name = row->name;
  return status;
}

static enum status add_person(struct fold *f, struct grain g) {
  enum status status = shift_at(f, g.agent, g.at, &g.shift);
  return status == OK && g.agent.n ? add(f, &g) : status;
}

/* ---- waits ------------------------------------------------------------------------------------------------------------------ */

/* A length of time in service hours: by those in force just before it began, so that what was counted can be taken back the same. */
struct open_time {
  bool known;
  i64 ms;
};
static enum status open_time_of(struct fold *f, i64 from, i64 to, struct open_time *out) {
  struct service hours;
  enum status status = service_at(f->s, f->a, from - 1, &hours, f->p);
  *out = (struct open_time){0};
  if (status == OK && hours.known) *out = (struct open_time){true, service_between(&hours, from, to)};
  return status;
}

/* A wait belongs to the time of the question and to the shift of who answered, when the answer came. */
static enum status add_wait(struct fold *f, struct str channel, i64 asked, i64 wait, struct str by, bool first, i64 n) {
  struct grain g = {.measure = FIGURE_REPLY, .at = asked, .agent = by, .channel = channel, .slot = figure_step(wait), .n = n, .total = n * wait};
  struct open_time open;
  enum status status = OK;
  TRY(shift_at(f, by, asked + wait, &g.shift));
  TRY(add(f, &g));
  g.measure = FIGURE_FIRST;
  if (first) TRY(add(f, &g));
  TRY(open_time_of(f, asked, asked + wait, &open));
  if (!open.known) return OK;
  g.measure = FIGURE_REPLY_OPEN, g.slot = figure_step(open.ms), g.total = n * open.ms;
  TRY(add(f, &g));
  g.measure = FIGURE_FIRST_OPEN;
  if (first) TRY(add(f, &g));
done:
  return status;
}

struct first {
  bool asked, spoken, answered, waiting; /* waiting: the last words have no answer; spoken: an agent has said something */
  i64 asked_ms, wait_ms, since_ms;
  struct open_time open; /* of the first reply */
  struct str by;
};

struct said {
  struct figure_messages_row *rows;
  size_t count;
};

/* Adds (n = 1), takes back (n = -1) or only looks at (n = 0) every wait that the messages make; `extra` may be one more message. */
static enum status add_waits(struct fold *f, struct said m, struct str channel, const struct figure_messages_row *extra, i64 n, struct first *out) {
  enum status status = OK;
  bool placed = extra == NULL;
  *out = (struct first){0};
  for (size_t i = 0; status == OK && (i < m.count || !placed);) {
    const struct figure_messages_row *next = i < m.count ? &m.rows[i] : NULL;
    if (!placed && (!next || extra->at_ms < next->at_ms)) next = extra, placed = true;
    else i++;
    if (str_is(next->by_type, "customer")) {
      if (!out->asked) out->asked = true, out->asked_ms = next->at_ms;
      if (!out->waiting) out->waiting = true, out->since_ms = next->at_ms;
      continue;
    }
    if (out->waiting && n) status = add_wait(f, channel, out->since_ms, next->at_ms - out->since_ms, next->by_id, !out->spoken, n);
    if (status == OK && out->waiting && !out->spoken) status = open_time_of(f, out->since_ms, next->at_ms, &out->open);
    if (out->waiting && !out->spoken) out->answered = true, out->wait_ms = next->at_ms - out->since_ms, out->by = next->by_id;
    out->waiting = false;
    out->spoken = true;
  }
  return status;
}

static enum status said_in(struct fold *f, struct str id, struct said *m) {
  return figure_messages(f->s, f->a, &(struct figure_messages_in){.id = id}, &m->rows, &m->count, f->p);
}

static enum status put_first(struct fold *f, struct str id, const struct first *x, bool mixed) {
  struct figure_first_in in = {.id = id, .has_asked_ms = x->asked, .asked_ms = x->asked_ms, .has_first_ms = x->answered, .first_ms = x->wait_ms, .first_by = x->by,
                                .has_first_open_ms = x->answered && x->open.known, .first_open_ms = x->open.ms, .mixed = mixed};
  return figure_first(f->s, &in, NULL, f->p);
}

/* An end before an answer: counted for who spoke last, else for who had it; "-" when nobody ever did. */
static enum status add_left(struct fold *f, const struct figure_state_row *t, bool never, i64 since, i64 n) {
  i64 wait = t->closed_ms > since ? t->closed_ms - since : 0;
  struct grain g = {.measure = never ? FIGURE_FIRST : FIGURE_LEFT, .at = since, .agent = t->speaker.n ? t->speaker : STR("-"), .channel = t->channel, .slot = never ? FIGURE_NEVER : 0,
                    .n = n, .total = n * wait};
  struct open_time open;
  enum status status = add_person(f, g);
  if (status != OK || !never) return status;
  status = open_time_of(f, since, since, &open);
  g.measure = FIGURE_FIRST_OPEN;
  return status == OK && open.known ? add_person(f, g) : status;
}

static enum status add_tagged(struct fold *f, const struct figure_state_row *t, struct str tags, i64 n);

/* From the waits that stood to those that stand now: what was left at the end, the first reply, and what the tags say of it. */
static enum status resettle(struct fold *f, struct str id, struct figure_state_row *t, const struct first *before, const struct first *after) {
  enum status status = OK;
  if (t->has_closed_ms && before->waiting) TRY(add_left(f, t, !before->spoken, before->since_ms, -1));
  if (t->has_closed_ms && after->waiting) TRY(add_left(f, t, !after->spoken, after->since_ms, 1));
  if (t->has_took_ms) TRY(add_tagged(f, t, t->tags, -1));
  t->has_first_ms = after->answered, t->first_ms = after->wait_ms, t->first_by = after->by;
  t->has_first_open_ms = after->answered && after->open.known, t->first_open_ms = after->open.ms;
  t->has_asked_ms = after->asked, t->asked_ms = after->asked_ms;
  if (t->has_took_ms) TRY(add_tagged(f, t, t->tags, 1));
  TRY(put_first(f, id, after, true));
done:
  return status;
}

/* A message that did not come in order. */
static enum status recount(struct fold *f, const struct event *e, struct str id, struct figure_state_row *t, struct str by, bool agent) {
  enum status status = OK;
  struct first before, after;
  struct said m = {0};
  struct figure_messages_row extra = {.seq = e->seq, .at_ms = e->occurred_ms, .by_type = agent ? STR("agent") : STR("customer"), .by_id = by};
  TRY(said_in(f, id, &m));
  TRY(add_waits(f, m, t->channel, NULL, -1, &before));
  TRY(add_waits(f, m, t->channel, &extra, 1, &after));
  TRY(resettle(f, id, t, &before, &after));
done:
  return status;
}

/* Also what is said after the end: it changes what the end left without an answer. */
static bool out_of_order(const struct event *e, const struct figure_state_row *t) {
  return t->mixed || t->has_closed_ms || (t->customer_messages + t->agent_messages > 0 && e->occurred_ms < t->last_ms);
}

static enum status state_of(struct fold *f, const struct event *e, struct str *id, struct figure_state_row **t) {
  *id = event_get_text(e, "conversation");
  return figure_state(f->s, f->a, &(struct figure_state_in){.id = *id}, t, f->p);
}

static enum status fold_spoke(struct fold *f, const struct event *e) {
  struct str id;
  struct figure_state_row *t;
  enum status status = state_of(f, e, &id, &t);
  if (status != OK || !t) return status;
  TRY(add_half_hour(f, FIGURE_ASKED, e->occurred_ms, t->channel));
  if (out_of_order(e, t)) TRY(recount(f, e, id, t, STR(""), false));
  else if (!t->has_asked_ms) TRY(figure_asked(f->s, &(struct figure_asked_in){.id = id, .asked_ms = e->occurred_ms}, NULL, f->p));
done:
  return status;
}

static enum status fold_replied(struct fold *f, const struct event *e) {
  struct str id, by = e->actor.n ? e->actor : event_get_text(e, "agent");
  struct figure_state_row *t;
  enum status status = state_of(f, e, &id, &t);
  if (status != OK || !t) return status;
  TRY(add_half_hour(f, FIGURE_SAID, e->occurred_ms, t->channel));
  if (out_of_order(e, t)) return recount(f, e, id, t, by, true);
  if (!t->has_wait_since_ms) return OK;
  i64 wait = e->occurred_ms - t->wait_since_ms;
  bool first = t->agent_messages == 0;
  TRY(add_wait(f, t->channel, t->wait_since_ms, wait, by, first, 1));
  if (first) {
    struct first x = {.asked = true, .answered = true, .asked_ms = t->wait_since_ms, .wait_ms = wait, .by = by};
    TRY(open_time_of(f, t->wait_since_ms, e->occurred_ms, &x.open));
    TRY(put_first(f, id, &x, false));
  }
done:
  return status;
}

/* ---- tags: by the day the conversation began --------------------------------------------------------------------------------- */

static enum status add_tag(struct fold *f, struct str tags, i64 at, enum figure_measure measure, i64 slot, i64 n, i64 total) {
  json_t *list = show_stored(tags, json_array()), *tag;
  enum status status = OK;
  size_t i;
  i64 date = instant_date(at, f->zone);
  json_array_foreach(list, i, tag) {
    struct figure_tag_add_in in = {.span = date, .measure = measure, .tag = str_c(json_string_value(tag)), .slot = slot, .n = n, .total = total};
    if (status == OK) status = figure_tag_add(f->s, &in, NULL, f->p);
    in.span = figure_month_span(date);
    if (status == OK) status = figure_tag_add(f->s, &in, NULL, f->p);
  }
  json_decref(list);
  return status;
}

/* What an ended conversation gives to its tags. */
static enum status add_tagged(struct fold *f, const struct figure_state_row *t, struct str tags, i64 n) {
  enum status status = OK;
  i64 at = t->started_ms;
  TRY(add_tag(f, tags, at, FIGURE_TOOK, figure_step(t->took_ms), n, n * t->took_ms));
  if (t->has_first_ms) TRY(add_tag(f, tags, at, FIGURE_FIRST, figure_step(t->first_ms), n, n * t->first_ms));
  else if (t->has_asked_ms) TRY(add_tag(f, tags, at, FIGURE_FIRST, FIGURE_NEVER, n, 0));
  if (t->has_took_open_ms) TRY(add_tag(f, tags, at, FIGURE_TOOK_OPEN, figure_step(t->took_open_ms), n, n * t->took_open_ms));
  struct open_time open = {t->has_first_open_ms, t->first_open_ms};
  if (!t->has_first_ms && t->has_asked_ms) TRY(open_time_of(f, t->asked_ms, t->asked_ms, &open));
  if (open.known) TRY(add_tag(f, tags, at, FIGURE_FIRST_OPEN, t->has_first_ms ? figure_step(open.ms) : FIGURE_NEVER, n, t->has_first_ms ? n * open.ms : 0));
  if (t->deal) TRY(add_tag(f, tags, at, FIGURE_DEAL, 0, n, 0));
  if (t->has_stars) TRY(add_tag(f, tags, at, FIGURE_STARS, t->stars, n, 0));
done:
  return status;
}

static enum status retag(struct fold *f, struct str id, struct figure_state_row *t, struct str fresh) {
  enum status status = OK;
  if (str_eq(fresh, t->tags)) return OK;
  if (t->has_took_ms) TRY(add_tagged(f, t, t->tags, -1));
  if (t->has_took_ms) TRY(add_tagged(f, t, fresh, 1));
  TRY(figure_retag(f->s, &(struct figure_retag_in){.id = id, .tags = fresh}, NULL, f->p));
done:
  return status;
}

static enum status fold_renamed(struct fold *f, const struct event *e) {
  struct figure_with_tag_row *rows;
  struct figure_state_row *t;
  size_t count;
  struct str from = event_get_text(e, "tag"), into = event_get_text(e, "into");
  enum status status = figure_with_tag(f->s, f->a, &(struct figure_with_tag_in){.tag = from, .most = TAGGING_MOST}, &rows, &count, f->p);
  for (size_t i = 0; status == OK && i < count; i++) {
    TRY(figure_state(f->s, f->a, &(struct figure_state_in){.id = rows[i].conversation}, &t, f->p));
    if (t) TRY(retag(f, rows[i].conversation, t, tagging_renamed(f->a, t->tags, from, into)));
  }
done:
  return status;
}

static enum status fold_rename_undone(struct fold *f, const struct event *e) {
  struct figure_moved_row *rows;
  struct figure_state_row *t;
  size_t count;
  struct str from = event_get_text(e, "tag"), into = event_get_text(e, "into");
  enum status status = figure_moved(f->s, f->a, &(struct figure_moved_in){.move = event_get_text(e, "move")}, &rows, &count, f->p);
  for (size_t i = 0; status == OK && i < count; i++) {
    TRY(figure_state(f->s, f->a, &(struct figure_state_in){.id = rows[i].conversation}, &t, f->p));
    if (t) TRY(retag(f, rows[i].conversation, t, tagging_back(f->a, t->tags, from, into, rows[i].both_tags != 0)));
  }
done:
  return status;
}

static enum status fold_tagged(struct fold *f, const struct event *e) {
  struct str id;
  struct figure_state_row *t;
  enum status status = state_of(f, e, &id, &t);
  struct value tags = event_get(e, STR("tags"));
  if (status != OK || !t) return status;
  json_t *list = json_array();
  for (size_t i = 0; tags.type == V_LIST && i < tags.count; i++) json_array_append_new(list, json_of(tags.items[i].s));
  struct str fresh = show_dump(f->a, list);
  json_decref(list);
  return retag(f, id, t, fresh);
}

/* ---- beginnings and ends ------------------------------------------------------------------------------------------------------ */

static enum status fold_started(struct fold *f, const struct event *e) {
  struct figure_start_in in = {.id = event_get_text(e, "conversation"), .customer = event_get_text(e, "customer"), .channel = event_get_text(e, "channel"), .started_ms = e->occurred_ms};
  enum status status = figure_start(f->s, &in, NULL, f->p);
  return status == OK ? add_half_hour(f, FIGURE_STARTED, e->occurred_ms, in.channel) : status;
}

static enum status last_speaker(struct fold *f, struct str id, struct str fallback, struct str *who) {
  struct figure_speaker_row *row = NULL;
  enum status status = figure_speaker(f->s, f->a, &(struct figure_speaker_in){.id = id}, &row, f->p);
  *who = status == OK && row ? row->by_id : fallback;
  return status;
}

static enum status fold_closed(struct fold *f, const struct event *e) {
  struct str id, who;
  struct figure_state_row *t;
  enum status status = state_of(f, e, &id, &t);
  if (status != OK || !t || t->has_closed_ms) return status;
  i64 at = e->occurred_ms;
  TRY(last_speaker(f, id, t->agent, &who));
  struct grain g = {.at = at, .agent = who.n ? who : STR("-"), .channel = t->channel, .n = 1};
  t->took_ms = at > t->started_ms ? at - t->started_ms : 0;
  t->has_took_ms = true;
  t->deal = event_get_int(e, "deal", 0);
  g.measure = FIGURE_TOOK, g.slot = figure_step(t->took_ms), g.total = t->took_ms;
  TRY(add_person(f, g));
  struct open_time open;
  TRY(open_time_of(f, t->started_ms, at, &open));
  t->has_took_open_ms = open.known, t->took_open_ms = open.ms;
  g.measure = FIGURE_TOOK_OPEN, g.slot = figure_step(open.ms), g.total = open.ms;
  if (open.known) TRY(add_person(f, g));
  g.measure = FIGURE_DEAL, g.slot = 0, g.total = 0;
  if (t->deal) TRY(add_person(f, g));
  t->speaker = who;
  t->closed_ms = at;
  bool never = t->agent_messages == 0;
  if (t->mixed) {
    struct first x;
    struct said m = {0};
    TRY(said_in(f, id, &m));
    TRY(add_waits(f, m, t->channel, NULL, 0, &x));
    t->has_wait_since_ms = x.waiting;
    t->wait_since_ms = x.since_ms;
    never = !x.spoken;
  }
  if (t->has_wait_since_ms) TRY(add_left(f, t, never, t->wait_since_ms, 1));
  TRY(figure_close(f->s, &(struct figure_close_in){.id = id, .closed_ms = at, .took_ms = t->took_ms, .has_took_open_ms = open.known, .took_open_ms = open.ms, .speaker = who, .deal = t->deal}, NULL, f->p));
  TRY(add_tagged(f, t, t->tags, 1));
done:
  return status;
}

/* A conversation is rated once: what was given later takes the place of what was given before. */
static enum status fold_rated(struct fold *f, const struct event *e) {
  struct str id, who;
  struct figure_state_row *t;
  enum status status = state_of(f, e, &id, &t);
  i64 stars = event_get_int(e, "stars", 0);
  if (status != OK || !t || !event_has(e, "stars") || (t->has_rated_ms && e->occurred_ms < t->rated_ms)) return status;
  TRY(last_speaker(f, id, t->agent, &who));
  if (t->has_stars) {
    struct grain old = {.measure = FIGURE_STARS, .at = t->rated_ms, .agent = t->rated_by, .channel = t->channel, .shift = t->rated_shift, .slot = t->stars, .n = -1, .total = -t->stars};
    if (old.agent.n) TRY(add(f, &old));
    if (t->has_took_ms) TRY(add_tag(f, t->tags, t->started_ms, FIGURE_STARS, t->stars, -1, 0));
  }
  struct grain g = {.measure = FIGURE_STARS, .at = e->occurred_ms, .agent = who, .channel = t->channel, .slot = stars, .n = 1, .total = stars};
  TRY(shift_at(f, who, g.at, &g.shift));
  if (who.n) TRY(add(f, &g));
  if (t->has_took_ms) TRY(add_tag(f, t->tags, t->started_ms, FIGURE_STARS, stars, 1, 0));
  TRY(figure_stars(f->s, &(struct figure_stars_in){.id = id, .stars = stars, .rated_ms = e->occurred_ms, .rated_by = who, .rated_shift = g.shift}, NULL, f->p));
done:
  return status;
}

/* Conversations joined, or parted again: their messages count where they are. */
static enum status fold_moved(struct fold *f, const struct event *e, bool joined) {
  struct str id = event_get_text(e, "conversation"), into = event_get_text(e, "into");
  struct figure_state_row *from = NULL, *to = NULL;
  struct first whole, nothing = {0}, own, rest;
  struct said own_said = {0}, rest_said = {0}, all = {0};
  enum status status = OK;
  TRY(figure_state(f->s, f->a, &(struct figure_state_in){.id = id}, &from, f->p));
  TRY(figure_state(f->s, f->a, &(struct figure_state_in){.id = into}, &to, f->p));
  if (!from || !to) return OK;
  if (joined) {
    struct figure_messages_both_row *both = NULL;
    TRY(said_in(f, id, &own_said));
    TRY(said_in(f, into, &rest_said));
    TRY(figure_messages_both(f->s, f->a, &(struct figure_messages_both_in){.id = id, .other_id = into}, &both, &all.count, f->p));
    all.rows = (struct figure_messages_row *)(void *)both;
  } else {
    struct figure_messages_home_row *part = NULL;
    TRY(said_in(f, into, &all));
    TRY(figure_messages_home(f->s, f->a, &(struct figure_messages_home_in){.id = into, .from_id = id, .home = 1}, &part, &own_said.count, f->p));
    own_said.rows = (struct figure_messages_row *)(void *)part;
    TRY(figure_messages_home(f->s, f->a, &(struct figure_messages_home_in){.id = into, .from_id = id, .home = 0}, &part, &rest_said.count, f->p));
    rest_said.rows = (struct figure_messages_row *)(void *)part;
  }
  TRY(add_waits(f, own_said, from->channel, NULL, joined ? -1 : 1, &own));
  TRY(add_waits(f, rest_said, to->channel, NULL, joined ? -1 : 1, &rest));
  TRY(add_waits(f, all, to->channel, NULL, joined ? 1 : -1, &whole));
  TRY(resettle(f, id, from, joined ? &own : &nothing, joined ? &nothing : &own));
  TRY(resettle(f, into, to, joined ? &rest : &whole, joined ? &whole : &rest));
done:
  return status;
}
static enum status fold_merged(struct fold *f, const struct event *e) { return fold_moved(f, e, true); }
static enum status fold_unmerged(struct fold *f, const struct event *e) { return fold_moved(f, e, false); }

static enum status fold_transferred(struct fold *f, const struct event *e) {
  struct str id;
  struct figure_state_row *t;
  enum status status = state_of(f, e, &id, &t);
  if (status != OK || !t) return status;
  struct grain g = {.measure = FIGURE_TRANSFER, .at = e->occurred_ms, .agent = event_get_text(e, "person"), .channel = t->channel, .n = 1};
  if (!g.agent.n) return OK;
  TRY(shift_at(f, g.agent, g.at, &g.shift));
  TRY(add(f, &g));
  TRY(figure_pass_add(f->s, &(struct figure_pass_add_in){.conversation = id, .at_ms = g.at, .person = g.agent, .shift = g.shift}, NULL, f->p));
done:
  return status;
}

static enum status fold_completed(struct fold *f, const struct event *e) {
  enum status status = OK;
  struct grain g = {.measure = FIGURE_ORDER, .at = e->occurred_ms, .agent = event_get_text(e, "agent"), .n = 1, .total = event_get_int(e, "amount", 0)};
  if (!g.agent.n) return OK;
  TRY(shift_at(f, g.agent, g.at, &g.shift));
  TRY(add(f, &g));
  struct figure_order_add_in in = {.at_ms = g.at, .id = event_get_text(e, "order"), .customer = event_get_text(e, "customer"), .agent = g.agent, .shift = g.shift, .fen = g.total};
  TRY(figure_order_add(f->s, &in, NULL, f->p));
done:
  return status;
}

static enum status zone_of(struct store *s, struct arena *a, i64 *zone, struct problem *p) {
  struct figure_zone_get_row *row = NULL;
  enum status status = figure_zone_get(s, a, &row, p);
  *zone = status == OK && row ? row->offset_ms : ZONE_DEFAULT_MS;
  return status;
}

static enum status fold(struct store *s, struct arena *a, const struct event *e, struct problem *p) {
  enum event_kind_id kind = (enum event_kind_id)event_kind_index(e->kind);
  struct fold f = {.s = s, .a = a, .p = p};
  if (kind == EVENT_desk_opened) {
    i64 offset;
    if (!zone_offset(event_get_text(e, "zone"), &offset)) return OK;
    return figure_zone_set(s, &(struct figure_zone_set_in){.offset_ms = offset}, NULL, p);
  }
  enum status (*run)(struct fold *, const struct event *) = kind == EVENT_conversation_started         ? fold_started
                                                            : kind == EVENT_conversation_customer_spoke ? fold_spoke
                                                            : kind == EVENT_conversation_agent_replied  ? fold_replied
                                                            : kind == EVENT_conversation_closed         ? fold_closed
                                                            : kind == EVENT_conversation_rated || kind == EVENT_survey_answered ? fold_rated
                                                            : kind == EVENT_conversation_tagged         ? fold_tagged
                                                            : kind == EVENT_tag_renamed                 ? fold_renamed
                                                            : kind == EVENT_tag_rename_undone           ? fold_rename_undone
                                                            : kind == EVENT_conversation_transferred    ? fold_transferred
                                                            : kind == EVENT_conversation_merged         ? fold_merged
                                                            : kind == EVENT_conversation_unmerged       ? fold_unmerged
                                                            : kind == EVENT_order_completed             ? fold_completed
                                                                                                        : NULL;
  if (!run) return OK;
  enum status status = zone_of(s, a, &f.zone, p);
  return status == OK ? run(&f, e) : status;
}

static const char *const tables[] = {"figure_count", "figure_tag", "figure_talk", "figure_order", "figure_pass", "figure_zone", NULL};
static const char *const nouns[] = {"conversation", "survey", "order", "desk", "tag", NULL};
static const struct read_def reads[] = {{NULL}};
const struct view_def view_figure = {.noun = "figure", .version = 4, .tables = tables, .fold = fold, .reads = reads, .nouns = nouns};
