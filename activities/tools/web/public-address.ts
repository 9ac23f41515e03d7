import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Of IPv4: what is not reached over the internet, or by everybody on a link at once. */
const closed4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Of IPv6 all that is public; of that, what leads to an IPv4 address or nowhere. */
const open6: [string, number] = ['2000::', 3];
const closed6: [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const listOf = (type: 'ipv4' | 'ipv6', subnets: [string, number][]): BlockList => {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, type);
  return list;
};

const private4 = listOf('ipv4', closed4);
const public6 = listOf('ipv6', [open6]);
const private6 = listOf('ipv6', closed6);

/** False for loopback, private, link-local, multicast and reserved addresses, and for what is no address. */
export const isPublicAddress = (address: string): boolean => {
  if (isIPv4(address)) return !private4.check(address, 'ipv4');
  return isIPv6(address) && public6.check(address, 'ipv6') && !private6.check(address, 'ipv6');
};
