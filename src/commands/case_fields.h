/* Values a person gives for the declared fields of a case: checked, typed, put into events. */
#ifndef GUIJU_COMMANDS_CASE_FIELDS_H
#define GUIJU_COMMANDS_CASE_FIELDS_H

#include "commands/command.h"
#include "views/case.h"

/* Check `given` against the declaration and merge it into `fields` (both objects by declared name). Unknown names, wrong
 * types, words outside an enumeration and values out of their bounds are E_INVALID naming the field: see case_form_check. */
MUST_CHECK enum status case_fields_merge(struct command_ctx *c, const struct lang_case *type, const json_t *given, json_t *fields);
/* Every field that is required and asked for is there. */
MUST_CHECK enum status case_fields_complete(struct command_ctx *c, const struct lang_case *type, const json_t *fields);
/* The person the case is about, from its 当事 field; "" when empty. */
struct str case_fields_subject(struct command_ctx *c, const struct lang_case *type, const json_t *fields);
/* All fields as typed extras of a case event. */
MUST_CHECK enum status case_fields_put(struct command_ctx *c, const struct lang_case *type, const json_t *fields, struct event *e);

#endif
