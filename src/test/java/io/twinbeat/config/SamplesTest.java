package io.twinbeat.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The files that are installed beside the program are right. */
class SamplesTest {
  @Test
  void minimalPairIsGoodAndWarnsOfNothing() {
    Reading reading = SiteReader.read(Path.of("resources/examples/pair.yaml"));
    Reading.Good good = assertInstanceOf(Reading.Good.class, reading);
    assertEquals(List.of(), good.warnings());
  }
}
