/* The things that events are about, as they stand at the instant being judged: conversations (who has it, does the customer
 * wait), orders (notes, flag, fetched), cases (state, fields), people, products. Folded from facts in their order, so an
 * attribute read while judging is the one of that moment; a late fact makes the whole fold run again. */
#include "rules/slice.h"

#include <stdlib.h>
#include <string.h>

u32 object_find(struct engine *e, enum noun noun, sym id) {
  if (e->slice && id) return slice_object_find(e, noun, id);
  if (id == 0 || id >= e->s.of_room[noun]) return NONE;
  return e->s.of_sym[noun][id] - 1; /* 0 wraps to NONE */
}

u32 object_make(struct engine *e, enum noun noun, sym id) {
  BUG_IF(id == 0);
  if (e->slice) return slice_object_make(e, noun, id);
  struct state *s = &e->s;
  if (id >= s->of_room[noun]) {
    u32 old = s->of_room[noun];
    u32 room = old;
    s->of_sym[noun] = vec_room(s->of_sym[noun], &room, id + 1, sizeof(u32));
    memset(s->of_sym[noun] + old, 0, (size_t)(room - old) * sizeof(u32));
    s->of_room[noun] = room;
  }
  if (s->of_sym[noun][id]) return s->of_sym[noun][id] - 1;
  *VEC_PUSH(s->objects) = (struct object){.id = id, .noun = (u8)noun, .duties = NONE, .fact = NONE};
  s->of_sym[noun][id] = s->objects.n;
  if (noun == N_CASE) *VEC_PUSH(s->cases) = s->objects.n - 1;
  return s->objects.n - 1;
}

struct value ref_value(struct engine *e, enum noun noun, sym id) {
  if (id == 0) return value_absent();
  struct value v = value_ref(intern_str(&e->names, id));
  v.den = noun;
  return v;
}

struct value text_value(struct engine *e, sym s) { return s ? value_text(intern_str(&e->names, s)) : value_absent(); }

static struct object *at(struct engine *e, u32 i) { return &e->s.objects.p[i]; }

/* ---- conversations ---- */

static void waiting_person(struct engine *e, sym agent, int change) {
  if (agent == 0) return;
  if (e->slice) {
    slice_waiting(e, agent, change);
    return;
  }
  u32 p = object_make(e, N_PERSON, agent);
  at(e, p)->count += change;
}

static void conversation_wait(struct engine *e, u32 c, bool waiting, i64 now) {
  if (at(e, c)->waiting == waiting) return;
  at(e, c)->waiting = waiting;
  if (waiting) at(e, c)->since = now;
  waiting_person(e, at(e, c)->agent, waiting ? 1 : -1);
}

static void conversation_agent(struct engine *e, u32 c, sym agent) {
  sym old = at(e, c)->agent;
  if (agent == 0 || old == agent) return;
  at(e, c)->agent = agent;
  if (!at(e, c)->waiting) return;
  waiting_person(e, agent, 1);
  waiting_person(e, old, -1);
}

static void conversation_fold(struct engine *e, u32 ref, u32 c) {
  const struct fact f = *fact_of(e, ref);
  sym agent = fact_sym(e, ref, e->f_agent[f.kind]);
  sym customer = fact_sym(e, ref, e->f_object[f.kind][N_CUSTOMER]);
  if (customer) at(e, c)->customer = customer;
  switch (f.kind) {
    case EVENT_conversation_started: at(e, c)->closed = false; break;
    case EVENT_conversation_assigned:
    case EVENT_conversation_picked_up: conversation_agent(e, c, agent); break;
    case EVENT_conversation_transferred: {
      struct value to = fact_named(e, ref, intern_sym(&e->names, STR("受让人")));
      if (to.type == V_REF || to.type == V_TEXT) conversation_agent(e, c, intern_sym(&e->names, to.s));
      break;
    }
    case EVENT_conversation_customer_spoke:
      conversation_agent(e, c, agent);
      at(e, c)->closed = false;
      conversation_wait(e, c, true, f.at);
      break;
    case EVENT_conversation_agent_replied:
      if (at(e, c)->agent == 0) conversation_agent(e, c, agent ? agent : f.actor);
      conversation_wait(e, c, false, f.at);
      break;
    case EVENT_conversation_closed:
    case EVENT_conversation_abandoned:
      if (at(e, c)->agent == 0) conversation_agent(e, c, agent);
      conversation_wait(e, c, false, f.at);
      at(e, c)->closed = true;
      break;
    default: break;
  }
}

/* ---- orders ---- */

