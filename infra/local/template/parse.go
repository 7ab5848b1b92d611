package template

import (
	"maps"
	"path"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/deskhook/deskhook/shared/queue"
)

const (
	typeFunction = "AWS::Serverless::Function"
	typeQueue    = "AWS::SQS::Queue"
)

func (p *parser) template() *Template {
	t := &Template{}
	resources := p.pairs(p.child(p.root, "Resources"))
	if len(resources) == 0 {
		p.fault(p.root, "the template has no Resources")
	}
	for _, r := range resources {
		if c := p.child(r.val, "Condition"); c != nil && !p.condition(c.Value, c) {
			continue
		}
		switch {
		case isType(r.val, typeFunction):
			t.Functions = append(t.Functions, p.function(r))
		case isType(r.val, typeQueue):
			t.Queues = append(t.Queues, p.queue(r))
		}
	}
	p.crossCheck(t)
	return t
}

func (p *parser) function(r pair) Function {
	props, globals := p.child(r.val, "Properties"), p.get(p.root, "Globals", "Function")
	f := Function{ID: r.name, Line: r.key.Line, Env: map[string]string{}}
	f.Name = p.folder(r, props)
	timeout := p.child(props, "Timeout")
	if timeout == nil {
		timeout = p.child(globals, "Timeout")
	}
	f.Timeout = p.seconds(timeout, "Timeout", 3, 900) // AWS's own default
	f.Concurrency = p.number(p.child(props, "ReservedConcurrentExecutions"), "ReservedConcurrentExecutions", 0, 0, 1000)
	maps.Copy(f.Env, p.variables(globals))
	maps.Copy(f.Env, p.variables(props))
	for _, e := range p.pairs(p.child(props, "Events")) {
		p.event(&f, e)
	}
	return f
}

// folder takes the function's name from CodeUri, which must be functions/<name>/.
func (p *parser) folder(r pair, props *yaml.Node) string {
	uri := p.child(props, "CodeUri")
	if uri == nil {
		p.fault(r.key, "function %s has no CodeUri", r.name)
		return ""
	}
	name, ok := strings.CutPrefix(path.Clean(p.text(uri)), "functions/")
	if !ok || name == "" || strings.Contains(name, "/") {
		p.fault(uri, "CodeUri of %s must be functions/<name>/", r.name)
		return ""
	}
	return name
}

func (p *parser) variables(n *yaml.Node) map[string]string {
	env := map[string]string{}
	for _, kv := range p.pairs(p.get(n, "Environment", "Variables")) {
		env[kv.name] = p.text(kv.val)
	}
	return env
}

func (p *parser) queue(r pair) Queue {
	props := p.child(r.val, "Properties")
	redrive := p.child(props, "RedrivePolicy")
	q := Queue{
		ID: r.name, Line: r.key.Line, Name: p.queueName(r.name, r.val),
		Visibility: p.seconds(p.child(props, "VisibilityTimeout"), "VisibilityTimeout", 30, 43200),
		Delay:      p.seconds(p.child(props, "DelaySeconds"), "DelaySeconds", 0, 900),
		Retention:  p.seconds(p.child(props, "MessageRetentionPeriod"), "MessageRetentionPeriod", 345600, 1209600),
	}
	if p.flag(p.child(props, "FifoQueue"), "FifoQueue") != q.Name.FIFO() {
		p.fault(r.key, "queue %s: FifoQueue and a name ending in .fifo go together", r.name)
	}
	if redrive == nil {
		return q
	}
	q.MaxReceive = p.number(p.child(redrive, "maxReceiveCount"), "maxReceiveCount", 10, 1, 1000)
	target := p.child(redrive, "deadLetterTargetArn")
	if target == nil {
		p.fault(redrive, "RedrivePolicy of %s names no deadLetterTargetArn", r.name)
		return q
	}
	q.DLQ = nameOf(p.text(target))
	return q
}

// queueName is the name the desk uses: QueueName without the stack's in front, or the
// logical id in lower case without "Queue".
func (p *parser) queueName(id string, r *yaml.Node) queue.Name {
	if name, ok := p.names[id]; ok {
		return queue.Name(name)
	}
	p.names[id] = ""
	p.names[id] = strings.TrimPrefix(p.ownName(id, mapValue(r, "Properties")), pseudo["AWS::StackName"]+"-")
	return queue.Name(p.names[id])
}

func (p *parser) ownName(id string, props *yaml.Node) string {
	if props == nil {
		return fromID(id, false)
	}
	n := mapValue(props, "QueueName")
	if n == nil {
		fifo := mapValue(props, "FifoQueue")
		return fromID(id, fifo != nil && fifo.Value == "true")
	}
	return p.text(n)
}

func fromID(id string, fifo bool) string {
	name := strings.ToLower(strings.TrimSuffix(id, "Queue"))
	if fifo {
		name += ".fifo"
	}
	return name
}

// nameOf is the last part of an ARN.
func nameOf(arn string) queue.Name {
	return queue.Name(arn[strings.LastIndexByte(arn, ':')+1:])
}

// crossCheck finds what only shows over the whole: twins, and queues that are not there.
func (p *parser) crossCheck(t *Template) {
	queues := map[queue.Name]Queue{}
	for _, q := range t.Queues {
		if _, twice := queues[q.Name]; twice {
			p.fault(&yaml.Node{Line: q.Line}, "queue %s is declared twice", q.Name)
		}
		queues[q.Name] = q
	}
	for _, q := range t.Queues {
		if _, ok := queues[q.DLQ]; q.DLQ != "" && !ok {
			p.fault(&yaml.Node{Line: q.Line}, "queue %s: its dead-letter queue %s is not in the template", q.Name, q.DLQ)
		}
	}
	p.checkFunctions(t, queues)
}

func (p *parser) checkFunctions(t *Template, queues map[queue.Name]Queue) {
	folders, routes := map[string]bool{}, map[string]bool{}
	for _, f := range t.Functions {
		if f.Name != "" && folders[f.Name] {
			p.fault(&yaml.Node{Line: f.Line}, "folder functions/%s belongs to two functions", f.Name)
		}
		folders[f.Name] = true
		for _, r := range f.Routes {
			if key := r.Method + " " + r.Path; routes[key] {
				p.fault(&yaml.Node{Line: r.Line}, "route %s is declared twice", key)
			} else {
				routes[key] = true
			}
		}
		for _, s := range f.Queues {
			p.checkSource(f, s, queues)
		}
	}
}

// checkSource keeps AWS's rules of a queue as an event source: it refuses a visibility
// timeout under the function's ("Configuring an Amazon SQS queue").
func (p *parser) checkSource(f Function, s QueueSource, queues map[queue.Name]Queue) {
	q, ok := queues[s.Queue]
	at := &yaml.Node{Line: s.Line}
	switch {
	case !ok:
		p.fault(at, "queue %s is not in the template", s.Queue)
	case q.Visibility < f.Timeout:
		p.fault(at, "queue %s: VisibilityTimeout %v is under the Timeout %v of %s", s.Queue, q.Visibility, f.Timeout, f.ID)
	case s.Queue.FIFO() && (s.Batch > 10 || s.Window > 0):
		p.fault(at, "queue %s: a FIFO source takes batches up to 10 and no window", s.Queue)
	case s.Batch > 10 && s.Window < time.Second:
		p.fault(at, "queue %s: batches over 10 need a window of a second", s.Queue)
	}
}
