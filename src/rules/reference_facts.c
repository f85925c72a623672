/* What the reference knows of facts, objects and people at the instant being judged: found by reading the whole history from
 * its beginning, every time. See reference.h. */
#include "rules/reference_parts.h"

#include <string.h>

/* ---- identities ---- */

u64 ref_mix(u64 h, u64 n) {
  if (h == 0) h = 0xcbf29ce484222325u;
  for (int byte = 0; byte < 8; byte++) h = (h ^ (n >> (8 * byte) & 0xff)) * 0x100000001b3u;
  return h;
}

u64 ref_mix_str(u64 h, struct str s) {
  if (h == 0) h = 0xcbf29ce484222325u;
  for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3u;
  return (h ^ 0x1f) * 0x100000001b3u;
}

struct str ref_hex(struct ref *r, const char *prefix, u64 id) { return arena_printf(r->a, "%s%016llx", prefix, (unsigned long long)id); }

bool ref_unhex(struct str s, u64 *id) {
  static const char digits[] = "0123456789abcdef";
  *id = 0;
  if (s.n != 16) return false;
  for (size_t i = 0; i < 16; i++) {
    const char *digit = s.p[i] ? strchr(digits, s.p[i]) : NULL;
    if (digit == NULL) return false;
    *id = *id << 4 | (u64)(digit - digits);
  }
  return true;
}

u64 ref_fact_identity(const struct ref_fact *f) { return ref_mix_str(0, f->id); }

bool ref_is_dead(const struct ref *r, u64 identity) {
  for (size_t i = 0; i < r->dead.n; i++) {
    if (r->dead.p[i] == identity) return true;
  }
  return false;
}

int ref_fact_order(const struct ref_fact *a, const struct ref_fact *b) {
  if (a->at != b->at) return a->at < b->at ? -1 : 1;
  if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
  if (a->seq != b->seq) return a->seq < b->seq ? -1 : 1;
  return str_compare(a->id, b->id);
}

const struct reference_version *ref_version_at(const struct ref *r, i64 at) {
  const struct reference_version *found = NULL;
  for (size_t i = 0; i < r->in->version_count; i++) {
    const struct reference_version *v = &r->in->versions[i];
    if (v->in_force_ms <= at && (found == NULL || v->in_force_ms >= found->in_force_ms)) found = v;
  }
  return found;
}

/* ---- one fact ---- */

static const struct event_kind *kind_of(enum event_kind_id kind) { return &event_kind_all(NULL)[kind]; }

static enum ref_noun noun_of_field(enum event_field_type type) {
  switch (type) {
    case FIELD_PERSON: return RN_PERSON;
    case FIELD_CUSTOMER: return RN_CUSTOMER;
    case FIELD_CONVERSATION: return RN_CONVERSATION;
    case FIELD_ORDER: return RN_ORDER;
    case FIELD_CASE: return RN_CASE;
    case FIELD_PRODUCT: return RN_PRODUCT;
    default: return RN_NONE;
  }
}

struct value ref_to(enum ref_noun noun, struct str id) {
  if (id.n == 0) return value_absent();
  struct value v = value_ref(id);
  v.den = noun;
  return v;
}

struct value ref_words(struct str s) { return s.n ? value_text(s) : value_absent(); }

static struct value field_at(const struct ref_fact *f, size_t i) {
  struct value v = f->fields[i];
  if (v.type == V_REF || v.type == V_TEXT) v.den = noun_of_field(kind_of(f->kind)->fields[i].type);
  return v;
}

struct value ref_extra(const struct ref_fact *f, struct str name) {
  for (size_t i = 0; i < f->extra_count; i++) {
    if (str_eq(f->extra[i].name, name)) return f->extra[i].value;
  }
  return value_absent();
}

/* A field of the kind, and nothing else. */
struct value ref_own(const struct ref_fact *f, struct str name) {
  size_t i = event_kind_field(kind_of(f->kind), name);
  return i == SIZE_MAX ? value_absent() : field_at(f, i);
}

struct value ref_own_field(const struct ref_fact *f, const char *zh) { return ref_own(f, str_c(zh)); }

struct value ref_named(const struct ref_fact *f, struct str name) {
  struct value own = ref_own(f, name);
  return own.type == V_ABSENT ? ref_extra(f, name) : own;
}