static void order_note(struct engine *e, u32 o, sym text) {
  if (text == 0) return;
  *VEC_PUSH(e->s.notes) = (struct note){.text = text, .next = at(e, o)->notes};
  at(e, o)->notes = e->s.notes.n;
}

static void order_fold(struct engine *e, u32 ref, u32 o) {
  const struct fact f = *fact_of(e, ref);
  sym agent = fact_sym(e, ref, e->f_agent[f.kind]);
  sym customer = fact_sym(e, ref, e->f_object[f.kind][N_CUSTOMER]);
  if (customer) at(e, o)->customer = customer;
  if (agent && (f.kind == EVENT_order_assigned || at(e, o)->agent == 0)) at(e, o)->agent = agent;
  switch (f.kind) {
    case EVENT_order_placed:
    case EVENT_order_completed: {
      struct value amount = fact_named(e, ref, e->w[W_AMOUNT]);
      if (amount.type == V_MONEY) {
        at(e, o)->money = amount.i;
        at(e, o)->has_money = true;
      }
      struct value special = fact_named(e, ref, e->w[W_SPECIAL]);
      if (special.type == V_TEXT) at(e, o)->text = intern_sym(&e->names, special.s);
      struct value note = fact_named(e, ref, e->w[W_NOTE]);
      if (note.type == V_TEXT) order_note(e, o, intern_sym(&e->names, note.s));
      struct value flag = fact_named(e, ref, e->w[W_FLAG]);
      if (flag.type == V_TEXT) at(e, o)->flag = intern_sym(&e->names, flag.s);
      break;
    }
    case EVENT_order_noted: {
      order_note(e, o, fact_sym(e, ref, e->f_note_text));
      sym flag = fact_sym(e, ref, e->f_note_flag);
      if (flag) at(e, o)->flag = flag;
      break;
    }
    case EVENT_order_paid: at(e, o)->known = true; break;
    case EVENT_order_fetched: at(e, o)->fetched = true; break;
    case EVENT_order_cancelled: at(e, o)->closed = true; break;
    default: break;
  }
}

/* ---- people ---- */

static sym text_of(struct engine *e, u32 ref, sym name) {
  struct value v = fact_named(e, ref, name);
  return v.type == V_TEXT || v.type == V_REF ? intern_sym(&e->names, v.s) : 0;
}

static void person_set(struct engine *e, u32 p, struct str item, const struct value *v) {
  sym text = v->type == V_TEXT || v->type == V_REF ? intern_sym(&e->names, v->s) : 0;
  if (str_is(item, "岗位")) at(e, p)->role = text;
  else if (str_is(item, "上级")) at(e, p)->superior = text;
  else if (str_is(item, "姓名")) at(e, p)->text = text;
  else if (str_is(item, "工号")) at(e, p)->job = text;
  else if (str_is(item, "底薪") && v->type == V_MONEY) {
    at(e, p)->money = v->i;
    at(e, p)->has_money = true;
  } else if (str_is(item, "底薪") && text) { /* an untyped new value: decimal yuan */
    i64 fen;
    if (money_parse(v->s, &fen)) {
      at(e, p)->money = fen;
      at(e, p)->has_money = true;
    }
  }
}

static void person_fold(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  sym id = fact_sym(e, ref, e->f_person[f.kind]);
  if (id == 0) return;
  u32 p = object_make(e, N_PERSON, id);
  if (f.kind == EVENT_person_joined) {
    if (!at(e, p)->known) *VEC_PUSH(e->s.people) = p;
    at(e, p)->known = true;
    at(e, p)->left = false;
    spell_begin(e, p, f.at);
    at(e, p)->since = f.at;
    at(e, p)->role = text_of(e, ref, e->w[W_ROLE]);
    at(e, p)->superior = text_of(e, ref, e->w[W_SUPERIOR]);
    at(e, p)->text = text_of(e, ref, e->w[W_NAME]);
    at(e, p)->job = text_of(e, ref, e->w[W_JOB]);
    struct value wage = fact_named(e, ref, e->w[W_WAGE]);
    if (wage.type == V_MONEY) {
      at(e, p)->money = wage.i;
      at(e, p)->has_money = true;
    }
  } else if (f.kind == EVENT_person_left) {
    at(e, p)->left = true;
    at(e, p)->until = f.at;
    spell_end(e, p, f.at);
  } else {
    struct value item = fact_named(e, ref, intern_sym(&e->names, STR("项目")));
    struct value fresh = fact_named(e, ref, intern_sym(&e->names, STR("新值")));
    if (item.type == V_TEXT) person_set(e, p, item.s, &fresh);
  }
  recur_people_changed(e, f.at);
  if (f.kind == EVENT_person_joined) recur_notice(e, id, f.at);
}

