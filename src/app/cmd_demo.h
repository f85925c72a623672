/* guiju demo: fill an empty data folder with a small shop at work. */
#ifndef GUIJU_APP_CMD_DEMO_H
#define GUIJU_APP_CMD_DEMO_H

/* --data DIR [--rulebooks DIR] [--seed N] [--now INSTANT] [--loud]; argv[0] is the command's own name. 0, 1 failed, 2 usage. */
int cmd_demo(int argc, char **argv);

#endif
