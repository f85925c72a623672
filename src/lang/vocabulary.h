/* The kinds of fact a rulebook may speak of, given from outside: lang knows the language, not the desk.
 *
 * The app builds one from the event kinds; tests bring their own. All texts are borrowed and outlive the check. */
#ifndef GUIJU_LANG_VOCABULARY_H
#define GUIJU_LANG_VOCABULARY_H

#include "lang/ast.h"

/* A field of a kind or of a noun. `type` is what it holds; for LT_ENUM the values may be listed (none: any word). */
struct lang_vocabulary_field {
  struct str zh, en;
  enum lang_type_kind type;
  bool optional;         /* may be absent */
  bool many;
  const struct str *values;    /* Chinese */
  const struct str *values_en; /* the same in English; NULL: none */
  size_t value_count;
};

struct lang_vocabulary_kind {
  struct str zh, en;     /* 会话.人工回复, conversation.agent_replied */
  const struct lang_vocabulary_field *fields;
  size_t field_count;
  bool asked;            /* a person causes it: may stand in 申请 */
  bool derived;          /* only the engine makes it (迟到, 违规): may not stand in a command */
};

/* A noun (人员, 客户, 订单 …) with its own fields: 订单.已取单, 人员.底薪, 商品.库存量. */
struct lang_vocabulary_noun {
  struct str zh, en;
  enum lang_type_kind type;
  const struct lang_vocabulary_field *fields;
  size_t field_count;
};

struct lang_vocabulary {
  const struct lang_vocabulary_kind *kinds;
  size_t kind_count;
  const struct lang_vocabulary_noun *nouns;
  size_t noun_count;
  /* Is `id` a clause of the inventory (for covers)? NULL: not judged. */
  bool (*covers_known)(void *context, struct str id);
  void *context;
};

#endif
