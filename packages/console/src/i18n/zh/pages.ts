export const pages = {
  overview: '总览',
  regional: '地域流量',
  services: '服务',
  rules: '流量规则',
  clusters: '集群',
  network: '网络',
  gateways: '网关',
  proxies: '代理',
  events: '事件',
  group: { traffic: '流量', mesh: '网格' },
}
