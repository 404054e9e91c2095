export const rules = {
  name: '名称',
  namespace: '命名空间',
  about: '用途',
  kind: '类型',
}
