package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twinbeat.control.StatusReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/**
 * The page as it is printed, held against files beside this test. {@code -Dgolden.rewrite=true}
 * writes them anew: read the difference before you commit it.
 */
class StatusPageTest {
  private static final Path GOLDEN = Path.of("src/test/resources/io/twinbeat/cli");
  private static final Times TIMES = new Times(Reports.NOW, ZoneOffset.UTC);

  @Test
  void allIsWell() throws Exception {
    assertGolden("all-well", Reports.allWell());
  }

  @Test
  void thePeerIsSilentAndTheServiceAnswers() throws Exception {
    assertGolden("disconnected", Reports.disconnected());
  }

  @Test
  void theStandbyIsNotReady() throws Exception {
    assertGolden("not-ready", Reports.notReady());
  }

  @Test
  void fencingFailedAndTheOperatorIsAsked() throws Exception {
    assertGolden("fencing-failed", Reports.fencingFailed());
  }

  @Test
  void theVerdictComesFirstAndProblemsBeforeTheRest() {
    String page = render(Reports.fencingFailed().toJson(), false);
    assertTrue(
        page.startsWith("web: site is not on lb2; whether lb1 holds it is not known\n"), page);
    assertTrue(page.indexOf("PROBLEMS") < page.indexOf("GROUP"));
    assertTrue(
        page.contains("-> make certain that lb1 is off, then: twinbeat fence confirm lb1\n"), page);
  }

  @Test
  void coloursChangeNothingButTheColour() {
    String plain = render(Reports.notReady().toJson(), false);
    String coloured = render(Reports.notReady().toJson(), true);
    assertFalse(plain.contains("\033"));
    assertTrue(coloured.contains("\033[1;31m"));
    assertEquals(plain, coloured.replaceAll("\033\\[[0-9;]*m", ""));
  }

  @Test
  void aReportOfAnotherReleaseIsShownAsFarAsItIsKnown() {
    assertEquals(
        "web: no groups\n",
        render(JsonParser.parseString("{\"pair\":\"web\"}").getAsJsonObject(), false)
                .lines()
                .findFirst()
                .orElseThrow()
            + "\n");
    JsonObject odd =
        JsonParser.parseString(
                "{\"pair\":[],\"groups\":[7,{\"name\":{},\"resources\":{}}],\"peer\":\"x\","
                    + "\"readiness\":{\"lb1\":[]},\"links\":[{}],\"devices\":[{}],\"alarms\":[{}]}")
            .getAsJsonObject();
    assertFalse(render(odd, true).isEmpty());
  }

  @Test
  void whatADeviceWroteCannotPlayWithTheTerminal() {
    JsonObject report = Reports.fencingFailed().toJson();
    report
        .getAsJsonArray("alarms")
        .get(0)
        .getAsJsonObject()
        .addProperty("sentence", "evil\u001b[2J\nline\u009b31m");
    String page = render(report, false);
    assertTrue(page.contains("! evil [2J line 31m, since"), page);
  }

  private static String render(JsonObject report, boolean colour) {
    return StatusPage.render(report, TIMES, new Paint(colour));
  }

  private static void assertGolden(String name, StatusReport report) throws Exception {
    String page = render(report.toJson(), false);
    Path file = GOLDEN.resolve("status-" + name + ".txt");
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, page);
    }
    assertEquals(Files.readString(file), page);
    assertFalse(page.contains(" \n"), "no line ends in blanks");
  }
}
