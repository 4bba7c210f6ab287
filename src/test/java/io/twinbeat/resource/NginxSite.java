package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.twinbeat.linux.Pidfd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** A real nginx of one test: its own configuration, pid file and port under one directory. */
final class NginxSite implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(10);
  static final Duration CHECK_LIMIT = Duration.ofMillis(400);
  static final Duration INTERVAL = Duration.ofMillis(500);

  final Path dir;
  final int port;
  final String listen;
  private final List<ProcFs.Proc> seen = new ArrayList<>();

  NginxSite(Path dir, String address, int port) throws IOException {
    this.dir = dir;
    this.port = port;
    this.listen = address + ":" + port;
    Files.createDirectories(dir.resolve("sites"));
    writeConfig("");
  }

  static NginxSite onLoopback(Path dir) throws IOException {
    return new NginxSite(dir, "127.0.0.1", freePort());
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  Path config() {
    return dir.resolve("nginx.conf");
  }

  /** Writes the configuration, with something more inside its server block. */
  void writeConfig(String more) throws IOException {
    Files.writeString(
        config(),
        """
        pid %1$s/nginx.pid;
        error_log %1$s/error.log notice;
        worker_processes 2;
        events { worker_connections 64; }
        http {
          access_log off;
          client_body_temp_path %1$s/t1; proxy_temp_path %1$s/t2; fastcgi_temp_path %1$s/t3;
          uwsgi_temp_path %1$s/t4; scgi_temp_path %1$s/t5;
          server {
            listen %2$s;
            location = /healthz { return 200 "healthy"; }
            %3$s
          }
          include %1$s/sites/*.conf;
        }
        """
            .formatted(dir, listen, more));
  }

  NginxResource resource(boolean hot) {
    return resource(hot, listen);
  }

  NginxResource resource(boolean hot, String checked) {
    return new NginxResource(settings(hot, checked));
  }

  /** One that leaves word for the next daemon. */
  NginxResource remembering() {
    return new NginxResource(settings(true, listen).withMemory(dir.resolve("loaded")));
  }

  /** Run through a unit, by a stand-in for systemctl. */
  NginxResource byUnit(Path systemctl) {
    NginxResource.Settings s = settings(true, listen);
    return new NginxResource(
        new NginxResource.Settings(
            s.name(),
            s.binary(),
            s.config(),
            Optional.of("nginx.service"),
            true,
            s.check(),
            LIMIT,
            LIMIT,
            LIMIT,
            s.testEvery(),
            Optional.empty(),
            systemctl,
            dir));
  }

  private NginxResource.Settings settings(boolean hot, String checked) {
    HttpCheck check =
        new HttpCheck(
            URI.create("http://" + checked + "/healthz"),
            Statuses.OK,
            Optional.of(Pattern.compile("^healthy$")),
            Optional.empty(),
            CHECK_LIMIT,
            INTERVAL,
            2);
    return new NginxResource.Settings(
        "nginx",
        NginxResource.Settings.BINARY,
        config(),
        Optional.empty(),
        hot,
        check,
        LIMIT,
        LIMIT,
        LIMIT);
  }

  ProcFs.Proc master() throws IOException {
    Path pid = dir.resolve("nginx.pid");
    ProcFs.Proc master = ProcFs.process(Long.parseLong(Files.readString(pid).strip())).get();
    household(master);
    return master;
  }

  /** The master and its children as they are now; remembered, to be ended with the test. */
  List<ProcFs.Proc> household(ProcFs.Proc master) {
    List<ProcFs.Proc> all = new ArrayList<>(ProcFs.children(master.pid()));
    all.addFirst(master);
    seen.addAll(all);
    return all;
  }

  static void signal(List<ProcFs.Proc> processes, int signal) {
    for (ProcFs.Proc proc : processes) {
      try (Pidfd handle = Pidfd.open(proc.pid()).orElseThrow()) {
        assertTrue(handle.signal(signal), "signal " + signal + " to " + proc);
      }
    }
  }

  static void until(String what, BooleanSupplier condition) throws Exception {
    if (!Deadline.in(LIMIT).until(Duration.ofMillis(5), condition)) {
      fail("did not come about within " + LIMIT + ": " + what);
    }
  }

  static ReadinessItem item(Resource resource, String name) {
    return resource.readiness().stream()
        .filter(item -> item.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in " + resource.readiness()));
  }

  /** Ends all that ran, by pid. */
  @Override
  public void close() {
    try {
      master();
    } catch (IOException | RuntimeException e) {
      // It does not run any more.
    }
    NginxProcesses.signal(NginxProcesses.living(seen), Pidfd.SIGKILL);
  }
}
