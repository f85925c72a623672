export default {
  zh: {
    say: '*{on} 人*接着 *{c} 位*顾客', waiting: '，*{w} 位*等接入', noneWaiting: '，没有人等接入', longest: '；等回复最久的已等 ^{d}^。', longestOk: '；等回复最久的等了 *{d}*。', end: '。', nobody: '现在没有人在接待。',
    firsts: '今天 {n} 次首答，{m} 次在时限内。', noFirsts: '今天还没有首答。', shortNow: '{a} 到 {b} 人手不够，{n} 次超时在那时候。', shortNowNone: '{a} 到 {b} 人手不够。', shortLater: '预计 {t} 多出 {n} 位。', askHelp: '去排班',
    hands: '人手能接的量', customers: '顾客', overLab: '{n} 次超时', tideLabel: '今天的顾客和人手。{text}', tideNone: '还没有今天的来客记录。', forecast: '预计多出 {n} 位',
    clocks: '快要到点', byTime: '按剩余时间', clocksNone: '没有快要到点的钟。', take: '接手', remind: '提醒', nobodyYet: '还没人接', goto: '看会话',
    on: '在岗 {a} / {b}', load: '手上', worst: '最急', todayBand: '今天', first: '首答达标', none: '无', peopleNone: '今天没有人排班。', peopleNext: '去排班', awayFor: '离席 {a} / {b} 分', awayPlain: '离席 {a} 分', loadLabel: '{n} 位，上限 {c} 位', deploy: '排班',
    approvals: '等我办', urgent: '最急剩 {d}', approvalsNone: '没有等你定的事。', all: '全部', proposed: '今天的拟定', proposedSub: '你确认前，不进工资单', proposedNone: '没有等你确认的款项。', why: '为什么', cases: '没办完的单', casesSub: '{n} 件', casesNone: '没有没办完的单。', board: '看全部', review: '本周抽检', reviewSub: '还差 {n} 段', reviewNone: '本周没有要抽的。', drawNext: '去抽检', order: '订单 {no}', more: '还有 {n} 个',
  },
  en: {
    say: '*{on}* on duty with *{c}* customers', waiting: ', *{w}* waiting to be accepted', noneWaiting: ', nobody waiting to be accepted', longest: '; the longest wait for an answer is ^{d}^.', longestOk: '; the longest wait for an answer is *{d}*.', end: '.', nobody: 'Nobody is receiving now.',
    firsts: '{n} first answers today, {m} in time.', noFirsts: 'No first answers today yet.', shortNow: 'Too few hands {a} to {b}; {n} were late then.', shortNowNone: 'Too few hands {a} to {b}.', shortLater: '{n} too many are expected at {t}.', askHelp: 'Open the roster',
    hands: 'What the hands can carry', customers: 'Customers', overLab: '{n} late', tideLabel: 'Customers and hands today. {text}', tideNone: 'No customers recorded today yet.', forecast: '{n} too many expected',
    clocks: 'About to break', byTime: 'by time left', clocksNone: 'No clock is about to break.', take: 'Take over', remind: 'Remind', nobodyYet: 'not accepted yet', goto: 'Open',
    on: 'On duty {a} / {b}', load: 'Load', worst: 'Worst', todayBand: 'Today', first: 'First in time', none: 'None', peopleNone: 'Nobody is on the roster today.', peopleNext: 'Open the roster', awayFor: 'Away {a} / {b} min', awayPlain: 'Away {a} min', loadLabel: '{n} of at most {c}', deploy: 'Roster',
    approvals: 'Waiting for me', urgent: 'most urgent in {d}', approvalsNone: 'Nothing waits for you.', all: 'All', proposed: 'Proposed today', proposedSub: 'nothing reaches the pay sheet unconfirmed', proposedNone: 'Nothing waits for your confirmation.', why: 'Why', cases: 'Open cases', casesSub: '{n}', casesNone: 'No open cases.', board: 'Show all', review: 'Samples this week', reviewSub: '{n} to go', reviewNone: 'Nothing to sample this week.', drawNext: 'Review', order: 'Order {no}', more: '{n} more',
  },
}
