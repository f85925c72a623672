/* The customer's door to a survey: who holds the link's token may read and answer it, nothing else. The token goes no further than here. */
#include "api/api_internal.h"

#include "commands/session.h"
#include "views/json.h"

void api_survey(struct api_call *c) {
  char hash[SESSION_HASH_HEX + 1];
  session_token_hash(json_arg(c->args, "token"), hash);
  json_object_del(c->args, "token");
  json_object_set_new(c->args, "hash", json_string(hash));
  c->session.actor = (struct actor){.address = c->r->peer}; /* whoever is signed in beside it */
  if (c->route->method == HTTP_GET) api_run_read(c);
  else api_run_command(c);
}
