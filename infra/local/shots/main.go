// Command shots takes pictures of the desk's pages in a real browser: each page in
// zh-CN and en, as a wide screen and as a phone show it. It also reports what the
// browser complains of (a blocked script, a missing file), and then fails.
//
//	shots -base http://127.0.0.1:3000 -out pictures -agent li -password … /console /forms/contact
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/deskhook/deskhook/infra/local/browser"
)

func main() {
	var s shooting
	flag.StringVar(&s.base, "base", "http://127.0.0.1:3000", "where the desk runs")
	flag.StringVar(&s.out, "out", "shots", "folder for the pictures")
	flag.StringVar(&s.agent, "agent", "", "agent to sign in to the console as; none: don't")
	flag.StringVar(&s.password, "password", os.Getenv("DESKHOOK_LOCAL_PASSWORD"), "the console's local password")
	flag.BoolVar(&s.dark, "dark", false, "as in dark mode")
	flag.BoolVar(&s.noScript, "noscript", false, "with the pages' own scripts off")
	flag.StringVar(&s.lang, "lang", "", "only in this language")
	flag.StringVar(&s.screen, "screen", "", "only on this screen: wide or phone")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	complaints, err := s.take(ctx, flag.Args())
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range complaints {
		fmt.Fprintln(os.Stderr, c)
	}
	if len(complaints) > 0 {
		log.Fatalf("the browser had %d complaints", len(complaints))
	}
}

// shooting is one run.
type shooting struct {
	base, out, agent, password string
	dark, noScript             bool
	lang, screen               string // "": all
}

// take takes every page's pictures and gives what the browser complained of.
func (s shooting) take(ctx context.Context, pages []string) ([]string, error) {
	if err := os.MkdirAll(s.out, 0o750); err != nil {
		return nil, err
	}
	b, cancel, err := browser.Open(ctx, browser.Wide)
	if err != nil {
		return nil, err
	}
	defer cancel()
	if err := b.Scheme(s.dark); err != nil {
		return nil, err
	}
	if s.agent != "" {
		if err := b.SignIn(s.base, s.agent, s.password); err != nil {
			return nil, fmt.Errorf("shots: sign in: %w", err)
		}
	}
	if s.noScript {
		if err := b.NoScript(); err != nil {
			return nil, err
		}
	}
	for _, page := range pages {
		if err := s.page(b, page); err != nil {
			return nil, fmt.Errorf("shots: %s: %w", page, err)
		}
	}
	return b.Complaints(), nil
}

// page takes one page's pictures: both languages, both screens, if not told otherwise.
func (s shooting) page(b *browser.Tab, page string) error {
	for _, lang := range browser.Languages {
		for _, screen := range []browser.Screen{browser.Wide, browser.Phone} {
			if s.lang != "" && s.lang != lang || s.screen != "" && s.screen != screen.Name {
				continue
			}
			if err := errors.Join(b.Show(screen), b.Open(browser.In(s.base+page, lang))); err != nil {
				return err
			}
			png, err := b.Picture()
			if err != nil {
				return err
			}
			name := strings.Join([]string{fileName(page), lang, screen.Name}, ".") + ".png"
			if err := os.WriteFile(filepath.Join(s.out, name), png, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// fileName is a page's address as a name; long tokens in it are cut.
func fileName(page string) string {
	name := strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune("/?&=:", r) {
			return '-'
		}
		return r
	}, page), "-")
	if len(name) > 40 {
		name = name[:40]
	}
	if name == "" {
		name = "home"
	}
	return name
}
