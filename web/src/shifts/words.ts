export default {
  zh: {
    onShift: '今天 *{name}*，{a} 到 {b}', left: '，还有 *{d}* 下班。', over: '，已过下班 *{d}*，接待完就能下班。', before: '，*{d}* 后上班。', restToday: '今天休息。', notLaid: '今天没有给你排班。',
    dutiesMissed: '{n} 件过点没做。', dutiesLeft: '还有 {n} 件班务没做，最近一件 {t} 到点。', dutiesDone: '今天的班务都做了。', dutiesNone: '今天没有班务。',
    in: '上班打卡', inAt: '{t} 已打上班卡', out: '下班打卡', outAt: '{t} 已打下班卡', inDone: '已打上班卡', outDone: '已打下班卡', blocked: '现在还不能下班',
    leavePost: '离岗', leaveTitle: '离岗多久，去哪里', reason: '事由', destination: '去哪里', minutes: '多少分钟', sendLeave: '向上级请求离岗', left_: '已请求离岗，等上级同意', return: '回来了', returned: '欢迎回来', awayToday: '今天离席 {a}', awayLimit: '今天离席 {a} / {b}',
    ask: '请假', askTitle: '请假', duties: '今天的班务', dutyBy: '{t} 前', doneAt: '{t} 做了', lateAt: '{t} 做了，晚了', missed: '过点没做', doIt: '做好了', evidence: { 签到: '签到', 照片: '照片', 签名: '签名', 文: '写几句', 附件: '附件' }, doTitle: '做好了：{title}', text: '说明', files: '照片或附件', sign: '签名', sendDone: '提交', doneToast: '已记下：{title}', needs: '要有{list}', order: '订单 {no}', openCase: '打开这张单',
    list: '我的班表', worked: '出勤 {n} 天', week: '这一周', none: '这段时间没有给你排班。', noneHint: '组长公布班表后会出现在这里。', rest: '休', in_: '上班卡', out_: '下班卡', late: '晚到 {d}', early: '早走 {d}', absent: '没有到岗', nopunch: '没打卡', band: '今天的时间带', swap: '换班',
  },
  en: {
    onShift: '*{name}* today, {a} to {b}', left: ', *{d}* to go.', over: ', *{d}* past the end; you may leave when reception ends.', before: ', starts in *{d}*.', restToday: 'You rest today.', notLaid: 'No shift was laid for you today.',
    dutiesMissed: '{n} past their time. ', dutiesLeft: '{n} duties to do, the next is due {t}.', dutiesDone: 'All duties of today are done.', dutiesNone: 'No duties today.',
    in: 'Clock in', inAt: 'Clocked in {t}', out: 'Clock out', outAt: 'Clocked out {t}', inDone: 'Clocked in', outDone: 'Clocked out', blocked: 'You cannot clock out yet',
    leavePost: 'Leave the post', leaveTitle: 'How long and where to', reason: 'Reason', destination: 'Where to', minutes: 'Minutes', sendLeave: 'Ask your superior', left_: 'Asked; your superior decides', return: 'I am back', returned: 'Welcome back', awayToday: 'Away {a} today', awayLimit: 'Away {a} of {b} today',
    ask: 'Leave', askTitle: 'Ask for leave', duties: 'Duties of today', dutyBy: 'by {t}', doneAt: 'done {t}', lateAt: 'done {t}, late', missed: 'time passed', doIt: 'Done', evidence: { 签到: 'signing in', 照片: 'a picture', 签名: 'a signature', 文: 'a few words', 附件: 'a file' }, doTitle: 'Done: {title}', text: 'Remark', files: 'Pictures or files', sign: 'Signature', sendDone: 'Submit', doneToast: 'Recorded: {title}', needs: 'Needs {list}', order: 'order {no}', openCase: 'Open the case',
    list: 'My shifts', worked: '{n} days worked', week: 'This week', none: 'No shifts were laid for you here.', noneHint: 'They appear when the leader publishes the roster.', rest: 'Rest', in_: 'In', out_: 'Out', late: '{d} late', early: '{d} early', absent: 'Absent', nopunch: 'Not clocked', band: 'Your day', swap: 'Swap',
  },
}
