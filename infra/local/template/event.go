package template

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// known lists the properties read of each type of event, and those that make no
// difference to one machine. Any other is refused.
var known = map[string][]string{
	"HttpApi":    {"Path", "Method", "ApiId", "PayloadFormatVersion", "TimeoutInMillis", "RouteSettings"},
	"SQS":        {"Queue", "BatchSize", "MaximumBatchingWindowInSeconds", "FunctionResponseTypes", "ScalingConfig", "Enabled"},
	"DynamoDB":   {"Stream", "StartingPosition", "BatchSize", "MaximumBatchingWindowInSeconds", "TumblingWindowInSeconds", "BisectBatchOnFunctionError", "MaximumRetryAttempts", "MaximumRecordAgeInSeconds", "ParallelizationFactor", "FunctionResponseTypes", "DestinationConfig", "Enabled"},
	"Schedule":   {"Schedule", "Input", "Enabled", "State", "Name", "Description", "RetryPolicy", "DeadLetterConfig"},
	"ScheduleV2": {"ScheduleExpression", "ScheduleExpressionTimezone", "Input", "State", "Name", "Description", "FlexibleTimeWindow", "RetryPolicy", "DeadLetterConfig", "OmitName", "PermissionsBoundary", "RoleArn"},
}

func (p *parser) event(f *Function, e pair) {
	kind, props := p.text(p.child(e.val, "Type")), p.child(e.val, "Properties")
	names, ok := known[kind]
	if !ok {
		p.fault(e.key, "event %s of %s: type %q is not known to the local runner", e.name, f.ID, kind)
		return
	}
	for _, kv := range p.pairs(props) {
		if !slices.Contains(names, kv.name) {
			p.fault(kv.key, "event %s of %s: property %s of %s is not known to the local runner", e.name, f.ID, kv.name, kind)
		}
	}
	if p.disabled(props) {
		return
	}
	switch kind {
	case "HttpApi":
		f.Routes = append(f.Routes, p.route(e, props))
	case "SQS":
		f.Queues = append(f.Queues, p.queueSource(e, props))
	case "DynamoDB":
		f.Streams = append(f.Streams, p.streamSource(e, props))
	default:
		f.Schedules = append(f.Schedules, p.schedule(e, props))
	}
}

func (p *parser) disabled(props *yaml.Node) bool {
	return p.text(p.child(props, "Enabled")) == "false" || p.text(p.child(props, "State")) == "DISABLED"
}

func (p *parser) route(e pair, props *yaml.Node) Route {
	r := Route{Line: e.key.Line, Path: p.text(p.child(props, "Path")), Method: strings.ToUpper(p.text(p.child(props, "Method")))}
	if r.Path == "" {
		r.Path = "$default"
	}
	if r.Method == "" || r.Method == "*" || r.Method == "X-AMAZON-APIGATEWAY-ANY-METHOD" {
		r.Method = "ANY"
	}
	if r.Path != "$default" && !goodPath(r.Path) {
		p.fault(e.key, "route %s: a path is /parts and {names}, a {name+} only at its end", r.Path)
	}
	return r
}

func goodPath(path string) bool {
	if !strings.HasPrefix(path, "/") {
		return false
	}
	parts := strings.Split(path[1:], "/")
	for i, part := range parts {
		inner, open := strings.CutPrefix(part, "{")
		inner, closed := strings.CutSuffix(inner, "}")
		inner, greedy := strings.CutSuffix(inner, "+")
		switch {
		case open != closed || strings.ContainsAny(inner, "{}"):
			return false
		case open && inner == "":
			return false
		case open && greedy && i != len(parts)-1:
			return false
		}
	}
	return true
}

func (p *parser) queueSource(e pair, props *yaml.Node) QueueSource {
	q := p.child(props, "Queue")
	if q == nil {
		p.fault(e.key, "event %s names no Queue", e.name)
	}
	return QueueSource{
		Queue: nameOf(p.text(q)), Line: e.key.Line,
		Batch:       p.number(p.child(props, "BatchSize"), "BatchSize", 10, 1, 10000),
		Window:      p.seconds(p.child(props, "MaximumBatchingWindowInSeconds"), "MaximumBatchingWindowInSeconds", 0, 300),
		Partial:     p.partial(props),
		Concurrency: p.number(p.get(props, "ScalingConfig", "MaximumConcurrency"), "MaximumConcurrency", 0, 2, 1000),
	}
}

func (p *parser) partial(props *yaml.Node) bool {
	for _, n := range p.items(p.child(props, "FunctionResponseTypes")) {
		if p.text(n) != "ReportBatchItemFailures" {
			p.fault(n, "FunctionResponseTypes knows ReportBatchItemFailures alone")
			continue
		}
		return true
	}
	return false
}

func (p *parser) streamSource(e pair, props *yaml.Node) StreamSource {
	start := p.text(p.child(props, "StartingPosition"))
	if start != "LATEST" && start != "TRIM_HORIZON" {
		p.fault(e.key, "event %s: StartingPosition must be LATEST or TRIM_HORIZON", e.name)
	}
	if p.number(p.child(props, "ParallelizationFactor"), "ParallelizationFactor", 1, 1, 10) > 1 && p.child(props, "TumblingWindowInSeconds") != nil {
		p.fault(e.key, "event %s: a tumbling window takes no ParallelizationFactor", e.name)
	}
	return StreamSource{
		Line: e.key.Line, Latest: start == "LATEST", Partial: p.partial(props),
		Batch:     p.number(p.child(props, "BatchSize"), "BatchSize", 100, 1, 10000),
		Window:    p.seconds(p.child(props, "MaximumBatchingWindowInSeconds"), "MaximumBatchingWindowInSeconds", 0, 300),
		Tumbling:  p.seconds(p.child(props, "TumblingWindowInSeconds"), "TumblingWindowInSeconds", 0, 900),
		Bisect:    p.flag(p.child(props, "BisectBatchOnFunctionError"), "BisectBatchOnFunctionError"),
		Retries:   p.number(p.child(props, "MaximumRetryAttempts"), "MaximumRetryAttempts", -1, -1, 10000),
		OnFailure: p.text(p.get(props, "DestinationConfig", "OnFailure", "Destination")),
	}
}