/* ---- cases ---- */

bool case_visited(struct engine *e, sym id, sym state) {
  u32 c = object_find(e, N_CASE, id);
  if (c == NONE) return false;
  for (u32 n = at(e, c)->notes; n; n = e->s.notes.p[n - 1].next) {
    if (e->s.notes.p[n - 1].text == state) return true;
  }
  return false;
}

bool case_is_leave(const struct engine *e, sym type) { return type == e->w[W_LEAVE1] || type == e->w[W_LEAVE2] || type == e->w[W_LEAVE3]; }

static void case_fold(struct engine *e, u32 ref, u32 c) {
  const struct fact f = *fact_of(e, ref);
  if (f.case_type && at(e, c)->type != f.case_type) {
    at(e, c)->type = f.case_type;
    if (case_is_leave(e, f.case_type)) *VEC_PUSH(e->s.leaves) = c;
  }
  if (f.extra || at(e, c)->fact == NONE) at(e, c)->fact = ref;
  e->used = true;
  if (f.kind == EVENT_case_voided) at(e, c)->closed = true;
  if ((f.kind == EVENT_case_opened || f.kind == EVENT_case_moved) && f.case_state) {
    at(e, c)->state = f.case_state;
    *VEC_PUSH(e->s.notes) = (struct note){.text = f.case_state, .next = at(e, c)->notes, .fact = ref};
    at(e, c)->notes = e->s.notes.n;
    flow_entered(e, c, ref);
    if (f.case_type) recur_case_changed(e, at(e, c)->id, f.case_type, f.at);
  }
  if (f.kind == EVENT_case_assigned) {
    sym holder = text_of(e, ref, e->w[W_HOLDER]);
    if (holder) at(e, c)->agent = holder;
  }
}

void object_fold(struct engine *e, u32 ref) {
  const struct fact f = *fact_of(e, ref);
  const i16 *fields = e->f_object[f.kind];
  sym id; /* object_folds below says the same of conversations, orders and cases */
  if ((id = fact_sym(e, ref, fields[N_CONVERSATION])) && f.kind <= EVENT_conversation_phrase_missing) {
    conversation_fold(e, ref, object_make(e, N_CONVERSATION, id));
  } else if ((id = fact_sym(e, ref, fields[N_ORDER]))) {
    order_fold(e, ref, object_make(e, N_ORDER, id));
  } else if (f.case_type || f.kind == EVENT_case_assigned || f.kind == EVENT_case_voided || f.kind == EVENT_case_extended) {
    id = fact_sym(e, ref, fields[N_CASE]);
    if (id) case_fold(e, ref, object_make(e, N_CASE, id));
  } else if (f.kind >= EVENT_person_joined && f.kind <= EVENT_person_left) {
    e->used = true;
    person_fold(e, ref);
  } else if (f.kind == EVENT_calendar_changed) {
    working_days_fold(e, ref);
  } else if (f.kind == EVENT_presence_changed) {
    sym person = fact_sym(e, ref, e->f_person[f.kind]);
    struct value state = fact_named(e, ref, intern_sym(&e->names, STR("新状态")));
    if (person && state.type == V_TEXT) {
      u32 p = object_make(e, N_PERSON, person);
      at(e, p)->state = intern_sym(&e->names, state.s);
    }
  }
}

bool object_folds(struct engine *e, u32 ref, enum noun *noun, sym *id) {
  const struct fact *f = fact_of(e, ref);
  const i16 *fields = e->f_object[f->kind];
  *noun = N_CONVERSATION;
  if ((*id = fact_sym(e, ref, fields[*noun])) && f->kind <= EVENT_conversation_phrase_missing) return true;
  *noun = N_ORDER;
  if ((*id = fact_sym(e, ref, fields[*noun]))) return true;
  *noun = N_CASE;
  bool of_case = f->case_type || f->kind == EVENT_case_assigned || f->kind == EVENT_case_voided || f->kind == EVENT_case_extended;
  return of_case && (*id = fact_sym(e, ref, fields[*noun]));
}

/* ---- attributes ---- */

bool object_note_contains(struct engine *e, sym order, struct str text) {
  u32 o = object_find(e, N_ORDER, order);
  if (o == NONE || text.n == 0) return false;
  for (u32 n = at(e, o)->notes; n; n = e->s.notes.p[n - 1].next) {
    if (str_find(intern_str(&e->names, e->s.notes.p[n - 1].text), text, 0) != SIZE_MAX) return true;
  }
  return false;
}

