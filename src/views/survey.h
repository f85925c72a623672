/* Surveys answered by customers through a link: what was sent, what was answered, how the link behaves. */
#ifndef GUIJU_VIEWS_SURVEY_H
#define GUIJU_VIEWS_SURVEY_H

#include "views/view.h"

#include <jansson.h>

#define SURVEY_ITEM "survey" /* the setting's name in desk.changed; its value is the JSON of survey_setting */
enum { SURVEY_TAGS_MOST = 6, SURVEY_REMARK_MOST = 500, SURVEY_CHANGE_HOURS = 24, SURVEY_CHANGE_HOURS_MOST = 720, SURVEY_VALID_DAYS = 14 };

/* {"url":"https://desk.example","change_hours":24}: where customers reach this program, and how long an answer may be changed. New reference. */
MUST_CHECK enum status survey_setting(struct store *s, struct arena *a, json_t **out, struct problem *p);

/* The words a customer may pick beside the stars: for few stars other ones than for many. */
struct survey_tag {
  const char *zh, *en;
  bool good;
};
extern const struct survey_tag survey_tags[];
extern const size_t survey_tag_count;
const struct lang_survey *survey_of(const struct lang_program *p, struct str name); /* NULL: the book in force has none of that name */

#endif
