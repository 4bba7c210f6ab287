package io.twinbeat.resource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class StatusesTest {
  @Test
  void singleStatusesAndRangesAreRead() {
    Statuses statuses = Statuses.parse("200, 204,300-399");
    assertEquals("200,204,300-399", statuses.toString());
    assertTrue(statuses.contains(200) && statuses.contains(300) && statuses.contains(399));
    assertFalse(statuses.contains(201) || statuses.contains(400));
  }

  @Test
  void nonsenseIsRefused() {
    for (String text : new String[] {"", "2xx", "200,", "99", "600", "300-200", "-1", "200-"}) {
      assertThrows(IllegalArgumentException.class, () -> Statuses.parse(text), text);
    }
  }
}
