export const network = {
  kind: '类型',
  name: '名称',
  region: '地域',
  cidr: '网段',
  limit: '上限',
}
