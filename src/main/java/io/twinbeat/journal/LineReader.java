package io.twinbeat.journal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Reads whole lines of a journal file: from its beginning, or the last ones from its end. */
final class LineReader {
  private static final int WINDOW_BYTES = 64 * 1024;

  private LineReader() {}

  /** A file held open, so that a rotation meanwhile changes nothing for its reader. */
  static final class Forward implements Closeable {
    private final BufferedInputStream in;

    Forward(Path file) throws IOException {
      in =
          new BufferedInputStream(
              Channels.newInputStream(Files.newByteChannel(file, StandardOpenOption.READ)),
              WINDOW_BYTES);
    }

    /** Hands over each line, without its newline, until one is answered with false. */
    void each(Predicate<byte[]> more) throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream(512);
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          if (line.size() <= RecordLine.BYTES_MAX) { // A longer one is damage: no need to keep it.
            line.write(b);
          }
        } else {
          if (!more.test(line.toByteArray())) {
            return;
          }
          line.reset();
        }
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  /** One line and the offset behind its newline. */
  static final class Line {
    private final byte[] bytes;
    private final long end;

    Line(byte[] bytes, long end) {
      this.bytes = bytes;
      this.end = end;
    }

    byte[] bytes() {
      return bytes;
    }

    long end() {
      return end;
    }
  }

  /** The last lines, oldest first, for which {@code wanted} holds; at most {@code most} of them. */
  static List<Line> last(Path path, int most, Predicate<byte[]> wanted) throws IOException {
    if (!Files.exists(path)) {
      return List.of();
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long length = file.length();
      for (long window = WINDOW_BYTES; ; window *= 4) {
        long start = Math.max(0, length - window);
        byte[] bytes = new byte[Math.toIntExact(length - start)];
        file.seek(start);
        file.readFully(bytes);
        List<Line> found = lines(bytes, start, wanted);
        if (found.size() >= most || start == 0) {
          return found.subList(Math.max(0, found.size() - most), found.size());
        }
      }
    }
  }

  private static List<Line> lines(byte[] bytes, long offset, Predicate<byte[]> wanted) {
    List<Line> found = new ArrayList<>();
    int begin = 0; // In the middle of a file this first line is half a line, and fails its check.
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        byte[] line = Arrays.copyOfRange(bytes, begin, i);
        if (wanted.test(line)) {
          found.add(new Line(line, offset + i + 1));
        }
        begin = i + 1;
      }
    }
    return found;
  }
}
