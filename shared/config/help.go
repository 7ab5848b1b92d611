package config

import "strings"

// Article is a page that answers a question before it is asked, at /help/<id>.
type Article struct {
	ID    string `json:"id" yaml:"id"`
	Title Text   `json:"title" yaml:"title"`
	// Text is Markdown (CommonMark). HTML in it is left out.
	Text Text `json:"text" yaml:"text"`
}

// Every function reads the settings as it starts, so articles share a small room.
const (
	maxArticles  = 50
	maxHelpBytes = 64 * 1024
)

// Article finds an article by id.
func (s *Settings) Article(id string) (Article, bool) {
	for _, a := range s.Help {
		if a.ID == id {
			return a, true
		}
	}
	return Article{}, false
}

// Articles gives those that have every one of the words in their title or text, in any
// language and either case, in the order of the settings; without words all of them.
func (s *Settings) Articles(words string) []Article {
	var out []Article
	for _, a := range s.Help {
		var all strings.Builder
		for _, t := range []Text{a.Title, a.Text} {
			for _, text := range t {
				all.WriteString(strings.ToLower(text))
				all.WriteByte('\n')
			}
		}
		has := true
		for _, w := range strings.Fields(strings.ToLower(words)) {
			has = has && strings.Contains(all.String(), w)
		}
		if has {
			out = append(out, a)
		}
	}
	return out
}

func (c *checker) help(list []Article) {
	seen, size := map[string]bool{}, 0
	for i, a := range list {
		path := itemPath("help", i)
		c.id(path+".id", a.ID, seen)
		c.needText(path+".title", a.Title)
		c.needText(path+".text", a.Text)
		for _, t := range []Text{a.Title, a.Text} {
			for _, text := range t {
				size += len(text)
			}
		}
	}
	if len(list) > maxArticles {
		c.at("help", "there may be at most %d articles", maxArticles)
	}
	if size > maxHelpBytes {
		c.at("help", "the articles have %d bytes together, at most %d are taken: every function reads them as it starts", size, maxHelpBytes)
	}
}
