package config

import (
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// syntax tells what keeps a text from being YAML. yaml itself names the line in which the
// block begins that it was reading, which may be hundreds above; so the line is looked for,
// and with it what people get wrong.
func (d *decoder) syntax(src string, err error) {
	lines := strings.SplitAfter(src, "\n")
	for i, l := range lines {
		if !utf8.ValidString(l) {
			d.fault(i+1, "", "is not UTF-8: save the file as UTF-8")
			return
		}
	}
	bad := firstBad(lines, err)
	before := above(lines, bad)
	if d.slip(lines, bad) || d.slip(lines, before) || d.crooked(lines, bad, before) || d.unquoted(lines[bad], bad+1) {
		return
	}
	text := err.Error()
	if m := syntaxLine.FindString(text); m != "" {
		text = text[len(m):]
	}
	d.fault(bad+1, "", "is not YAML: %s", strings.TrimPrefix(text, "yaml: "))
}

var syntaxLine = regexp.MustCompile(`^yaml: line (\d+): `)

// lookahead is over how many lines a list or a text in quotes may go for its first line not
// to be taken for the bad one; less where a text is so long that reading it again and again
// would take seconds.
func lookahead(bytes int) int { return max(1, min(12, 1<<18/(bytes+1))) }

// mostSought is up to how long a text is searched for the line, in bytes; of a longer one
// yaml's own line is told.
const mostSought = 256 << 10

// firstBad finds the line with which the text stops being YAML: all that is before it is.
func firstBad(lines []string, err error) int {
	bytes := len(strings.Join(lines, ""))
	if m := syntaxLine.FindStringSubmatch(err.Error()); m != nil && bytes > mostSought {
		n, _ := strconv.Atoi(m[1])
		return max(0, min(n, len(lines))-1)
	}
	ahead := lookahead(bytes)
	good := func(n int) bool {
		var node yaml.Node
		err := yaml.Unmarshal([]byte(strings.Join(lines[:n], "")), &node)
		return err == nil
	}
	bad := sort.Search(len(lines), func(i int) bool {
		for n := i + 1; n <= min(i+ahead, len(lines)); n++ {
			if good(n) {
				return false
			}
		}
		return true
	})
	for bad < len(lines)-1 && !content(lines[bad]) {
		bad++
	}
	return min(bad, len(lines)-1)
}

func content(line string) bool {
	line = strings.TrimSpace(line)
	return line != "" && line[0] != '#'
}

// above is the next line above one that says something; -1 where none does.
func above(lines []string, i int) int {
	for i--; i >= 0 && !content(lines[i]); i-- {
	}
	return i
}

// column is where a line begins; inside: behind the dash of a list's element.
func column(line string, inside bool) int {
	rest := strings.TrimLeft(line, " ")
	n := len(line) - len(rest)
	if inside && strings.HasPrefix(rest, "- ") {
		n += 2
	}
	return n
}

var (
	tabbed     = regexp.MustCompile(`^[ \x{3000}\x{a0}]*\t`)
	wideSpace  = regexp.MustCompile(`^ *(- *)?[\x{3000}\x{a0}]|^ *(- +)?[\w-]+:[\x{3000}\x{a0}]`)
	wideColon  = regexp.MustCompile(`^ *(- +)?[A-Za-z][\w-]*：`)
	noSpace    = regexp.MustCompile(`^ *(- +)?([A-Za-z][\w-]*):[^\s/]`)
	wideQuote  = regexp.MustCompile(`[“”‘’]`)
	openAsking = regexp.MustCompile(`\?\s*[},]`)
	flow       = regexp.MustCompile(`[{\[]`)
)

// slip tells of one of the slips that people make around keys, if the line has one. One in
// a line that is YAML by itself is often found a line below.
func (d *decoder) slip(lines []string, i int) bool {
	if i < 0 {
		return false
	}
	switch line := lines[i]; {
	case tabbed.MatchString(line):
		d.fault(i+1, "", "is indented with a tab: use spaces")
	case wideSpace.MatchString(line):
		d.fault(i+1, "", "has a full-width or no-break space, which is none to YAML: type a plain one")
	case wideColon.MatchString(line):
		d.fault(i+1, "", "has a full-width colon: write a plain one and a space")
	case noSpace.MatchString(line):
		d.fault(i+1, "", "needs a space behind the colon: %s: …", noSpace.FindStringSubmatch(line)[2])
	default:
		return false
	}
	return true
}

// crooked tells of a line that begins a space too far, or too little.
func (d *decoder) crooked(lines []string, bad, before int) bool {
	if before < 0 {
		return false
	}
	is, want := column(lines[bad], false), column(lines[before], true)
	if (is-want)%2 == 0 {
		return false
	}
	d.fault(bad+1, "", "is indented by %d, what stands above it by %d: what belongs together begins in one column", is, want)
	return true
}

// unquoted tells of a text that needs quotes.
func (d *decoder) unquoted(line string, n int) bool {
	switch {
	case openAsking.MatchString(line):
		d.fault(n, "", "has a question mark before a comma or a brace: put the text in quotes, \"…?\"")
	case wideQuote.MatchString(line):
		d.fault(n, "", "has curly quotes, which are none to YAML: put straight ones around the text, \"…\"")
	case flow.MatchString(line):
		d.fault(n, "", "is not YAML: is every bracket closed, and every text in quotes that has a comma, a colon or a bracket in it?")
	default:
		return false
	}
	return true
}
