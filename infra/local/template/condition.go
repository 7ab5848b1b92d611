package template

import "go.yaml.in/yaml/v3"

// condition works out an entry of Conditions; one that isn't there is a fault and
// false.
func (p *parser) condition(name string, at *yaml.Node) bool {
	if held, ok := p.known[name]; ok {
		if held == nil {
			p.fault(at, "condition %q refers to itself", name)
			return false
		}
		return *held
	}
	n := p.raw("Conditions", name)
	if n == nil {
		p.fault(at, "condition %q is not in Conditions", name)
		return false
	}
	p.known[name] = nil
	held := p.holds(n)
	p.known[name] = &held
	return held
}

func (p *parser) holds(n *yaml.Node) bool {
	name, arg := intrinsic(n)
	if name == "" && n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[0].Value == "Condition" {
		name, arg = "Condition", n.Content[1]
	}
	switch {
	case name == "Condition":
		return p.condition(arg.Value, n)
	case name == "Equals" && len(arg.Content) == 2:
		return p.text(arg.Content[0]) == p.text(arg.Content[1])
	case name == "Not" && len(arg.Content) == 1:
		return !p.holds(arg.Content[0])
	case name == "And":
		return p.count(arg) == len(arg.Content)
	case name == "Or":
		return p.count(arg) > 0
	default:
		p.fault(n, "a condition is made of !Equals, !Not, !And, !Or and !Condition")
		return false
	}
}

func (p *parser) count(n *yaml.Node) int {
	held := 0
	for _, c := range n.Content {
		if p.holds(c) {
			held++
		}
	}
	return held
}
