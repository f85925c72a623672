export default {
  zh: {
    comma: '，', stop: '。', listing: '、', colon: '：',
    old: '这是 {t} 的数，没能更新：{why}', previous: '上一段', next: '下一段', today: '回到今天', month: { previous: '上个月', next: '下个月' },
    person: '人', anyone: '所有人', choose: '请选', more: '再看 {n} 条', nothing: '没有符合的', filter: '筛选', print: '打印', open: '打开', copy: '复制', copied: '已复制',
    clause: '看依据', sum: '合计', yuan: '元', from: '从', to: '到', days: '{n} 天', people: '{n} 人', none: '无', edit: '改', undo: '撤回', done: '已办', csv: '下载 CSV', xlsx: '下载 XLSX',
    week: { 0: '日', 1: '一', 2: '二', 3: '三', 4: '四', 5: '五', 6: '六' },
    unit: { count: '{n} 个', times: '{n} 次', lines: '{n} 笔' }, money: { bad: '写成“12.50”这样的金额' },
  },
  en: {
    comma: ', ', stop: '. ', listing: ', ', colon: ': ',
    old: 'Figures of {t}; they could not be brought up to date: {why}', previous: 'Earlier', next: 'Later', today: 'Back to today', month: { previous: 'Previous month', next: 'Next month' },
    person: 'Person', anyone: 'Everybody', choose: 'Choose', more: 'Show {n} more', nothing: 'Nothing matches', filter: 'Filter', print: 'Print', open: 'Open', copy: 'Copy', copied: 'Copied',
    clause: 'See the clause', sum: 'Total', yuan: 'CNY', from: 'From', to: 'To', days: '{n} days', people: '{n} people', none: 'None', edit: 'Change', undo: 'Undo', done: 'Done', csv: 'Download CSV', xlsx: 'Download XLSX',
    week: { 0: 'Su', 1: 'Mo', 2: 'Tu', 3: 'We', 4: 'Th', 5: 'Fr', 6: 'Sa' },
    unit: { count: '{n}', times: '{n} times', lines: '{n} entries' }, money: { bad: 'Write a sum like 12.50' },
  },
}
