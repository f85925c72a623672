/* Counting fault injector: see fault.h. */
#include "base/fault.h"

#ifdef GUIJU_FAULTS

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
  bool read_environment, kill;
  char name[64];
  int pass, passes;
  enum status status;
} armed;

static void arm_from_environment(void) {
  armed.read_environment = true;
  const char *text = getenv("GUIJU_FAULT");
  char how[16] = "";
  if (text == NULL || sscanf(text, "%63[^:]:%d:%15s", armed.name, &armed.pass, how) < 2) return;
  armed.kill = strcmp(how, "kill") == 0;
  armed.status = strcmp(how, "full") == 0 ? E_FULL : E_IO;
}

void fault_arm(const char *name, int pass, enum status status) {
  pthread_mutex_lock(&lock);
  armed.read_environment = true;
  armed.kill = false;
  armed.passes = 0;
  armed.pass = pass;
  armed.status = status;
  snprintf(armed.name, sizeof armed.name, "%s", name ? name : "");
  pthread_mutex_unlock(&lock);
}

int fault_passes(const char *name) {
  pthread_mutex_lock(&lock);
  int passes = strcmp(armed.name, name) == 0 ? armed.passes : 0;
  pthread_mutex_unlock(&lock);
  return passes;
}

enum status fault_point(const char *name) {
  enum status status = OK;
  pthread_mutex_lock(&lock);
  if (!armed.read_environment) arm_from_environment();
  if (armed.name[0] && strcmp(armed.name, name) == 0 && ++armed.passes == armed.pass) {
    if (armed.kill) raise(SIGKILL);
    status = armed.status;
  }
  pthread_mutex_unlock(&lock);
  return status;
}

#endif
