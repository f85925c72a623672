/* Chatwoot's API beside our own: its client API (/public/api/v1, for customers) and the part of its application API
 * (/api/v1/accounts/1, for keys) that maps cleanly, so that programs written for it talk to this desk unchanged. docs/chatwoot.md says
 * what maps and what does not. Shapes: views/chatwoot.h; answers to what does not map say so and what to do instead. */
#ifndef GUIJU_API_CHATWOOT_H
#define GUIJU_API_CHATWOOT_H

struct api_call;

/* Client API. :inbox is "widget"; :token, Chatwoot's source_id, is the visitor's token of our widget. */
void chatwoot_inbox(struct api_call *c);
void chatwoot_contact_create(struct api_call *c);
void chatwoot_contact_get(struct api_call *c);
void chatwoot_contact_update(struct api_call *c);
void chatwoot_own_conversations(struct api_call *c);
void chatwoot_own_begin(struct api_call *c);
void chatwoot_own_conversation(struct api_call *c);
void chatwoot_own_messages(struct api_call *c);
void chatwoot_own_say(struct api_call *c);
void chatwoot_own_seen(struct api_call *c);

/* Application API. */
void chatwoot_profile(struct api_call *c);
void chatwoot_agents(struct api_call *c);
void chatwoot_inboxes(struct api_call *c);
void chatwoot_conversations(struct api_call *c);
void chatwoot_conversation_meta(struct api_call *c);
void chatwoot_conversation_get(struct api_call *c);
void chatwoot_conversation_create(struct api_call *c);
void chatwoot_toggle_status(struct api_call *c);
void chatwoot_assign(struct api_call *c);
void chatwoot_labels(struct api_call *c);
void chatwoot_set_labels(struct api_call *c);
void chatwoot_conversation_messages(struct api_call *c);
void chatwoot_say(struct api_call *c);
void chatwoot_contacts(struct api_call *c);
void chatwoot_contact_search(struct api_call *c);
void chatwoot_contact_show(struct api_call *c);
void chatwoot_contact_add(struct api_call *c);
void chatwoot_contact_change(struct api_call *c);
void chatwoot_contact_conversations(struct api_call *c);
void chatwoot_webhooks(struct api_call *c);
void chatwoot_webhook_add(struct api_call *c);
void chatwoot_webhook_change(struct api_call *c);
void chatwoot_webhook_remove(struct api_call *c);

#endif
