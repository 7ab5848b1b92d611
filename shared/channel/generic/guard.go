package generic

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrNotPublic: a callback's host leads to an address that is not on the public
// Internet. The desk must not be made to call its own network.
var ErrNotPublic = errors.New("generic: the callback leads to an address that is not public")

// callTime is how long a callback may take in all; Standard Webhooks advises 15 to 30 s.
const callTime = 15 * time.Second

// Client makes what callbacks are called with. It dials public addresses only, and
// judges the address that was found, at the moment of dialling: a name may lead
// elsewhere a second time. It goes by no proxy, which would dial for it, and follows no
// redirect. allowLoopback lets it reach this machine too.
func Client(allowLoopback bool) *http.Client {
	d := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		return judge(address, allowLoopback)
	}}
	return &http.Client{
		Timeout:       callTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: nil, DialContext: d.DialContext, ForceAttemptHTTP2: true, DisableKeepAlives: true,
			TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: callTime, MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

func judge(address string, allowLoopback bool) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrNotPublic
	}
	ip := ap.Addr().Unmap().WithZone("")
	if isPublic(ip) || allowLoopback && ip.IsLoopback() {
		return nil
	}
	return ErrNotPublic
}

// closed are the blocks that lead nowhere public (IANA's special-purpose registries) or,
// as the translations into IPv4 do, could lead inside.
var closed = blocks(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

func blocks(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// global is all of IPv6 that has been given out; private networks, link-local addresses
// and the metadata service's fd00:ec2::254 lie outside.
var global = netip.MustParsePrefix("2000::/3")

func isPublic(ip netip.Addr) bool {
	if ip.Is6() && !global.Contains(ip) {
		return false
	}
	for _, b := range closed {
		if b.Contains(ip) {
			return false
		}
	}
	return ip.IsValid()
}
