export const proxies = {
  name: '代理',
  region: '地域',
  state: '状态',
  since: '连接时间',
}
