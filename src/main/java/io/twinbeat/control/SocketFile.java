package io.twinbeat.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;

/**
 * A listening socket's name in the file system. Bound under another name and renamed when its mode
 * is right, so that it is never open to the wrong user; a lock beside it tells a dead daemon's
 * socket from a live one's.
 */
final class SocketFile {
  /** The kernel's limit for a socket's path (sun_path, with its closing zero). */
  private static final int PATH_BYTES_MAX = 107;

  private static final String FRESH = ".new";

  private final Path socket;
  private final ServerSocketChannel server;
  private final FileChannel lock;

  private SocketFile(Path socket, ServerSocketChannel server, FileChannel lock) {
    this.socket = socket;
    this.server = server;
    this.lock = lock;
  }

  ServerSocketChannel server() {
    return server;
  }

  static SocketFile listen(Path path, Optional<String> group) throws IOException {
    Path socket = path.toAbsolutePath();
    Path fresh = socket.resolveSibling(socket.getFileName() + FRESH);
    if (fresh.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8).length
        > PATH_BYTES_MAX) {
      throw new IOException(
          "the path of the control socket is too long: "
              + socket
              + ", at most "
              + (PATH_BYTES_MAX - FRESH.length())
              + " bytes");
    }
    Files.createDirectories(socket.getParent());
    FileChannel lock = lock(socket);
    ServerSocketChannel server = null;
    try {
      refuseToReplace(socket);
      Files.deleteIfExists(fresh);
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(fresh));
      protect(fresh, group);
      Files.move(fresh, socket, StandardCopyOption.ATOMIC_MOVE);
      return new SocketFile(socket, server, lock);
    } catch (IOException | RuntimeException e) {
      if (server != null) {
        server.close();
        Files.deleteIfExists(fresh);
      }
      lock.close();
      throw e;
    }
  }

  private static FileChannel lock(Path socket) throws IOException {
    FileChannel channel =
        FileChannel.open(
            socket.resolveSibling(socket.getFileName() + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Held by this very program: no better than by another.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw inUse(socket);
    }
    return channel;
  }

  private static void refuseToReplace(Path socket) throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isRegularFile(socket, LinkOption.NOFOLLOW_LINKS) || Files.isDirectory(socket)) {
      throw new IOException(socket + " is in the way: it is no socket");
    }
    if (answers(socket)) {
      throw inUse(socket);
    }
  }

  static boolean answers(Path socket) {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static IOException inUse(Path socket) {
    return new IOException("another twinbeat daemon listens on " + socket);
  }

  private static void protect(Path socket, Optional<String> group) throws IOException {
    if (group.isPresent()) {
      Files.getFileAttributeView(socket, PosixFileAttributeView.class)
          .setGroup(principal(socket, group.get()));
    }
    Files.setPosixFilePermissions(
        socket, PosixFilePermissions.fromString(group.isPresent() ? "rw-rw----" : "rw-------"));
  }

  private static GroupPrincipal principal(Path socket, String group) throws IOException {
    try {
      return socket
          .getFileSystem()
          .getUserPrincipalLookupService()
          .lookupPrincipalByGroupName(group);
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException("no such group for the control socket: " + group, e);
    }
  }

  void close() throws IOException {
    server.close();
    Files.deleteIfExists(socket); // Under the lock still, so it is no successor's.
    lock.close();
  }
}
