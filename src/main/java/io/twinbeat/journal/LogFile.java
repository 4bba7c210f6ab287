package io.twinbeat.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the journal needs of the disk; tests put a failing one here. */
interface LogFile extends AutoCloseable {
  /** Writes all bytes from this offset on, or throws; then any part of them may be there. */
  void write(long offset, byte[] bytes) throws IOException;

  void cut(long length) throws IOException;

  /** Returns when everything written is on the disk. Does nothing on a closed file. */
  void sync() throws IOException;

  @Override
  void close() throws IOException;

  /** How the journal comes by its files. */
  interface Opener {
    LogFile open(Path file) throws IOException;
  }

  /** A rename or a new file is on the disk only when its directory is. */
  static void syncDirectory(Path directory) throws IOException {
    boolean interrupted = Thread.interrupted(); // A channel closes itself under an interrupt.
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * A real file. Not a FileChannel, which closes itself when a thread that uses it is interrupted.
   */
  final class OnDisk implements LogFile {
    private final RandomAccessFile file;
    private boolean closed;

    OnDisk(Path path) throws IOException {
      file = new RandomAccessFile(path.toFile(), "rw");
    }

    @Override
    public void write(long offset, byte[] bytes) throws IOException {
      file.seek(offset);
      file.write(bytes);
    }

    @Override
    public void cut(long length) throws IOException {
      file.setLength(length);
    }

    @Override
    public synchronized void sync() throws IOException {
      if (!closed) {
        file.getFD().sync();
      }
    }

    @Override
    public synchronized void close() throws IOException {
      closed = true;
      file.close();
    }
  }
}
