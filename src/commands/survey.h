/* Surveys that go to customers: the link on its way. */
#ifndef GUIJU_COMMANDS_SURVEY_H
#define GUIJU_COMMANDS_SURVEY_H

#include "commands/command.h"

/* Sends the survey to the customer of a conversation: by letter where they can be reached by one, else as a line of their talk. Without an
 * address of the desk (Settings) nothing goes out: E_CONFLICT says so, and the order is noted as not done. */
MUST_CHECK enum status survey_send_link(struct command_ctx *c, const struct lang_survey *s, struct str customer, struct str conversation, struct str object);

#endif
