package io.twinbeat.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads a password from a file of mode 0600: one line, whose end is not part of it. */
public final class SecretFile {
  private SecretFile() {}

  /**
   * The password.
   *
   * @throws IOException with one sentence for an operator, without anything of the content
   */
  public static String read(Path file) throws IOException {
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(OwnerOnly.read(file)))
              .toString();
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": not UTF-8 text", e);
    }
    int end = text.length();
    if (end > 0 && text.charAt(end - 1) == '\n') {
      end--;
      if (end > 0 && text.charAt(end - 1) == '\r') {
        end--;
      }
    }
    String secret = text.substring(0, end);
    if (secret.isEmpty()) {
      throw new IOException(file + ": empty; expected one line with the password");
    }
    if (Values.hasControl(secret)) {
      throw new IOException(
          file + ": several lines or control characters; expected one line with the password");
    }
    return secret;
  }
}
