package io.twinbeat.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the build runs to learn which classes the commands load, so that they start from a cache of
 * them: each common command once. The daemon that they ask is made up and knows no logging and no
 * server, because every class in the cache costs each start a little.
 */
final class Training {
  private static final String ENTRY =
      "{\"number\":1,\"at\":\"2026-11-23T03:11:06.123Z\",\"kind\":\"decision\",\"rule\":\"r\","
          + "\"sentence\":\"s\",\"evidence\":{\"a\":\"b\"}}";

  private static final String REPORT =
      """
      {"pair":"web","node":"lb1","peerName":"lb2","version":"0","since":"2026-11-23T03:11:06.123Z",
      "file":{"path":"/f","hash":"a","peerHash":"b"},
      "peer":{"state":"silent","since":"2026-11-20T03:11:06Z","sentence":"s","lastHeardAgeMs":1},
      "groups":[{"name":"site","holder":"lb1","since":"2026-11-23T03:11:06Z","resources":[
      {"name":"a","type":"address","health":"ok","detail":"d","ageMs":5}],
      "lastTakeover":{"at":"2026-11-23T03:11:06Z","to":"lb1","why":"w","tookMs":5}}],
      "readiness":{"lb1":{"ready":true,"able":true,"items":[
      {"name":"nginx","state":"failed","detail":"d","mend":"m","ageMs":5000,"limitMs":90000}]}},
      "links":[{"index":0,"local":"a","remote":"b","state":"up","ageMs":5,"largestGapMs":5}],
      "devices":[{"node":"lb2","device":"d","succeeded":true,"ageMs":5,"limitMs":99000000}],
      "referencePoints":[{"address":"a","state":"reached","ageMs":7200000}],
      "alarms":[{"since":"2026-11-23T03:11:06Z","sentence":"s","mend":"m"}],
      "heartbeat":{"intervalMs":200,"deadtimeMs":1000,"warntimeMs":500}}
      """
          .replace("\n", "");

  private Training() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("twinbeat-training-");
    Path socket = directory.resolve("s");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Cli cli = new Cli(surroundings(out, socket));
    try {
      expect(Exit.NO_DAEMON, cli.run("status"));
      try (ServerSocketChannel daemon = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        daemon.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().start(() -> serve(daemon));
        expect(Exit.DONE, cli.run("status"));
        expect(Exit.DONE, cli.run("status", "--json"));
        expect(Exit.DONE, cli.run("takeover", "site"));
        expect(Exit.DONE, cli.run("events"));
        expect(Exit.DONE, cli.run("explain"));
      }
      expect(Exit.DONE, cli.run("version"));
      expect(Exit.DONE, cli.run("help"));
    } finally {
      Files.deleteIfExists(socket);
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

  private static void serve(ServerSocketChannel daemon) {
    while (daemon.isOpen()) {
      try (SocketChannel client = daemon.accept()) {
        ByteBuffer request = ByteBuffer.allocate(1024);
        client.read(request);
        String verb = new String(request.array(), StandardCharsets.US_ASCII);
        client.write(ByteBuffer.wrap(answer(verb).getBytes(StandardCharsets.US_ASCII)));
      } catch (IOException e) {
        return; // The training is over.
      }
    }
  }

  private static String answer(String request) {
    if (request.contains("status")) {
      return "{\"twinbeat\":1,\"done\":" + REPORT + "}\n";
    } else if (request.contains("events")) {
      return "{\"twinbeat\":1,\"line\":" + ENTRY + "}\n{\"twinbeat\":1,\"done\":{}}\n";
    } else if (request.contains("explain")) {
      String explanation = "{\"event\":" + ENTRY + ",\"because\":[" + ENTRY + "]}";
      return "{\"twinbeat\":1,\"done\":{\"explanations\":[" + explanation + "]}}\n";
    }
    return "{\"twinbeat\":1,\"done\":{\"sentence\":\"done\"}}\n";
  }
}