struct value ref_field(const struct ref_fact *f, const char *zh) { return ref_named(f, str_c(zh)); }

static struct str text_in(struct value v) { return v.type == V_TEXT || v.type == V_REF ? v.s : (struct str){"", 0}; }

/* The first field of the kind that names an object of the noun; SIZE_MAX when it has none. */
static size_t object_field(enum event_kind_id id, enum ref_noun noun) {
  const struct event_kind *kind = kind_of(id);
  for (size_t i = 0; i < kind->field_count; i++) {
    if (noun_of_field(kind->fields[i].type) == noun) return i;
  }
  return SIZE_MAX;
}

bool ref_kind_has(enum event_kind_id kind, enum ref_noun noun) { return object_field(kind, noun) != SIZE_MAX; }

struct str ref_object_of(const struct ref_fact *f, enum ref_noun noun) {
  size_t i = object_field(f->kind, noun);
  return i == SIZE_MAX ? (struct str){"", 0} : text_in(f->fields[i]);
}

/* Whom it is about: 当事人, else 接待人, else the subject of the case, else who has the conversation or order. */
struct str ref_person_of(struct ref *r, const struct ref_fact *f) {
  struct str who = text_in(ref_own_field(f, "当事人"));
  if (who.n == 0) who = text_in(ref_own_field(f, "接待人"));
  if (who.n) return who;
  if (f->case_type.n) {
    const struct reference_version *v = ref_version_at(r, f->at);
    if (v == NULL && r->in->version_count) v = &r->in->versions[0];
    const struct lang_case *c = v ? lang_find_case(v->program, f->case_type) : NULL;
    if (c == NULL || c->subject.text.n == 0) return (struct str){"", 0};
    struct value subject = ref_extra(f, c->subject.text);
    if (subject.type == V_ABSENT) (void)ref_computed(r, f, c->subject.text, &subject);
    return text_in(subject);
  }
  for (int noun = RN_CONVERSATION; noun <= RN_ORDER; noun++) {
    struct str object = ref_object_of(f, (enum ref_noun)noun);
    if (object.n == 0) continue;
    who = ref_agent(r, (enum ref_noun)noun, object);
    if (who.n) return who;
  }
  return (struct str){"", 0};
}

/* ---- conversations and orders ---- */

struct talk {
  struct str agent, customer;
  bool waits;
};

static struct talk talk_of(struct ref *r, struct str id) {
  struct talk t = {0};
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *f = r->history.p[i];
    if (f->kind > EVENT_conversation_phrase_missing || !str_eq(ref_object_of(f, RN_CONVERSATION), id)) continue;
    struct str agent = text_in(ref_field(f, "接待人")), customer = ref_object_of(f, RN_CUSTOMER);
    if (customer.n) t.customer = customer;
    switch (f->kind) {
      case EVENT_conversation_assigned:
      case EVENT_conversation_picked_up:
        if (agent.n) t.agent = agent;
        break;
      case EVENT_conversation_transferred: {
        struct str to = text_in(ref_field(f, "受让人"));
        if (to.n) t.agent = to;
        break;
      }
      case EVENT_conversation_customer_spoke:
        if (agent.n) t.agent = agent;
        t.waits = true;
        break;
      case EVENT_conversation_agent_replied:
        if (t.agent.n == 0) t.agent = agent.n ? agent : f->actor;
        t.waits = false;
        break;
      case EVENT_conversation_closed:
      case EVENT_conversation_abandoned:
        if (t.agent.n == 0) t.agent = agent;
        t.waits = false;
        break;
      default: break;
    }
  }
  return t;
}

bool ref_customer_waits(struct ref *r, struct str person) {
  for (size_t i = 0; i < r->history.n; i++) {
    struct str id = ref_object_of(r->history.p[i], RN_CONVERSATION);
    if (id.n == 0 || r->history.p[i]->kind > EVENT_conversation_phrase_missing) continue;
    struct talk t = talk_of(r, id);
    if (t.waits && str_eq(t.agent, person)) return true;
  }
  return false;
}

static bool is_of_order(const struct ref_fact *f, struct str id) { return str_eq(ref_object_of(f, RN_ORDER), id); }

