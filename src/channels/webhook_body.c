/* Bodies and signatures of webhooks. See webhook_body.h. */
#include "channels/webhook_body.h"

#include "views/chatwoot.h"
#include "views/conversation.sql.h"
#include "views/customer.h"
#include "views/json.h"
#include "views/show.h"

#include <sodium.h>
#include <string.h>

enum { SECRET_BYTES_MOST = 200 };

/* ---- masking ------------------------------------------------------------------------------------------------------- */

typedef struct str (*masking)(struct arena *a, struct str s);
static masking masking_of(struct str field) {
  static const struct {
    const char *name;
    masking mask;
  } maskings[] = {{"phone", customer_mask_phone}, {"address", customer_mask_address}, {"id_number", customer_mask_id}, {"email", customer_mask_email}};
  for (size_t i = 0; i < COUNT_OF(maskings); i++)
    if (str_is(field, maskings[i].name)) return maskings[i].mask;
  return NULL;
}

static void mask_member(struct arena *a, json_t *data, const char *name, masking mask) {
  struct str value = json_arg(data, name);
  if (value.n) json_object_set_new(data, name, json_of(mask(a, value)));
}

/* Members of those names, and the old and new value of a change that names such a field. */
static void mask_personal(struct arena *a, json_t *data) {
  static const char *const names[] = {"phone", "address", "id_number", "email"};
  for (size_t i = 0; i < COUNT_OF(names); i++) mask_member(a, data, names[i], masking_of(str_c(names[i])));
  masking mask = masking_of(json_arg(data, "field"));
  if (mask == NULL) return;
  mask_member(a, data, "old", mask);
  mask_member(a, data, "new", mask);
}

/* ---- our own form -------------------------------------------------------------------------------------------------- */

/* Was the message taken back of which this event tells? A try may come hours later, and the log keeps the words. */
static enum status taken_back(struct store *s, struct arena *a, const struct event *e, bool *out, struct problem *p) {
  struct message_recalled_row *row = NULL;
  struct str message = event_get_text(e, "message");
  i64 seq = e->seq;
  *out = false;
  switch ((enum event_kind_id)event_kind_index(e->kind)) {
    case EVENT_conversation_agent_replied:
    case EVENT_conversation_noted: break;
    case EVENT_conversation_edited:
    case EVENT_conversation_note_edited:
      if (message.n < 2 || message.p[0] != 'e' || !str_to_i64(str_slice(message, 1, message.n), &seq)) return OK; /* not said here */
      break;
    default: return OK;
  }
  enum status status = message_recalled(s, a, &(struct message_recalled_in){.seq = seq}, &row, p);
  *out = status == OK && row && row->has_recalled_ms;
  return status;
}

enum status webhook_body_guiju(struct store *s, struct arena *a, const struct event *e, bool personal, struct str *out, struct problem *p) {
  bool gone;
  enum status status = taken_back(s, a, e, &gone, p);
  if (status != OK) return status;
  json_t *event = event_to_json(e), *data = json_object_get(event, "data");
  if (!personal && data) mask_personal(a, data);
  if (gone && data) {
    static const char *const words[] = {"text", "old", "files", "mentions"};
    for (size_t i = 0; i < COUNT_OF(words); i++) json_object_del(data, words[i]);
    json_object_set_new(data, "recalled", json_true());
  }
  json_t *body = json_pack("{s:s,s:o,s:o}", "type", e->kind->en, "timestamp", json_of(chatwoot_iso_time(a, e->occurred_ms)), "data", event);
  *out = show_dump(a, body);
  json_decref(body);
  return OK;
}

struct str webhook_body_ping(struct arena *a, i64 at_ms) {
  json_t *body = json_pack("{s:s,s:o,s:{}}", "type", "ping", "timestamp", json_of(chatwoot_iso_time(a, at_ms)), "data");
  struct str text = show_dump(a, body);
  json_decref(body);
  return text;
}

/* ---- Chatwoot's form ----------------------------------------------------------------------------------------------- */

struct str webhook_chatwoot_word(const struct event *e) {
  switch ((enum event_kind_id)event_kind_index(e->kind)) {
    case EVENT_conversation_customer_spoke:
    case EVENT_conversation_agent_replied:
    case EVENT_conversation_auto_replied:
    case EVENT_conversation_noted: return STR("message_created");
    case EVENT_conversation_recalled:
    case EVENT_conversation_edited: return STR("message_updated");
    case EVENT_conversation_started: return STR("conversation_created");
    case EVENT_conversation_reopened:
    case EVENT_conversation_closed: return STR("conversation_status_changed");
    case EVENT_conversation_assigned:
    case EVENT_conversation_transferred:
    case EVENT_conversation_tagged: return STR("conversation_updated");
    case EVENT_customer_created: return STR("contact_created");
    case EVENT_customer_changed: return STR("contact_updated");
    default: return STR("");
  }
}

