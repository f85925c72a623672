/* guiju COMMAND: one program, one table of commands. A command's file says what its options and exit codes mean; the table
 * repeats it for --help, so that no manual is needed. */
#include "app/cmd_serve.h"
#include "app/say.h"
#include "app/wiring.h"
#include "app/cmd_rulebook.h"
#include "app/cmd_replay.h"
#include "app/cmd_data.h"
#include "app/cmd_demo.h"

#include <stdio.h>
#include <string.h>

struct command {
  const char *name;
  int (*run)(int argc, char **argv); /* argv[0] is the command's own name; the result is the exit code */
  const char *summary_zh, *summary_en;
  const char *help_zh, *help_en;     /* below the summary line */
};

static const struct command commands[] = {
    {"serve", cmd_serve, "运行一个部门（网页、接口、实时推送）", "Run a desk: pages, API, live feed",
     "  用法  guiju serve [--data 目录] [--listen 地址:端口] [选项]\n"
     "    --data 目录        数据库与附件，缺省 data，没有就新建\n"
     "    --listen 地址:端口 缺省 127.0.0.1:8080；:8080 为所有地址\n"
     "    --database 网址    缺省 数据目录/desk.db；也可 postgresql://…\n"
     "    --web 目录         用目录里的网页代替程序内的\n"
     "    --rulebooks 目录   首次设置可选的制度，代替程序内的\n"
     "    --cert 文件 --key 文件   直接提供 HTTPS\n"
     "    --behind-proxy     前面有 HTTPS 代理：Cookie 设 Secure，信任本机代理给的来访地址\n"
     "    --readers 数       读线程数，缺省 2\n"
     "    --files-mb 数      附件总共最多占多少 MB，缺省 51200\n"
     "    --no-limits        不限请求频率（只用于测量）\n"
     "  第一次打开网页时设置店名、制度和负责人。SIGTERM 或 Ctrl-C 停止：先答完已收到的请求。\n"
     "  退出码  0 正常停止；1 无法启动；2 选项有误\n",
     "  usage  guiju serve [--data DIR] [--listen ADDRESS:PORT] [options]\n"
     "    --data DIR         database and attachments, default data, made when missing\n"
     "    --listen ADDR:PORT default 127.0.0.1:8080; :8080 is every address\n"
     "    --database URL     default DATA/desk.db; or postgresql://…\n"
     "    --web DIR          pages from a directory instead of those inside the program\n"
     "    --rulebooks DIR    rulebooks offered at set-up, instead of those inside the program\n"
     "    --cert FILE --key FILE   serve HTTPS directly\n"
     "    --behind-proxy     an HTTPS proxy stands in front: Secure cookies, its X-Forwarded-For is believed\n"
     "    --readers N        reading threads, default 2\n"
     "    --files-mb N       room for all attachments in MB, default 51200\n"
     "    --no-limits        no rate limits (for measuring only)\n"
     "  The first page asks for shop, rulebook and owner. SIGTERM or Ctrl-C stops after answering what was received.\n"
     "  exit codes  0 stopped as asked; 1 could not start; 2 wrong options\n"},
    {"openapi", cmd_openapi, "输出接口说明（OpenAPI 3.1）", "Print the API description (OpenAPI 3.1)", "  用法  guiju openapi   运行中的服务也在 /api/v1/openapi.json 给出\n  退出码  0 好；1 写不出\n",
     "  usage  guiju openapi   a running service gives it at /api/v1/openapi.json\n  exit codes  0 fine; 1 cannot write\n"},
    {"check", cmd_check, "检查制度，指出每一处问题", "Check rulebooks and name every problem",
     "  用法  guiju check [--json] [--against 现行版] 文件…\n  退出码  0 没有错误；1 有错误；2 读不了\n",
     "  usage  guiju check [--json] [--against OLD] FILE…\n  exit codes  0 no errors; 1 errors; 2 cannot read\n"},
    {"fmt", cmd_fmt, "统一制度的写法，不改意思", "Format a rulebook without changing its meaning",
     "  用法  guiju fmt [--check] [-w] 文件   -w 写回文件；--check 只检查\n  退出码  0 好；1 会有改动或有错误；2 读不了\n",
     "  usage  guiju fmt [--check] [-w] FILE   -w writes the file; --check only looks\n  exit codes  0 fine; 1 would change, or errors; 2 cannot read\n"},
    {"handbook", cmd_handbook, "把制度做成可搜索的手册网页", "Make a searchable handbook page of a rulebook",
     "  用法  guiju handbook 文件 [-o 输出] [--english]\n  退出码  0 好；1 制度有错误；2 读写不了\n",
     "  usage  guiju handbook FILE [-o OUT] [--english]\n  exit codes  0 fine; 1 the rulebook has errors; 2 cannot read or write\n"},
    {"words", cmd_words, "列出制度用的词和能说的事", "List the words of the language and the vocabulary",
     "  用法  guiju words [--json]   编辑器的着色、补全和说明都由它来\n  退出码  0 好\n", "  usage  guiju words [--json]   editors colour, complete and explain with it\n  exit codes  0 fine\n"},
    {"test", cmd_test, "运行制度里的例", "Run the examples of a rulebook", "  用法  guiju test [--json] 文件…\n  退出码  0 全过；1 有例不过；2 读不了\n",
     "  usage  guiju test [--json] FILE…\n  exit codes  0 all pass; 1 some fail; 2 cannot read\n"},
    {"replay", cmd_replay, "用制度重放一份事实文件", "Replay a file of facts by a rulebook",
     "  用法  guiju replay 制度 事实.jsonl … [--report 报表]   见 docs/events.md\n  退出码  0 好；1 制度或事实有错；2 读不了\n",
     "  usage  guiju replay RULEBOOK EVENTS.jsonl … [--report NAME]   see docs/events.md\n  exit codes  0 fine; 1 errors in rulebook or events; 2 cannot read\n"},
    {"why", cmd_why, "说明一条后果从何而来", "Say where a consequence comes from", "  用法  guiju why 制度 事实.jsonl 编号\n  退出码  0 好；1 没有或有错；2 读不了\n",
     "  usage  guiju why RULEBOOK EVENTS.jsonl ID\n  exit codes  0 fine; 1 none, or errors; 2 cannot read\n"},
    {"try", cmd_try, "拿改过的制度在旧事实上试算", "Try a changed rulebook on past facts", "  用法  guiju try 旧制度 新制度 事实.jsonl\n  退出码  0 好；1 有错；2 读不了\n",
     "  usage  guiju try OLD NEW EVENTS.jsonl\n  exit codes  0 fine; 1 errors; 2 cannot read\n"},
    {"coverage", cmd_coverage, "数一数条款有多少真的在运行", "Count the clauses that really run", "  用法  guiju coverage [--json] [--book c14]\n  退出码  0 全部在运行；1 有条款没有证据；2 读不了\n",
     "  usage  guiju coverage [--json] [--book c14]\n  exit codes  0 all run; 1 some lack evidence; 2 cannot read\n"},
    {"verify", cmd_verify, "核对事件链，指出第一处断裂", "Check the event chain and name the first broken link",
     "  用法  guiju verify --data 目录 [--seal 封条]\n  退出码  0 完整；1 有断裂；2 打不开\n",
     "  usage  guiju verify --data DIR [--seal SEAL]\n  exit codes  0 whole; 1 broken; 2 cannot open\n"},
    {"rebuild", cmd_rebuild, "由事件重建全部视图", "Rebuild every view from the events", "  用法  guiju rebuild --data 目录 [--check]\n  退出码  0 好（--check：一致）；1 不一致；2 打不开\n",
     "  usage  guiju rebuild --data DIR [--check]\n  exit codes  0 fine (--check: identical); 1 different; 2 cannot open\n"},
    {"backup", cmd_backup, "备份，运行中也可以", "Back up, also while running", "  用法  guiju backup --data 目录 目标\n  退出码  0 好；1 失败；2 打不开\n",
     "  usage  guiju backup --data DIR TARGET\n  exit codes  0 fine; 1 failed; 2 cannot open\n"},
    {"restore", cmd_restore, "由备份恢复", "Restore a backup", "  用法  guiju restore 备份 --data 目录\n  退出码  0 好；1 失败；2 打不开\n",
     "  usage  guiju restore BACKUP --data DIR\n  exit codes  0 fine; 1 failed; 2 cannot open\n"},
    {"import", cmd_import, "导入订单或聊天记录文件", "Import a file of orders or chats", "  用法  guiju import --data 目录 orders|chat|events 文件\n  events 是 docs/events.md 所说的 JSON 行。部门不能正在运行（运行时请用网页导入）\n  退出码  0 好；1 有行被拒；2 打不开\n",
     "  usage  guiju import --data DIR orders|chat|events FILE\n  events: JSON lines of docs/events.md. The desk must not be running (then import on its page)\n  exit codes  0 fine; 1 lines refused; 2 cannot open\n"},
    {"demo", cmd_demo, "建立演示店铺的数据", "Make the demo shop's data", "  用法  guiju demo --data 目录 [--seed 数] [--now \"2026-03-05 14:26\"] [--month [--live] [--agents 数] [--conversations 数] [--messages 数] [--plain]]\n"
     "    --month   一个月的店：高峰、大促、夜班、回头客、逾时、转接、评分、订单、投诉、请假换班、次日才到的电话记录；同样的选项，封条相同\n"
     "    --plain   只放事实，不套制度：往大库里灌数据用（打开时再推）\n"
     "    --live    打开以后有人看着时，顾客会来，没有人登录的客服由程序扮演（页面上会注明）\n"
     "  退出码  0 好；1 失败；2 选项有误\n",
     "  usage  guiju demo --data DIR [--seed N] [--now \"2026-03-05 14:26\"] [--month [--live] [--agents N] [--conversations N] [--messages N] [--plain]]\n"
     "    --month   a month of a shop: peaks, a sale day, nights, returning customers, breaches, transfers, ratings, orders, complaints,\n"
     "              leave and swaps, telephone talks that come in the next morning; the same options give the same seal\n"
     "    --plain   facts only, no rules: to fill a large desk (opening it derives the rest)\n"
     "    --live    once served and looked at, customers come and agents nobody signed in for are played (the pages say so)\n"
     "  exit codes  0 fine; 1 failed; 2 wrong options\n"},
};

