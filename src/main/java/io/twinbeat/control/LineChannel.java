package io.twinbeat.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Lines over a socket, of bounded length. One reader and one writer at a time. */
final class LineChannel {
  private static final int FIRST_BYTES = 4096;

  private final SocketChannel channel;
  private final int bytesMax;
  private byte[] bytes = new byte[FIRST_BYTES];
  private int start;
  private int end;

  LineChannel(SocketChannel channel, int bytesMax) {
    this.channel = channel;
    this.bytesMax = bytesMax;
  }

  /** A line that is longer than it may be. */
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1;

    TooLong(int bytesMax) {
      super("a line is longer than " + bytesMax + " bytes");
    }
  }

  /** The next line without its newline; empty at the end, also after half a line. */
  Optional<String> read() throws IOException {
    int looked = start;
    while (true) {
      for (int i = looked; i < end; i++) {
        if (bytes[i] == '\n') {
          String line = new String(bytes, start, i - start, StandardCharsets.UTF_8);
          start = i + 1;
          return Optional.of(line);
        }
      }
      if (end - start > bytesMax) {
        throw new TooLong(bytesMax);
      }
      makeRoom();
      looked = end;
      int count = channel.read(ByteBuffer.wrap(bytes, end, bytes.length - end));
      if (count < 0) {
        return Optional.empty();
      }
      end += count;
    }
  }

  private void makeRoom() {
    if (start > 0) {
      System.arraycopy(bytes, start, bytes, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(bytes.length * 2, bytesMax + FIRST_BYTES));
    }
  }

  void write(String line) throws IOException {
    ByteBuffer all = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (all.hasRemaining()) {
      channel.write(all);
    }
  }
}
