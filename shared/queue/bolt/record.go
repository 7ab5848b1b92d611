package bolt

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/queue"
)

// record is one message as it lies in the file.
type record struct {
	ID       string
	Sent     time.Time // first sent; kept over a move to a dead-letter queue
	Entered  time.Time // came into this queue: retention counts from here
	Due      time.Time // not visible before; zero without delay
	First    time.Time // first received in this queue; zero if never
	Receives int       // receives that ended in a return, in this queue
	Total    int       // and in all queues
	From     queue.Name
	Group    string
	Dedup    string
	Body     string
}

var errCorrupt = errors.New("unreadable record")

const recordFormat = 1

// encode puts the body last, so that reading all heads at opening touches no more
// pages than it must.
func (r record) encode() []byte {
	b := make([]byte, 0, 128+len(r.Group)+len(r.Dedup)+len(r.Body))
	b = append(b, recordFormat)
	for _, t := range []time.Time{r.Sent, r.Entered, r.Due, r.First} {
		b = binary.AppendVarint(b, toNanos(t))
	}
	b = binary.AppendUvarint(b, uint64(max(r.Receives, 0)))
	b = binary.AppendUvarint(b, uint64(max(r.Total, 0)))
	for _, s := range []string{r.ID, string(r.From), r.Group, r.Dedup} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return append(b, r.Body...)
}

// decode copies all it keeps: b is memory of the file, good only in its transaction.
func decode(b []byte, withBody bool) (record, error) {
	if len(b) == 0 || b[0] != recordFormat {
		return record{}, errCorrupt
	}
	d := decoder{rest: b[1:]}
	r := record{
		Sent: d.time(), Entered: d.time(), Due: d.time(), First: d.time(),
		Receives: d.count(), Total: d.count(),
		ID: d.text(), From: queue.Name(d.text()), Group: d.text(), Dedup: d.text(),
	}
	if d.bad {
		return record{}, errCorrupt
	}
	if withBody {
		r.Body = string(d.rest)
	}
	return r, nil
}

type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) skip(n int) {
	if n <= 0 || n > len(d.rest) {
		d.bad, d.rest = true, nil
		return
	}
	d.rest = d.rest[n:]
}

func (d *decoder) time() time.Time {
	v, n := binary.Varint(d.rest)
	d.skip(n)
	return fromNanos(v)
}

func (d *decoder) count() int {
	v, n := binary.Uvarint(d.rest)
	d.skip(n)
	return int(v & (1<<31 - 1))
}

func (d *decoder) text() string {
	v, n := binary.Uvarint(d.rest)
	d.skip(n)
	if d.bad || v > uint64(len(d.rest)) {
		d.bad = true
		return ""
	}
	s := string(d.rest[:v])
	d.rest = d.rest[v:]
	return s
}

func toNanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func fromNanos(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

func key(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

// messageID looks like SQS's but follows from the place alone, so that a simulation
// with a seed gives the same ids again.
func messageID(on queue.Name, seq uint64) string {
	h := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(on), seq))
	h[6], h[8] = h[6]&0x0f|0x80, h[8]&0x3f|0x80 // version 8 (RFC 9562: of one's own making), variant 1
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}
