export const gateways = {
  name: '网关',
  addresses: '地址',
  routes: '路由',
}
