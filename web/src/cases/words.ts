export default {
  zh: {
    yes: '是', no: '否',
    clock: '时限',
    title: '单据', say: '有 *{n}* 张单没办完', sayMine: '，*{m}* 张等你。', sayDot: '。', none: '没有没办完的单。', new: '开单', newTitle: '开哪种单', search: '编号、标题、内容', all: '所有种类', mine: '和我有关', state: { open: '没办完', ended: '已办完', all: '全部' },
    empty: '没有符合的单。', emptyHint: '换一个条件，或者开一张新单。', number: '编号', what: '事由', type: '种类', at: '到了哪一步', who: '当事人', opened: '开单', waits: '等谁', due: '期限',
    back: '回到列表', fields: '内容', history: '经过', opens: '开单', moved: '到“{to}”', filled: '补填', voted: '表决', assigned: '派给', voided: '作废', print: '打印', fill: '补填', fillTitle: '补填这张单', saveFill: '存下', filled_: '已存下', moveTitle: '到“{to}”', moveText: '说明（可不填，会记在经过里）', moved_: '已到“{to}”', done: '已办完', whyNot: '现在不能走的步', noMoves: '这张单已经办完。', waitsFor: '在等 {who}。', empty_: '没填', missing: '找不到这张单，编号可能写错了。', masked: '{f}属于“{k}”，这里只显示一部分。', pastKeeping: '过了“{k}”的保存期，内容不再显示。',
    opened_: '{number} 已开', openIt: '看这张单', submit: '开单', cannot: '你不能开这种单', whoOpens: '由 {who} 开', steps: '走法', conversation: '打开会话', order: '看订单', file: '看附件', vote: '表决', voteYes: '同意', voteNo: '不同意', draft: '草稿已存', chooseType: '先选一种单。单的种类和填法都写在制度里。', asked: '已到“{to}”的上一步，等批', lawful: '依据',
    agreed: '同意到“{to}”', disagreed: '不同意到“{to}”', extended: '延长期限', copied: '送联给', ordered: '制度要办的事', orderDone: '已办', orderNot: '未办', byBook: '制度',
    order_: { open_case: '开“{item}”', move_case: '转入“{item}”', assign: '派给经办人', send_form: '发“{item}”', other: '办“{item}”' },
  },
  en: {
    yes: 'Yes', no: 'No',
    clock: 'Time left',
    title: 'Cases', say: '*{n}* cases are open', sayMine: ', *{m}* wait for you.', sayDot: '.', none: 'No case is open.', new: 'New case', newTitle: 'Which kind', search: 'Number, title, text', all: 'All kinds', mine: 'About me', state: { open: 'Open', ended: 'Closed', all: 'All' },
    empty: 'Nothing matches.', emptyHint: 'Change a condition, or open a new case.', number: 'Number', what: 'Matter', type: 'Kind', at: 'State', who: 'Person concerned', opened: 'Opened', waits: 'Waits for', due: 'Due',
    back: 'Back to the list', fields: 'Fields', history: 'History', opens: 'Opened', moved: 'to “{to}”', filled: 'Filled in', voted: 'Voted', assigned: 'Assigned to', voided: 'Voided', print: 'Print', fill: 'Fill in', fillTitle: 'Fill in this case', saveFill: 'Save', filled_: 'Saved', moveTitle: 'Move to “{to}”', moveText: 'Remark (optional, kept in the history)', moved_: 'Now at “{to}”', done: 'Closed', whyNot: 'Steps that are not open to you', noMoves: 'This case is closed.', waitsFor: 'Waits for {who}.', empty_: 'Empty', missing: 'No such case; the number may be wrong.', masked: '{f}: of the class “{k}”, shown in part only.', pastKeeping: 'Past the keeping of the class “{k}”: its content is no longer shown.',
    opened_: '{number} opened', openIt: 'Show it', submit: 'Open the case', cannot: 'You may not open this kind', whoOpens: 'Opened by {who}', steps: 'Steps', conversation: 'Open the conversation', order: 'Show the order', file: 'Show the file', vote: 'Vote', voteYes: 'Agree', voteNo: 'Disagree', draft: 'Draft kept', chooseType: 'Choose a kind. Kinds and their fields are written in the rulebook.', asked: 'Waits for approval before “{to}”', lawful: 'Clause',
    agreed: 'Agreed to “{to}”', disagreed: 'Disagreed with “{to}”', extended: 'Extended the time', copied: 'Copy sent to', ordered: 'What the rulebook ordered', orderDone: 'Done', orderNot: 'Not done', byBook: 'The rulebook',
    order_: { open_case: 'Open “{item}”', move_case: 'Move to “{item}”', assign: 'Hand over', send_form: 'Send “{item}”', other: 'Carry out “{item}”' },
  },
}
