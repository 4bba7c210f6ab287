package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Upstream files with a real nginx behind them. */
class UpstreamFilesIT {
  private static final Path NGINX = NginxResource.Settings.BINARY;
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir Path directory;

  private Path config() throws Exception {
    Files.createDirectories(directory.resolve("conf.d"));
    return Files.writeString(
        directory.resolve("nginx.conf"),
        """
        pid %1$s/nginx.pid;
        error_log %1$s/error.log notice;
        events {}
        http {
          include %1$s/conf.d/*.conf;
          access_log off;
          server { listen unix:%1$s/s; location / { proxy_pass http://backend; } }
        }
        """
            .formatted(directory));
  }

  private static Optional<String> upstream(String server) {
    return Optional.of("upstream backend { server " + server + "; }\n");
  }

  @Test
  void writtenTestedLoadedAndOnceOnly() throws Exception {
    Path file = directory.resolve("conf.d/backend.conf");
    UpstreamFiles files = new UpstreamFiles(NGINX, config(), Optional.empty());
    Map<Path, Optional<String>> wanted = Map.of(file, upstream("127.0.0.1:81"));
    assertEquals(List.of(file), UpstreamFiles.differing(wanted));
    List<String> said = files.write(wanted).said();
    assertEquals(List.of("wrote " + file, "nginx -t: fine"), said.subList(0, 2));
    assertTrue(said.get(2).startsWith("nginx was not reloaded (it may not run)"), said.get(2));
    assertEquals(List.of(), files.write(wanted).said());
    assertEquals(List.of(), UpstreamFiles.differing(wanted));

    run(NGINX.toString(), "-c", config().toString());
    try {
      said = files.write(Map.of(file, upstream("127.0.0.1:82"))).said();
      assertEquals("reloaded nginx", said.get(2));
    } finally {
      run(NGINX.toString(), "-c", config().toString(), "-s", "stop");
    }
  }

  @Test
  void whatNginxRefusesIsPutBack() throws Exception {
    Path old = directory.resolve("conf.d/backend.conf");
    Path fresh = directory.resolve("conf.d/more.conf");
    UpstreamFiles files = new UpstreamFiles(NGINX, config(), Optional.empty());
    files.write(Map.of(old, upstream("127.0.0.1:81")));
    ResourceException e =
        assertThrows(
            ResourceException.class,
            () ->
                files.write(
                    Map.of(
                        old,
                        upstream("127.0.0.1:82"),
                        fresh,
                        Optional.of("upstream more { serve; }\n"))));
    assertTrue(e.getMessage().contains("unknown directive \"serve\""), e.getMessage());
    assertEquals(upstream("127.0.0.1:81").orElseThrow(), Files.readString(old));
    assertFalse(Files.exists(fresh));
    try (Stream<Path> left = Files.list(directory.resolve("conf.d"))) {
      assertEquals(List.of(old), left.toList());
    }
  }

  @Test
  void whatIsTriedIsPutBackWhateverNginxSays() throws Exception {
    Path old = directory.resolve("conf.d/backend.conf");
    Path fresh = directory.resolve("conf.d/more.conf");
    UpstreamFiles files = new UpstreamFiles(NGINX, config(), Optional.empty());
    files.write(Map.of(old, upstream("127.0.0.1:81")));
    assertEquals(Optional.empty(), files.refusal(Map.of(old, upstream("127.0.0.1:82"))));
    assertEquals(Optional.empty(), files.refusal(Map.of(old, upstream("127.0.0.1:81"))));
    String gone = files.refusal(Map.of(old, Optional.empty())).orElseThrow();
    assertTrue(gone.contains("host not found in upstream \"backend\""), gone);
    String wrong = files.refusal(Map.of(fresh, Optional.of("serve;\n"))).orElseThrow();
    assertTrue(wrong.contains("unknown directive"), wrong);
    assertEquals(upstream("127.0.0.1:81").orElseThrow(), Files.readString(old));
    assertFalse(Files.exists(fresh));
    Path elsewhere = Path.of("/proc/twinbeat.conf");
    assertThrows(
        ResourceException.class, () -> files.refusal(Map.of(elsewhere, upstream("127.0.0.1:83"))));
  }

  @Test
  void whatIsToBeGoneGoesAndComesBack() throws Exception {
    Path old = directory.resolve("conf.d/backend.conf");
    Path more = directory.resolve("conf.d/more.conf");
    UpstreamFiles files = new UpstreamFiles(NGINX, config(), Optional.empty());
    Optional<String> other = Optional.of("upstream more { server 127.0.0.1:84; }\n");
    files.write(Map.of(old, upstream("127.0.0.1:81"), more, other));
    UpstreamFiles.Written written = files.write(Map.of(more, Optional.empty()));
    assertEquals("removed " + more, written.said().getFirst());
    assertFalse(Files.exists(more));
    files.write(written.before());
    assertEquals(other.orElseThrow(), Files.readString(more));
  }

  private static void run(String... argv) {
    Outcome outcome = Commands.run(Command.of(LIMIT, argv));
    assertTrue(outcome.succeeded(), outcome.summary());
  }
}