/* The message that an event tells of, as the message table would have it. */
static enum status message_json(struct store *s, struct arena *a, const struct event *e, struct str customer, bool personal, json_t **out, struct problem *p) {
  enum event_kind_id kind = (enum event_kind_id)event_kind_index(e->kind);
  struct chatwoot_message m = {.seq = e->seq, .at_ms = e->occurred_ms, .conversation = event_get_text(e, "conversation"), .customer = customer, .by_id = e->actor,
                               .text = event_get_text(e, "text"), .by_type = STR("agent")};
  if (kind == EVENT_conversation_customer_spoke) m.by_type = STR("customer");
  if (kind == EVENT_conversation_auto_replied) m.by_type = STR("auto");
  if (kind == EVENT_conversation_noted) m.by_type = STR("note");
  if (kind != EVENT_conversation_recalled && kind != EVENT_conversation_edited) {
    bool gone;
    enum status found = taken_back(s, a, e, &gone, p);
    if (gone) m.text = STR("");
    if (found == OK) found = chatwoot_message(s, a, &m, personal, true, out, p);
    if (found == OK && gone) json_object_set_new(*out, "content_attributes", json_pack("{s:b}", "deleted", 1));
    return found;
  }
  struct message_of_event_row *row; /* as it stands now; the words of a recalled one are gone */
  enum status status = message_of_event(s, a, &(struct message_of_event_in){.conversation = m.conversation, .id = event_get_text(e, "message")}, &row, p);
  if (status == OK && row) m.seq = row->seq, m.at_ms = row->at_ms, m.by_type = row->by_type, m.by_id = row->by_id, m.text = row->has_recalled_ms ? STR("") : row->text;
  if (status == OK) status = chatwoot_message(s, a, &m, personal, true, out, p);
  if (status == OK && row && row->has_recalled_ms) json_object_set_new(*out, "content_attributes", json_pack("{s:b}", "deleted", 1));
  return status;
}

enum status webhook_body_chatwoot(struct store *s, struct arena *a, const struct event *e, bool personal, struct str *out, struct problem *p) {
  struct str word = webhook_chatwoot_word(e), customer = event_get_text(e, "customer");
  json_t *body = json_pack("{s:o}", "event", json_of(word)), *part = NULL;
  enum status status = OK;
  if (str_starts(word, STR("contact"))) {
    TRY(chatwoot_contact(s, a, customer, personal, &part, p));
    json_object_update_missing(body, part);
  } else {
    TRY(chatwoot_conversation(s, a, event_get_text(e, "conversation"), personal, &part, &customer, p));
    if (str_starts(word, STR("message"))) {
      json_object_set_new(body, "conversation", part);
      part = NULL;
      TRY(message_json(s, a, e, customer, personal, &part, p));
      json_object_update_missing(body, part);
    } else {
      json_object_update_missing(body, part);
    }
    json_object_set_new(body, "inbox", json_pack("{s:I,s:s}", "id", (json_int_t)CHATWOOT_INBOX, "name", "widget"));
  }
  json_decref(part);
  part = NULL;
  TRY(chatwoot_account(s, a, &part, p));
  json_object_set(body, "account", part);
  *out = show_dump(a, body);
done:
  json_decref(part);
  json_decref(body);
  return status;
}

/* ---- signing ------------------------------------------------------------------------------------------------------- */

static struct str one_signature(struct arena *a, struct str signed_text, struct str secret) {
  unsigned char key[SECRET_BYTES_MOST], mac[crypto_auth_hmacsha256_BYTES];
  char text[sodium_base64_ENCODED_LEN(sizeof mac, sodium_base64_VARIANT_ORIGINAL)];
  size_t n = 0;
  struct str encoded = str_slice(secret, strlen("whsec_"), secret.n);
  if (sodium_base642bin(key, sizeof key, encoded.p, encoded.n, NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0) return STR("");
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key, n);
  crypto_auth_hmacsha256_update(&state, (const unsigned char *)signed_text.p, signed_text.n);
  crypto_auth_hmacsha256_final(&state, mac);
  sodium_memzero(key, sizeof key);
  return arena_printf(a, "v1,%s", sodium_bin2base64(text, sizeof text, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL));
}

struct str webhook_sign(struct arena *a, struct str id, i64 at_s, struct str body, struct str secret, struct str old_secret) {
  struct str text = arena_printf(a, "%.*s.%lld.%.*s", STR_ARG(id), (long long)at_s, STR_ARG(body));
  struct str first = one_signature(a, text, secret);
  if (!old_secret.n) return first;
  return arena_printf(a, "%.*s %.*s", STR_ARG(first), STR_ARG(one_signature(a, text, old_secret)));
}
