package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing wrong with the settings, and where.
type Fault struct {
	File string
	Line int    // 0: of the file as a whole
	Path string // such as forms[0].fields[2].type
	Text string // in words an operator understands
}

// String is the fault on one line: desk.yaml:12: forms[0].fields[2].type: …
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d", f.Line)
	}
	if f.Path != "" {
		b.WriteString(": " + f.Path)
	}
	return b.String() + ": " + f.Text
}

// Warning is something that works but is hardly meant. It never stops anything.
type Warning = Fault

// Faults is everything wrong with one file, in the order of its lines. Load returns
// it as its error; errors.As finds it.
type Faults []Fault

// Error tells each fault on a line of its own.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, one := range f {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// once leaves out what has been told of already.
func once(faults []Fault) []Fault {
	seen := map[Fault]bool{}
	return slices.DeleteFunc(faults, func(f Fault) bool {
		was := seen[f]
		seen[f] = true
		return was
	})
}

func byLine(f []Fault) {
	slices.SortStableFunc(f, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
}
