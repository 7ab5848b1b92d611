package runner

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// FolderPositions keeps each reader's checkpoint in a file of its own in a folder,
// which must exist. A checkpoint is replaced whole and is on disk when Save returns.
type FolderPositions string

var _ Positions = FolderPositions("")

// Load implements Positions.
func (d FolderPositions) Load(_ context.Context, reader string) (string, error) {
	b, err := os.ReadFile(d.file(reader))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(b), err
}

// Save implements Positions.
func (d FolderPositions) Save(_ context.Context, reader, checkpoint string) error {
	f, err := os.CreateTemp(string(d), ".position-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(checkpoint)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), d.file(reader))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func (d FolderPositions) file(reader string) string {
	return filepath.Join(string(d), reader+".json")
}

// MemoryPositions keeps checkpoints for as long as the process lives. The zero value
// is ready.
type MemoryPositions struct {
	mu sync.Mutex
	at map[string]string
}

var _ Positions = (*MemoryPositions)(nil)

// Load implements Positions.
func (m *MemoryPositions) Load(_ context.Context, reader string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at[reader], nil
}

// Save implements Positions.
func (m *MemoryPositions) Save(_ context.Context, reader, checkpoint string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at == nil {
		m.at = map[string]string{}
	}
	m.at[reader] = checkpoint
	return nil
}
