/* Chatwoot's shapes. See chatwoot.h. */
#include "views/chatwoot.h"

#include "base/calendar.h"
#include "views/conversation.sql.h"
#include "views/customer.h"
#include "views/customer.sql.h"
#include "views/json.h"
#include "views/people.sql.h"
#include "views/show.h"

enum { TYPE_INCOMING, TYPE_OUTGOING, TYPE_ACTIVITY, TYPE_TEMPLATE };
static const char *const type_words[] = {"incoming", "outgoing", "activity", "template"};

i64 chatwoot_number(struct str id) {
  i64 n = 0;
  return id.n > 1 && str_to_i64(str_slice(id, 1, id.n), &n) && n > 0 ? n : 0;
}

struct str chatwoot_id(struct arena *a, char letter, json_t *number) {
  i64 n = 0;
  if (json_is_integer(number)) n = json_integer_value(number);
  else if (!json_is_string(number) || !str_to_i64((struct str){json_string_value(number), json_string_length(number)}, &n)) n = 0;
  return n > 0 ? arena_printf(a, "%c%lld", letter, (long long)n) : STR("");
}

struct str chatwoot_iso_time(struct arena *a, i64 ms) {
  i64 t = instant_time_of_day(ms, 0);
  return arena_printf(a, "%.*sT%02d:%02d:%02d.%03dZ", STR_ARG(calendar_show_date(a, instant_date(ms, 0))), (int)(t / MS_HOUR), (int)(t / MS_MINUTE % 60),
                      (int)(t / MS_SECOND % 60), (int)(t % 1000));
}

enum status chatwoot_contact(struct store *s, struct arena *a, struct str id, bool personal, json_t **out, struct problem *p) {
  struct customer_get_row *row;
  enum status status = customer_get(s, a, &(struct customer_get_in){.id = id}, &row, p);
  if (status != OK) return status;
  struct str phone = row ? row->phone : STR(""), email = row ? row->email : STR("");
  if (!personal) phone = customer_mask_phone(a, phone), email = customer_mask_email(a, email);
  *out = json_pack("{s:I,s:o,s:o,s:o,s:o,s:s,s:s,s:{},s:{},s:I,s:I}", "id", (json_int_t)chatwoot_number(id), "identifier", json_of(id), "name",
                   json_of(row ? row->name : STR("")), "email", json_of_or_null(email), "phone_number", json_of_or_null(phone), "thumbnail", "", "type", "contact",
                   "additional_attributes", "custom_attributes", "created_at", (json_int_t)(row ? row->created_ms / 1000 : 0), "last_activity_at",
                   (json_int_t)(row ? row->seen_ms / 1000 : 0));
  return OK;
}

enum status chatwoot_user(struct store *s, struct arena *a, struct str id, json_t **out, struct problem *p) {
  struct people_get_row *row = NULL;
  enum status status = id.n ? people_get(s, a, &(struct people_get_in){.id = id}, &row, p) : OK;
  if (status != OK) return status;
  *out = row ? json_pack("{s:I,s:o,s:o,s:s}", "id", (json_int_t)chatwoot_number(id), "name", json_of(row->name), "available_name", json_of(row->name), "type", "user")
             : json_null();
  return OK;
}

enum status chatwoot_conversation(struct store *s, struct arena *a, struct str id, bool personal, json_t **out, struct str *customer, struct problem *p) {
  struct conversation_get_row *row;
  json_t *contact = NULL, *assignee = NULL;
  enum status status = OK;
  TRY(conversation_get(s, a, &(struct conversation_get_in){.id = id}, &row, p));
  if (customer) *customer = row ? row->customer : STR("");
  if (!row) {
    *out = json_null();
    return OK;
  }
  TRY(chatwoot_contact(s, a, row->customer, personal, &contact, p));
  TRY(chatwoot_user(s, a, row->agent, &assignee, p));
  *out = json_pack("{s:I,s:s,s:o,s:o,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:{},s:{},s:{s:O,s:O,s:o}}", "id", (json_int_t)chatwoot_number(id), "status",
                   str_is(row->state, "closed") ? "resolved" : "open", "channel", json_of(row->channel), "labels", show_stored(row->tags, json_array()), "inbox_id",
                   (json_int_t)CHATWOOT_INBOX, "account_id", (json_int_t)CHATWOOT_ACCOUNT, "unread_count", (json_int_t)row->unread, "created_at",
                   (json_int_t)(row->started_ms / 1000), "timestamp", (json_int_t)(row->last_ms / 1000), "waiting_since",
                   (json_int_t)(row->has_wait_since_ms ? row->wait_since_ms / 1000 : 0), "can_reply", 1, "additional_attributes", "custom_attributes", "meta", "sender",
                   contact, "assignee", assignee, "channel", json_of(row->channel));
done:
  json_decref(contact);
  json_decref(assignee);
  return status;
}

