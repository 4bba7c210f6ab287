package io.twinbeat.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twinbeat.control.ControlServer;
import io.twinbeat.control.Request;
import io.twinbeat.control.Response;
import io.twinbeat.control.StatusReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the build runs to learn which classes the commands load, so that they start from a cache of
 * them: each common command once, against a daemon that is made up.
 */
final class Training {
  private static final String ENTRY =
      "{\"number\":1,\"at\":\"2026-11-23T03:11:06.123Z\",\"kind\":\"decision\",\"rule\":\"r\","
          + "\"sentence\":\"s\",\"evidence\":{\"a\":\"b\"}}";

  private Training() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("twinbeat-training-");
    Path socket = directory.resolve("s");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Cli cli = new Cli(surroundings(out, socket));
    try {
      expect(Exit.NO_DAEMON, cli.run("status"));
      try (ControlServer _ = ControlServer.open(socket, Optional.empty(), Training::handle)) {
        expect(Exit.DONE, cli.run("status"));
        expect(Exit.DONE, cli.run("status", "--json"));
        expect(Exit.DONE, cli.run("takeover", "site"));
        expect(Exit.DONE, cli.run("events", "-n", "5"));
        expect(Exit.DONE, cli.run("explain"));
        expect(Exit.USAGE, cli.run("status", "--no-such-option"));
      }
      expect(Exit.DONE, cli.run("version"));
      expect(Exit.DONE, cli.run("help"));
      expect(Exit.DONE, cli.run("help", "status"));
      expect(Exit.FAILED, cli.run("check", directory.resolve("missing").toString()));
    } finally {
      Files.deleteIfExists(directory.resolve("s.lock"));
      Files.deleteIfExists(directory);
    }
    System.out.println("trained on " + out.size() + " bytes of output");
  }

  private static Surroundings surroundings(ByteArrayOutputStream out, Path socket) {
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    Surroundings real = Surroundings.ofProcess(System.getenv());
    return new Surroundings(
        print,
        print,
        new ByteArrayInputStream(new byte[0]),
        true,
        socket,
        socket.resolveSibling("missing"),
        real.clock(),
        real.zone(),
        real.children());
  }

  private static void expect(int wanted, int status) throws IOException {
    if (status != wanted) {
      throw new IOException("a command of the training ended with " + status);
    }
  }

  private static Response handle(Request request) {
    JsonObject entry = JsonParser.parseString(ENTRY).getAsJsonObject();
    return switch (request.verb()) {
      case "status" -> new Response.Done(report().toJson());
      case "events" ->
          new Response.Lines(sink -> {
            sink.line(entry);
            return new Response.Done(new JsonObject());
          });
      case "explain" -> {
        String all = "{\"explanations\":[{\"event\":" + ENTRY + ",\"because\":[" + ENTRY + "]}]}";
        yield new Response.Done(JsonParser.parseString(all).getAsJsonObject());
      }
      default -> Response.Done.with("done");
    };
  }

  private static StatusReport report() {
    Instant at = Instant.now().minusSeconds(100_000);
    List<StatusReport.Item> items =
        List.of(
            new StatusReport.Item("file", "ok", "d", null, 10L, 100L),
            new StatusReport.Item("nginx", "failed", "d", "mend", 10L, 100L));
    return new StatusReport(
        "web",
        "lb1",
        "lb2",
        "0",
        "1",
        at,
        new StatusReport.ConfigFile("/f", "a", "b"),
        new StatusReport.Peer("silent", at, "s", 1000L, "2"),
        List.of(
            new StatusReport.Group(
                "site",
                "lb1",
                "lb1",
                "active",
                "standby",
                1L,
                at,
                "w",
                List.of(new StatusReport.Resource("a", "address", "ok", "d", 5L)),
                new StatusReport.Takeover(at, "lb2", "lb1", "w", 5L))),
        Map.of("lb1", new StatusReport.Readiness(false, true, items)),
        List.of(new StatusReport.Link(0, "a", "b", "up", 5L, 5L)),
        List.of(new StatusReport.Device("lb2", "d", true, "d", 5L, 5L)),
        List.of(new StatusReport.ReferencePoint("a", "reached", 5L)),
        List.of(new StatusReport.Alarm(at, "s", "m")),
        new StatusReport.Maintenance(at, "r"),
        new StatusReport.Heartbeat(200, 1000, 500));
  }
}
