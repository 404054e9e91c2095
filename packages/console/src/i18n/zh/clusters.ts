export const clusters = {
  name: '集群',
  region: '地域',
  state: '状态',
  ready: '就绪',
  lastContact: 'API 最近应答',
  endpoints: '端点',
}
