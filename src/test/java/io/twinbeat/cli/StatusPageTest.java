package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twinbeat.control.StatusReport;
import io.twinbeat.control.StatusReport.RealServer;
import io.twinbeat.control.StatusReport.VirtualService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
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
  void aPeerThatWasNeverHeardHasNoStateYet() {
    JsonObject report = Reports.allWell().toJson();
    report.getAsJsonArray("groups").get(0).getAsJsonObject().addProperty("peer", "");
    assertTrue(render(report, false).contains(", lb2 unknown; prefers"), render(report, false));
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

  @Test
  void servicesAndTheirServersAreShownBelowTheirResource() throws Exception {
    RealServer web1 = new RealServer("web1", "10.10.30.11", "up", 1, 12, 3, "HTTP status 200");
    RealServer web2 = new RealServer("web2", "10.10.30.12", "down", 0, 0, 0, "no connection");
    RealServer web3 = new RealServer("web3", "10.10.30.13", "drained", 0, 4, 0, "HTTP status 200");
    VirtualService service =
        new VirtualService("10.10.10.100:80", "mh", "ok", 1, 1, List.of(web1, web2, web3));
    JsonObject report = Reports.allWell().toJson();
    JsonArray resources =
        report.getAsJsonArray("groups").get(0).getAsJsonObject().getAsJsonArray("resources");
    resources.get(0).getAsJsonObject().add("services", new Gson().toJsonTree(List.of(service)));
    assertGolden("balancing", report);
  }

  private static String render(JsonObject report, boolean colour) {
    return StatusPage.render(report, TIMES, new Paint(colour));
  }

  private static void assertGolden(String name, StatusReport report) throws Exception {
    assertGolden(name, report.toJson());
  }

  private static void assertGolden(String name, JsonObject report) throws Exception {
    String page = render(report, false);
    Path file = GOLDEN.resolve("status-" + name + ".txt");
    if (Boolean.getBoolean("golden.rewrite")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, page);
    }
    assertEquals(Files.readString(file), page);
    assertFalse(page.contains(" \n"), "no line ends in blanks");
  }
}
