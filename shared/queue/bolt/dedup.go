package bolt

import (
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"
)

// dedupFor is how long SQS remembers a dedup id (AWS: "Using the message deduplication
// ID"): counted from the first one, whatever became of its message.
const dedupFor = 5 * time.Minute

// purgeMax bounds what one Send clears away, so that none pays for a long silence.
const purgeMax = 256

// dedupWindow remembers the dedup ids of the last five minutes. In the file they lie
// under their message's seq, which makes clearing the oldest a walk from the front.
type dedupWindow struct {
	at     map[string]time.Time
	oldest []dedupEntry // by time
}

type dedupEntry struct {
	seq uint64
	id  string
	at  time.Time
}

func (w *dedupWindow) seen(id string, now time.Time) bool {
	at, ok := w.at[id]
	return ok && now.Before(at.Add(dedupFor))
}

func (w *dedupWindow) remember(e dedupEntry) {
	w.at[e.id] = e.at
	w.oldest = append(w.oldest, e)
}

// purge clears ids that are over from the file and from memory. Should the
// transaction fail, they stay in the file until the next opening.
func (w *dedupWindow) purge(b *bbolt.Bucket, now time.Time) error {
	for n := 0; n < purgeMax && len(w.oldest) > 0; n++ {
		e := w.oldest[0]
		if now.Before(e.at.Add(dedupFor)) {
			return nil
		}
		if err := b.Delete(key(e.seq)); err != nil {
			return err
		}
		if w.at[e.id].Equal(e.at) { // not the id of a later message
			delete(w.at, e.id)
		}
		w.oldest = w.oldest[1:]
	}
	return nil
}

func (e dedupEntry) encode() []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(e.at.UnixNano())), e.id...)
}

func decodeDedup(k, v []byte) (dedupEntry, error) {
	if len(k) != 8 || len(v) < 8 {
		return dedupEntry{}, errCorrupt
	}
	at := fromNanos(int64(binary.BigEndian.Uint64(v)))
	return dedupEntry{seq: binary.BigEndian.Uint64(k), at: at, id: string(v[8:])}, nil
}
