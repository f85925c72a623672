/* Lines of a chat log become conversations: started, assigned, customer spoke, agent replied, closed.
 *
 * A speaker whom the desk knows by name or job number (also behind the shop's name: “某店:小王”) is an agent, anybody else a
 * customer. A talk belongs to one customer; a long silence ends it. Every line has an id made from its content, so a log sent
 * again, or one that overlaps an earlier one, adds only what is new. `carry` hands the talk at hand from one batch to the next. */
#include "commands/import.h"
#include "commands/shorthand.h"
#include "events/event_log.h"
#include "views/conversation.h"
#include "views/conversation.sql.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/people.sql.h"
#include "views/show.h"

#include <sodium.h>

struct line {
  i64 line, at_ms;
  struct str speaker, text, with; /* with: the customer the file names, or "" */
  struct str person;              /* agent, or "" */
};

struct chat {
  struct command_ctx *c;
  struct people_names_row *people;
  size_t people_count;
  struct line *lines;
  size_t count;
  struct str customer_name, conversation; /* the talk at hand; "" = none */
  struct str with;                        /* the file's heading of the line before */
  i64 last_ms;
  struct import_counts n;
  json_t *rejects;
};

static struct str hash_id(struct arena *a, const char *prefix, struct str content) {
  unsigned char hash[crypto_generichash_BYTES_MIN];
  char hex[2 * sizeof hash + 1];
  crypto_generichash(hash, sizeof hash, (const unsigned char *)content.p, content.n, NULL, 0);
  sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
  return arena_printf(a, "%s%.20s", prefix, hex);
}

/* The person a speaker is; the part after the shop's name counts too. */
static struct str person_of(const struct chat *chat, struct str speaker) {
  size_t colon = str_find(speaker, STR(":"), 0), wide = str_find(speaker, STR("："), 0);
  struct str tail = colon != SIZE_MAX ? str_slice(speaker, colon + 1, speaker.n) : wide != SIZE_MAX ? str_slice(speaker, wide + 3, speaker.n) : STR("");
  for (size_t i = 0; i < chat->people_count; i++) {
    const struct people_names_row *p = &chat->people[i];
    if (str_eq(p->name, speaker) || str_eq(p->job_number, speaker)) return p->id;
    if (tail.n && (str_eq(p->name, tail) || str_eq(p->job_number, tail))) return p->id;
  }
  return STR("");
}

static enum status read_lines(struct chat *chat, json_t *rows) {
  size_t i;
  json_t *o;
  chat->count = json_array_size(rows);
  chat->lines = ARENA_ARRAY(chat->c->arena, struct line, chat->count + 1);
  json_array_foreach(rows, i, o) {
    struct line *l = &chat->lines[i];
    *l = (struct line){.line = json_arg_int(o, "line", 0), .at_ms = json_arg_int(o, "at_ms", 0), .speaker = json_arg(o, "speaker"), .text = json_arg(o, "text"),
                       .with = json_arg(o, "conversation")};
    if (!l->speaker.n || l->at_ms <= 0)
      return problem_set(chat->c->problem, E_INVALID, "import.row", "第 %lld 行缺说话人或时间", "Line %lld has no speaker or time", (long long)l->line);
    l->person = person_of(chat, l->speaker);
  }
  return OK;
}

/* The customer of the talk that line `i` belongs to: "" when nobody can be found. */
static struct str customer_of(const struct chat *chat, size_t i) {
  const struct line *l = &chat->lines[i];
  if (!l->person.n) return l->speaker;
  if (l->with.n && !str_eq(l->with, chat->with)) return l->with; /* right behind a heading */
  if (chat->customer_name.n && l->at_ms - chat->last_ms <= IMPORT_CHAT_GAP_MS) return chat->customer_name;
  if (l->with.n) return l->with;
  for (size_t k = i + 1; k < chat->count && chat->lines[k].at_ms - l->at_ms <= IMPORT_CHAT_GAP_MS; k++)
    if (!chat->lines[k].person.n) return chat->lines[k].speaker;
  return STR("");
}

/* The agent who answers first in the talk that begins at line `i`. */
static struct str first_agent(const struct chat *chat, size_t i, struct str customer) {
  for (size_t k = i; k < chat->count; k++) {
    if (k > i && chat->lines[k].at_ms - chat->lines[k - 1].at_ms > IMPORT_CHAT_GAP_MS) break;
    if (chat->lines[k].person.n) return chat->lines[k].person;
    if (!str_eq(chat->lines[k].speaker, customer)) break;
  }
  return STR("");
}

