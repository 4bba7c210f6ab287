package io.twinbeat.fencing;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes fence devices of one type; found by ServiceLoader. Parameters are as in the file: keys with
 * dashes, values as text, secrets as paths of files that are read at each use.
 */
public interface FenceDeviceProvider {
  /**
   * The type, as DeviceSpec has it; one that ends with {@code *} stands for all that begin so, and
   * its devices find the whole type in their parameter {@code agent}.
   */
  String type();

  /** All that is wrong with the parameters' text, each in one sentence; does no I/O. */
  List<String> validate(String node, Map<String, String> parameters);

  /** Called with valid parameters only; does no I/O. */
  FenceDevice create(String node, Map<String, String> parameters);

  /**
   * What is not wrong but deserves a word, or is wrong on this machine only and today: a program
   * that is not installed, a secret that others can read. May run short local programs.
   */
  default List<String> advice(String node, Map<String, String> parameters) {
    return List.of();
  }

  /** What other users of this machine can see while the device is used: one sentence, or none. */
  default Optional<String> exposure(Map<String, String> parameters) {
    return Optional.empty();
  }
}
