package template

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// pseudo are CloudFormation's pseudo parameters as the local desk has them.
var pseudo = map[string]string{
	"AWS::AccountId": "000000000000",
	"AWS::Partition": "aws",
	"AWS::Region":    "us-east-1",
	"AWS::StackName": "deskhook",
	"AWS::StackId":   "arn:aws:cloudformation:us-east-1:000000000000:stack/deskhook/local",
	"AWS::URLSuffix": "amazonaws.com",
}

const (
	noValue  = "AWS::NoValue"
	maxDepth = 20 // of values within each other: real templates stay under five
)

// intrinsic tells a CloudFormation function, in its short form (!Ref x) or its long
// one (Ref: x, Fn::Sub: x), from a plain node.
func intrinsic(n *yaml.Node) (name string, arg *yaml.Node) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return n.Tag[1:], n
	}
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 {
		return "", nil
	}
	key := n.Content[0].Value
	if long, ok := strings.CutPrefix(key, "Fn::"); ok || key == "Ref" {
		return long, n.Content[1]
	}
	return "", nil
}

// pick follows aliases and !If; nil for what isn't there or is AWS::NoValue.
func (p *parser) pick(n *yaml.Node) *yaml.Node {
	for range maxDepth {
		if n == nil {
			return nil
		}
		if n.Kind == yaml.AliasNode {
			n = n.Alias
			continue
		}
		name, arg := intrinsic(n)
		switch {
		case name == "If" && len(arg.Content) == 3:
			branch := 2
			if p.condition(arg.Content[0].Value, n) {
				branch = 1
			}
			n = arg.Content[branch]
		case name == "Ref" && arg.Value == noValue:
			return nil
		default:
			return n
		}
	}
	p.fault(n, "values refer to each other too deeply")
	return nil
}

// resolve gives a node's text with its functions worked out.
func (p *parser) resolve(n *yaml.Node) (string, error) {
	name, arg := intrinsic(n)
	switch name {
	case "":
		if n.Kind != yaml.ScalarNode {
			return "", p.at(n, "expected a single value here")
		}
		return n.Value, nil
	case "Ref":
		return p.ref(arg, arg.Value)
	case "GetAtt":
		return p.attribute(arg)
	case "Sub":
		return p.substitute(arg)
	case "Join":
		return p.join(arg)
	default:
		return "", p.at(n, "!%s is not known to the local runner", name)
	}
}

func (p *parser) at(n *yaml.Node, format string, args ...any) error {
	return &Fault{File: p.file, Line: n.Line, Text: fmt.Sprintf(format, args...)}
}

func (p *parser) ref(n *yaml.Node, name string) (string, error) {
	if v, ok := pseudo[name]; ok {
		return v, nil
	}
	if v, ok := p.params[name]; ok {
		return v, nil
	}
	if param := p.raw("Parameters", name); param != nil {
		def := mapValue(param, "Default")
		if def == nil {
			return "", p.at(n, "parameter %s has no default and was not given", name)
		}
		return def.Value, nil
	}
	res := p.raw("Resources", name)
	switch {
	case res != nil && isType(res, typeQueue):
		return string(p.queueName(name, res)), nil
	case res != nil || p.implicit(name):
		return name, nil
	default:
		return "", p.at(n, "%s is neither a parameter nor a resource of this template", name)
	}
}

// implicit names are those of resources that SAM makes without their being written.
func (p *parser) implicit(name string) bool {
	if name == "ServerlessHttpApi" {
		return true
	}
	base, ok := strings.CutSuffix(name, "Role")
	return ok && p.raw("Resources", base) != nil
}

func (p *parser) attribute(n *yaml.Node) (string, error) {
	name, attr, _ := strings.Cut(n.Value, ".")
	if n.Kind == yaml.SequenceNode && len(n.Content) == 2 {
		name, attr = n.Content[0].Value, n.Content[1].Value
	}
	return p.attr(n, name, attr)
}

func (p *parser) attr(n *yaml.Node, name, attr string) (string, error) {
	res := p.raw("Resources", name)
	switch {
	case res == nil && !p.implicit(name):
		return "", p.at(n, "%s is not a resource of this template", name)
	case res == nil || !isType(res, typeQueue):
		return name + "." + attr, nil
	case attr == "Arn":
		return "arn:aws:sqs:us-east-1:000000000000:" + string(p.queueName(name, res)), nil
	default:
		return string(p.queueName(name, res)), nil
	}
}

var placeholder = regexp.MustCompile(`\$\{(!?)([^}]*)\}`)

// substitute works out !Sub, as a string or as [string, {names}].
func (p *parser) substitute(n *yaml.Node) (string, error) {
	format, own := n, (*yaml.Node)(nil)
	if n.Kind == yaml.SequenceNode {
		if len(n.Content) != 2 {
			return "", p.at(n, "!Sub takes a string, or a string and names")
		}
		format, own = n.Content[0], n.Content[1]
	}
	var failed error
	out := placeholder.ReplaceAllStringFunc(format.Value, func(m string) string {
		parts := placeholder.FindStringSubmatch(m)
		if parts[1] == "!" {
			return "${" + parts[2] + "}"
		}
		s, err := p.named(n, own, strings.TrimSpace(parts[2]))
		if err != nil && failed == nil {
			failed = err
		}
		return s
	})
	return out, failed
}

func (p *parser) named(n, own *yaml.Node, name string) (string, error) {
	if own != nil {
		if v := mapValue(own, name); v != nil {
			return p.deeper(n, func() (string, error) { return p.resolve(v) })
		}
	}
	if res, attr, ok := strings.Cut(name, "."); ok {
		return p.attr(n, res, attr)
	}
	return p.ref(n, name)
}

func (p *parser) join(n *yaml.Node) (string, error) {
	if n.Kind != yaml.SequenceNode || len(n.Content) != 2 {
		return "", p.at(n, "!Join takes a separator and a list")
	}
	var parts []string
	for _, item := range p.items(n.Content[1]) {
		if item = p.pick(item); item == nil {
			continue
		}
		s, err := p.deeper(n, func() (string, error) { return p.resolve(item) })
		if err != nil {
			return "", err
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, n.Content[0].Value), nil
}

// deeper guards against references that go round in a circle.
func (p *parser) deeper(n *yaml.Node, do func() (string, error)) (string, error) {
	if p.depth >= maxDepth {
		return "", p.at(n, "values refer to each other too deeply")
	}
	p.depth++
	defer func() { p.depth-- }()
	return do()
}

// raw finds an entry of a top-level section without working anything out.
func (p *parser) raw(section, name string) *yaml.Node {
	if s := mapValue(p.root, section); s != nil {
		return mapValue(s, name)
	}
	return nil
}

func mapValue(n *yaml.Node, name string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func isType(n *yaml.Node, name string) bool {
	t := mapValue(n, "Type")
	return t != nil && t.Value == name
}
