/* Sign-in: passwords, sessions of people and API keys, as the network side needs them.
 *
 * Implemented in commands/session.c, over the tables of views/people.sql. The division of labour: slow work
 * (Argon2id) runs on the caller's thread with a read-only store and never on the writer; the writer only stores finished
 * hashes. So the caller
 *   sign-in:        session_check_password (reader) → command "session.open" {person, token_hash, csrf, address}
 *   set-up:         session_hash_password (any thread) → command "setup.run" {shop, template, owner:{name, job_number,
 *                   password_hash}, token_hash, csrf, address}
 *   new password:   commands "people.add", "people.reset_password", "people.change_password" get `password_hash` in place of
 *                   `password`; for the last the caller has checked `old` with session_check_password before
 *   sign-out:       commands "session.close" {} (the actor's own session) and "session.close_all" {}
 *   API key:        command "key.add" {name, scopes, token_hash} → {id}; the caller adds the key itself to the answer, once.
 * A token is 32 random bytes made by the caller; only its hash (session_token_hash) is ever stored. */
#ifndef GUIJU_COMMANDS_SESSION_H
#define GUIJU_COMMANDS_SESSION_H

#include "views/view.h"

enum { SESSION_HASH_HEX = 64, PASSWORD_LEAST_CHARS = 8, PASSWORD_MOST_BYTES = 256 };

/* Who a token belongs to. All text lives in the arena that was given. */
struct session {
  struct actor actor;  /* ACTOR_PERSON or ACTOR_KEY; actor.session = token hash (people) */
  struct str csrf;     /* people only: what X-CSRF must repeat */
  i64 expires_ms;      /* from then on the token is not valid */
};

/* 64 hex digits and NUL of a token (BLAKE2b-256). */
void session_token_hash(struct str token, char out[SESSION_HASH_HEX + 1]);
/* E_UNAUTHENTIC: no such session, expired, revoked, or the person has left. */
MUST_CHECK enum status session_find(struct store *s, struct arena *a, struct str token_hash, i64 now_ms, struct session *out);
/* The same for API keys ("gk_…"): actor.type ACTOR_KEY with its scopes. */
MUST_CHECK enum status session_find_key(struct store *s, struct arena *a, struct str token_hash, i64 now_ms, struct session *out);
/* The same for tokens of the chat widget: actor.type ACTOR_CUSTOMER, actor.id the customer. They do not expire. */
MUST_CHECK enum status session_find_visitor(struct store *s, struct arena *a, struct str token_hash, struct session *out);
/* The rules a password must keep (length, not the job number, not one character); job_number may be empty. */
MUST_CHECK enum status session_password_allowed(struct str password, struct str job_number, struct problem *p);
/* Argon2id text of a password, in the arena. E_INVALID when it is too short or too long (problem password.short, .long). */
MUST_CHECK enum status session_hash_password(struct arena *a, struct str password, struct str *hash, struct problem *p);
/* The person with this job number, when the password is theirs; takes the same time when there is no such person.
 * E_UNAUTHENTIC with one and the same problem (login.wrong) for every kind of failure. */
MUST_CHECK enum status session_check_password(struct store *s, struct arena *a, struct str job_number, struct str password,
                                              struct str *person, struct problem *p);

#endif
