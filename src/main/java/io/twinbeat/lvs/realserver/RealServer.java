package io.twinbeat.lvs.realserver;

import io.twinbeat.linux.BootId;
import io.twinbeat.linux.InterfaceAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The real server's side of LVS on this machine: the virtual addresses where packets for them are
 * taken and no neighbour is told (DR, TUN), and what else the mode needs. Needs CAP_NET_ADMIN, but
 * for {@link #check}; runs no child process but modprobe(8) for a tunnel's module.
 */
public final class RealServer {
  private static final String MEMORY = "realserver.json";
  private static final String LOCK = "realserver.lock";
  private static final Path NAMESPACE = Path.of("/proc/self/ns/net");

  private final Path state;

  /**
   * @param state the folder where what was before is kept
   */
  public RealServer(Path state) {
    this.state = state;
  }

  /**
   * Makes everything as the duties ask, and undoes what they no longer ask. Returns a sentence for
   * each change; none when all was so already. Killed half way it is run again, or {@link #down}.
   */
  public List<String> up(List<Duty> duties) throws IOException {
    return changed(changes -> changes.up(duties));
  }

  /** Puts back all that {@link #up} changed. */
  public List<String> down() throws IOException {
    return changed(Changes::down);
  }

  /** Looks at each thing that the duties ask for; changes nothing. */
  public List<Finding> check(List<Duty> duties) throws IOException {
    try (Kernel kernel = Kernel.open()) {
      return new Inspection(kernel, Memory.read(state.resolve(MEMORY), life()), duties).look();
    }
  }

  /** Whether {@link #up} has changed anything that {@link #down} would put back. */
  public boolean isUp() throws IOException {
    return !Memory.read(state.resolve(MEMORY), life()).isEmpty();
  }

  /** The addresses of this machine. */
  public static Set<InetAddress> ownAddresses() throws IOException {
    try (Kernel kernel = Kernel.open()) {
      Set<InetAddress> own = new HashSet<>();
      for (InterfaceAddress each : kernel.addresses()) {
        own.add(each.ip());
      }
      return own;
    }
  }

  private interface Work {
    void on(Changes changes) throws IOException;
  }

  private List<String> changed(Work work) throws IOException {
    Files.createDirectories(state);
    try (FileChannel channel =
            FileChannel.open(
                state.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        Kernel kernel = Kernel.open()) {
      if (lock == null) {
        throw new IOException("another 'twinbeat realserver' is at work");
      }
      Changes changes = new Changes(kernel, Memory.read(state.resolve(MEMORY), life()));
      work.on(changes);
      return changes.said();
    }
  }

  /** Kernel settings and addresses belong to a boot and a network namespace. */
  private static String life() throws IOException {
    return BootId.read() + " " + Files.readSymbolicLink(NAMESPACE);
  }
}
