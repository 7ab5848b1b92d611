// Command shots takes pictures of the desk's pages in a real browser: each page in
// zh-CN and en, as a wide screen and as a phone show it. It also reports what the
// browser complains of (a blocked script, a missing file), and then fails.
//
//	shots -base http://127.0.0.1:3000 -out /tmp/shots -agent li -password … /console /forms/contact
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	var s shooting
	flag.StringVar(&s.base, "base", "http://127.0.0.1:3000", "where the desk runs")
	flag.StringVar(&s.out, "out", "shots", "folder for the pictures")
	flag.StringVar(&s.agent, "agent", "", "agent to sign in to the console as; none: don't")
	flag.StringVar(&s.password, "password", os.Getenv("DESKHOOK_LOCAL_PASSWORD"), "the console's local password")
	flag.BoolVar(&s.dark, "dark", false, "as in dark mode")
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
	dark                       bool
}

// screens are the widths and heights, in CSS pixels, that pictures are taken at.
var screens = []struct {
	name          string
	width, height int64
	mobile        bool
}{{"wide", 1280, 800, false}, {"phone", 390, 844, true}}

var languages = []string{"zh-CN", "en"}

// take takes every page's pictures and gives what the browser complained of.
func (s shooting) take(ctx context.Context, pages []string) ([]string, error) {
	if err := os.MkdirAll(s.out, 0o750); err != nil {
		return nil, err
	}
	b, cancel, err := openBrowser(ctx, s.dark)
	if err != nil {
		return nil, err
	}
	defer cancel()
	if s.agent != "" {
		if err := b.signIn(s.base, s.agent, s.password); err != nil {
			return nil, fmt.Errorf("shots: sign in: %w", err)
		}
	}
	for _, page := range pages {
		for _, lang := range languages {
			for _, screen := range screens {
				png, err := b.picture(withLang(s.base+page, lang), screen.width, screen.height, screen.mobile)
				if err != nil {
					return nil, fmt.Errorf("shots: %s: %w", page, err)
				}
				name := strings.Join([]string{fileName(page), lang, screen.name}, ".") + ".png"
				if err := os.WriteFile(filepath.Join(s.out, name), png, 0o600); err != nil {
					return nil, err
				}
			}
		}
	}
	return b.complaints(), nil
}

func withLang(url, lang string) string {
	sep := "?"
	if strings.Contains(url, "?") {
		sep = "&"
	}
	return url + sep + "lang=" + lang
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