static void print_command(const struct command *c, bool english) {
  printf("guiju %s  %s\n%s", c->name, english ? c->summary_en : c->summary_zh, english ? c->help_en : c->help_zh);
}

static void print_all(bool english) {
  printf(english ? "Guiju %s: the customer-service desk that runs the rulebook\n\nusage: guiju COMMAND …\n\n" : "规矩 %s：照制度办事的客服台\n\n用法：guiju 命令 …\n\n",
         GUIJU_VERSION);
  for (size_t i = 0; i < COUNT_OF(commands); i++) printf("  %-10s %s\n", commands[i].name, english ? commands[i].summary_en : commands[i].summary_zh);
  puts(english ? "\n  guiju COMMAND --help tells the options and exit codes; LANG picks the language (LANG=zh_CN.UTF-8, LANG=en_US.UTF-8)."
               : "\n  guiju 命令 --help 说明选项与退出码；语言随 LANG（LANG=zh_CN.UTF-8、LANG=en_US.UTF-8）。");
}

static bool is_help(const char *s) { return strcmp(s, "--help") == 0 || strcmp(s, "-h") == 0 || strcmp(s, "help") == 0; }

int main(int argc, char **argv) {
  bool english = say_english();
  if (argc < 2 || is_help(argv[1])) {
    print_all(english);
    return argc < 2 ? 2 : 0;
  }
  if (strcmp(argv[1], "--version") == 0) {
    puts("guiju " GUIJU_VERSION);
    return 0;
  }
  for (size_t i = 0; i < COUNT_OF(commands); i++) {
    if (strcmp(argv[1], commands[i].name) != 0) continue;
    for (int k = 2; k < argc; k++) {
      if (strcmp(argv[k], "--help") != 0 && strcmp(argv[k], "-h") != 0) continue;
      print_command(&commands[i], english);
      return 0;
    }
    return commands[i].run(argc - 1, argv + 1);
  }
  fprintf(stderr, english ? "guiju: there is no command “%s”; guiju --help lists them\n" : "guiju：没有命令“%s”；guiju --help 列出全部\n", argv[1]);
  return 2;
}
