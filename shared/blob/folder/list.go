package folder

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
)

// List implements blob.Store. It reads the directories that can hold an answer, no
// others.
func (s *Store) List(ctx context.Context, prefix, after string, limit int) ([]blob.Object, error) {
	if err := errors.Join(blob.CheckPrefix(prefix), blob.CheckPrefix(after), ctx.Err()); err != nil {
		return nil, err
	}
	if limit < 1 || limit > 1000 {
		return nil, fmt.Errorf("%w: list of %d, allowed 1 to 1000", blob.ErrInvalid, limit)
	}
	l := &lister{fs: s.root.FS(), prefix: prefix, after: after, limit: limit}
	if err := l.dir(ctx, ".", ""); err != nil {
		return nil, clean(err)
	}
	return l.found, nil
}

// lister walks directories in the byte order of their keys.
type lister struct {
	fs            fs.FS
	prefix, after string
	limit         int
	found         []blob.Object
}

func (l *lister) full() bool { return len(l.found) >= l.limit }

// node is an entry under the part of the key it stands for: a directory's ends in "/",
// which is its place in the order ("a-" < "a/b" < "a0").
type node struct {
	part  string
	entry fs.DirEntry
}

func (l *lister) dir(ctx context.Context, dir, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	entries, err := fs.ReadDir(l.fs, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	for _, n := range nodes(entries) {
		if l.full() {
			return nil
		}
		if err := l.visit(ctx, dir, key+n.part, n.entry); err != nil {
			return err
		}
	}
	return nil
}

func nodes(entries []fs.DirEntry) []node {
	out := make([]node, 0, len(entries))
	for _, e := range entries {
		name, isDir := strings.CutSuffix(e.Name(), "+")
		if blob.CheckKey(name) != nil || isDir != e.IsDir() {
			continue // not ours
		}
		if isDir {
			name += "/"
		}
		out = append(out, node{name, e})
	}
	slices.SortFunc(out, func(a, b node) int { return cmp.Compare(a.part, b.part) })
	return out
}

func (l *lister) visit(ctx context.Context, dir, key string, e fs.DirEntry) error {
	if e.IsDir() {
		if l.mayHold(key) {
			return l.dir(ctx, path.Join(dir, e.Name()), key)
		}
		return nil
	}
	if !strings.HasPrefix(key, l.prefix) || key <= l.after {
		return nil
	}
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	l.found = append(l.found, blob.Object{Key: key, Size: info.Size(), Modified: info.ModTime().UTC().Truncate(time.Second)})
	return nil
}

// mayHold says whether a directory, by the beginning of its keys, can hold an answer.
func (l *lister) mayHold(begin string) bool {
	if !strings.HasPrefix(begin, l.prefix) && !strings.HasPrefix(l.prefix, begin) {
		return false
	}
	return begin > l.after || strings.HasPrefix(l.after, begin)
}
