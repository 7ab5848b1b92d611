package quote

import "strings"

// longSignature is how many lines a signature has at most; more is content that
// happens to begin with two dashes.
const longSignature = 12

// Text gives the part of a mail's text that its author wrote now. Lines are parted by
// \n or \r\n. subject tells a forwarded mail from an answer. The result is a part of
// the text (with \n), never empty where the text wasn't.
func Text(text, subject string) string {
	whole := strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if whole == "" || IsForward(subject) {
		return whole
	}
	lines := newPage(whole)
	cut := lines.history()
	kept := strings.TrimSpace(strings.Join(lines.raw[:cut], "\n"))
	if kept == "" {
		return whole
	}
	return unsigned(kept)
}

// page is a text as lines, each beside what its pattern is looked up by. What a rule
// asks of the rest of the page is counted once, so that a long mail costs no more per
// line than a short one.
type page struct {
	raw     []string
	norm    []string // blanks made one space, marks of bold removed
	quoted  []bool   // begins with >
	code    []bool   // inside a fence
	nextQ   []int    // first quoted line from here on
	nQuoted []int    // quoted lines from here on
	lastOwn int      // last line that is neither quoted nor signature
}

func newPage(text string) page {
	p := page{raw: strings.Split(text, "\n")}
	fenced := false
	for _, line := range p.raw {
		n := normal(line)
		fence := strings.HasPrefix(n, "```") || strings.HasPrefix(n, "~~~")
		p.code = append(p.code, fenced || fence)
		fenced = fenced != fence
		p.norm = append(p.norm, n)
		p.quoted = append(p.quoted, strings.HasPrefix(n, ">"))
	}
	if fenced { // never closed: no fence after all
		clear(p.code)
	}
	p.count()
	return p
}

func (p *page) count() {
	n := len(p.raw)
	p.nextQ, p.nQuoted, p.lastOwn = make([]int, n+1), make([]int, n+1), -1
	p.nextQ[n] = n
	for i := n - 1; i >= 0; i-- {
		p.nextQ[i], p.nQuoted[i] = p.nextQ[i+1], p.nQuoted[i+1]
		if p.quoted[i] {
			p.nextQ[i] = i
			p.nQuoted[i]++
		}
		switch {
		case signatureMark(p.norm[i]) && n-i <= longSignature:
			p.lastOwn = -1
		case p.lastOwn < 0 && !p.quoted[i] && p.norm[i] != "" && !p.wrapped(i):
			p.lastOwn = i
		}
	}
}

var oddBlanks = strings.NewReplacer("\u00a0", " ", "&nbsp;", " ", "\u202f", " ", "\u200b", "", "\ufeff", "", "\u200e", "")

// normal also reads "&nbsp;" as a blank: QQ Mail writes it into plain text.
func normal(line string) string {
	s := strings.Join(strings.Fields(oddBlanks.Replace(line)), " ")
	return strings.Trim(s, "*")
}

// history finds where the history begins that reaches to the end: the number of
// lines to keep.
func (p page) history() int {
	for i := range p.raw {
		if p.code[i] || p.norm[i] == "" {
			continue
		}
		if forward.MatchString(p.norm[i]) {
			return len(p.raw)
		}
		if p.begins(i) {
			return p.ruled(i)
		}
	}
	return len(p.raw)
}

// begins says whether line i is the first of a history that goes on to the end.
func (p page) begins(i int) bool {
	switch {
	case p.quoted[i]:
		return p.bareQuote(i)
	case separator.MatchString(p.norm[i]):
		return !p.answered(i + 1)
	case p.headerBlock(i):
		return true
	}
	end, ok := p.attribution(i)
	if !ok {
		return false
	}
	next := p.nextText(end)
	if next < len(p.raw) && p.quoted[next] {
		return !p.answered(next)
	}
	return exact.MatchString(strings.Join(p.norm[i:end], " ")) && p.known(i, end)
}

