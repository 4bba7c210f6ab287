package io.twinbeat.resource;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What we need of nginx's whole configuration as {@code nginx -T} prints it: its files, where it
 * listens, its pid file.
 *
 * @param directories where its include patterns look
 * @param certificates the files that it names, as it names them
 * @param daemon false where the configuration keeps nginx in the foreground
 * @param digest equal for equal text
 */
record NginxDump(
    List<Path> files,
    List<Path> directories,
    List<Listen> listens,
    Optional<String> pid,
    boolean daemon,
    List<String> certificates,
    long digest) {

  /** A TCP address to listen on; no address means all of IPv4. */
  record Listen(Optional<InetAddress> address, int port) {
    boolean anyAddress() {
      return address.isEmpty() || address.get().isAnyLocalAddress();
    }

    boolean ipv6() {
      return address.isPresent() && address.get().getAddress().length == 16;
    }

    /** Whether that socket may be the one that keeps nginx from binding this address. */
    boolean meets(ProcFs.Listening socket) {
      return port == socket.port()
          && (anyAddress()
              || socket.address().isAnyLocalAddress()
              || socket.address().equals(address.get()));
    }

    /**
     * Whether somebody listens here already. Asks by a bind of a socket that never listens: exact
     * for both families, and it takes microseconds where /proc/net/tcp takes milliseconds. A bind
     * that fails for another reason is nginx's to report.
     */
    boolean held() {
      StandardProtocolFamily family =
          ipv6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
      try (SocketChannel socket = SocketChannel.open(family)) {
        // As nginx does: only a listening socket is in the way then.
        socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        socket.bind(new InetSocketAddress(address.orElse(ANY), port));
        return false;
      } catch (BindException e) {
        return String.valueOf(e.getMessage()).contains("in use");
      } catch (IOException e) {
        return false;
      }
    }
  }

  private static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");
  private static final String FILE_MARK = "# configuration file ";
  private static final int PORT_DEFAULT = 80;

  static NginxDump parse(String text) {
    Set<Path> files = new LinkedHashSet<>();
    long digest = 0;
    for (String line : text.split("\n", -1)) {
      digest = digest * 31 + line.hashCode();
      if (line.startsWith(FILE_MARK + "/") && line.endsWith(":")) {
        files.add(Path.of(line.substring(FILE_MARK.length(), line.length() - 1)));
      }
    }
    Set<Listen> listens = new LinkedHashSet<>();
    Set<Path> directories = new LinkedHashSet<>();
    Set<String> certificates = new LinkedHashSet<>();
    String pid = null;
    boolean daemon = true;
    for (List<String> directive : directives(text)) {
      String first = directive.size() > 1 ? directive.get(1) : "";
      switch (directive.getFirst()) {
        case "listen" -> addListens(directive, listens);
        case "pid" -> pid = first;
        case "include" -> directory(first, files).ifPresent(directories::add);
        case "daemon" -> daemon = !first.equals("off");
        case "ssl_certificate", "proxy_ssl_certificate", "grpc_ssl_certificate" ->
            certificates.add(first);
        default -> {}
      }
    }
    return new NginxDump(
        List.copyOf(files),
        List.copyOf(directories),
        List.copyOf(listens),
        Optional.ofNullable(pid),
        daemon,
        List.copyOf(certificates),
        digest);
  }

  /** The directory of a pattern; relative ones count from the main file, which comes first. */
  private static Optional<Path> directory(String pattern, Set<Path> files) {
    int wild = 0;
    while (wild < pattern.length() && "*?[".indexOf(pattern.charAt(wild)) < 0) {
      wild++;
    }
    int slash = pattern.lastIndexOf('/', wild);
    Path directory = Path.of(slash > 0 ? pattern.substring(0, slash) : "");
    if (directory.isAbsolute()) {
      return Optional.of(directory);
    }
    return files.stream().findFirst().map(main -> main.resolveSibling(directory));
  }

  private static void addListens(List<String> directive, Set<Listen> listens) {
    if (directive.size() < 2
        || directive.contains("udp")
        || directive.contains("quic")
        || directive.get(1).startsWith("unix:")) {
      return;
    }
    String where = directive.get(1);
    String host;
    String ports;
    int colon = where.lastIndexOf(':');
    if (where.startsWith("[")) {
      int close = where.indexOf(']');
      host = where.substring(1, Math.max(1, close));
      ports = colon > close ? where.substring(colon + 1) : "";
    } else if (colon >= 0) {
      host = where.substring(0, colon);
      ports = where.substring(colon + 1);
    } else {
      boolean port = !where.isEmpty() && where.chars().allMatch(c -> c >= '0' && c <= '9');
      host = port ? "*" : where;
      ports = port ? where : "";
    }
    Optional<InetAddress> address = HttpLook.literal(host);
    try {
      int dash = ports.indexOf('-');
      int from =
          ports.isEmpty()
              ? PORT_DEFAULT
              : Integer.parseInt(dash < 0 ? ports : ports.substring(0, dash));
      int to = dash < 0 ? from : Integer.parseInt(ports.substring(dash + 1));
      for (int port = from; port <= Math.min(to, 65535); port++) {
        listens.add(new Listen(address, port));
      }
    } catch (NumberFormatException e) {
      // nginx has taken it, so it is a form that we don't know; only the port check lacks it.
    }
  }

  /**
   * The words of each directive, blocks and all. Lua blocks, whose text follows other rules, are
   * passed over.
   */
  static List<List<String>> directives(String text) {
    List<List<String>> directives = new ArrayList<>();
    List<String> words = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c <= ' ') {
        i++;
      } else if (c == '#') {
        i = end(text, text.indexOf('\n', i));
      } else if (c == ';' || c == '{' || c == '}') {
        i++;
        if (c == '{' && !words.isEmpty() && words.getFirst().endsWith("_by_lua_block")) {
          i = afterBlock(text, i);
        }
        if (!words.isEmpty()) {
          directives.add(List.copyOf(words));
          words.clear();
        }
      } else if (c == '"' || c == '\'') {
        int close = i + 1;
        while (close < text.length() && text.charAt(close) != c) {
          close += text.charAt(close) == '\\' ? 2 : 1;
        }
        close = Math.min(close, text.length());
        words.add(text.substring(i + 1, close));
        i = close + 1;
      } else {
        int from = i;
        i += c == '\\' ? 2 : 1;
        while (i < text.length() && !endsWord(text, i)) {
          i += text.charAt(i) == '\\' ? 2 : 1;
        }
        i = Math.min(i, text.length());
        words.add(text.substring(from, i));
      }
    }
    return directives;
  }

  private static boolean endsWord(String text, int i) {
    char c = text.charAt(i);
    // ${name} is part of a word; no word begins with a brace.
    return c <= ' ' || c == ';' || (c == '{' && text.charAt(i - 1) != '$');
  }

  private static int afterBlock(String text, int i) {
    int depth = 1;
    int at = i;
    while (at < text.length() && depth > 0) {
      char c = text.charAt(at++);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    return at;
  }

  private static int end(String text, int i) {
    return i < 0 ? text.length() : i;
  }
}
