package io.twinbeat.fencing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A BMC: OpenIPMI's ipmi_sim on loopback, whose power is a file that a script keeps. Ends its
 * process by its pid.
 */
final class IpmiSimulator implements AutoCloseable {
  static final String PASSWORD = "s3cret-bmc";

  final int port;
  private final Path dir;
  private final Process process;

  IpmiSimulator(Path dir) throws Exception {
    this.dir = Files.createDirectories(dir);
    this.port = freePort();
    power("1");
    Scripts.sh(
        dir.resolve("chassis"),
        """
        cd %s || exit 1
        # Called as: NODE get power | set power "0|1" | set reset "1"; the value is in quotes.
        value=$(echo "${4-}" | tr -d '"')
        echo "$*" >> calls
        case "$2 $3" in
          "get power") echo "power:$(cat power)" ;;
          "set power") [ -e ignores-off ] || echo "$value" > power ;;
        esac
        """
            .formatted(dir));
    Files.writeString(
        dir.resolve("bmc.emu"),
        """
        mc_setbmc 0x20
        mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02
        sel_enable 0x20 1000 0x0a
        mc_enable 0x20
        """);
    Files.writeString(
        dir.resolve("lan.conf"),
        """
        name "lb1"
        set_working_mc 0x20
          startlan 1
            addr 127.0.0.1 %d
            priv_limit admin
            allowed_auths_admin none md2 md5 straight
            guid a123456789abcdefa123456789abcdef
          endlan
          chassis_control "%s lb1"
          user 2 true "adm" "%s" admin 10 none md2 md5 straight
        """
            .formatted(port, dir.resolve("chassis"), PASSWORD));
    Files.createDirectories(dir.resolve("state"));
    process =
        new ProcessBuilder("ipmi_sim", "-c", "lan.conf", "-f", "bmc.emu", "-s", "state", "-n")
            .directory(dir.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("log").toFile())
            .start();
    awaitBound();
  }

  boolean isOn() {
    return Scripts.read(dir.resolve("power")).strip().equals("1");
  }

  void power(String state) {
    Scripts.write(dir.resolve("power"), state + "\n", "rw-r--r--");
  }

  void ignoreOff() {
    Scripts.write(dir.resolve("ignores-off"), "", "rw-r--r--");
  }

  /** As a hung BMC: its address is there, and nothing comes back. */
  void freeze() {
    signal("-STOP");
  }

  private void signal(String name) {
    assertTrue(
        Commands.run(Command.of(Duration.ofSeconds(5), "kill", name, Long.toString(process.pid())))
            .succeeded());
  }

  private void awaitBound() throws IOException {
    String bound = ":%04X ".formatted(port);
    long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!Files.readString(Path.of("/proc/net/udp")).contains(bound)) {
      assertTrue(
          process.isAlive() && System.nanoTime() < until,
          () -> "ipmi_sim does not run: " + Scripts.read(dir.resolve("log")));
      Thread.onSpinWait();
    }
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().orTimeout(5, TimeUnit.SECONDS).join();
  }
}
