/* A chat log as messengers save it, line by line: who, when, what.
 *
 *   小王(2026-03-05 10:00:12): 你好          the name, the time in brackets, the words on the same line
 *   小王 2026-03-05 10:00:12                 name and time on a line of their own, the words on the next lines
 *   2026-03-05 10:00:12 小王: 你好           the time first
 *   [2026-03-05 10:00:12] 小王：你好         … in square brackets
 *   === 与 tb_8231 的聊天记录 ===            whose talk follows (also 会话: / 买家: / 联系人:)
 *
 * A line that begins no message continues the one before it. */
#ifndef GUIJU_CHANNELS_CHAT_LOG_H
#define GUIJU_CHANNELS_CHAT_LOG_H

#include "channels/text.h"

enum chat_line { CHAT_BLANK, CHAT_MESSAGE, CHAT_CONTINUED, CHAT_WITH };
struct chat_message {
  struct str speaker, text; /* CHAT_WITH: speaker is the customer */
  i64 at_ms;
};
/* What a line is; texts point into it. */
enum chat_line chat_log_line(struct str line, i64 zone_offset_ms, struct chat_message *out);

#endif
