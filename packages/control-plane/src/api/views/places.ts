/** Where regions of the large clouds are, in degrees: for the map. What is not in here is drawn as a diagram. */
const places: Readonly<Record<string, readonly [latitude: number, longitude: number, label: string]>> = {
  'cn-hangzhou': [30.27, 120.16, 'Hangzhou'],
  'cn-shanghai': [31.23, 121.47, 'Shanghai'],
  'cn-nanjing': [32.06, 118.8, 'Nanjing'],
  'cn-fuzhou': [26.07, 119.3, 'Fuzhou'],
  'cn-beijing': [39.9, 116.4, 'Beijing'],
  'cn-qingdao': [36.07, 120.38, 'Qingdao'],
  'cn-zhangjiakou': [40.77, 114.88, 'Zhangjiakou'],
  'cn-huhehaote': [40.84, 111.75, 'Hohhot'],
  'cn-wulanchabu': [41.0, 113.13, 'Ulanqab'],
  'cn-shenzhen': [22.54, 114.06, 'Shenzhen'],
  'cn-heyuan': [23.74, 114.7, 'Heyuan'],
  'cn-guangzhou': [23.13, 113.26, 'Guangzhou'],
  'cn-chengdu': [30.57, 104.07, 'Chengdu'],
  'cn-wuhan-lr': [30.59, 114.31, 'Wuhan'],
  'cn-hongkong': [22.32, 114.17, 'Hong Kong'],
  'ap-southeast-1': [1.35, 103.82, 'Singapore'],
  'ap-southeast-3': [3.14, 101.69, 'Kuala Lumpur'],
  'ap-southeast-5': [-6.21, 106.85, 'Jakarta'],
  'ap-southeast-6': [14.6, 120.98, 'Manila'],
  'ap-southeast-7': [13.76, 100.5, 'Bangkok'],
  'ap-northeast-1': [35.68, 139.69, 'Tokyo'],
  'ap-northeast-2': [37.57, 126.98, 'Seoul'],
  'us-west-1': [37.35, -121.95, 'Silicon Valley'],
  'us-west-2': [45.84, -119.7, 'Oregon'],
  'us-east-1': [38.95, -77.45, 'Virginia'],
  'us-east-2': [39.96, -83.0, 'Ohio'],
  'eu-central-1': [50.11, 8.68, 'Frankfurt'],
  'eu-west-1': [51.51, -0.13, 'London'],
  'me-east-1': [25.2, 55.27, 'Dubai'],
  'me-central-1': [24.71, 46.68, 'Riyadh'],
  'ap-south-1': [19.08, 72.88, 'Mumbai'],
  'sa-east-1': [-23.55, -46.63, 'São Paulo'],
}

export function placeOf(region: string) {
  const place = places[region]
  return place && { latitude: place[0], longitude: place[1], label: place[2] }
}
