package io.twinbeat.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Watches which nodes' kernels have the floating address. Reads the kernel's own tables under the
 * node's /proc/PID/net: no child process, no change of namespace, well under a millisecond (of a
 * guest, what its kernel has told, a moment late). A node without power has no processes and so
 * holds nothing.
 */
public final class Holders implements AutoCloseable {
  /** Finer than any claim that is made of it. */
  private static final long PERIOD_NANOS = 2_000_000;

  /** From {@code atNanos} ({@link System#nanoTime}) on, these nodes had the address. */
  public record Change(long atNanos, Set<String> holders) {
    public Change {
      holders = Set.copyOf(holders);
    }
  }

  private final LabSite site;
  private final String address;
  private final Consumer<Change> listener;
  private final Gaps gaps;
  private final List<Change> changes = new ArrayList<>();
  private final Thread thread;
  private long longestGapNanos;
  private volatile boolean closed;

  /** Told after each look how long nobody had looked before it. */
  @FunctionalInterface
  public interface Gaps {
    void blind(long fromNanos, long lengthNanos);
  }

  Holders(LabSite site, String address, Consumer<Change> listener, Gaps gaps) {
    this.site = site;
    this.address = address;
    this.listener = listener;
    this.gaps = gaps;
    note(site.holders(address));
    this.thread = Thread.ofPlatform().daemon().name("holders").start(this::watch);
  }

  String address() {
    return address;
  }

  /** All changes since the watch began, the first being how it was then. */
  public synchronized List<Change> changes() {
    return List.copyOf(changes);
  }

  /** How long, since the watch began, more than one node had the address. */
  public synchronized long twoHoldersNanos() {
    long total = 0;
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i).holders().size() > 1) {
        long end = i + 1 < changes.size() ? changes.get(i + 1).atNanos() : System.nanoTime();
        total += end - changes.get(i).atNanos();
      }
    }
    return total;
  }

  /** The longest time between two looks: what is shorter may have been missed. */
  public synchronized long longestGapNanos() {
    return longestGapNanos;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch() {
    long last = System.nanoTime();
    while (!closed) {
      LockSupport.parkNanos(PERIOD_NANOS);
      note(site.holders(address));
      long now = System.nanoTime();
      synchronized (this) {
        longestGapNanos = Math.max(longestGapNanos, now - last);
      }
      gaps.blind(last, now - last);
      last = now;
    }
  }

  private void note(Set<String> holders) {
    Change change = new Change(System.nanoTime(), holders);
    synchronized (this) {
      if (!changes.isEmpty() && changes.getLast().holders().equals(change.holders())) {
        return;
      }
      changes.add(change);
    }
    listener.accept(change);
  }

  static Set<String> now(Iterable<LabNode> nodes, InetAddress address) {
    Set<String> holders = new TreeSet<>();
    for (LabNode node : nodes) {
      if (node.hasAddress(address)) {
        holders.add(node.name());
      }
    }
    // One after the other is no moment: the first may have let go before the second took it.
    if (holders.size() > 1) {
      for (LabNode node : nodes) {
        if (!node.hasAddress(address)) {
          holders.remove(node.name());
        }
      }
    }
    return holders;
  }

  static boolean hasAddress(long pid, InetAddress address) {
    return address instanceof Inet4Address ? has4(pid, address) : has6(pid, address);
  }

  /** An address is ours when the table of local routes has it whole: "/32 host LOCAL". */
  private static boolean has4(long pid, InetAddress address) {
    String leaf = "|-- " + address.getHostAddress();
    try (BufferedReader table =
        Files.newBufferedReader(Path.of("/proc/" + pid + "/net/fib_trie"))) {
      boolean here = false;
      for (String line = table.readLine(); line != null; line = table.readLine()) {
        String entry = line.strip();
        if (entry.startsWith("|--")) {
          here = entry.equals(leaf);
        } else if (here && entry.equals("/32 host LOCAL")) {
          return true;
        }
      }
    } catch (IOException e) {
      return false; // lost its power while we looked
    }
    return false;
  }

  private static boolean has6(long pid, InetAddress address) {
    String digits = java.util.HexFormat.of().formatHex(address.getAddress());
    try (BufferedReader table =
        Files.newBufferedReader(Path.of("/proc/" + pid + "/net/if_inet6"))) {
      for (String line = table.readLine(); line != null; line = table.readLine()) {
        if (line.startsWith(digits)) {
          return true;
        }
      }
    } catch (IOException e) {
      return false;
    }
    return false;
  }
}
