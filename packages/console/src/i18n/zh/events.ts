export const events = {
  at: '时间',
  kind: '类型',
  text: '内容',
  who: '操作者',
}
