package io.twinbeat.bench;

import com.sun.management.OperatingSystemMXBean;
import io.twinbeat.lvs.ChecksLoad;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * What the health checks of many real servers cost: the checker in this process, servers of one
 * port on as many loopback addresses in another. Arguments: how many servers, tcp or http, seconds.
 */
final class ChecksBench {
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final double SHARE_MAX = 0.15;
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
          .getBytes(StandardCharsets.US_ASCII);

  private ChecksBench() {}

  public static void main(String... args) throws Exception {
    if (args[0].equals("serve")) {
      serve(args[1].equals("http"));
      return;
    }
    int servers = Integer.parseInt(args[0]);
    Duration time = Duration.ofSeconds(Long.parseLong(args[2]));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                ChecksBench.class.getName(),
                "serve",
                args[1])
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    boolean within;
    try {
      StringBuilder port = new StringBuilder();
      for (int c = process.getInputStream().read();
          c != '\n';
          c = process.getInputStream().read()) {
        port.append((char) c);
      }
      within = measure(servers, args[1], Integer.parseInt(port.toString()), time);
    } finally {
      process.destroyForcibly().waitFor();
    }
    System.exit(within ? 0 : 1);
  }

  private static boolean measure(int servers, String kind, int port, Duration time)
      throws Exception {
    OperatingSystemMXBean machine =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    try (ChecksLoad load = new ChecksLoad(servers, kind.equals("http"), port)) {
      Thread.sleep(WARM_UP);
      long cpu = machine.getProcessCpuTime();
      long looks = load.looks();
      long began = System.nanoTime();
      Thread.sleep(time);
      double seconds = (System.nanoTime() - began) / 1e9;
      double share = (machine.getProcessCpuTime() - cpu) / 1e9 / seconds;
      System.out.printf(
          Locale.ROOT,
          "%d servers by %s each second: %.0f looks/s, %d bad, %.1f %% of a core (at most %.0f %%)%n",
          servers,
          kind,
          (load.looks() - looks) / seconds,
          load.bad(),
          share * 100,
          SHARE_MAX * 100);
      return share < SHARE_MAX && load.bad() == 0;
    }
  }

  private static void serve(boolean http) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1024, InetAddress.ofLiteral("0.0.0.0"))) {
      System.out.println(server.getLocalPort());
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual()
            .start(() -> {
              try (socket) {
                if (http && socket.getInputStream().read(new byte[512]) > 0) {
                  OutputStream out = socket.getOutputStream();
                  out.write(ANSWER);
                } else {
                  int _ = socket.getInputStream().read();
                }
              } catch (IOException e) {
                // The checker is gone.
              }
            });
      }
    }
  }
}