static enum status reject(struct chat *chat, const struct line *l, const char *zh, const char *en) {
  chat->n.rejected++;
  json_array_append_new(chat->rejects, json_pack("{s:I,s:s,s:s,s:o}", "line", (json_int_t)l->line, "zh", zh, "en", en, "text", json_of(l->text)));
  return OK;
}

static struct event *at(struct chat *chat, enum event_kind_id kind, i64 ms, struct str actor) {
  i64 now = chat->c->now_ms;
  return event_new(chat->c->arena, kind, ms < now ? ms : now, actor);
}

static enum status ensure_customer(struct chat *chat, struct str name, i64 ms, struct str *id) {
  struct command_ctx *c = chat->c;
  struct customer_by_buyer_row *known;
  enum status status = customer_by_buyer(c->store, c->arena, &(struct customer_by_buyer_in){.buyer = name}, &known, c->problem);
  if (status != OK) return status;
  *id = known ? known->id : arena_printf(c->arena, "u:%.*s", STR_ARG(name));
  if (known) return OK;
  struct event *e = at(chat, EVENT_customer_created, ms, *id);
  e->id = arena_printf(c->arena, "customer:%.*s", STR_ARG(name));
  event_set_text(e, "customer", *id);
  event_set_text(e, "source", STR("导入"));
  event_set_text(e, "name", name);
  event_set_text(e, "buyer", name);
  return command_append(c, e);
}

static enum status assign(struct chat *chat, struct str conversation, struct str agent, struct str former, i64 ms) {
  struct event *e = at(chat, EVENT_conversation_assigned, ms, STR(""));
  event_set_text(e, "conversation", conversation);
  event_set_text(e, "agent", agent);
  if (former.n) event_set_text(e, "former", former);
  return command_append(chat->c, e);
}

static enum status close_talk(struct chat *chat) {
  struct command_ctx *c = chat->c;
  struct conversation_get_row *row;
  enum status status = OK;
  if (!chat->conversation.n) return OK;
  TRY(conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = chat->conversation}, &row, c->problem));
  if (row && !str_is(row->state, "closed")) {
    struct event *e = at(chat, EVENT_conversation_closed, row->last_ms, STR(""));
    event_set_text(e, "conversation", row->id);
    if (row->agent.n) event_set_text(e, "agent", row->agent);
    event_set_text(e, "customer", row->customer);
    event_set_text(e, "hung_up_by", STR("系统"));
    event_set_int(e, "duration", row->last_ms - row->started_ms);
    event_set_text(e, "reason", STR("导入"));
    TRY(command_append(c, e));
  }
  chat->conversation = STR("");
done:
  return status;
}

static enum status open_talk(struct chat *chat, size_t i, struct str customer, struct str name, struct conversation_get_row **row) {
  struct command_ctx *c = chat->c;
  const struct line *l = &chat->lines[i];
  struct conversation_covering_row *covering;
  struct conversation_covering_in in = {.customer = customer, .at_ms = l->at_ms, .gap_ms = IMPORT_CHAT_GAP_MS};
  struct str id;
  enum status status = OK;
  TRY(conversation_covering(c->store, c->arena, &in, &covering, c->problem));
  if (covering) {
    id = covering->id;
  } else {
    id = hash_id(c->arena, "c:", arena_printf(c->arena, "%.*s\n%lld", STR_ARG(name), (long long)l->at_ms));
    struct event *e = at(chat, EVENT_conversation_started, l->at_ms, customer);
    e->id = arena_printf(c->arena, "chat:%.*s:started", STR_ARG(id));
    event_set_text(e, "conversation", id);
    event_set_text(e, "customer", customer);
    event_set_text(e, "channel", STR("导入"));
    event_set_text(e, "direction", l->person.n ? STR("去") : STR("来"));
    TRY(command_append(c, e));
    struct str agent = first_agent(chat, i, name);
    if (agent.n) TRY(assign(chat, id, agent, STR(""), l->at_ms));
  }
  TRY(conversation_get(c->store, c->arena, &(struct conversation_get_in){.id = id}, row, c->problem));
done:
  return status;
}

/* Id from content; the same words in the same second are told apart by their count. */
static enum status line_id(struct chat *chat, size_t i, struct str name, struct str *id, bool *known) {
  struct command_ctx *c = chat->c;
  const struct line *l = &chat->lines[i];
  int twin = 0;
  i64 seq = 0;
  for (size_t k = i; k-- > 0 && chat->lines[k].at_ms == l->at_ms;)
    twin += str_eq(chat->lines[k].speaker, l->speaker) && str_eq(chat->lines[k].text, l->text);
  *id = hash_id(c->arena, "chat:", arena_printf(c->arena, "%.*s\n%lld\n%.*s\n%d\n%.*s", STR_ARG(name), (long long)l->at_ms, STR_ARG(l->speaker), twin,
                                               STR_ARG(l->text)));
  enum status status = event_log_find(c->store, c->arena, *id, &seq, c->problem);
  *known = seq > 0;
  return status;
}

