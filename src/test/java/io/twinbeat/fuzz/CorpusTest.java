package io.twinbeat.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every input that the fuzzer, or a bug, has ever left behind. */
class CorpusTest {
  @TestFactory
  List<DynamicTest> everyKeptInputIsRefusedOrUnderstood() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Target target : Target.values()) {
      List<Path> kept = target.kept();
      assertFalse(kept.isEmpty(), target + " has no inputs");
      tests.add(
          dynamicTest(
              target.text(),
              () -> {
                for (Path file : kept) {
                  try {
                    target.run(Files.readAllBytes(file));
                  } catch (Exception | Error e) {
                    throw new AssertionError(file.toString(), e);
                  }
                }
              }));
    }
    return tests;
  }
}
