// Package folder is the blob store on one machine: a folder of files, and signed links
// to them that its Handler serves.
//
// A blob is a file under its own name; a key's directories end in "+", which no key
// holds, so that "a" and "a/b" can both be. Keys that differ in case alone need a file
// system that knows case. Nothing outside the folder is ever touched, not even through
// a symbolic link (os.Root).
package folder

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/deskhook/deskhook/shared/blob"
)

// tmpDir holds blobs being written; "%" is in no key.
const tmpDir = "%tmp"

// tmpAge is the age at which a leftover of a crash is removed by Open.
const tmpAge = 24 * time.Hour

// minSecret is the least length of the links' secret in bytes.
const minSecret = 16

// Store is a folder behind blob.Store. It is safe for concurrent use, also by several
// processes.
type Store struct {
	root   *os.Root
	base   *url.URL
	secret []byte
	now    func() time.Time
}

var _ blob.Store = (*Store)(nil)

// Open opens or makes the folder. Links are made under baseURL, an absolute http or
// https URL without a query, where Handler must be served; secret (16 bytes or more)
// signs them, and now tells their end.
func Open(dir, baseURL string, secret []byte, now func() time.Time) (*Store, error) {
	base, err := url.Parse(strings.TrimSuffix(baseURL, "/"))
	if err != nil || base.Host == "" || base.RawQuery != "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("blob folder: base URL %q is not an absolute http URL", baseURL)
	}
	if len(secret) < minSecret {
		return nil, fmt.Errorf("blob folder: secret of %d bytes, at least %d", len(secret), minSecret)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("blob folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob folder: %w", err)
	}
	s := &Store{root: root, base: base, secret: append([]byte(nil), secret...), now: now}
	if err := s.sweep(); err != nil {
		return nil, errors.Join(fmt.Errorf("blob folder: %w", err), root.Close())
	}
	return s, nil
}

// Close lets go of the folder.
func (s *Store) Close() error { return s.root.Close() }

// sweep removes what a crash left half-written. The file system's clock made those
// times, so the machine's own clock judges them.
func (s *Store) sweep() error {
	if err := s.root.MkdirAll(tmpDir, 0o700); err != nil {
		return err
	}
	entries, err := fs.ReadDir(s.root.FS(), tmpDir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < tmpAge {
			continue // gone already, or perhaps being written by another process
		}
		if err := s.root.Remove(path.Join(tmpDir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// place gives a key's directory and file within the folder.
func place(key string) (dir, file string) {
	parts := strings.Split(key, "/")
	for _, p := range parts[:len(parts)-1] {
		dir = path.Join(dir, p+"+")
	}
	if dir == "" {
		dir = "."
	}
	return dir, path.Join(dir, parts[len(parts)-1])
}

// Put implements blob.Store: written aside, synced, renamed.
func (s *Store) Put(ctx context.Context, key string, data []byte, _ blob.Options) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	if len(data) > blob.MaxBytes {
		return fmt.Errorf("%w: %d bytes, at most %d", blob.ErrTooLarge, len(data), blob.MaxBytes)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	tmp, err := s.aside(bytes.NewReader(data))
	if err != nil {
		return clean(err)
	}
	return clean(s.install(tmp, key, s.root.Rename))
}

// aside writes and syncs a file that has no key yet.
func (s *Store) aside(data io.Reader) (name string, err error) {
	name = path.Join(tmpDir, rand.Text())
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, s.root.Remove(name))
	}
	return name, nil
}

// install gives a file its key by way of rename or link. A Delete may remove the
// directory, then empty, between its making and its use: hence the attempts.
func (s *Store) install(tmp, key string, by func(from, to string) error) error {
	dir, file := place(key)
	var err error
	for range 10 {
		if err = s.root.MkdirAll(dir, 0o700); err == nil {
			err = by(tmp, file)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err != nil {
		return errors.Join(err, s.root.Remove(tmp))
	}
	return s.syncUp(dir)
}

// syncUp makes the new name last, and the names of its directories.
func (s *Store) syncUp(dir string) error {
	for {
		err := s.syncDir(dir)
		if err != nil || dir == "." {
			return err
		}
		dir = path.Dir(dir)
	}
}

func (s *Store) syncDir(dir string) error {
	d, err := s.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed meanwhile by a Delete of the same blob
	}
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// clean drops the path from an error: a key may tell of a customer.
func clean(err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		return fmt.Errorf("blob folder: %s: %w", pe.Op, pe.Err)
	case errors.As(err, &le):
		return fmt.Errorf("blob folder: %s: %w", le.Op, le.Err)
	}
	return err
}

// open opens a blob; ErrNotFound if there is none.
func (s *Store) open(key string) (*os.File, fs.FileInfo, error) {
	_, file := place(key)
	f, err := s.root.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, blob.ErrNotFound
	}
	if err != nil {
		return nil, nil, clean(err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = blob.ErrNotFound
	}
	if err != nil {
		return nil, nil, errors.Join(clean(err), f.Close())
	}
	return f, info, nil
}

// Get implements blob.Store.
func (s *Store) Get(ctx context.Context, key string, max int64) ([]byte, error) {
	if err := errors.Join(blob.CheckKey(key), ctx.Err()); err != nil {
		return nil, err
	}
	f, info, err := s.open(key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // was only read
	if info.Size() > blob.Limit(max) {
		return nil, fmt.Errorf("%w: %d bytes, asked for at most %d", blob.ErrTooLarge, info.Size(), blob.Limit(max))
	}
	data := make([]byte, info.Size()) // a file once installed never changes
	_, err = io.ReadFull(f, data)
	return data, clean(err)
}

// GetRange implements blob.Store.
func (s *Store) GetRange(ctx context.Context, key string, at, n int64) ([]byte, error) {
	if err := errors.Join(blob.CheckKey(key), blob.CheckRange(at, n), ctx.Err()); err != nil {
		return nil, err
	}
	f, info, err := s.open(key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // was only read
	data := make([]byte, max(min(n, info.Size()-at), 0))
	_, err = f.ReadAt(data, at)
	return data, clean(err)
}

// Delete implements blob.Store. Directories left empty go too.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := errors.Join(blob.CheckKey(key), ctx.Err()); err != nil {
		return err
	}
	dir, file := place(key)
	err := s.root.Remove(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return clean(err)
	}
	for dir != "." && s.root.Remove(dir) == nil { // fails at the first that is not empty
		dir = path.Dir(dir)
	}
	return clean(s.syncUp(dir))
}