enum status chatwoot_message(struct store *s, struct arena *a, const struct chatwoot_message *m, bool personal, bool worded, json_t **out, struct problem *p) {
  bool incoming = str_is(m->by_type, "customer"), note = str_is(m->by_type, "note"), automatic = str_is(m->by_type, "auto");
  int type = incoming ? TYPE_INCOMING : automatic ? TYPE_TEMPLATE : note || str_is(m->by_type, "agent") ? TYPE_OUTGOING : TYPE_ACTIVITY;
  json_t *sender = NULL;
  enum status status = incoming ? chatwoot_contact(s, a, m->customer, personal, &sender, p)
                                : chatwoot_user(s, a, automatic ? STR("") : m->by_id, &sender, p);
  if (status != OK) return status;
  *out = json_pack("{s:I,s:o,s:o,s:s,s:{},s:b,s:n,s:o,s:I,s:I,s:I,s:o,s:[]}", "id", (json_int_t)m->seq, "content", json_of(m->text), "message_type",
                   worded ? json_string(type_words[type]) : json_integer(type), "content_type", "text", "content_attributes", "private", (int)note, "source_id",
                   "created_at", worded ? json_of(chatwoot_iso_time(a, m->at_ms)) : json_integer((json_int_t)(m->at_ms / 1000)), "conversation_id",
                   (json_int_t)chatwoot_number(m->conversation), "inbox_id", (json_int_t)CHATWOOT_INBOX, "account_id", (json_int_t)CHATWOOT_ACCOUNT, "sender", sender,
                   "attachments");
  return OK;
}

enum status chatwoot_messages(struct store *s, struct arena *a, struct str conversation, struct str customer, i64 before, bool for_staff, bool personal, json_t **out,
                              struct problem *p) {
  struct message_before_row *rows;
  size_t count;
  json_t *list = json_array();
  enum status status = OK;
  TRY(message_before(s, a, &(struct message_before_in){.conversation = conversation, .before = before, .most = CHATWOOT_MESSAGES}, &rows, &count, p));
  for (size_t i = count; i-- > 0;) {
    json_t *message;
    if (str_is(rows[i].by_type, "whisper")) continue; /* between two people: no client of this form can keep it between them */
    if (!for_staff && !str_is(rows[i].by_type, "customer") && !str_is(rows[i].by_type, "agent") && !str_is(rows[i].by_type, "auto")) continue;
    struct chatwoot_message m = {.seq = rows[i].seq, .at_ms = rows[i].at_ms, .conversation = conversation, .customer = customer, .by_type = rows[i].by_type,
                                 .by_id = rows[i].by_id, .text = rows[i].has_recalled_ms ? STR("") : rows[i].text};
    TRY(chatwoot_message(s, a, &m, personal, false, &message, p));
    if (rows[i].has_recalled_ms) json_object_set_new(message, "content_attributes", json_pack("{s:b}", "deleted", 1));
    json_array_append_new(list, message);
  }
  *out = json_incref(list);
done:
  json_decref(list);
  return status;
}

enum status chatwoot_account(struct store *s, struct arena *a, json_t **out, struct problem *p) {
  struct people_desk_row *desk;
  enum status status = people_desk(s, a, &desk, p);
  if (status == OK) *out = json_pack("{s:I,s:o}", "id", (json_int_t)CHATWOOT_ACCOUNT, "name", json_of(desk ? desk->name : STR("")));
  return status;
}