static bool order_word(struct ref *r, struct str id, struct str name, struct value *out) {
  struct str agent = {"", 0}, customer = {"", 0};
  struct value amount = value_absent(), special = amount, flag = amount;
  bool fetched = false, paid = false;
  LIST_OF(struct value) notes = {0};
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *f = r->history.p[i];
    if (!is_of_order(f, id)) continue;
    if (f->kind <= EVENT_conversation_phrase_missing && ref_object_of(f, RN_CONVERSATION).n) continue;
    struct str who = text_in(ref_field(f, "接待人")), whose = ref_object_of(f, RN_CUSTOMER);
    if (whose.n) customer = whose;
    if (who.n && (f->kind == EVENT_order_assigned || agent.n == 0)) agent = who;
    struct value note = value_absent(), v;
    if (f->kind == EVENT_order_placed || f->kind == EVENT_order_completed) {
      if ((v = ref_field(f, "金额")).type == V_MONEY) amount = v;
      if ((v = ref_field(f, "特殊要求")).type == V_TEXT) special = v;
      if ((v = ref_field(f, "旗")).type == V_TEXT) flag = v;
      note = ref_field(f, "备注");
    } else if (f->kind == EVENT_order_noted) {
      if ((v = ref_field(f, "旗")).type == V_TEXT) flag = v;
      note = ref_field(f, "文");
    } else if (f->kind == EVENT_order_paid) {
      paid = true;
    } else if (f->kind == EVENT_order_fetched) {
      fetched = true;
    }
    if (note.type == V_TEXT && note.s.n) ADD(r->a, notes) = note;
  }
  if (str_is(name, "接待人")) *out = ref_to(RN_PERSON, agent);
  else if (str_is(name, "客户")) *out = ref_to(RN_CUSTOMER, customer);
  else if (str_is(name, "备注")) *out = notes.n ? (struct value){.type = V_LIST, .items = notes.p, .count = notes.n} : value_absent();
  else if (str_is(name, "旗")) *out = flag;
  else if (str_is(name, "特殊要求")) *out = special;
  else if (str_is(name, "已取单")) *out = value_bool(fetched);
  else if (str_is(name, "已付款")) *out = value_bool(paid);
  else if (str_is(name, "金额")) *out = amount;
  else return false;
  if (out->type == V_ABSENT && (str_is(name, "接待人") || str_is(name, "客户"))) return false;
  return true;
}

struct str ref_agent(struct ref *r, enum ref_noun noun, struct str id) {
  struct value v;
  if (noun == RN_CONVERSATION) return talk_of(r, id).agent;
  if (noun == RN_ORDER && order_word(r, id, STR("接待人"), &v)) return v.s;
  return (struct str){"", 0};
}

/* ---- people ---- */

struct person {
  bool known, left;
  i64 since, until;
  struct str role, superior, name, job, presence;
  struct value wage;
};

static struct person person_of(struct ref *r, struct str id) {
  struct person p = {.wage = value_absent()};
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *f = r->history.p[i];
    bool tells = (f->kind >= EVENT_person_joined && f->kind <= EVENT_person_left) || f->kind == EVENT_presence_changed;
    if (!tells || !str_eq(text_in(ref_own_field(f, "当事人")), id)) continue;
    if (f->kind == EVENT_person_joined) {
      struct value wage = ref_field(f, "底薪");
      p = (struct person){.known = true, .since = f->at, .role = text_in(ref_field(f, "岗位")), .superior = text_in(ref_field(f, "上级")),
                          .name = text_in(ref_field(f, "姓名")), .job = text_in(ref_field(f, "工号")), .presence = p.presence,
                          .wage = wage.type == V_MONEY ? wage : p.wage};
    } else if (f->kind == EVENT_person_left) {
      p.left = true;
      p.until = f->at;
    } else if (f->kind == EVENT_person_changed) {
      struct str item = text_in(ref_field(f, "项目"));
      struct value v = ref_field(f, "新值");
      if (str_is(item, "岗位")) p.role = text_in(v);
      if (str_is(item, "上级")) p.superior = text_in(v);
      if (str_is(item, "姓名")) p.name = text_in(v);
      if (str_is(item, "工号")) p.job = text_in(v);
      if (str_is(item, "底薪") && v.type == V_MONEY) p.wage = v;
      i64 fen;
      if (str_is(item, "底薪") && v.type == V_TEXT && money_parse(v.s, &fen)) p.wage = value_int(V_MONEY, fen);
    } else if (f->kind == EVENT_presence_changed) {
      p.presence = text_in(ref_field(f, "新状态"));
    }
  }
  return p;
}

