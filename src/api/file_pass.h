/* What lets a customer, who has no session, open an attachment and attach one: signed texts that nobody else can make.
 *
 * A link opens one file for FILE_PASS_DAYS and is the same text all day, so that a browser keeps the picture. A ticket says that this
 * customer uploaded this file: without it an id that leaked cannot be sent on, and so cannot be made readable. Staff need neither. */
#ifndef GUIJU_API_FILE_PASS_H
#define GUIJU_API_FILE_PASS_H

#include "api/api_internal.h"

enum { FILE_PASS_DAYS = 7 };
/* "/api/v1/files/f…?e=…&s=…" in the arena. */
struct str file_pass_link(const struct api *api, struct arena *a, struct str id);
/* Do `e` and `s` of a link open this file now? */
bool file_pass_opens(const struct api *api, struct arena *a, struct str id, struct str until, struct str sign);
struct str file_pass_ticket(const struct api *api, struct arena *a, struct str id, struct str customer);
/* Every file of `files` that stands in it with a ticket for this customer; takes the tickets out. E_DENIED names the file. */
MUST_CHECK enum status file_pass_check(const struct api *api, struct arena *a, json_t *files, struct str customer, struct problem *p);
/* Puts a "link" beside every file of every message of a list. */
void file_pass_dress(const struct api *api, struct arena *a, json_t *messages);

#endif
