export const regional = {
  title: '地域流量',
}
