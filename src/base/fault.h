/* Fault points: named places where a test makes the next step fail. Compiled to nothing unless GUIJU_FAULTS is
 * defined (the test builds). A test counts: fail pass number 1, 2, 3 … until none is left, and looks each time whether
 * anything acknowledged was lost.
 * Environment for whole-process tests: GUIJU_FAULT="store.commit:3" fails the third pass through that point,
 * "store.commit:3:kill" ends the process there as a power cut would, "…:full" reports a full disk. */
#ifndef GUIJU_BASE_FAULT_H
#define GUIJU_BASE_FAULT_H

#include "base/status.h"

#ifdef GUIJU_FAULTS
/* OK, or the failure to pretend. */
enum status fault_point(const char *name);
void fault_arm(const char *name, int pass, enum status status); /* name NULL: disarm */
int fault_passes(const char *name); /* passes through the armed point so far */
#else
static inline enum status fault_point(const char *name) {
  (void)name;
  return OK;
}
#endif

#endif
