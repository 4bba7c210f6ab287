package io.twinbeat.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twinbeat.control.ControlServer;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import io.twinbeat.process.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A daemon that answers as it is told and remembers what it was asked, and commands that ask it.
 */
final class FakeDaemon implements AutoCloseable {
  final List<Request> asked = new CopyOnWriteArrayList<>();
  final Path socket;
  private final ControlServer server;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String typed = "";
  private Outcome systemctl = new Outcome.NotStarted("systemctl: not here");
  private Path config;

  FakeDaemon(Path directory, Function<Request, Response> answers) throws IOException {
    socket = directory.resolve("control.sock");
    config = directory.resolve("twinbeat.yaml");
    server =
        ControlServer.open(
            socket,
            Optional.empty(),
            request -> {
              asked.add(request);
              return answers.apply(request);
            });
  }

  FakeDaemon typing(String text) {
    typed = text;
    return this;
  }

  FakeDaemon jobs(String text) {
    systemctl = new Outcome.Exited(0, text, "", Duration.ZERO);
    return this;
  }

  FakeDaemon config(Path file) {
    config = file;
    return this;
  }

  Cli cli() {
    return new Cli(
        new Surroundings(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
            false,
            socket,
            config,
            InstantSource.fixed(Reports.NOW),
            ZoneOffset.UTC,
            command -> systemctl));
  }

  int run(String... arguments) {
    out.reset();
    err.reset();
    asked.clear();
    return cli().run(arguments);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** The one request that came, as "verb {arguments}". */
  String request() {
    return asked.size() == 1
        ? asked.getFirst().verb() + " " + asked.getFirst().arguments()
        : asked.toString();
  }

  static JsonObject json(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  void stop() throws IOException {
    server.close();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
