package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// server is one program from a Maven registry.
type server struct {
	title   string
	group   string
	name    string
	version string
	env     string // the variable that carries its endpoint
	class   string // its main class
	options func(lib string, port int) (jvm, program []string)
}

// servers are pinned: both run on Java 17, and DynamoDB Local 2.6.1 is the one whose
// consumed capacity the units in shared/table are checked against.
var servers = []server{
	{
		title: "DynamoDB Local", group: "com.amazonaws", name: "DynamoDBLocal", version: "2.6.1",
		env: "DESKHOOK_DYNAMODB_LOCAL", class: "com.amazonaws.services.dynamodbv2.local.main.ServerRunner",
		options: func(lib string, port int) (jvm, program []string) {
			// Its native SQLite lies among the jars.
			return []string{"-Djava.library.path=" + lib}, []string{"-inMemory", "-disableTelemetry", "-port", fmt.Sprint(port)}
		},
	},
	{
		title: "ElasticMQ", group: "org.elasticmq", name: "elasticmq-server_2.13", version: "1.6.12",
		env: "DESKHOOK_ELASTICMQ", class: "org.elasticmq.server.Main",
		options: func(_ string, port int) (jvm, program []string) {
			return []string{
				"-Drest-sqs.bind-hostname=127.0.0.1", fmt.Sprint("-Drest-sqs.bind-port=", port),
				fmt.Sprint("-Dnode-address.port=", port), "-Drest-stats.enabled=false",
			}, nil
		},
	},
}

// copyGoal is Maven's way to put an artifact and all it needs into one folder.
const copyGoal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"

// fetch returns the folder with the server's jars, filling it the first time. It is
// filled under another name first, so that a broken download is never taken for whole.
func (s server) fetch(ctx context.Context, cache string, out io.Writer) (string, error) {
	dir := filepath.Join(cache, s.name+"-"+s.version)
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	if _, err := exec.LookPath("mvn"); err != nil {
		return "", fmt.Errorf("%s isn't in .cache yet, and getting it needs mvn on the PATH", s.title)
	}
	fmt.Fprintf(out, "awslocal: getting %s %s with Maven\n", s.title, s.version)
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	scratch, err := os.MkdirTemp(cache, "part-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(scratch)
	if err := s.copyJars(ctx, scratch); err != nil {
		return "", err
	}
	err = os.Rename(filepath.Join(scratch, "lib"), dir)
	if errors.Is(err, os.ErrExist) {
		// Another one was faster.
		err = nil
	}
	return dir, err
}

func (s server) copyJars(ctx context.Context, scratch string) error {
	pom := filepath.Join(scratch, "pom.xml")
	if err := os.WriteFile(pom, s.pom(), 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "mvn", "-q", "-B", "-f", pom, copyGoal, "-DoutputDirectory="+filepath.Join(scratch, "lib"))
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s can't be had from the Maven registry: %w\n%s", s.title, s.version, err, tail(text))
	}
	return nil
}

// pom is the smallest project that depends on the server.
func (s server) pom() []byte {
	return fmt.Appendf(nil, `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>deskhook</groupId><artifactId>awslocal</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>
  </dependencies>
</project>
`, s.group, s.name, s.version)
}

// tail keeps the last lines of a log, where the reason stands.
func tail(log []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(log), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-15):], []byte("\n"))
}