/* All notes of an order as one list, newest first. */
static struct value order_notes(struct engine *e, u32 o) {
  size_t count = 0;
  for (u32 n = at(e, o)->notes; n; n = e->s.notes.p[n - 1].next) count++;
  if (count == 0) return value_absent();
  struct value *items = ARENA_ARRAY(e->scratch, struct value, count);
  size_t i = 0;
  for (u32 n = at(e, o)->notes; n; n = e->s.notes.p[n - 1].next) items[i++] = text_value(e, e->s.notes.p[n - 1].text);
  return (struct value){.type = V_LIST, .items = items, .count = count};
}

static bool person_attribute(struct engine *e, u32 p, sym id, sym name, struct value *out) {
  const struct object *o = at(e, p);
  if (name == e->w[W_NAME]) *out = text_value(e, o->text ? o->text : id);
  else if (name == e->w[W_JOB]) *out = text_value(e, o->job);
  else if (name == e->w[W_ROLE]) *out = text_value(e, o->role);
  else if (name == e->w[W_SUPERIOR]) *out = ref_value(e, N_PERSON, person_superior(e, version_at(e, e->s.now), id));
  else if (name == e->w[W_WAGE]) *out = o->has_money ? value_int(V_MONEY, o->money) : value_absent();
  else if (name == e->w[W_STATE]) {
    if (e->slice) slice_escape(e, "presence");
    *out = text_value(e, o->state);
  } else if (name == e->w[W_JOINED]) *out = o->known ? value_int(V_DATE, instant_date(o->since, e->zone)) : value_absent();
  else if (name == e->w[W_EMPLOYED]) *out = value_bool(o->known && !o->left);
  else if (name == e->w[W_ON_SHIFT]) *out = value_bool(shift_at(e, id, e->s.now) != NONE);
  else return false;
  return true;
}

static bool case_attribute(struct engine *e, u32 c, sym id, sym name, struct value *out) {
  const struct object *o = at(e, c);
  if (name == e->w[W_STATE]) {
    *out = text_value(e, o->state);
    return true;
  }
  if (name == e->w[W_HOLDER] && o->agent) {
    *out = ref_value(e, N_PERSON, o->agent);
    return true;
  }
  struct str word = intern_str(&e->names, name);
  if (o->fact != NONE) {
    *out = fact_extra(e, o->fact, name);
    if (out->type != V_ABSENT) return true;
    if (case_computed(e, o->fact, name, out)) return true;
  }
  if (str_starts(word, STR("已"))) {
    sym state = intern_find(&e->names, str_slice(word, strlen("已"), word.n));
    *out = value_bool(state && case_visited(e, id, state));
    return true;
  }
  return false;
}

static bool attribute_named(struct engine *e, enum noun noun, sym id, sym name, struct value *out) {
  u32 i = object_find(e, noun, id);
  if (i == NONE) {
    if (noun == N_PERSON && name == e->w[W_NAME]) {
      *out = text_value(e, id);
      return true;
    }
    if (noun == N_PERSON && name == e->w[W_ON_SHIFT]) { /* named only in passing: certainly on no shift */
      *out = value_bool(false);
      return true;
    }
    return false;
  }
  const struct object *o = at(e, i);
  if (noun == N_PERSON) return person_attribute(e, i, id, name, out);
  if (noun == N_CASE) return case_attribute(e, i, id, name, out);
  if (name == e->w[W_AGENT] && (noun == N_CONVERSATION || noun == N_ORDER)) {
    *out = ref_value(e, N_PERSON, o->agent);
    return o->agent != 0;
  }
  if (name == e->w[W_CUSTOMER] && (noun == N_CONVERSATION || noun == N_ORDER)) {
    *out = ref_value(e, N_CUSTOMER, o->customer);
    return o->customer != 0;
  }
  if (noun != N_ORDER) return false;
  if (name == e->w[W_NOTE]) *out = order_notes(e, i);
  else if (name == e->w[W_FLAG]) *out = text_value(e, o->flag);
  else if (name == e->w[W_SPECIAL]) *out = text_value(e, o->text);
  else if (name == e->w[W_FETCHED]) *out = value_bool(o->fetched);
  else if (name == e->w[W_PURCHASED]) *out = value_bool(o->known);
  else if (name == e->w[W_AMOUNT]) *out = o->has_money ? value_int(V_MONEY, o->money) : value_absent();
  else return false;
  return true;
}

bool object_attribute(struct engine *e, enum noun noun, sym id, sym name, struct value *out) {
  if (attribute_named(e, noun, id, name, out)) return true;
  sym zh = chinese_of(e, name);
  return zh && attribute_named(e, noun, id, zh, out);
}
