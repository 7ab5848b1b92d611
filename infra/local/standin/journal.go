package standin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
)

// journal is the outbox on disk: one message per line, only ever appended to.
type journal struct{ f *os.File }

func openJournal(path string) (*journal, []Message, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, nil, err
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	kept, good := readLines(data)
	if err := f.Truncate(int64(good)); err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	if _, err := f.Seek(int64(good), io.SeekStart); err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return &journal{f}, kept, nil
}

// readLines gives the messages and how many bytes are whole lines. A line that can't be
// read is passed over: the outbox is a picture, not a record.
func readLines(data []byte) (kept []Message, good int) {
	seen := map[string]bool{}
	for {
		end := bytes.IndexByte(data[good:], '\n')
		if end < 0 {
			return kept, good
		}
		var m Message
		if json.Unmarshal(data[good:good+end], &m) == nil && m.ID != "" && !seen[m.ID] {
			seen[m.ID] = true
			kept = append(kept, m)
		}
		good += end + 1
	}
}

func (j *journal) append(m Message) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = j.f.Write(append(b, '\n'))
	return err
}

func (j *journal) close() error { return j.f.Close() }