static enum status say(struct chat *chat, const struct line *l, struct str id, const struct conversation_get_row *row) {
  enum status status = OK;
  struct event *e;
  if (l->person.n) {
    if (!str_eq(row->agent, l->person)) TRY(assign(chat, row->id, l->person, row->agent, l->at_ms));
    e = at(chat, EVENT_conversation_agent_replied, l->at_ms, l->person);
    event_set_text(e, "agent", l->person);
    if (row->has_wait_since_ms && l->at_ms >= row->wait_since_ms) event_set_int(e, "wait", l->at_ms - row->wait_since_ms);
    event_set_int(e, "chars", (i64)str_han_count(l->text));
  } else {
    e = at(chat, EVENT_conversation_customer_spoke, l->at_ms, row->customer);
    event_set_text(e, "customer", row->customer);
    if (row->agent.n) event_set_text(e, "agent", row->agent);
    event_set_int(e, "ordinal", row->customer_messages + 1);
    event_set(e, "first", value_bool(row->customer_messages == 0));
  }
  e->id = id;
  event_set_text(e, "conversation", row->id);
  event_set_text(e, "text", l->text);
  TRY(command_append(chat->c, e));
  chat->n.added++;
done:
  return status;
}

static enum status take_line(struct chat *chat, size_t i) {
  const struct line *l = &chat->lines[i];
  struct str name = customer_of(chat, i), customer, id;
  struct conversation_get_row *row = NULL;
  bool known;
  enum status status = OK;
  if (!name.n) return reject(chat, l, "只有客服的话，找不到是跟哪位顾客说的", "Only an agent speaks; the customer cannot be found");
  if (str_code_points(l->text) > MESSAGE_MOST_CHARS) return reject(chat, l, "这一条太长（最多 5000 字）", "This message is too long (5,000 characters at most)");
  if (!str_eq(name, chat->customer_name) || l->at_ms - chat->last_ms > IMPORT_CHAT_GAP_MS) TRY(close_talk(chat));
  chat->customer_name = name;
  chat->last_ms = l->at_ms;
  chat->with = l->with;
  TRY(line_id(chat, i, name, &id, &known));
  if (known) {
    chat->n.same++;
    goto done;
  }
  TRY(ensure_customer(chat, name, l->at_ms, &customer));
  TRY(open_talk(chat, i, customer, name, &row));
  chat->conversation = row->id;
  TRY(say(chat, l, id, row));
done:
  return status;
}

enum status import_run_chat(struct command_ctx *c, json_t *args, json_t **result) {
  struct chat chat = {.c = c};
  struct str import;
  json_t *rows = json_object_get(args, "rows"), *carry = json_object_get(args, "carry");
  enum status status = OK;
  chat.rejects = json_array();
  if (json_is_array(json_object_get(args, "rejects"))) json_array_extend(chat.rejects, json_object_get(args, "rejects"));
  chat.n.rejected = (i64)json_array_size(chat.rejects);
  TRY(command_text(c, args, "import", true, 80, &import));
  if (!json_is_array(rows) || json_array_size(rows) > IMPORT_BATCH_MOST)
    TRY(problem_set(c->problem, E_INVALID, "import.rows", "一批最多 %d 行", "A batch holds at most %d rows", IMPORT_BATCH_MOST));
  TRY(people_names(c->store, c->arena, &chat.people, &chat.people_count, c->problem));
  chat.customer_name = json_arg(carry, "customer");
  chat.conversation = json_arg(carry, "conversation");
  chat.with = json_arg(carry, "with");
  chat.last_ms = json_arg_int(carry, "last_ms", 0);
  TRY(read_lines(&chat, rows));
  for (size_t i = 0; i < chat.count; i++) TRY(take_line(&chat, i));
  if (command_bool(args, "last")) TRY(close_talk(&chat));
  chat.n.read = chat.n.added + chat.n.same + chat.n.rejected;
  json_object_set(args, "rejects", chat.rejects);
  TRY(import_store_batch(c, args, import, &chat.n));
  *result = import_counts_json(&chat.n);
  json_object_set_new(*result, "carry", json_pack("{s:o,s:o,s:o,s:I}", "customer", json_of(chat.customer_name), "with", json_of(chat.with), "conversation", json_of(chat.conversation), "last_ms",
                                                  (json_int_t)chat.last_ms));
done:
  json_decref(chat.rejects);
  return status;
}
