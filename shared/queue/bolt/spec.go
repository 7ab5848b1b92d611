package bolt

import (
	"fmt"
	"time"

	"github.com/deskhook/deskhook/shared/queue"
)

// Defaults of a Spec: SQS's own (AWS: SetQueueAttributes).
const (
	DefaultVisibility = 30 * time.Second
	DefaultRetention  = 4 * 24 * time.Hour
)

// Spec says how one queue behaves.
type Spec struct {
	Name       queue.Name
	Visibility time.Duration // how long a received message stays hidden; 0 = DefaultVisibility
	MaxReceive int           // receives before a message is a dead letter; 0 = no limit, and then no DLQ
	DLQ        queue.Name    // where dead letters go: another Spec of the same kind (FIFO or not)
	Retention  time.Duration // age at which a message is dropped; 0 = DefaultRetention. A dead letter's age starts anew
}

// checkSpecs fills in defaults and refuses what can't work; its errors are
// queue.ErrInvalid.
func checkSpecs(specs []Spec) ([]Spec, error) {
	out := make([]Spec, 0, len(specs))
	seen := map[queue.Name]bool{}
	for _, s := range specs {
		if s.Name == "" || seen[s.Name] {
			return nil, fmt.Errorf("%w: queue name %q empty or given twice", queue.ErrInvalid, s.Name)
		}
		seen[s.Name] = true
		out = append(out, s.withDefaults())
	}
	for _, s := range out {
		if err := s.check(seen); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s Spec) withDefaults() Spec {
	if s.Visibility == 0 {
		s.Visibility = DefaultVisibility
	}
	if s.Retention == 0 {
		s.Retention = DefaultRetention
	}
	return s
}

func (s Spec) check(known map[queue.Name]bool) error {
	switch {
	case s.Visibility < 0 || s.Visibility > queue.MaxHold:
		return fmt.Errorf("%w: queue %q: visibility %v, allowed up to %v", queue.ErrInvalid, s.Name, s.Visibility, queue.MaxHold)
	case s.Retention < 0 || s.MaxReceive < 0:
		return fmt.Errorf("%w: queue %q: negative retention or receive count", queue.ErrInvalid, s.Name)
	case (s.MaxReceive > 0) != (s.DLQ != ""):
		return fmt.Errorf("%w: queue %q: MaxReceive and DLQ go together", queue.ErrInvalid, s.Name)
	case s.DLQ == "":
		return nil
	case !known[s.DLQ] || s.DLQ == s.Name:
		return fmt.Errorf("%w: queue %q: its DLQ %q must be another queue of the list", queue.ErrInvalid, s.Name, s.DLQ)
	case s.DLQ.FIFO() != s.Name.FIFO():
		return fmt.Errorf("%w: queue %q: its DLQ must be of the same kind", queue.ErrInvalid, s.Name)
	}
	return nil
}
