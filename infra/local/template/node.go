package template

import (
	"fmt"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// parser walks the nodes of one template and collects its faults.
type parser struct {
	file   string
	root   *yaml.Node
	params map[string]string
	faults []error
	depth  int               // of values within values
	known  map[string]*bool  // conditions worked out; nil while one is being
	names  map[string]string // queues' names likewise; "" while one is being
}

func (p *parser) fault(n *yaml.Node, format string, args ...any) {
	line := 1
	if n != nil {
		line = n.Line
	}
	p.faults = append(p.faults, &Fault{File: p.file, Line: line, Text: fmt.Sprintf(format, args...)})
}

// pair is one entry of a mapping.
type pair struct {
	name string
	key  *yaml.Node
	val  *yaml.Node
}

// pairs lists a mapping's entries; a node that isn't there has none.
func (p *parser) pairs(n *yaml.Node) []pair {
	n = p.pick(n)
	if n == nil || isNull(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		p.fault(n, "expected names and values here")
		return nil
	}
	var out []pair
	for i := 0; i+1 < len(n.Content); i += 2 {
		if v := p.pick(n.Content[i+1]); v != nil {
			out = append(out, pair{n.Content[i].Value, n.Content[i], v})
		}
	}
	return out
}

// get follows names down from a node; nil if one of them isn't there.
func (p *parser) get(n *yaml.Node, names ...string) *yaml.Node {
	for _, name := range names {
		n = p.child(n, name)
	}
	return n
}

func (p *parser) child(n *yaml.Node, name string) *yaml.Node {
	for _, kv := range p.pairs(n) {
		if kv.name == name {
			return kv.val
		}
	}
	return nil
}

// items lists a sequence; a single value counts as a list of one, as in SAM.
func (p *parser) items(n *yaml.Node) []*yaml.Node {
	switch n = p.pick(n); {
	case n == nil || isNull(n):
		return nil
	case n.Kind == yaml.SequenceNode:
		return n.Content
	default:
		return []*yaml.Node{n}
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// text resolves a node to a string; "" if it isn't there.
func (p *parser) text(n *yaml.Node) string {
	n = p.pick(n)
	if n == nil || isNull(n) {
		return ""
	}
	s, err := p.resolve(n)
	if err != nil {
		p.faults = append(p.faults, err)
	}
	return s
}

// number reads a whole number within bounds; def if it isn't there.
func (p *parser) number(n *yaml.Node, what string, def, low, high int) int {
	if p.pick(n) == nil {
		return def
	}
	v, err := strconv.Atoi(p.text(n))
	if err != nil || v < low || v > high {
		p.fault(n, "%s must be a whole number from %d to %d", what, low, high)
		return def
	}
	return v
}

func (p *parser) seconds(n *yaml.Node, what string, def, high int) time.Duration {
	return time.Duration(p.number(n, what, def, 0, high)) * time.Second
}

func (p *parser) flag(n *yaml.Node, what string) bool {
	switch s := p.text(n); s {
	case "", "false":
		return false
	case "true":
		return true
	default:
		p.fault(n, "%s must be true or false", what)
		return false
	}
}
