export const services = {
  title: '服务',
  count: '{{total}} 个服务',
  text: '请求与错误为最近一分钟的实测值；端点以集群 API 最近所报为准。',
  name: '服务',
  ports: '端口',
  regions: '各地域就绪数',
  healthy: '健康',
  requests: '请求',
  errors: '错误',
  findings: '{{count}} 条检查结果',
  findings_one: '{{count}} 条检查结果',
  empty: '网格中还没有服务。',
}
