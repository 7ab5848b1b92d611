package email

import (
	"bytes"
	"io"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// node is one part of a mail: a leaf with its decoded bytes, or a multipart.
type node struct {
	head        header
	media       string
	params      map[string]string
	disposition string
	file        string // name given by Content-Disposition
	kids        []*node
	data        []byte // transfer encoding removed; charset as it came
}

func newNode(h header) *node {
	n := &node{head: h}
	n.media, n.params = parseMedia(h.get("content-type"))
	d, params := parseMedia(h.get("content-disposition"))
	n.disposition, n.file = d, params["filename"]
	if n.media == "" {
		n.media = "text/plain"
	}
	return n
}

func (n *node) multipart() bool { return strings.HasPrefix(n.media, "multipart/") }

// find walks the parts in their order, the outer first; a part that is a mail of its
// own is not entered.
func (n *node) find(media ...string) *node {
	for _, m := range media {
		if n.media == m {
			return n
		}
	}
	for _, k := range n.kids {
		if f := k.find(media...); f != nil {
			return f
		}
	}
	return nil
}

// parse reads the structure of a mail. What enmime can't read (or reads as nothing at
// all) is cut at whatever boundaries are named in it: nothing is lost with a mail that
// is badly put together, only its nesting.
func parse(raw []byte) *node {
	h, body := readHeader(raw)
	root := newNode(h)
	if !root.multipart() {
		root.data = decodeTransfer(root, body)
		return root
	}
	if root.kids = structure(root, body); !root.empty() {
		return root
	}
	root.kids = flat(body, root.params["boundary"])
	return root
}

// empty says whether no part holds a byte.
func (n *node) empty() bool {
	for _, k := range n.kids {
		if !k.empty() {
			return false
		}
	}
	return len(bytes.TrimSpace(n.data)) == 0
}

// maxNesting bounds how many boundaries are given to enmime, whose readers are stacked
// one for each level; maxEnds bounds how often it may read on after the end: with
// levels left open it does so twice as often for each.
const (
	maxNesting = 60
	maxEnds    = 20_000
)

// impatient is a reader that panics when it is asked on and on after its end, so that
// structure gives up.
type impatient struct {
	r    io.Reader
	ends int
}

func (i *impatient) Read(b []byte) (int, error) {
	n, err := i.r.Read(b)
	if err != nil {
		if i.ends++; i.ends > maxEnds {
			panic("email: read past the end")
		}
	}
	return n, err
}

// structure reads a multipart's parts with enmime. It gives none when enmime fails, or
// when the mail is nested as no honest mail is.
func structure(root *node, body []byte) (kids []*node) {
	depth := bytes.Count(bytes.ToLower(body), []byte("boundary="))
	if root.params["boundary"] == "" || depth > maxNesting {
		return nil
	}
	defer func() {
		if recover() != nil { // a parser's bug must not lose the mail
			kids = nil
		}
	}()
	top := "Content-Type: " + strings.NewReplacer("\r", "", "\n", "").Replace(root.head.get("content-type")) + "\r\n\r\n"
	p, err := parser.ReadParts(&impatient{r: io.MultiReader(strings.NewReader(top), bytes.NewReader(body))})
	if err != nil || p == nil {
		return nil
	}
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		kids = append(kids, fromPart(c))
	}
	return kids
}

// parser leaves transfer encodings and charsets alone: they are decoded here.
var parser = enmime.NewParser(
	enmime.RawContent(true),
	enmime.SkipMalformedParts(true),
	enmime.MultipartWOBoundaryAsSinglePart(true),
	enmime.SetCustomParseMediaType(func(v string) (string, map[string]string, []string, error) {
		media, params := parseMedia(v)
		return media, params, nil, nil
	}),
)

func fromPart(p *enmime.Part) *node {
	n := newNode(fromMIME(p.Header))
	for c := p.FirstChild; c != nil; c = c.NextSibling {
		n.kids = append(n.kids, fromPart(c))
	}
	if n.kids == nil {
		n.data = decodeTransfer(n, p.Content)
	}
	return n
}

func fromMIME(m textproto.MIMEHeader) header {
	var h header
	for name, values := range m {
		for _, v := range values {
			h = append(h, headerField{strings.ToLower(name), v})
		}
	}
	return h
}

// decodeTransfer removes the transfer encoding, believing the label only where the
// bytes agree.
func decodeTransfer(n *node, body []byte) []byte {
	encoding := strings.ToLower(n.head.get("content-transfer-encoding"))
	switch {
	case strings.Contains(encoding, "base64") && looksBase64(body):
		return decodeBase64(body)
	case strings.Contains(encoding, "quoted"):
		return decodeQuoted(body)
	}
	return body
}

var boundaryParam = regexp.MustCompile(`(?i)boundary\s*=\s*("[^"\r\n]{1,200}"|[^\s";]{1,200})`)

// flat cuts a body into its parts at every boundary named in it, in one pass. A body
// without any is one text.
func flat(body []byte, boundary string) []*node {
	known := map[string]bool{}
	if boundary != "" {
		known[boundary] = true
	}
	for _, m := range boundaryParam.FindAllSubmatch(body, 1000) {
		known[strings.Trim(string(m[1]), `"`)] = true
	}
	guessBoundary(body, known)
	var out []*node
	for i, piece := range cutAt(body, known) {
		h, rest := readHeader(piece)
		if i == 0 { // before the first boundary: no header of its own
			h, rest = nil, piece
		}
		n := newNode(h)
		if n.multipart() {
			n.media = "text/plain"
		}
		if n.data = decodeTransfer(n, rest); len(bytes.TrimSpace(n.data)) > 0 {
			out = append(out, n)
		}
	}
	return out
}

// guessBoundary takes the body's first line for a boundary when it looks like one and a
// part's header follows: a mail may use another than it announces.
func guessBoundary(body []byte, known map[string]bool) {
	line, rest := cutLine(bytes.TrimLeft(body, "\r\n"))
	if h, _ := readHeader(rest[:min(len(rest), 4096)]); !h.has("content-type") {
		return
	}
	if b, ok := strings.CutPrefix(string(bytes.TrimSpace(line)), "--"); ok && b != "" && !strings.Contains(b, " ") {
		known[b] = true
	}
}

func cutAt(body []byte, known map[string]bool) [][]byte {
	var out [][]byte
	start := 0
	for at := 0; at < len(body); {
		line, rest := cutLine(body[at:])
		next := len(body) - len(rest)
		if name, ok := bytes.CutPrefix(line, []byte("--")); ok {
			name = bytes.TrimRight(name, " \t")
			if known[string(name)] || known[string(bytes.TrimSuffix(name, []byte("--")))] {
				out = append(out, body[start:at])
				start = next
			}
		}
		at = next
	}
	return append(out, body[start:])
}
