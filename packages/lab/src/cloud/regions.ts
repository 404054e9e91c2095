/** Regions the cloud has. */
export const regions: ReadonlySet<string> = new Set([
  ...['qingdao', 'beijing', 'zhangjiakou', 'huhehaote', 'wulanchabu', 'hangzhou', 'shanghai', 'nanjing', 'fuzhou'].map(
    city => `cn-${city}`,
  ),
  ...['shenzhen', 'heyuan', 'guangzhou', 'chengdu', 'hongkong', 'wuhan-lr'].map(city => `cn-${city}`),
  ...['southeast-1', 'southeast-3', 'southeast-5', 'southeast-6', 'southeast-7', 'northeast-1', 'northeast-2'].map(
    place => `ap-${place}`,
  ),
  ...['us-east-1', 'us-west-1', 'eu-central-1', 'eu-west-1', 'me-east-1', 'me-central-1', 'na-south-1'],
])
