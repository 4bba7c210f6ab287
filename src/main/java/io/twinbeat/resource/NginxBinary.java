package io.twinbeat.resource;

import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nginx program: tests a configuration and starts it. Blocking. */
final class NginxBinary {
  /**
   * What {@code nginx -T} said.
   *
   * @param error empty when the configuration is good
   */
  record Tested(String error, Optional<NginxDump> dump) {
    boolean good() {
      return error.isEmpty();
    }
  }

  private record BuiltIn(Path prefix, Path pid) {}

  /** A configuration of many thousand virtual hosts is still smaller. */
  private static final long DUMP_BYTES_MAX = 64L * 1024 * 1024;

  private static final Path NONLOCAL_IPV4 = Path.of("/proc/sys/net/ipv4/ip_nonlocal_bind");
  private static final Path NONLOCAL_IPV6 = Path.of("/proc/sys/net/ipv6/ip_nonlocal_bind");
  private static final Logger log = LoggerFactory.getLogger(NginxBinary.class);

  private final String program;
  private final String config;
  private volatile Optional<BuiltIn> builtIn = Optional.empty();

  NginxBinary(Path binary, Path config) {
    this.program = binary.toString();
    this.config = config.toString();
  }

  /**
   * Tests the configuration on disk. Where it listens on an address that is not on this machine (a
   * floating one that the peer holds), nginx could neither test nor start: such binds are then
   * allowed, and said so.
   */
  Tested test(Deadline deadline) {
    Tested tested = testOnce(deadline);
    for (int tries = 0; tries < 2 && allowedNonlocal(tested.error()); tries++) {
      tested = testOnce(deadline); // Once for each family.
    }
    return tested;
  }

  private Tested testOnce(Deadline deadline) {
    Path file = null;
    try {
      // A file, as the dump can be far longer than what is kept of a child's output.
      file = Files.createTempFile("twinbeat-nginx-", ".conf");
      Outcome outcome =
          Commands.run(
              Command.of(
                  deadline.look(),
                  "/bin/sh",
                  "-c",
                  "exec \"$1\" -T -q -c \"$2\" >\"$3\"",
                  "nginx-test",
                  program,
                  config,
                  file.toString()));
      if (!outcome.succeeded()) {
        return new Tested(complaint(outcome), Optional.empty());
      }
      if (Files.size(file) > DUMP_BYTES_MAX) {
        return new Tested("", Optional.empty());
      }
      return new Tested(
          "", Optional.of(NginxDump.parse(Files.readString(file, StandardCharsets.ISO_8859_1))));
    } catch (IOException e) {
      return new Tested("the test's output could not be kept: " + e, Optional.empty());
    } finally {
      delete(file);
    }
  }

  private static void delete(Path file) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        log.warn("can't delete {}", file, e);
      }
    }
  }

  /** nginx's own first complaint; its last line only says that the test failed. */
  static String complaint(Outcome outcome) {
    String first = "";
    for (String line : outcome.err().split("\n", -1)) {
      for (String level : new String[] {"[emerg]", "[alert]", "[crit]", "[error]"}) {
        int at = line.indexOf(level);
        if (at >= 0) {
          String text = line.substring(at + level.length()).strip();
          if (level.equals("[emerg]")) {
            return text;
          }
          first = first.isEmpty() ? text : first;
        }
      }
    }
    return first.isEmpty() ? outcome.summary() : first;
  }

  /** True when the complaint was a bind to an absent address that is allowed from now on. */
  private static boolean allowedNonlocal(String error) {
    // bind() to 10.0.0.9:80 failed (99: Cannot assign requested address)
    if (!error.startsWith("bind() to ") || !error.contains("failed (99:")) {
      return false;
    }
    String where = error.substring("bind() to ".length(), error.indexOf(" failed"));
    int colon = where.lastIndexOf(':');
    String host = colon < 0 ? where : where.substring(0, colon);
    Optional<InetAddress> address = HttpLook.literal(host.replace("[", "").replace("]", ""));
    return address.isPresent() && allowNonlocal(address.get());
  }

  /** Lets sockets bind this absent address; true when that was not so and is now. */
  static boolean allowNonlocal(InetAddress address) {
    Path switch_ = address.getAddress().length == 4 ? NONLOCAL_IPV4 : NONLOCAL_IPV6;
    try {
      if (address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null
          || Files.readString(switch_).strip().equals("1")) {
        return false;
      }
      Files.writeString(switch_, "1\n");
      log.info(
          "nginx listens on {}, which is not on this machine now: {} set to 1",
          address.getHostAddress(),
          switch_);
      return true;
    } catch (SocketException e) {
      return false;
    } catch (IOException e) {
      log.warn("{} can't be set to 1: {}", switch_, e.getMessage());
      return false;
    }
  }

  /** Starts it; it goes into the background by itself. */
  void start(Deadline deadline) throws ResourceException {
    Outcome outcome = Commands.run(Command.of(deadline.left(), program, "-c", config));
    if (!outcome.succeeded()) {
      throw new ResourceException("nginx did not start: " + complaint(outcome));
    }
  }

  /** The pid file that the configuration names, or the one that is built in. */
  Path pidFile(Optional<NginxDump> dump, Deadline deadline) {
    Optional<String> named =
        dump.isPresent() ? dump.get().pid() : NginxDump.parse(mainFile()).pid();
    if (named.isPresent() && named.get().startsWith("/")) {
      return Path.of(named.get());
    }
    if (builtIn.isEmpty()) {
      String options = Commands.run(Command.of(deadline.look(), program, "-V")).err();
      Path prefix = Path.of(option(options, "--prefix=", "/usr/local/nginx"));
      Path pid = Path.of(option(options, "--pid-path=", "/run/nginx.pid"));
      builtIn = Optional.of(new BuiltIn(prefix, prefix.resolve(pid)));
    }
    return named.isEmpty() ? builtIn.get().pid() : builtIn.get().prefix().resolve(named.get());
  }

  private String mainFile() {
    return String.join("\n", ProcFs.lines(Path.of(config)));
  }

  private static String option(String arguments, String option, String otherwise) {
    int from = arguments.indexOf(option);
    if (from < 0) {
      return otherwise;
    }
    int to = from + option.length();
    while (to < arguments.length() && arguments.charAt(to) > ' ') {
      to++;
    }
    return arguments.substring(from + option.length(), to);
  }
}
