package io.twinbeat.resource;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads processes and listening sockets from /proc (proc(5)); a process that goes is no error. */
final class ProcFs {
  /** One process as its stat file shows it. */
  record Proc(long pid, String comm, char state, long parent, long startTicks) {
    /** A zombie has ended: it only waits for its parent to notice. */
    boolean ended() {
      return state == 'Z' || state == 'X';
    }
  }

  /** A TCP socket in state LISTEN; an address of all zeros listens on all. */
  record Listening(InetAddress address, int port, long inode) {}

  private static final Path PROC = Path.of("/proc");

  /** USER_HZ, fixed at 100 on all architectures that run Java. */
  private static final long MILLIS_PER_TICK = 10;

  private static final int UPTIME_READINGS = 5;

  private ProcFs() {}

  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of();
    }
  }

  static Optional<Proc> process(long pid) {
    try {
      String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
      // 42 (comm, may hold anything) S ppid ...; start time is field 22.
      int open = stat.indexOf('(');
      int close = stat.lastIndexOf(')');
      String[] rest = stat.substring(close + 2).split(" ", -1);
      return Optional.of(
          new Proc(
              pid,
              stat.substring(open + 1, close),
              rest[0].charAt(0),
              Long.parseLong(rest[1]),
              Long.parseLong(rest[19])));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Whether this very process (not a later one with its number) still runs. */
  static boolean lives(Proc proc) {
    Optional<Proc> now = process(proc.pid());
    return now.isPresent() && now.get().startTicks() == proc.startTicks() && !now.get().ended();
  }

  static List<Proc> all() {
    List<Proc> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        process(Long.parseLong(entry.getFileName().toString())).ifPresent(all::add);
      }
    } catch (IOException e) {
      return List.of();
    }
    return all;
  }

  /** Direct children; from the kernel's list where it has one. */
  static List<Proc> children(long pid) {
    List<Proc> children = new ArrayList<>();
    Path list = PROC.resolve(pid + "/task/" + pid + "/children");
    if (Files.exists(list)) {
      for (String line : lines(list)) {
        for (String child : line.strip().split(" ", -1)) {
          if (!child.isEmpty()) {
            process(Long.parseLong(child)).ifPresent(children::add);
          }
        }
      }
      return children;
    }
    for (Proc proc : all()) {
      if (proc.parent() == pid) {
        children.add(proc);
      }
    }
    return children;
  }

  /** The command line, or the title that the process has written over it. */
  static String title(long pid) {
    try {
      return Files.readString(PROC.resolve(pid + "/cmdline"), StandardCharsets.ISO_8859_1)
          .replace('\0', ' ')
          .strip();
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * When a process started, by the wall clock in milliseconds: to be compared with a file's change
   * time and with nothing else. Found by way of the uptime, as the boot time in /proc/stat is in
   * whole seconds.
   */
  static long startedMillis(Proc proc) {
    // Both clocks at one moment: a pause between the two readings would make processes younger.
    long least = Long.MAX_VALUE;
    long booted = System.currentTimeMillis();
    for (int reading = 0; reading < UPTIME_READINGS && least > MILLIS_PER_TICK; reading++) {
      long before = System.currentTimeMillis();
      List<String> uptime = lines(PROC.resolve("uptime"));
      long took = System.currentTimeMillis() - before;
      if (!uptime.isEmpty() && took >= 0 && took < least) {
        least = took;
        String first = uptime.getFirst();
        double up = Double.parseDouble(first.substring(0, first.indexOf(' ')));
        booted = before - Math.round(up * 1000);
      }
    }
    return booted + proc.startTicks() * MILLIS_PER_TICK;
  }

  /** All listening TCP sockets of our network namespace. */
  static List<Listening> listening() {
    List<Listening> found = new ArrayList<>();
    listening("tcp", found);
    listening("tcp6", found);
    return found;
  }

  private static void listening(String table, List<Listening> found) {
    try (BufferedReader reader =
        Files.newBufferedReader(PROC.resolve("self/net/" + table), StandardCharsets.ISO_8859_1)) {
      reader.readLine();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        //   sl  local_address rem_address   st ... inode, which is column 10
        String[] columns = line.strip().split("\\s+", 11);
        if (!columns[3].equals("0A")) {
          return; // The kernel lists listening sockets first; a busy host has 100,000 others.
        }
        int colon = columns[1].indexOf(':');
        found.add(
            new Listening(
                address(columns[1].substring(0, colon)),
                Integer.parseInt(columns[1].substring(colon + 1), 16),
                Long.parseLong(columns[9])));
      }
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      // A kernel without IPv6 has no tcp6; a line that can't be read ends the list.
    }
  }

  /** 32-bit words in the machine's byte order, each printed as one hexadecimal number. */
  private static InetAddress address(String hex) throws UnknownHostException {
    byte[] bytes = new byte[hex.length() / 2];
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    for (int i = 0; i < bytes.length; i++) {
      int from = little ? (i & ~3) + 3 - (i & 3) : i;
      bytes[i] = (byte) Integer.parseInt(hex, from * 2, from * 2 + 2, 16);
    }
    return InetAddress.getByAddress(bytes);
  }

  /** The processes that have one of these sockets open. */
  static List<Proc> holders(List<Listening> sockets) {
    Set<String> links = new HashSet<>();
    for (Listening socket : sockets) {
      links.add("socket:[" + socket.inode() + "]");
    }
    List<Proc> holders = new ArrayList<>();
    if (!links.isEmpty()) {
      for (Proc proc : all()) {
        if (!proc.ended() && hasOpen(proc.pid(), links)) {
          holders.add(proc);
        }
      }
    }
    return holders;
  }

  /** The inodes of the sockets that a process has open. */
  static Set<Long> sockets(long pid) {
    Set<Long> inodes = new HashSet<>();
    try (DirectoryStream<Path> fds = Files.newDirectoryStream(PROC.resolve(pid + "/fd"))) {
      for (Path fd : fds) {
        try {
          String link = Files.readSymbolicLink(fd).toString();
          if (link.startsWith("socket:[")) {
            inodes.add(Long.parseLong(link.substring("socket:[".length(), link.length() - 1)));
          }
        } catch (IOException e) {
          // Closed while we looked.
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      // Ended while we looked.
    }
    return inodes;
  }

  private static boolean hasOpen(long pid, Set<String> links) {
    try (DirectoryStream<Path> fds = Files.newDirectoryStream(PROC.resolve(pid + "/fd"))) {
      for (Path fd : fds) {
        try {
          if (links.contains(Files.readSymbolicLink(fd).toString())) {
            return true;
          }
        } catch (IOException e) {
          // Closed while we looked.
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      // Ended while we looked.
    }
    return false;
  }
}
