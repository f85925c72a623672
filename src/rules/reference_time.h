/* The reference's calendar: shifts and attendance, recurring duties, settlements. Part of the inside; see reference_parts.h. */
#ifndef GUIJU_RULES_REFERENCE_TIME_H
#define GUIJU_RULES_REFERENCE_TIME_H

#include "rules/reference_parts.h"

void ref_time_begins(struct ref *r);
void ref_time_moments(struct ref *r, struct ref_next *best);
void ref_time_moment(struct ref *r, const struct ref_next *n);
void ref_attendance(struct ref *r, struct ref_fact *f);  /* what the clock and the roster say */
void ref_people_move(struct ref *r, struct ref_fact *f); /* somebody joined, changed or left: open periods are filled again */
void ref_case_moves(struct ref *r, struct ref_fact *f);  /* a case may have come into a set that duties are about */
bool ref_shift_runs_on(struct ref *r, struct ref_shift *s);

#endif