// attribution looks for an introduction of one to three lines (mail programs wrap
// it) and gives the line after it.
func (p page) attribution(i int) (int, bool) {
	joined := ""
	for end := i + 1; end <= len(p.raw) && end <= i+3; end++ {
		if p.norm[end-1] == "" || p.quoted[end-1] {
			return 0, false
		}
		if len(joined) > 600 {
			return 0, false
		}
		joined = strings.TrimSpace(joined + " " + p.norm[end-1])
		if !strings.HasSuffix(joined, ":") && !strings.HasSuffix(joined, "：") {
			continue
		}
		if knownAttribution(joined) || p.strange(joined, end) {
			return end, true
		}
	}
	return 0, false
}

func (p page) known(i, end int) bool { return knownAttribution(strings.Join(p.norm[i:end], " ")) }

func knownAttribution(s string) bool {
	for _, a := range attributions {
		if a.MatchString(s) {
			return true
		}
	}
	return false
}

// strange is an introduction in a language not listed: it ends in a colon, says when
// or who, and quoted lines follow.
func (p page) strange(s string, end int) bool {
	if !exact.MatchString(s) {
		return false
	}
	next := p.nextText(end)
	return next < len(p.raw) && p.quoted[next]
}

// bareQuote is a quotation nobody introduced: it counts as history when it is long,
// reaches the end, and the line above doesn't lead over to it.
func (p page) bareQuote(i int) bool {
	if p.answered(i) {
		return false
	}
	above := i - 1
	for above >= 0 && p.norm[above] == "" {
		above--
	}
	leads := above >= 0 && (strings.HasSuffix(p.norm[above], ":") || strings.HasSuffix(p.norm[above], "："))
	return p.nQuoted[i] >= 3 && above >= 0 && !leads
}

// answered says whether the author's own lines follow quoted ones from line i on:
// answers between the quoted lines or below them.
func (p page) answered(i int) bool { return p.lastOwn > p.nextQ[min(i, len(p.raw))] }

// wrapped is the rest of a quoted line that a program broke without a mark: one short
// line between two quoted ones.
func (p page) wrapped(j int) bool {
	return j > 0 && j+1 < len(p.raw) && p.quoted[j-1] && p.quoted[j+1] &&
		len(p.raw[j-1]) > 60 && len(p.norm[j]) < 20 && !strings.ContainsAny(p.norm[j], ".!?。！？")
}

func (p page) nextText(i int) int {
	for i < len(p.raw) && p.norm[i] == "" {
		i++
	}
	return i
}

// headerBlock is From, Sent, To and Subject set above a mail's history: From first,
// then at least two of the others close below.
func (p page) headerBlock(i int) bool {
	if label(p.norm[i]) != "from" {
		return false
	}
	seen := map[string]bool{}
	for j := i + 1; j < len(p.raw) && j <= i+9; j++ {
		if k := label(p.norm[j]); k != "" && k != "cc" && k != "from" {
			seen[k] = true
		}
	}
	return len(seen) >= 2
}

// label says what a line of a header block stands for.
func label(line string) string {
	at := strings.IndexAny(line, ":：")
	if at <= 0 || at > 40 {
		return ""
	}
	word := strings.ReplaceAll(strings.ToLower(strings.Trim(line[:at], " *\t")), "　", "")
	return labels[word]
}

// ruled moves the cut up over a line drawn above the history.
func (p page) ruled(i int) int {
	j := i - 1
	for j >= 0 && p.norm[j] == "" {
		j--
	}
	if j >= 0 && len(p.norm[j]) >= 8 && strings.Trim(p.norm[j], "_-—=") == "" {
		return j
	}
	return i
}

func signatureMark(line string) bool { return line == "--" }

// unsigned cuts a signature: from the last line that is two dashes (RFC 3676 4.3) to
// the end, if that is short and not all there is.
func unsigned(text string) string {
	p := newPage(text)
	for i := len(p.raw) - 1; i > 0 && len(p.raw)-i <= longSignature; i-- {
		if p.code[i] || !signatureMark(p.norm[i]) {
			continue
		}
		if kept := strings.TrimSpace(strings.Join(p.raw[:i], "\n")); kept != "" {
			return kept
		}
	}
	return text
}
