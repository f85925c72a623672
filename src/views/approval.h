/* Requests that wait for agreement: the mark of a stage that falls to the owner because nobody holds the role. */
#ifndef GUIJU_VIEWS_APPROVAL_H
#define GUIJU_VIEWS_APPROVAL_H

#include "views/view.h"

#define APPROVAL_OWNER "@owner"

extern const struct view_def view_approval;

#endif