/* Anybody whom a fact names as a person. */
bool ref_is_somebody(struct ref *r, struct str id) {
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *f = r->history.p[i];
    for (size_t k = 0; k < kind_of(f->kind)->field_count; k++) {
      if (kind_of(f->kind)->fields[k].type == FIELD_PERSON && str_eq(text_in(f->fields[k]), id)) return true;
    }
  }
  return false;
}

bool ref_known(struct ref *r, struct str person) { return person_of(r, person).known; }

bool ref_has_role(struct ref *r, struct str id, struct str role) {
  struct person p = person_of(r, id);
  return role.n && p.known && !p.left && str_eq(p.role, role);
}

bool ref_employed(struct ref *r, struct str id, i64 at) {
  struct person p = person_of(r, id);
  return p.known && p.since <= at && (!p.left || at < p.until);
}

i64 ref_joined_at(struct ref *r, struct str id) { return person_of(r, id).since; }

bool ref_left_at(struct ref *r, struct str id, i64 *at) {
  struct person p = person_of(r, id);
  *at = p.until;
  return p.left;
}

ref_people ref_joined(struct ref *r) {
  ref_people out = {0};
  for (size_t i = 0; i < r->history.n; i++) {
    if (r->history.p[i]->kind != EVENT_person_joined) continue;
    struct str id = text_in(ref_field(r->history.p[i], "当事人"));
    bool twice = id.n == 0;
    for (size_t k = 0; k < out.n; k++) twice |= str_eq(out.p[k], id);
    if (!twice) ADD(r->a, out) = id;
  }
  return out;
}

/* Was the person here at some instant of [from, to)? Whose joining nobody recorded counts from the first fact on. */
bool ref_employed_in(struct ref *r, struct str person, i64 from, i64 to) {
  i64 since = 0;
  bool ever = false, here = false;
  for (size_t i = 0; i < r->history.n; i++) {
    const struct ref_fact *f = r->history.p[i];
    if ((f->kind != EVENT_person_joined && f->kind != EVENT_person_left) || !str_eq(text_in(ref_own_field(f, "当事人")), person)) continue;
    if (f->kind == EVENT_person_joined && !here) {
      since = f->at;
      ever = here = true;
    } else if (f->kind == EVENT_person_left && here) {
      here = false;
      if (since < to && f->at > from) return true;
    }
  }
  return here ? since < to : !ever && to > r->first_at;
}

static bool means_everybody(struct str word) { return str_is(word, "全员") || str_is(word, "人员") || str_is(word, "员工"); }

ref_people ref_holders(struct ref *r, struct str role) {
  ref_people all = ref_joined(r), out = {0};
  for (size_t i = 0; i < all.n; i++) {
    struct person p = person_of(r, all.p[i]);
    if (!p.left && (means_everybody(role) || str_eq(p.role, role))) ADD(r->a, out) = all.p[i];
  }
  return out;
}

struct str ref_superior(struct ref *r, const struct lang_program *program, struct str id) {
  struct person p = person_of(r, id);
  if (p.superior.n) return p.superior;
  const struct lang_role *role = program ? lang_find_role(program, p.role) : NULL;
  for (int depth = 0; role && role->superior.text.n && depth < 16; depth++) {
    ref_people holders = ref_holders(r, role->superior.text);
    if (holders.n) return holders.p[0];
    role = lang_find_role(program, role->superior.text);
  }
  return (struct str){"", 0};
}

struct ref_shift *ref_shift_at(struct ref *r, struct str person, i64 at) {
  for (size_t i = r->shifts.n; i > 0; i--) {
    struct ref_shift *s = r->shifts.p[i - 1];
    if (str_eq(s->person, person) && !s->gone && s->from <= at && (at <= s->to || (s->ran_on && !s->over))) return s;
  }
  return NULL;
}

