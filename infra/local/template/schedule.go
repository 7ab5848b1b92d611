package template

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Schedule is one Schedule or ScheduleV2 event: every Rate, or by a cron line in UTC.
type Schedule struct {
	Expression string // as written
	Input      string // JSON handed to the function; "" = what EventBridge sends
	Line       int

	rate time.Duration
	cron [5]field // minute, hour, day of month, month, day of week (1 = Sunday)
}

// Next is the first time after t at which the schedule fires. A rate fires at whole
// multiples of itself, so that a restart changes nothing; rate(1 minute) on each
// minute. The zero time if the cron line names no day of the next five years.
func (s Schedule) Next(t time.Time) time.Time {
	t = t.UTC()
	if s.rate > 0 {
		return t.Truncate(s.rate).Add(s.rate)
	}
	at := t.Truncate(time.Minute).Add(time.Minute)
	for end := t.AddDate(5, 0, 0); at.Before(end); {
		switch {
		case !s.cron[3][int(at.Month())]:
			at = time.Date(at.Year(), at.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		case !s.cron[2][at.Day()] || !s.cron[4][int(at.Weekday())+1]:
			at = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, time.UTC)
		case !s.cron[1][at.Hour()]:
			at = at.Truncate(time.Hour).Add(time.Hour)
		case !s.cron[0][at.Minute()]:
			at = at.Add(time.Minute)
		default:
			return at
		}
	}
	return time.Time{}
}

func (p *parser) schedule(e pair, props *yaml.Node) Schedule {
	n := p.child(props, "Schedule")
	if n == nil {
		n = p.child(props, "ScheduleExpression")
	}
	if zone := p.text(p.child(props, "ScheduleExpressionTimezone")); zone != "" && zone != "UTC" {
		p.fault(e.key, "event %s: the local runner knows schedules in UTC alone", e.name)
	}
	s, err := ParseSchedule(p.text(n))
	if err != nil {
		p.fault(e.key, "event %s: %v", e.name, err)
	}
	s.Input, s.Line = p.text(p.child(props, "Input")), e.key.Line
	return s
}

var errSchedule = errors.New("a schedule is rate(n minutes|hours|days) or cron(minute hour day month weekday year)")

// ParseSchedule reads an expression as EventBridge does (AWS: "Schedule types in
// EventBridge Scheduler"), without L, W, # and years.
func ParseSchedule(expr string) (Schedule, error) {
	s := Schedule{Expression: expr}
	inner, ok := strings.CutSuffix(expr, ")")
	if line, isRate := strings.CutPrefix(inner, "rate("); ok && isRate {
		rate, err := parseRate(line)
		s.rate = rate
		return s, err
	}
	line, isCron := strings.CutPrefix(inner, "cron(")
	if !ok || !isCron {
		return s, errSchedule
	}
	cron, err := parseCron(strings.Fields(line))
	s.cron = cron
	return s, err
}

func parseRate(line string) (time.Duration, error) {
	count, unit, _ := strings.Cut(line, " ")
	n, err := strconv.Atoi(count)
	units := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	length, ok := units[strings.TrimSuffix(unit, "s")]
	if err != nil || n < 1 || n > 10000 || !ok {
		return 0, errSchedule
	}
	return time.Duration(n) * length, nil
}

// field is the set of values at which one part of a cron line fires.
type field map[int]bool

var bounds = [5][2]int{{0, 59}, {0, 23}, {1, 31}, {1, 12}, {1, 7}}

var names = map[string]int{
	"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7,
	"JAN": 1, "FEB": 2, "MAR": 3, "APR": 4, "MAY": 5, "JUN": 6, "JUL": 7, "AUG": 8, "SEP": 9, "OCT": 10, "NOV": 11, "DEC": 12,
}

func parseCron(parts []string) (cron [5]field, err error) {
	if len(parts) != 6 || parts[5] != "*" {
		return cron, errSchedule
	}
	for i := range cron {
		if cron[i], err = parseField(parts[i], bounds[i][0], bounds[i][1]); err != nil {
			return cron, err
		}
	}
	return cron, nil
}

func parseField(s string, low, high int) (field, error) {
	f := field{}
	for part := range strings.SplitSeq(s, ",") {
		span, step, hasStep := strings.Cut(part, "/")
		from, to, err := parseSpan(span, low, high, hasStep)
		if err != nil {
			return nil, err
		}
		every := 1
		if hasStep {
			if every, err = strconv.Atoi(step); err != nil || every < 1 {
				return nil, fmt.Errorf("%q: %w", s, errSchedule)
			}
		}
		for v := from; v <= to; v += every {
			f[v] = true
		}
	}
	return f, nil
}

func parseSpan(s string, low, high int, stepped bool) (from, to int, err error) {
	if s == "*" || s == "?" {
		return low, high, nil
	}
	first, last, ranged := strings.Cut(s, "-")
	if from, err = parseValue(first, low, high); err != nil {
		return 0, 0, err
	}
	switch {
	case ranged:
		to, err = parseValue(last, from, high)
	case stepped:
		to = high
	default:
		to = from
	}
	return from, to, err
}

func parseValue(s string, low, high int) (int, error) {
	v, ok := names[strings.ToUpper(s)]
	if !ok {
		n, err := strconv.Atoi(s)
		if err != nil {
			return 0, fmt.Errorf("%q: %w", s, errSchedule)
		}
		v = n
	}
	if v < low || v > high {
		return 0, fmt.Errorf("%q: %w", s, errSchedule)
	}
	return v, nil
}
