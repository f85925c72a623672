/* How a person stands: on line, busy, away, gone. */
#ifndef GUIJU_COMMANDS_PRESENCE_H
#define GUIJU_COMMANDS_PRESENCE_H

#include "commands/command.h"

/* Reasons the desk itself writes; who comes back after one of them is put back as they were. */
#define PRESENCE_LOST "断线"
#define PRESENCE_IDLE "久未操作"

#endif