static bool person_word(struct ref *r, struct str id, struct str name, struct value *out) {
  struct person p = person_of(r, id);
  const struct reference_version *v = ref_version_at(r, r->now);
  if (str_is(name, "姓名")) *out = ref_words(p.name.n ? p.name : id);
  else if (str_is(name, "工号")) *out = ref_words(p.job);
  else if (str_is(name, "岗位")) *out = ref_words(p.role);
  else if (str_is(name, "上级")) *out = ref_to(RN_PERSON, ref_superior(r, v ? v->program : NULL, id));
  else if (str_is(name, "底薪")) *out = p.wage;
  else if (str_is(name, "状态")) *out = ref_words(p.presence);
  else if (str_is(name, "入职")) *out = p.known ? value_int(V_DATE, instant_date(p.since, r->zone)) : value_absent();
  else if (str_is(name, "在职")) *out = value_bool(p.known && !p.left);
  else if (str_is(name, "在班")) *out = value_bool(ref_shift_at(r, id, r->now) != NULL);
  else return false;
  return true;
}

/* ---- attributes of whatever it is ---- */

static bool attribute(struct ref *r, enum ref_noun noun, struct str id, struct str name, struct value *out) {
  struct talk t;
  switch (noun) {
    case RN_PERSON: return person_word(r, id, name, out);
    case RN_CASE: return ref_case_word(r, id, name, out);
    case RN_ORDER: return order_word(r, id, name, out);
    case RN_CONVERSATION:
      t = talk_of(r, id);
      if (str_is(name, "接待人")) *out = ref_to(RN_PERSON, t.agent);
      else if (str_is(name, "客户")) *out = ref_to(RN_CUSTOMER, t.customer);
      else return false;
      return out->type != V_ABSENT;
    default: return false;
  }
}

bool ref_attribute(struct ref *r, enum ref_noun noun, struct str id, struct str name, struct value *out) {
  struct str zh = ref_chinese(name);
  return id.n && (attribute(r, noun, id, name, out) || (zh.n && attribute(r, noun, id, zh, out)));
}

/* ---- whom a clause means ---- */

static ref_people nobody(void) { return (ref_people){0}; }
static ref_people one(struct ref *r, struct str id) {
  ref_people out = {0};
  if (id.n) ADD(r->a, out) = id;
  return out;
}

/* Who holds the role; the role itself when nobody does. */
static ref_people holders_or_role(struct ref *r, struct str role) {
  ref_people out = ref_holders(r, role);
  return out.n ? out : one(r, arena_printf(r->a, "role:%.*s", STR_ARG(role)));
}

static ref_people relation(struct ref_env *env, struct str word, struct str who) {
  if (str_is(word, "上级")) return one(env->r, ref_superior(env->r, env->program, who));
  for (int depth = 0; depth < 16 && who.n; depth++) {
    who = ref_superior(env->r, env->program, who);
    if (who.n && ref_has_role(env->r, who, word)) return one(env->r, who);
  }
  return holders_or_role(env->r, word);
}

static ref_people holders_of_named(struct ref_env *env, struct str word) {
  struct value v;
  if (env->fact && ref_name(env, word, &v) && v.type == V_REF) return one(env->r, v.s);
  if (lang_find_role(env->program, word)) return holders_or_role(env->r, word);
  if (!ref_name(env, word, &v)) return nobody();
  if (v.type == V_TEXT && lang_find_role(env->program, v.s)) return holders_or_role(env->r, v.s); /* 承办部门: a field that names a role */
  return one(env->r, text_in(v));
}

ref_people ref_party(struct ref_env *env, const struct lang_party *party) {
  struct ref *r = env->r;
  struct value v;
  if (party == NULL || party->path.count == 0) return nobody();
  struct str word = party->path.segments[0], zh = ref_chinese(word);
  if (str_is(zh, "在班")) zh = STR("当班人");
  if ((str_is(zh, "上级") || str_is(zh, "全员") || str_is(zh, "当班人")) && !lang_find_role(env->program, word)) word = zh;
  if (party->args.count == 1) {
    if (!ref_eval(env, party->args.p[0], &v) || text_in(v).n == 0) return nobody();
    return relation(env, word, v.s);
  }
  if (party->path.count > 1) {
    struct lang_expr x = {.kind = LX_PATH, .path = party->path};
    return ref_eval(env, &x, &v) ? one(r, text_in(v)) : nobody();
  }
  bool as_bearer = env->bearer_party && env->bearer_party->path.count == 1 && str_eq(env->bearer_party->path.segments[0], party->path.text);
  if (env->bearer.n && (as_bearer || str_is(word, "当事人") || str_is(word, "当班人"))) return one(r, env->bearer);
  if (str_is(word, "全员")) return ref_holders(r, word);
  return holders_of_named(env, word);
}
